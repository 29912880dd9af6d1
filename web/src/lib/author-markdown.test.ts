import { describe, expect, it } from 'vitest'
import { applyMark, type Mark } from './author-markdown'

/** `‹` and `›` stand for the ends of what is chosen. */
function press(mark: Mark, text: string): string {
  const start = text.indexOf('‹')
  const end = text.indexOf('›') - 1
  const made = applyMark(mark, { text: text.replace(/[‹›]/g, ''), start, end })
  return `${made.text.slice(0, made.start)}‹${made.text.slice(made.start, made.end)}›${made.text.slice(made.end)}`
}

describe('bold and italic', () => {
  it.each([
    ['bold', 'a ‹word› b', 'a **‹word›** b'],
    ['bold', 'a **‹word›** b', 'a ‹word› b'],
    ['italic', 'a ‹word› b', 'a *‹word›* b'],
    ['italic', 'a *‹word›* b', 'a ‹word› b'],
    ['italic', 'a **‹word›** b', 'a ***‹word›*** b'],
    ['italic', 'a ***‹word›*** b', 'a **‹word›** b'],
    ['bold', 'a‹ word ›b', 'a **‹word›** b'],
    ['bold', 'here ‹›', 'here **‹›**'],
  ] as const)('%s: %s', (mark, before, after) => {
    expect(press(mark, before)).toBe(after)
  })
})

describe('a list', () => {
  it('is made of the chosen lines, and unmade', () => {
    expect(press('list', 'a\n‹one\n\ntwo›\nb')).toBe('a\n‹- one\n\n- two›\nb')
    expect(press('list', '‹- one\n- two›')).toBe('‹one\ntwo›')
  })

  it('begins at the line of the cursor', () => {
    expect(press('list', 'a\non‹›e')).toBe('a\n- on‹e›')
    expect(press('list', '‹›')).toBe('- ‹›')
  })
})

describe('a link', () => {
  it('asks for the address of chosen words, and for words where there are none', () => {
    expect(press('link', 'see ‹the app›')).toBe('see [the app](‹https://›)')
    expect(press('link', 'see ‹›')).toBe('see [‹words of the link›](https://)')
  })
})
