import { describe, expect, it } from 'vitest'
import { renderMarkdown } from './markdown'

describe('a lesson’s text', () => {
  it('has paragraphs, headings under the page’s own, and lists', () => {
    expect(renderMarkdown('# Before you start\n\nSit **where** you can\nsee each *other*.\n\n- one\n- two\n\n3. three\n4. four')).toBe(
      '<h2>Before you start</h2><p>Sit <strong>where</strong> you can see each <em>other</em>.</p><ul><li>one</li><li>two</li></ul><ol start="3"><li>three</li><li>four</li></ol>',
    )
  })
  it('has quotes, rules, code and line breaks', () => {
    expect(renderMarkdown('> say it\n> slowly\n\n---\n\nthe `**word**`  \nagain')).toBe(
      '<blockquote><p>say it slowly</p></blockquote><hr><p>the <code>**word**</code><br>again</p>',
    )
  })
  it('opens links to other sites in a window that knows nothing of this one', () => {
    const html = renderMarkdown('[the app](https://example.org/a?b=1&c=2)')
    expect(html).toContain('rel="noopener noreferrer"')
    expect(html).toContain('href="https://example.org/a?b=1&amp;c=2"')
  })
  it('leaves stars and low lines in words alone', () => {
    expect(renderMarkdown('3 * 4 * 5 and snake_case_name')).toBe('<p>3 * 4 * 5 and snake_case_name</p>')
  })
  it('with unclosed marks is shown as it is', () => {
    expect(renderMarkdown('**bold')).toBe('<p>**bold</p>')
    expect(renderMarkdown('')).toBe('')
  })
})

describe('script in Markdown', () => {
  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](data:text/html,<script>alert(1)</script>)',
    '[x](//evil.test)',
    '[x](https://a.test" onclick="alert(1))',
    '`<script>alert(1)</script>`',
    '> <svg onload=alert(1)>',
  ])('%s does nothing', (source) => {
    const box = document.createElement('div')
    box.innerHTML = renderMarkdown(source)
    expect(box.querySelector('script, img, svg, iframe')).toBeNull()
    for (const element of box.querySelectorAll('*')) {
      for (const attribute of element.attributes) {
        expect(attribute.name).not.toMatch(/^on/)
        expect(attribute.value).not.toMatch(/^\s*(javascript|data):/i)
        if (attribute.name === 'href') expect(attribute.value).not.toMatch(/^\/\//)
      }
    }
  })
})
