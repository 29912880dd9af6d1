/** What the small buttons over a text do to it. No DOM: text and selection in, text and selection out. */

export interface Selected {
  text: string
  start: number
  end: number
}

export type Mark = 'bold' | 'italic' | 'list' | 'link'

const SIGNS = { bold: '**', italic: '*' } as const

export function applyMark(mark: Mark, at: Selected): Selected {
  if (mark === 'list') return list(at)
  if (mark === 'link') return link(at)
  return wrap(at, SIGNS[mark])
}

/** Puts signs around what is chosen, or takes them off again. */
function wrap({ text, start, end }: Selected, sign: string): Selected {
  const size = sign.length
  const around = text.slice(start - size, start) === sign && text.slice(end, end + size) === sign
  // One star of two is not the italic's.
  const ours = around && (size > 1 || text.slice(start - 2, start) !== '**' || text.slice(start - 3, start) === '***')
  if (ours) return { text: text.slice(0, start - size) + text.slice(start, end) + text.slice(end + size), start: start - size, end: end - size }
  // A sign beside a space would be read as a star.
  const chosen = text.slice(start, end)
  const lead = chosen.length - chosen.trimStart().length
  const core = chosen.trim()
  const from = start + (core ? lead : 0)
  const to = from + core.length
  return { text: text.slice(0, from) + sign + core + sign + text.slice(core ? to : from), start: from + size, end: to + size }
}

/** Makes every chosen line a point of a list, or plain again where all of them are. */
function list({ text, start, end }: Selected): Selected {
  const from = text.lastIndexOf('\n', start - 1) + 1
  const next = text.indexOf('\n', Math.max(start, end - 1))
  const to = next === -1 ? text.length : next
  const lines = text.slice(from, to).split('\n')
  const all = lines.every((line) => line.startsWith('- ') || (line.trim() === '' && lines.length > 1))
  const made = lines.map((line) => (all ? line.replace(/^- /, '') : line.startsWith('- ') || (line.trim() === '' && lines.length > 1) ? line : `- ${line}`)).join('\n')
  return { text: text.slice(0, from) + made + text.slice(to), start: lines.length > 1 ? from : Math.max(from, start + made.length - (to - from)), end: from + made.length }
}

/** `[words](https://)` with the part chosen that is to be written next. */
function link({ text, start, end }: Selected): Selected {
  const words = text.slice(start, end) || 'words of the link'
  const address = 'https://'
  const made = `[${words}](${address})`
  const at = end > start ? start + words.length + 3 : start + 1
  return { text: text.slice(0, start) + made + text.slice(end), start: at, end: at + (end > start ? address.length : words.length) }
}
