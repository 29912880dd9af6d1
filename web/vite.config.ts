import { svelte } from '@sveltejs/vite-plugin-svelte'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

/**
 * Takes out of Svelte what this site never uses, some 3 KB for every visitor: the wrapper for custom
 * elements (a class defined on import, so that it cannot be shaken out by itself) and hydration (pages
 * are never rendered on a server). Fails the build when a new Svelte no longer reads as expected.
 */
const leanSvelte: Plugin = {
  name: 'meanwhile:lean-svelte',
  apply: 'build',
  transform(code, id) {
    if (id.includes('/internal/client/dom/elements/custom-element.js')) return { code, map: null, moduleSideEffects: false }
    if (!id.includes('/internal/client/dom/hydration.js')) return undefined
    const lean = code
      .replace('export let hydrating = false;', 'export const hydrating = false;')
      .replace(/export function set_hydrating\(value\) \{[^}]*\}/, 'export function set_hydrating(_) {}')
    if (!/const hydrating/.test(lean) || /hydrating = value/.test(lean)) this.error('Svelte’s hydration.js has changed; look at leanSvelte again.')
    return { code: lean, map: null }
  },
}

// Where the API answers while developing; `make run` prints the address of the local stack.
const api = process.env['MEANWHILE_API']

export default defineConfig({
  plugins: [svelte(), leanSvelte],
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
