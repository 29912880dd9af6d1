import { describe, expect, it } from 'vitest'
import { everyBlock, kneeBlocks, rec, soundBlocks } from '../fixtures/lessons'
import type { ExerciseBlock } from './client-api'
import { headingOf, isComplete, missingSteps, stepsOf, whereToGoOn } from './client-steps'

const knee = stepsOf(kneeBlocks)
const bend = kneeBlocks.find((block) => block.block_id === 'bend') as ExerciseBlock
const film = kneeBlocks.find((block) => block.block_id === 'film')

describe('the steps of a lesson', () => {
  it('are one for each thing that is asked', () => {
    expect(knee.map((step) => step.key)).toEqual(['warm', 'rail', 'bend', 'when', 'film'])
  })
  it('take texts and pictures along to the question that they lead to', () => {
    expect(knee[0]?.lead.map((block) => block.block_id)).toEqual(['hello'])
    expect(knee.at(-1)?.lead.map((block) => block.block_id)).toEqual(['how'])
  })
  it('keep what follows the last question on the last step', () => {
    const steps = stepsOf([...soundBlocks, { kind: 'text', block_id: 'bye', title: '', markdown: 'Until Friday.' }])
    expect(steps).toHaveLength(2)
    expect(steps[1]?.tail.map((block) => block.block_id)).toEqual(['bye'])
  })
  it('are one when nothing is asked', () => {
    const steps = stepsOf([{ kind: 'text', block_id: 'only', title: '', markdown: 'Rest.' }])
    expect(steps.map((step) => [step.key, step.ask])).toEqual([['all', undefined]])
    expect(missingSteps(steps, {}, {})).toEqual([])
    expect(whereToGoOn(steps, {}, {})).toBe(0)
    expect(stepsOf([])).toHaveLength(1)
  })
  it('are headed by the question unless something leads to it', () => {
    expect(headingOf(knee[1] ?? never(), 'Steady knee')).toEqual({ title: 'How did you come down the stairs today?', asks: true })
    expect(headingOf(stepsOf(soundBlocks)[0] ?? never(), 'Quiet')).toEqual({ title: 'Say “fish” three times', asks: false })
    expect(headingOf(stepsOf(everyBlock)[0] ?? never(), 'Every')).toEqual({ title: 'Before you start', asks: false })
    expect(headingOf(knee[2] ?? never(), 'Steady knee')).toEqual({ title: 'Knee bend at the chair', asks: true })
  })
})

describe('what is missing', () => {
  it('is every required answer, and pain where it is asked', () => {
    expect(missingSteps(knee, {}, {})).toEqual([1, 2, 4])
  })
  it('is not an answer that may be left out', () => {
    expect(missingSteps(knee, { rail: 0, bend: { sets: 3, reps: 8, pain: 0, note: '' } }, { film: rec('processing') })).toEqual([])
  })
  it('is not the pain of an exercise that was left out', () => {
    expect(isComplete(bend, { bend: { sets: 0, reps: 0, pain: null, note: '' } }, {})).toBe(true)
    expect(isComplete(bend, { bend: { sets: 1, reps: 8, pain: null, note: '' } }, {})).toBe(false)
    expect(isComplete({ ...bend, sets: 0, reps: 0 }, { bend: { sets: 0, reps: 0, pain: null, note: '' } }, {})).toBe(false)
  })
  it('is a recording that would not open, asked for or not', () => {
    if (film?.kind !== 'recording') return never()
    expect(isComplete({ ...film, required: false }, {}, { film: rec('rejected') })).toBe(false)
    expect(isComplete({ ...film, required: false }, {}, {})).toBe(true)
  })
  it('counts blanks and empty choices as no answer', () => {
    const steps = stepsOf(everyBlock)
    const given = { scale: 0, long: '  \n', number: 0 }
    expect(missingSteps(steps, given, {})).toEqual([2])
    expect(missingSteps(steps, { ...given, long: 'Well.' }, {})).toEqual([])
  })
})

describe('coming back', () => {
  it('goes on at the first step without an answer', () => {
    expect(whereToGoOn(knee, {}, {})).toBe(0)
    expect(whereToGoOn(knee, { warm: { sets: 2, reps: 10, pain: null, note: '' }, rail: 1 }, {})).toBe(2)
  })
  it('does not ask again what may be left out and was passed by', () => {
    const given = { warm: { sets: 2, reps: 10, pain: null, note: '' }, rail: 1, bend: { sets: 3, reps: 8, pain: 3, note: '' } }
    expect(whereToGoOn(knee, given, {})).toBe(3)
    expect(whereToGoOn(knee, given, { film: rec('ready') })).toBe(4)
  })
  it('goes to a recording that would not open', () => {
    expect(whereToGoOn(stepsOf(soundBlocks), { went: 'Well.' }, { film: rec('rejected') })).toBe(1)
  })
})

function never(): never {
  throw new Error('the fixture has changed')
}
