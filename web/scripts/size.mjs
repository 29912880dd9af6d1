/**
 * Prints what each page weighs in JavaScript (gzip, everything that is loaded before it stands: entry,
 * table of routes, frame, page and all they import) and fails over budget. What a page loads only on a
 * press, or only for some lessons, counts where a budget names it. Run after `npm run build`.
 */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const dist = new URL(process.argv[2] ? `file://${process.argv[2]}/` : '../dist/', import.meta.url)
const src = new URL('../', import.meta.url)
/** File of a chunk → whether it is the entry, which files it holds, which chunks it imports. */
const chunks = JSON.parse(readFileSync(new URL('.vite/chunks.json', dist), 'utf8'))
const KB = 1000

/** Page by source file → budget in KB and what it also needs when used. First match wins. */
const budgets = [
  // The review, and the link's door with the review behind it.
  { match: /^src\/pages\/review\//, kb: 40 },
  // Every kind of step, Markdown, player, recorder and uploader.
  { match: /^src\/pages\/client\/Lesson\.svelte/, kb: 55, also: ['src/pages/client/lesson/RecordingStep.svelte', 'src/pages/client/Going.svelte', 'src/lib/client-uploads.svelte.ts'] },
  // With the video player and Markdown.
  { match: /^src\/pages\/client\/Submission\.svelte/, kb: 40 },
  // With a chart, a form, a list that is an invoice as well.
  { match: /^src\/pages\/client\/Progress\.svelte/, kb: 35 },
  { match: /^src\/pages\/client\/(Reminders|Invoices)\.svelte/, kb: 33 },
  { match: /^src\/pages\/(client|door)\//, kb: 30 },
]
const shells = { client: 'src/shell/ClientShell.svelte', staff: 'src/shell/StaffShell.svelte', door: 'src/shell/DoorShell.svelte', bare: undefined }

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

const chunkOf = (file) => {
  const found = Object.keys(chunks).find((name) => chunks[name].holds.includes(file))
  if (!found) throw new Error(`no chunk holds ${file}: look at the budgets again`)
  return found
}

function gather(name, into) {
  if (into.has(name)) return
  into.add(name)
  for (const other of chunks[name].imports) gather(other, into)
}

/** KB of the chunks that hold these files, and of all that they import. */
function weigh(files) {
  const all = new Set()
  for (const name of [Object.keys(chunks).find((one) => chunks[one].entry), ...files.map(chunkOf)]) gather(name, all)
  return [...all].reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, dist)), { level: 9 }).length, 0) / KB
}

let over = 0
console.log(`${'entry'.padEnd(44)} ${weigh([]).toFixed(1).padStart(6)} KB`)
for (const [page, [table, shell]] of [...readPages()].sort()) {
  const budget = budgets.find((one) => one.match.test(page))
  const kb = weigh([table, page, ...(shell ? [shell] : []), ...(budget?.also ?? [])])
  const bad = budget && kb > budget.kb
  if (bad) over += 1
  console.log(`${page.replace('src/pages/', '').padEnd(44)} ${kb.toFixed(1).padStart(6)} KB${budget ? ` of ${budget.kb}${bad ? '  OVER' : ''}` : ''}`)
}
if (over > 0) {
  console.error(`${over} ${over === 1 ? 'page is' : 'pages are'} over budget.`)
  process.exit(1)
}
