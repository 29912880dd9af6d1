import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import { leanPreload, leanStyles, leanSvelte } from './lean-svelte.ts'
import { chunkList } from './scripts/chunk-list.ts'

// Where the API answers while developing; `make run` prints the address of the local stack.
const api = process.env['MEANWHILE_API']

export default defineConfig({
  plugins: [svelte(), leanSvelte(), leanPreload, leanStyles, chunkList],
  build: {
    target: 'es2022',
    // A font or picture inlined as data: would be stopped by the content security policy.
    assetsInlineLimit: 0,
    // The chunks are few, and lists of them would weigh more than they hasten.
    modulePreload: false,
    rolldownOptions: {
      output: {
        // A group takes along what its files import, unless another group that comes before it has that.
        codeSplitting: {
          groups: [
            // The styles of everything that a client or a link opens, in one file: one request instead of nine for a lesson.
            { name: 'styles', test: /src\/(pages\/(client|door|review)|kit|shell|styles)\/.*(type=style|\.css)/, priority: 10 },
            // All that main.ts imports, and with it Svelte, in one file: nothing here is loaded twice or later.
            { name: 'core', tags: ['$initial'], priority: 9 },
            // Parts of several pages.
            { name: 'notes', test: /src\/kit\/(Note|notes)/, priority: 8 },
            { name: (id) => /scenes\/([\w-]+)\.svg/.exec(id)?.[1] ?? null, priority: 8 },
            { name: 'cards', test: /src\/kit\/(Card|Tag)\b/, priority: 8 },
            { name: 'field', test: /src\/kit\/Field\b/, priority: 8 },
            { name: 'dialog', test: /src\/kit\/Dialog\b/, priority: 8 },
            // What is asked and answered: in a lesson, a review, the feedback and the editor's preview.
            { name: 'asking', test: /src\/(kit\/(Clip|Choices|ChoiceRow|IconButton)|lib\/(client-(did|lesson-words)|dates-lengths))\b/, priority: 7 },
            { name: 'dates', test: /src\/lib\/dates-more/, priority: 6 },
            { name: 'steps', test: /src\/(kit\/Prose|lib\/(markdown|client-steps)|shell\/LessonShell)\b/, priority: 6 },
            { name: 'player', test: /src\/(kit\/(VideoPlayer|PinDisc)|lib\/video\.ts)\b/, priority: 6 },
            // What every page of a client is made of, and the frame around those that have a menu.
            { name: 'client', test: /src\/(pages\/client\/(here|Shown)|lib\/(client-(api|left-over)|look-again))\b/, priority: 5 },
            { name: 'client-shell', test: /src\/shell\/ClientShell/, priority: 4 },
            { name: 'uploads', test: /src\/(lib\/(client-(uploads|answers)|uploader|blob-shelf|upload-words)|pages\/client\/Going)\b/, priority: 4 },
            // A lesson while it is done; what it records comes with the first lesson that asks for it.
            { name: 'recording', test: /src\/pages\/client\/lesson\/Recording/, priority: 2 },
            { name: 'lesson', test: /src\/pages\/client\/(Lesson\b|lesson\/(Exercise|Question|Lead))/, priority: 1 },
            { name: 'review', test: /src\/(pages\/review\/Review|lib\/review\.ts)/, priority: 1 },
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
