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

const weeks = Array.from({ length: 9 }, (_, week) => ({ on: new Date(Date.UTC(2026, 2, 2 + 7 * week)).toISOString().slice(0, 10), value: week }))
const across = (width: number, points: readonly { on: string; value: number }[]) => along(points).map((share) => share * width)

it('labels keep the first and the last day and never crowd', () => {
  expect([...labelled(weeks, across(560, weeks), 60)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  expect([...labelled(weeks, across(200, weeks), 60)]).toEqual([0, 3, 8])
})

it('two answers of one day stand side by side under one label', () => {
  const day = [5, 4, 3].map((value) => ({ on: '2026-03-02', value }))
  expect(along(day)).toEqual([0, 0.5, 1])
  expect([...labelled(day, across(560, day), 60)]).toEqual([2])
  const twice = [...weeks, { on: weeks[8]?.on ?? '', value: 1 }]
  expect([...labelled(twice, across(560, twice), 60)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 9])
})

it('a gap of three weeks is three times as wide as a week', () => {
  const at = along([
    { on: '2026-03-02', value: 1 },
    { on: '2026-03-09', value: 2 },
    { on: '2026-03-30', value: 3 },
  ])
  expect(at).toEqual([0, 0.25, 1])
})
