import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

// Where the API answers while developing; `make run` prints the address of the local stack.
const api = process.env['MEANWHILE_API']

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: 'es2022',
    manifest: true,
    // A font or picture inlined as data: would be stopped by the content security policy.
    assetsInlineLimit: 0,
    // The polyfill is an extra script that every browser we support can do without.
    modulePreload: { polyfill: false },
  },
  server: {
    port: 5173,
    strictPort: true,
    ...(api ? { proxy: { '/api': { target: api, changeOrigin: true } } } : {}),
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
