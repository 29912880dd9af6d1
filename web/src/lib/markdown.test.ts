import { describe, expect, it } from 'vitest'
import { applyMark, type Mark } from './author-markdown'
import { renderMarkdown } from './markdown'

function show(source: string): HTMLElement {
  const box = document.createElement('div')
  box.append(...renderMarkdown(source))
  return box
}
const html = (source: string): string => show(source).innerHTML

describe('a lesson’s text', () => {
  it('has paragraphs, headings under the page’s own, and lists', () => {
    expect(html('# Before you start\n\nSit **where** you can\nsee each *other*.\n\n- one\n- two\n\n3. three\n4. four')).toBe(
      '<h2>Before you start</h2><p>Sit <strong>where</strong> you can see each <em>other</em>.</p><ul><li>one</li><li>two</li></ul><ol start="3"><li>three</li><li>four</li></ol>',
    )
  })
  it('has quotes, rules, code and line breaks', () => {
    expect(html('> say it\n> slowly\n\n---\n\nthe `**word**`  \nagain\\\nand again  ')).toBe(
      '<blockquote><p>say it slowly</p></blockquote><hr><p>the <code>**word**</code><br>again<br>and again</p>',
    )
  })
  it('has marks within marks', () => {
    expect(html('***both*** **a *b* c** *a **b** c* **a *b*** [**the** app](https://a.test)')).toBe(
      '<p><strong><em>both</em></strong> <strong>a <em>b</em> c</strong> <em>a <strong>b</strong> c</em> <strong>a <em>b</em></strong> ' +
        '<a href="https://a.test" target="_blank" rel="noopener noreferrer"><strong>the</strong> app</a></p>',
    )
  })
  it('keeps a list together over an empty line, and a point over two lines', () => {
    expect(html('- one\n  goes on\n\n- two\n***\nend')).toBe('<ul><li>one goes on</li><li>two</li></ul><hr><p>end</p>')
  })
  it('opens links to other sites in a window that knows nothing of this one', () => {
    const made = show('[the app](https://example.org/a_b_c?b=1&c=2)').querySelector('a')
    expect(made?.rel).toBe('noopener noreferrer')
    expect(made?.getAttribute('href')).toBe('https://example.org/a_b_c?b=1&c=2')
    expect(show('[write](mailto:ines@a.test)').querySelector('a')?.target).toBe('')
  })
  it('leaves stars and low lines in words alone', () => {
    expect(html('3 * 4 * 5 and snake_case_name and 2*3*4')).toBe('<p>3 * 4 * 5 and snake_case_name and 2*3*4</p>')
  })
  it('with unclosed marks is shown as it is', () => {
    for (const open of ['**bold', '*a', '_a', '`a', '[a](', '[a](b)', '[a]', '** a **', '[](https://a.test)']) expect(show(open).textContent).toBe(open)
    expect(html('')).toBe('')
  })
  it('shows everything that the editor’s buttons write', () => {
    const made: [Mark, string][] = [['bold', 'strong'], ['italic', 'em'], ['list', 'ul > li'], ['link', 'a[href]']]
    for (const [mark, element] of made) {
      const { text } = applyMark(mark, { text: 'the words', start: 0, end: 9 })
      const whole = mark === 'link' ? text.replace('https://', 'https://a.test') : text
      expect(show(whole).querySelector(element)?.textContent).toBe('the words')
    }
    const bold = applyMark('bold', { text: 'words', start: 0, end: 5 })
    expect(html(applyMark('italic', bold).text)).toBe('<p><strong><em>words</em></strong></p>')
  })
})

const TAGS = new Set(['P', 'BR', 'H2', 'H3', 'H4', 'UL', 'OL', 'LI', 'BLOCKQUOTE', 'HR', 'STRONG', 'EM', 'CODE', 'A'])
const ATTRIBUTES: Record<string, RegExp> = { href: /^(https?:\/\/|mailto:|tel:)/i, rel: /^noopener noreferrer$/, target: /^_blank$/, start: /^\d+$/ }

function expectHarmless(source: string): void {
  for (const element of show(source).querySelectorAll('*')) {
    expect(TAGS, source).toContain(element.tagName)
    for (const { name, value } of element.attributes) expect(value, source).toMatch(ATTRIBUTES[name] ?? /^no such attribute$/)
  }
}

describe('script in Markdown', () => {
  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x]( javascript:alert`1`)',
    '[x](java\tscript:alert`1`)',
    '[x](&#106;avascript:alert`1`)',
    '[x](data:text/html,<script>alert(1)</script>)',
    '[x](data:text/html;base64,PHNjcmlwdD4=)',
    '[x](vbscript:msgbox)',
    '[x](//evil.test)',
    '[x](/\\evil.test)',
    '[x](https://a.test" onclick="alert(1))',
    '**[x](javascript:alert`1`)**',
    '`<script>alert(1)</script>`',
    '> <svg onload=alert(1)>',
  ])('%s stays words', (source) => {
    expectHarmless(source)
    expect(show(source).querySelector('a')).toBeNull()
  })
})

/** Numbers that look random and are the same in every run (mulberry32). */
function dice(seed: number): (sides: number) => number {
  return (sides) => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % sides
  }
}

describe('any text at all', () => {
  const pieces = [
    ...'*_`#>-+[]()\\ \n\t1.<&"\'',
    '**', '***', '---', '  \n', '\n\n', '\r\n', '> ', '- ', '# ', '1. ', 'word', 'a', 'é', '👩‍🏫', '\u0000', '\u2028',
    '](', '[x](', 'https://a.test', 'javascript:', 'data:', 'mailto:a@b.test', '<script>', '</p>', '<!--', ' onclick=',
  ] // prettier-ignore

  it('becomes harmless elements, and loses none of its words', () => {
    const roll = dice(7)
    for (let round = 0; round < 300; round += 1) {
      const source = Array.from({ length: 1 + roll(40) }, () => pieces[roll(pieces.length)]).join('')
      expectHarmless(source)
      const words = (text: string): number => text.split('word').length
      // An address may hold some too.
      const shown = show(source)
      const held = [...shown.querySelectorAll('a')].reduce((sum, link) => sum + words(link.getAttribute('href') ?? '') - 1, 0)
      expect(words(shown.textContent ?? '') + held, JSON.stringify(source)).toBe(words(source))
    }
  })

  it.each(['>', '> ', '*', '**', '*a ', '**a ', '_a ', '[', '[a](', '`', '- ', '# ', '***a**', '\n', '1. '])('is read in one go, even %j twenty thousand times', (piece) => {
    expectHarmless(piece.repeat(Math.floor(20_000 / piece.length)))
  })
})
