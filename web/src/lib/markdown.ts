/**
 * The little Markdown that lessons use, to sanitized HTML: headings, lists, quotes, rules, bold, italic,
 * code and links. Raw HTML is shown as text. Two walls: everything is escaped here, and DOMPurify
 * removes what should never have come through.
 *
 * Load it with the pages that show prose only: `await import('../lib/markdown')`, or <Prose>.
 */
import DOMPurify from 'dompurify'

const TAGS = ['p', 'br', 'h2', 'h3', 'h4', 'ul', 'ol', 'li', 'blockquote', 'hr', 'strong', 'em', 'code', 'a']

export function renderMarkdown(source: string): string {
  const html = blocks(source.replace(/\r\n?/g, '\n').split('\n'))
  return DOMPurify.sanitize(html, { ALLOWED_TAGS: TAGS, ALLOWED_ATTR: ['href', 'rel', 'target', 'start'], ALLOW_DATA_ATTR: false })
}

const HEADING = /^(#{1,3})\s+(.+?)\s*#*$/
const BULLET = /^\s{0,3}[-*+]\s+(.*)$/
const NUMBER = /^\s{0,3}(\d{1,9})[.)]\s+(.*)$/
const QUOTE = /^\s{0,3}>\s?(.*)$/
const RULE = /^\s{0,3}([-*_])(\s*\1){2,}\s*$/

function blocks(lines: string[]): string {
  const out: string[] = []
  let at = 0
  const line = (): string => lines[at] ?? ''
  const starts = (text: string): boolean => [HEADING, BULLET, NUMBER, QUOTE, RULE].some((kind) => kind.test(text))

  while (at < lines.length) {
    const text = line()
    if (text.trim() === '') {
      at += 1
      continue
    }
    const heading = HEADING.exec(text)
    if (heading) {
      // The page has the h1; a lesson's first heading comes under it.
      const level = (heading[1]?.length ?? 1) + 1
      out.push(`<h${level}>${inline(heading[2] ?? '')}</h${level}>`)
      at += 1
    } else if (RULE.test(text)) {
      out.push('<hr>')
      at += 1
    } else if (QUOTE.test(text)) {
      const inner: string[] = []
      for (let match = QUOTE.exec(line()); match; match = QUOTE.exec(line())) {
        inner.push(match[1] ?? '')
        at += 1
      }
      out.push(`<blockquote>${blocks(inner)}</blockquote>`)
    } else if (BULLET.test(text) || NUMBER.test(text)) {
      const numbered = NUMBER.exec(text)
      const kind = numbered ? NUMBER : BULLET
      const items: string[] = []
      for (let match = kind.exec(line()); match; match = kind.exec(line())) {
        const words = [match.at(-1) ?? '']
        at += 1
        while (at < lines.length && line().trim() !== '' && !starts(line())) {
          words.push(line().trim())
          at += 1
        }
        items.push(`<li>${inline(words.join(' '))}</li>`)
        // One empty line between two items does not end the list.
        if (line().trim() === '' && kind.test(lines[at + 1] ?? '')) at += 1
      }
      const start = numbered && numbered[1] !== '1' ? ` start="${Number(numbered[1])}"` : ''
      out.push(numbered ? `<ol${start}>${items.join('')}</ol>` : `<ul>${items.join('')}</ul>`)
    } else {
      const words: string[] = []
      while (at < lines.length && line().trim() !== '' && (words.length === 0 || !starts(line()))) {
        words.push(line().replace(/(\\| {2,})$/, '\n').trimStart())
        at += 1
      }
      out.push(`<p>${inline(words.join(' ').trim()).replace(/\n ?/g, '<br>')}</p>`)
    }
  }
  return out.join('')
}

function inline(text: string): string {
  // Code first: what stands in it is not read any further.
  return text
    .split(/(`[^`]+`)/)
    .map((piece) => (piece.length > 2 && piece.startsWith('`') && piece.endsWith('`') ? `<code>${escape(piece.slice(1, -1))}</code>` : marks(escape(piece))))
    .join('')
}

function marks(escaped: string): string {
  return escaped
    .replace(/\[([^\]]+)\]\(([^()\s]+)\)/g, (whole, words: string, address: string) => {
      const safe = /^(https?:\/\/|mailto:|tel:|\/(?!\/))/i.test(address)
      if (!safe) return whole
      const outside = /^https?:/i.test(address) ? ' target="_blank" rel="noopener noreferrer"' : ''
      return `<a href="${address}"${outside}>${words}</a>`
    })
    .replace(/\*\*(\S(?:.*?\S)?)\*\*/g, '<strong>$1</strong>')
    .replace(/(^|[^\w*])\*(\S(?:[^*]*\S)?)\*(?!\w)/g, '$1<em>$2</em>')
    .replace(/(^|[^\w])_(\S(?:[^_]*\S)?)_(?!\w)/g, '$1<em>$2</em>')
}

function escape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/'/g, '&#39;')
}
