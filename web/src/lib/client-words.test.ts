import { describe, expect, it } from 'vitest'
import { everyBlock, kneeBlocks } from '../fixtures/lessons'
import type { AskingBlock } from './client-api'
import { sayAnswer, sayHurt, sayStopRule } from './client-lesson-words'
import { firstName, sayAbout, sayNotes, sayPromise, sayWithin, therapist, Therapist, whose } from './client-words'

const clock = { zone: 'Europe/Dublin', now: new Date('2026-05-14T10:00:00Z') }
const block = (id: string): AskingBlock => [...kneeBlocks, ...everyBlock].find((one) => one.block_id === id) as AskingBlock

describe('names', () => {
  it('are first names, whatever stands before them', () => {
    expect(['Ines Duarte', 'Dr. Ines Duarte', 'Prof Dr. Ines', 'Ines', ''].map(firstName)).toEqual(['Ines', 'Ines', 'Ines', 'Ines', ''])
    expect(whose('Jonas Lind')).toBe('Jonas’s')
  })
  it('are said in general where nobody has said whose they are', () => {
    expect([therapist(''), Therapist('')]).toEqual(['your therapist', 'Your therapist'])
  })
})

it('a lesson says how long it takes and what it asks', () => {
  expect(sayAbout(12, 'one video')).toBe('About 12 minutes, one video')
  expect(sayAbout(1, '')).toBe('About 1 minute')
})

describe('a promise', () => {
  it('names the day and the hour', () => {
    const said = sayPromise('Ines Duarte', '2026-05-16T17:00:00Z', clock)
    expect(said.lead + said.when + said.tail).toBe('Ines answers by Saturday, 18:00.')
  })
  it('that has passed is said as it is, without blame', () => {
    const said = sayPromise('Ines Duarte', '2026-05-13T17:00:00Z', clock)
    expect(said.lead + said.when + said.tail).toBe('Ines meant to answer by yesterday, 18:00. The answer has not come yet; what you sent is safe.')
  })
  it('that starts with the last byte is a time span', () => {
    expect([sayWithin(48), sayWithin(24), sayWithin(36), sayWithin(1)]).toEqual(['within 2 days', 'within 24 hours', 'within 36 hours', 'within 1 hour'])
  })
})

it('what came back is counted in notes', () => {
  expect([sayNotes(3), sayNotes(1), sayNotes(0)]).toEqual(['3 notes', '1 note', 'A reply in words'])
})

describe('an answer in words', () => {
  it.each([
    ['bend', { sets: 3, reps: 8, pain: 3, note: '' }, '3 sets of 8, pain 3 of 10'],
    ['bend', { sets: 0, reps: 0, pain: null, note: 'Too tired.' }, 'Not done, “Too tired.”'],
    ['rail', 1, 'With a hand near the rail'],
    ['rail', 17, 'No answer'],
    ['when', [0, 2], 'After getting up and In the evening'],
    ['when', [], 'No answer'],
    ['scale', 0, '0 of 10'],
    ['number', 2.5, '2.5\u00a0km'],
    ['long', 'Well.', 'Well.'],
    ['long', null, 'No answer'],
  ])('of %s given %j is %s', (id, value, said) => {
    expect(sayAnswer(block(id), value)).toBe(said)
  })
  it('of an exercise without a dose is whether it was done', () => {
    const free = { ...block('bend'), sets: 0, reps: 0 } as AskingBlock
    expect(sayAnswer(free, { sets: 1, reps: 0, pain: 2, note: '' })).toBe('Done, pain 2 of 10')
    expect(sayAnswer(free, { sets: 0, reps: 0, pain: null, note: '' })).toBe('Not done')
  })
})

describe('pain', () => {
  it('is asked of what the program names, as the program owns it', () => {
    expect(['your knee', 'Knee', 'Theo’s arm', ''].map(sayHurt)).toEqual([
      'How much did your knee hurt?',
      'How much did your knee hurt?',
      'How much did Theo’s arm hurt?',
      'How much did it hurt?',
    ])
  })
  it('has its stop rule beside it', () => {
    expect(sayStopRule(5, 'Jonas Lind')).toBe('10 is the worst you can imagine. Above 5, stop and tell Jonas.')
    expect(sayStopRule(null, 'Jonas Lind')).toBe('10 is the worst you can imagine.')
    expect(sayStopRule(10, 'Jonas Lind')).toBe('10 is the worst you can imagine.')
  })
})
