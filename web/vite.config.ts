import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import { leanPreload, leanSvelte } from './lean-svelte.ts'

// Where the API answers while developing; `make run` prints the address of the local stack.
const api = process.env['MEANWHILE_API']

export default defineConfig({
  plugins: [svelte(), leanSvelte(), leanPreload],
  build: {
    target: 'es2022',
    manifest: true,
    // A font or picture inlined as data: would be stopped by the content security policy.
    assetsInlineLimit: 0,
    // The chunks are few, and lists of them would weigh more than they hasten.
    modulePreload: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // All that main.ts imports, and with it Svelte, in one file: nothing here is loaded twice or later.
            { name: 'core', tags: ['$initial'], priority: 1 },
            // What every page of a client is made of.
            { name: 'client', test: /src\/(shell\/ClientShell|pages\/client\/(here|Shown)|lib\/client-(api|left-over))\b/ },
          ],
        },
      },
    },
  },
  server: {
    port: 5173,
    strictPort: true,
    ...(api ? { proxy: { '/api': { target: api, changeOrigin: true, headers: { origin: new URL(api).origin } } } } : {}),
  },
  // Without the browser condition Svelte resolves to its server build under vitest.
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  test: {
    environment: 'jsdom',
    environmentOptions: { jsdom: { url: 'http://meanwhile.test/' } },
    include: ['src/**/*.test.ts'],
    // Two cores are shared with the rest of `make test`.
    maxWorkers: 2,
  },
})
