import { describe, expect, it } from 'vitest'
import { queue, review } from '../fixtures/staff'
import { sayAfter } from './review-after-words'
import { sayQueue, sayWaiting } from './review-queue'
import { answerRows, choices, readers, saySendFoot, sayWrote } from './review-words'

const now = new Date('2026-05-14T09:00:00Z')
const clock = { zone: 'Europe/Dublin', now }
const ruth = review(now, new Set())
const theo = review(now, new Set(['guardian']))

describe('the queue', () => {
  it('is counted in words', () => {
    expect(sayWaiting(1)).toBe('One review is waiting')
    expect(sayWaiting(4)).toBe('Four reviews are waiting')
    expect(sayWaiting(14)).toBe('14 reviews are waiting')
    expect(sayWaiting(50, true)).toBe('More than 50 reviews are waiting')
  })

  it('says how long it takes and what was promised first', () => {
    const { lines, minutes } = queue(now, new Set())
    expect(sayQueue(lines, minutes, clock)).toBe('About 35 minutes in all. The first is promised for today at 16:00.')
    expect(sayQueue(lines.slice(0, 1), 8, clock)).toBe('About 8 minutes. It is promised for today at 16:00.')
    expect(sayQueue(queue(now, new Set(['late'])).lines, 35, clock)).toContain('The first was promised for today at 08:00.')
  })
})

describe('what was sent', () => {
  it('is read in the order of the lesson, with the number from before', () => {
    expect(answerRows(ruth)).toEqual([
      { block_id: 'bend', title: 'Knee bend at the chair', facts: [{ label: 'Did', value: '3 sets of 8' }, { label: 'Pain', value: '3 of 10', was: 'was 5' }] },
      { block_id: 'rail', title: 'How did you come down the stairs?', facts: [{ label: '', value: 'With a hand near the rail' }] },
      { block_id: 'stairs', title: 'How are the stairs?', facts: [], quote: 'Up is fine. Down I still hold the rail.' },
      { block_id: 'walk', title: 'How far did you walk today?', facts: [{ label: '', value: 'No answer' }] },
    ])
  })

  it('says what was asked where less was done, and what was left out', () => {
    const did = (sets: number, reps: number) => ({ ...ruth, answers: { bend: { ...ruth.answers['bend']!, value: { sets, reps, pain: null, note: 'Tired' } } } })
    expect(answerRows(did(2, 8))[0]).toMatchObject({ facts: [{ label: 'Did', value: '2 sets of 8' }, { label: 'Asked', value: '3 sets of 8' }], quote: 'Tired' })
    expect(answerRows(did(0, 0))[0]?.facts).toEqual([{ label: 'Did', value: 'Left out this time' }])
  })

  it('names who wrote and who reads', () => {
    expect(sayWrote(ruth)).toBe('What Ruth wrote')
    expect(sayWrote(theo)).toBe('What Dana wrote for Theo')
    expect([readers(ruth), readers(theo)]).toEqual(['Ruth', 'Dana and Theo'])
  })
})

describe('sending', () => {
  it('says what each decision brings', () => {
    expect(choices(ruth).map((one) => one.label)).toEqual(['Go on', 'Do this again', 'I’ll change the program'])
    expect(choices(ruth)[1]?.hint).toBe('Lesson 4 once more, with your comments.')
  })

  it('says what goes out, and to whom', () => {
    const comments = review(now, new Set(['drafted'])).draft.comments
    expect(saySendFoot({ comments, text: '' }, ruth)).toBe('3 comments. Ruth is told within a minute.')
    expect(saySendFoot({ comments: comments.slice(0, 1), text: 'Words' }, theo)).toBe('1 comment and your words. Dana and Theo are told within a minute.')
    expect(saySendFoot({ comments: [], text: '' }, ruth)).toContain('you may send only the decision')
  })

  it('says what is so afterwards', () => {
    expect(sayAfter('again', ruth)).toBe('Ruth is told by mail within a minute. Lesson 4 is open once more, with your comments.')
    expect(sayAfter('change', ruth)).toContain('Nothing is open for Ruth')
  })
})
