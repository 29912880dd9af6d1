import { describe, expect, it } from 'vitest'
import { readLimit, sayKept, sayOriginals, saySize } from './privacy'

describe('what is said about keeping', () => {
  it('says sizes as a phone does', () => {
    expect([0, 900, 2_400_000, 1_420_000_000].map(saySize)).toEqual(['1 KB', '1 KB', '2 MB', '1.4 GB'])
  })
  it('says how long records are kept', () => {
    expect(sayKept(null, 'Hazel Lane')).toBe('Hazel Lane keeps the record until it is erased.')
    expect(sayKept(1, 'Hazel Lane')).toContain('for a year after care has ended')
    expect(sayKept(10, 'Hazel Lane')).toContain('for 10 years')
    expect(sayOriginals(null)).not.toContain('removed')
    expect(sayOriginals(90)).toContain('after 90 days')
  })
  it('reads a limit, nothing, or that it is none', () => {
    expect(['', ' 3 ', '0', '1.5', 'x', '51'].map((text) => readLimit(text, 1, 50))).toEqual([null, 3, undefined, undefined, undefined, undefined])
  })
})
