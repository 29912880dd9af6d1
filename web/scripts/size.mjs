/**
 * Prints what each page weighs in JavaScript (gzip, everything needed to show it: entry, frame, page and
 * all they import) and fails over budget. Chunks that a page loads only on a press (the recorder, the
 * uploader, Markdown) count where a budget names them. Run after `npm run build`.
 */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))
const KB = 1000

/** Page by source file → budget in KB and what it also needs when used. First match wins. */
const budgets = [
  { name: 'review', match: /^src\/pages\/review\/Review/, kb: 40 },
  { name: 'upload', match: /^src\/pages\/client\/Lesson/, kb: 55, also: [/src\/lib\/markdown\.ts$/, /src\/lib\/uploads\.ts$/, /RecorderCard/] },
  { name: 'client', match: /^src\/pages\/(client|door)\//, kb: 30 },
]
const shells = { client: 'src/shell/ClientShell.svelte', staff: 'src/shell/StaffShell.svelte', door: 'src/shell/DoorShell.svelte' }

function shellOf(file) {
  if (/pages\/review\/|pages\/client\/Lesson/.test(file)) return undefined
  return shells[file.split('/')[2]]
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
const pages = Object.keys(manifest)
  .filter((key) => /^src\/pages\/.*\.svelte$/.test(key) && manifest[key].isDynamicEntry)
  .sort()
let over = 0

console.log(`${'entry'.padEnd(44)} ${(weigh(gather(entry, new Set())) / KB).toFixed(1).padStart(6)} KB`)
for (const page of pages) {
  const budget = budgets.find((one) => one.match.test(page))
  const keys = gather(page, gather(shellOf(page), gather(entry, new Set())))
  for (const also of budget?.also ?? []) {
    for (const key of Object.keys(manifest)) if (also.test(key)) gather(key, keys)
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
