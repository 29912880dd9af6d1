import { describe, expect, it } from 'vitest'
import { along, labelled, marks } from './chart'

describe('marks', () => {
  it.each([
    [0, 80, [0, 20, 40, 60, 80]],
    [0, 10, [0, 2.5, 5, 7.5, 10]],
    [0, 1, [0, 0.25, 0.5, 0.75, 1]],
    [20, 100, [20, 40, 60, 80, 100]],
    [5, 5, [5]],
  ])('from %d to %d are round', (min, max, all) => {
    expect(marks(min, max)).toEqual(all)
  })
})

it('labels keep the first and the last day and never crowd', () => {
  expect([...labelled(9, 560, 60)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  const narrow = [...labelled(9, 200, 60)].sort((a, b) => a - b)
  expect(narrow[0]).toBe(0)
  expect(narrow.at(-1)).toBe(8)
  expect(narrow.length).toBeLessThanOrEqual(4)
})

it('a gap of three weeks is three times as wide as a week', () => {
  const at = along([
    { on: '2026-03-02', value: 1 },
    { on: '2026-03-09', value: 2 },
    { on: '2026-03-30', value: 3 },
  ])
  expect(at).toEqual([0, 0.25, 1])
})
