/**
 * Prints what each page weighs in JavaScript (gzip, everything that is loaded before it stands: entry,
 * table of routes, frame, page and all they import) and fails over budget. What a page loads only on a
 * press counts where a budget names it. Run after `npm run build`.
 */
import { existsSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const dist = new URL(process.argv[2] ? `file://${process.argv[2]}/` : '../dist/', import.meta.url)
const src = new URL('../', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))
const KB = 1000
const text = (key) => readFileSync(new URL(manifest[key].file, dist), 'utf8')

/** Page by source file → budget in KB and what it also needs when used. First match wins. */
const budgets = [
  // The link's door, and the review behind it.
  { match: /^src\/pages\/review\/ReviewLink\.svelte/, kb: 47, also: ['src/pages/review/Bench.svelte'] },
  { match: /^src\/pages\/review\//, kb: 45.5 },
  // Every kind of step, and with it Markdown (12 KB, all but one of them DOMPurify), recorder and uploader.
  { match: /^src\/pages\/client\/Lesson\.svelte/, kb: 79, also: ['src/lib/markdown.ts', 'src/pages/client/lesson/RecordingStep.svelte', 'src/pages/client/Going.svelte', 'src/lib/client-uploads.svelte.ts'] },
  // With the video player and Markdown.
  { match: /^src\/pages\/client\/Submission\.svelte/, kb: 53, also: ['src/lib/markdown.ts'] },
  // With a chart, a form, a list that is an invoice as well.
  { match: /^src\/pages\/client\/Progress\.svelte/, kb: 35.5 },
  { match: /^src\/pages\/client\/Reminders\.svelte/, kb: 33.5 },
  { match: /^src\/pages\/client\/Invoices\.svelte/, kb: 32.8 },
  { match: /^src\/pages\/(client|door)\//, kb: 30 },
]
// ClientShell stands in the chunk of its group (vite.config.ts), which the manifest names by that.
const shells = { client: Object.keys(manifest).find((key) => /^_client-[^.]+\.js$/.test(key) && text(key).includes('client-shell')), staff: 'src/shell/StaffShell.svelte', door: 'src/shell/DoorShell.svelte', bare: undefined }

/** Every page that a table of routes names, with its frame and with the table where that is loaded by itself. */
function readPages() {
  const found = new Map()
  for (const area of ['client', 'door', 'review', 'staff']) {
    const table = `src/pages/${area}/routes.ts`
    const routes = readFileSync(new URL(table, src), 'utf8')
    const named = Object.fromEntries([...routes.matchAll(/const (\w+) = \{[^}]*shell: '(\w+)'/g)].map(([, name, shell]) => [name, shell]))
    for (const [line, file] of routes.matchAll(/.*import\('\.\/([\w/]+\.svelte)'\).*/g)) {
      const shell = /shell: '(\w+)'/.exec(line)?.[1] ?? named[/\.\.\.(\w+)/.exec(line)?.[1] ?? '']
      if (!shell || !(shell in shells)) throw new Error(`${table}: no frame found in ${line.trim()}`)
      found.set(`src/pages/${area}/${file}`, [table, shells[shell]])
    }
    if (![...found.values()].some(([from]) => from === table)) throw new Error(`${table} names no page`)
  }
  return found
}

function gather(key, into) {
  if (!key || into.has(key)) return into
  const chunk = manifest[key]
  if (!chunk) return into
  into.add(key)
  for (const other of chunk.imports ?? []) gather(other, into)
  return into
}

const weigh = (keys) =>
  [...new Set([...keys].map((key) => manifest[key].file))]
    .filter((file) => file.endsWith('.js'))
    .reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length, 0)

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry)
let over = 0

console.log(`${'entry'.padEnd(44)} ${(weigh(gather(entry, new Set())) / KB).toFixed(1).padStart(6)} KB`)
for (const [page, [table, shell]] of [...readPages()].sort()) {
  // A page must be a chunk of its own or be in the manifest by name; else this would count too little.
  for (const file of shell === shells.bare ? [page] : [page, shell]) if (!manifest[file]) throw new Error(`${file} is not in the manifest`)
  const budget = budgets.find((one) => one.match.test(page))
  const keys = gather(page, gather(shell, gather(table, gather(entry, new Set()))))
  for (const also of budget?.also ?? []) {
    if (!existsSync(new URL(also, src))) throw new Error(`${also}, which ${page} needs, is gone`)
    if (!manifest[also]) throw new Error(`${also} is not in the manifest: is it part of another chunk now? Look at the budget of ${page} again.`)
    gather(also, keys)
  }
  const kb = weigh(keys) / KB
  const bad = budget && kb > budget.kb
  if (bad) over += 1
  console.log(`${page.replace('src/pages/', '').padEnd(44)} ${kb.toFixed(1).padStart(6)} KB${budget ? ` of ${budget.kb}${bad ? '  OVER' : ''}` : ''}`)
}
if (over > 0) {
  console.error(`${over} ${over === 1 ? 'page is' : 'pages are'} over budget.`)
  process.exit(1)
}
