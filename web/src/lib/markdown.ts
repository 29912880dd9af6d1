/**
 * The little Markdown that lessons use, as elements: headings, lists, quotes, rules, bold, italic, code and
 * links. What it makes is a closed list of elements and text, never HTML that is parsed: a script in a
 * text has no way to become one (docs/decisions/0021).
 */
type Tag = 'p' | 'br' | 'h2' | 'h3' | 'h4' | 'ul' | 'ol' | 'li' | 'blockquote' | 'hr' | 'strong' | 'em' | 'code' | 'a'

const make = <T extends Tag>(tag: T, ...inner: (Node | string)[]): HTMLElementTagNameMap[T] => {
  const element = document.createElement(tag)
  element.append(...inner)
  return element
}

const HEADING = /^(#{1,3})\s+(.+?)\s*#*$/
const BULLET = /^\s{0,3}[-*+]\s+(.*)$/
const NUMBER = /^\s{0,3}(\d{1,9})[.)]\s+(.*)$/
const QUOTE = /^\s{0,3}>\s?(.*)$/
const RULE = /^\s{0,3}([-*_])(\s*\1){2,}\s*$/
/** Quotes within quotes further in than this are words. */
const DEEPEST = 5

export function renderMarkdown(source: string): Node[] {
  return blocks(source.split(/\r\n?|\n/), 0)
}

function blocks(lines: readonly string[], depth: number): Node[] {
  const out: Node[] = []
  const kinds = depth < DEEPEST ? [HEADING, RULE, QUOTE, BULLET, NUMBER] : []
  const starts = (text: string): boolean => kinds.some((kind) => kind.test(text))
  let at = 0
  const line = (): string => lines[at] ?? ''
  /** The lines from here that go on with what began: not empty, not the start of something else. */
  const words = (first: string): string => {
    let text = first
    for (at += 1; line().trim() !== '' && !starts(line()); at += 1) text = `${text.replace(/(\\| {2,})$/, '\n')} ${line().trimStart()}`
    return text.trimEnd()
  }

  while (at < lines.length) {
    const text = line()
    const kind = kinds.find((one) => one.test(text))
    const [, sign = '', rest = ''] = kind?.exec(text) ?? []
    if (text.trim() === '') at += 1
    else if (kind === HEADING) {
      // The page has the h1; a lesson's first heading comes under it.
      out.push(make((['h2', 'h3', 'h4'] as const)[sign.length - 1] ?? 'h4', ...inline(rest)))
      at += 1
    } else if (kind === RULE) {
      out.push(make('hr'))
      at += 1
    } else if (kind === QUOTE) {
      const inner: string[] = []
      for (let match = QUOTE.exec(line()); match; match = QUOTE.exec(line())) {
        inner.push(match[1] ?? '')
        at += 1
      }
      out.push(make('blockquote', ...blocks(inner, depth + 1)))
    } else if (kind) {
      const list = make(kind === NUMBER ? 'ol' : 'ul')
      if (kind === NUMBER && sign !== '1') list.setAttribute('start', String(Number(sign)))
      for (let match = kind.exec(line()); match && !RULE.test(line()); match = kind.exec(line())) {
        list.append(make('li', ...inline(words(match.at(-1) ?? ''))))
        // One empty line between two items does not end the list.
        if (line().trim() === '' && kind.test(lines[at + 1] ?? '')) at += 1
      }
      out.push(list)
    } else out.push(make('p', ...inline(words(text.trimStart()))))
  }
  return out
}

/**
 * What can stand in a line, the outer before the inner. Links lead where a browser asks or opens a page,
 * and nowhere else: no script:, no data:, no path into this site.
 */
const MARKS =
  /`([^`]+)`|\[([^\][]+)\]\(((?:https?:\/\/|mailto:|tel:)[^()\s]+)\)|\*\*\*([^\s*](?:[^*]*[^\s*])?)\*\*\*|\*\*(\S(?:.*?\S)?)\*\*(?!\*)|\*([^\s*](?:(?:\*\*[^*]+\*\*|[^*])*\S)?)\*(?!\w)|_(\S(?:[^_]*\S)?)_(?!\w)/gis

function inline(text: string): Node[] {
  const out: Node[] = []
  let from = 0
  const plain = (to: number): void => {
    text
      .slice(from, to)
      .split(/\n ?/)
      .forEach((piece, nth) => {
        if (nth > 0) out.push(make('br'))
        if (piece) out.push(new Text(piece))
      })
  }
  const marks = new RegExp(MARKS)
  for (let match = marks.exec(text); match; match = marks.exec(text)) {
    const [whole, code, words, address, both, bold, italic, low] = match
    const leaning = italic ?? low
    // A star or a low line within a word is one.
    if (leaning !== undefined && /[\w*]$/.test(text.slice(0, match.index).slice(-1))) {
      marks.lastIndex = match.index + 1
      continue
    }
    plain(match.index)
    from = match.index + whole.length
    if (code !== undefined) out.push(make('code', code))
    else if (words !== undefined && address !== undefined) out.push(link(words, address))
    else if (both !== undefined) out.push(make('strong', make('em', ...inline(both))))
    else if (bold !== undefined) out.push(make('strong', ...inline(bold)))
    else if (leaning !== undefined) out.push(make('em', ...inline(leaning)))
  }
  plain(text.length)
  return out
}

function link(words: string, address: string): HTMLAnchorElement {
  const made = make('a', ...inline(words))
  made.href = address
  // Another site gets a window that knows nothing of this one.
  if (/^http/i.test(address)) {
    made.target = '_blank'
    made.rel = 'noopener noreferrer'
  }
  return made
}
