import { describe, expect, it } from 'vitest'
import { backTo, loopOf, mark, nextPress, nextSpeed, sayMark, saySpeed, type Section, speakMark, SPEEDS } from './video-section'

describe('a part that is repeated', () => {
  it('is marked by one button: from here, to here, no more', () => {
    let section: Section = {}
    expect(nextPress(section)).toBe('from')
    section = mark(section, 'from', 12)
    expect(nextPress(section)).toBe('to')
    expect(loopOf(section)).toBeUndefined()
    section = mark(section, 'to', 20)
    expect(nextPress(section)).toBe('off')
    expect(loopOf(section)).toEqual({ from: 12, to: 20 })
  })
  it('can have either end moved', () => {
    expect(mark({ from: 12, to: 20 }, 'to', 16)).toEqual({ from: 12, to: 16 })
    expect(mark({ from: 12, to: 20 }, 'from', 14)).toEqual({ from: 14, to: 20 })
    expect(mark(mark({}, 'to', 20), 'from', 0)).toEqual({ from: 0, to: 20 })
  })
  it('keeps the newer of two marks that cannot both be', () => {
    expect(mark({ from: 12 }, 'to', 8)).toEqual({ to: 8 })
    expect(mark({ from: 12 }, 'to', 12.1)).toEqual({ to: 12.1 })
    expect(mark({ from: 12, to: 20 }, 'from', 25)).toEqual({ from: 25 })
  })
  it('goes back to its beginning from its end and from outside, and not from within', () => {
    const loop = { from: 12, to: 20 }
    expect([12, 11.97, 15, 19.99].map((at) => backTo(loop, at))).toEqual([undefined, undefined, undefined, undefined])
    expect([20, 20.3, 60, 11, 0].map((at) => backTo(loop, at))).toEqual([12, 12, 12, 12, 12])
    expect(backTo(undefined, 20)).toBeUndefined()
  })
})

describe('a mark', () => {
  it('is said to the tenth, never later than it is', () => {
    expect([0, 1.5, 62.58, 59.97].map(sayMark)).toEqual(['0:00.0', '0:01.5', '1:02.5', '0:59.9'])
    expect([0, 1.5, 62.58, 59.97].map(speakMark)).toEqual(['0.0 seconds', '1.5 seconds', '1 minute 2.5 seconds', '59.9 seconds'])
  })
})

describe('speeds', () => {
  it('are written as on the buttons', () => {
    expect(SPEEDS.map(saySpeed)).toEqual(['¼×', '½×', '¾×', '1×', '1¼×', '1½×', '2×'])
  })
  it('go one up or down, and stay at the ends', () => {
    expect(nextSpeed(1, 1)).toBe(1.25)
    expect(nextSpeed(1, -1)).toBe(0.75)
    expect(nextSpeed(2, 1)).toBe(2)
    expect(nextSpeed(0.25, -1)).toBe(0.25)
  })
})
