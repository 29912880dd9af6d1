import { describe, expect, it } from 'vitest'
import { progress } from '../fixtures/client'
import type { Measure, Progress } from './client-api'
import { axisOf, bandsOf, findingOf, headMeasure, mondayOf, practiceGrid, sayFinding, sayFoot, sayMeasure, saySpan, sayTitle, withEarlier } from './client-progress'

const now = new Date('2026-05-14T10:00:00Z') // a Thursday
const usual = progress(now, new Set())

const measure = (values: number[], more: Partial<Measure> = {}): Measure => ({
  measure_id: 'm',
  label: 'Pain: knee',
  unit: 'of 10',
  better: 'lower',
  points: values.map((value, index) => ({ on: `2026-04-${String(10 + index).padStart(2, '0')}`, at: '', value, lesson_number: 1 })),
  ...more,
})

describe('the finding', () => {
  it('says what the numbers say, and for how long', () => {
    expect(sayFinding(usual)).toBe('Pain (knee) fell from 6 to 2 of 10 in six weeks.')
    expect(findingOf(measure([2, 3, 5]))).toBe('Pain (knee) rose from 2 to 5 of 10 in two days.')
  })
  it('does not call a return a change', () => {
    expect(findingOf(measure([5, 8, 5]))).toBe('Pain (knee) was 5 of 10 at first and is 5 again, over two days.')
  })
  it('needs two answers', () => {
    expect(findingOf(measure([5]))).toBeUndefined()
    expect(findingOf(measure([]))).toBeUndefined()
    expect(sayFinding(progress(now, new Set(['little'])))).toBe('2 practice days so far')
    expect(sayFinding(progress(now, new Set(['empty'])))).toBe('Nothing to show yet')
  })
  it('prefers a measure that says which way is better', () => {
    const asked = measure([1, 2, 3, 4], { measure_id: 'asked', better: '' })
    const pain = measure([6, 5], { measure_id: 'pain' })
    expect(headMeasure([asked, pain])?.measure_id).toBe('pain')
  })
  it('quotes a question instead of bending it', () => {
    expect(sayMeasure('How sure are you?')).toBe('“How sure are you?”')
    expect(sayMeasure('Steps')).toBe('Steps')
  })
})

it('two charts that ask the same say which lesson asks', () => {
  const one = measure([3], { measure_id: 'a' })
  const two = measure([5], { measure_id: 'b', points: [{ on: '2026-04-10', at: '', value: 5, lesson_number: 2 }] })
  expect([sayTitle(one, [one, two]), sayTitle(two, [one, two]), sayTitle(one, [one])]).toEqual(['Pain (knee), lesson 1', 'Pain (knee), lesson 2', 'Pain (knee)'])
})

it('spans are counted in days up to two weeks, then in weeks', () => {
  expect([saySpan('2026-05-01', '2026-05-01'), saySpan('2026-05-01', '2026-05-02'), saySpan('2026-05-01', '2026-05-14'), saySpan('2026-05-01', '2026-05-15')]).toEqual([
    'on one day',
    'in one day',
    'in 13 days',
    'in two weeks',
  ])
})

it('the foot says which way is better only where the measure does', () => {
  expect(sayFoot(measure([5, 4]), (on) => on)).toBe('Lower is better. Asked two times, last answered on 2026-04-11.')
  expect(sayFoot(measure([5], { better: '' }), (on) => on)).toBe('Asked once, last answered on 2026-04-10.')
})

it('the axis is the scale where there is one, else round and above the highest value', () => {
  expect(axisOf(measure([3]))).toEqual({ min: 0, max: 10 })
  expect(axisOf(measure([12, 37], { unit: 'km' }))).toEqual({ min: 0, max: 40 })
  expect(axisOf(measure([-4, 3], { unit: '°C' }))).toEqual({ min: -4, max: 3 })
})

describe('the practice days', () => {
  const grid = practiceGrid(usual)
  it('show six weeks from a Monday to the coming Sunday', () => {
    expect([grid.from, grid.to]).toEqual(['2026-04-06', '2026-05-17'])
    expect(mondayOf('2026-05-17')).toBe('2026-05-11')
  })
  it('leave a planned day that is still to come open', () => {
    expect(grid.days['2026-05-15']).toBe('planned')
    expect(grid.days['2026-05-16']).toBe('planned')
  })
  it('show a planned day without practice as rested, and practice on any day', () => {
    expect(grid.days['2026-05-08']).toBe('rested')
    expect(grid.days['2026-05-14']).toBe('practised')
    expect(grid.days['2026-05-12']).toBeUndefined()
  })
  it('plan nothing before the program began', () => {
    const late: Progress = { ...usual, started_on: '2026-05-13', days: [] }
    expect(practiceGrid(late)).toMatchObject({ from: '2026-05-11', title: 'No practice days this week' })
    expect(practiceGrid(late).days).toEqual({ '2026-05-13': 'rested', '2026-05-15': 'planned', '2026-05-16': 'planned' })
  })
})

it('lessons lie under the chart, a repeat marked as one', () => {
  expect(bandsOf(usual.lessons, usual.today_on).map((band) => [band.label, band.again])).toEqual([
    ['Lesson 1', false],
    ['Lesson 2', false],
    ['Lesson 3', false],
    ['3, again', true],
    ['4, now', false],
  ])
})

it('an older page is put before the newer one, and no day counts twice', () => {
  const older: Progress = { ...usual, days: [{ on: '2026-03-02', lessons: [1] }, ...usual.days.slice(0, 1)], measures: [measure([9], { measure_id: 'pain' })], after: null }
  const both = withEarlier({ ...usual, after: 'x' }, older)
  expect(both.days.filter((day) => day.on === usual.days[0]?.on)).toHaveLength(1)
  expect(both.days[0]?.on).toBe('2026-03-02')
  expect(both.measures[0]?.points[0]?.value).toBe(9)
  expect(both.after).toBeNull()
})
