import { describe, expect, it } from 'vitest'
import type { Comment } from './review'
import { beginChange, beginComment, moveTo, numberOf, onTheWhole, pinsOf, without, withWriting } from './review-comments'

const at = (comment_id: string, at_s: number | null, text = 'Words', recording_id: string | null = 'film'): Comment => ({ comment_id, recording_id, at_s, text })

describe('the comment in the box', () => {
  it('is fixed to a hundredth of a second and can be moved', () => {
    const writing = beginComment('film', 41.23456, 'Good', () => 'new')
    expect(writing).toEqual({ comment_id: 'new', recording_id: 'film', at_s: 41.23, text: 'Good' })
    expect(moveTo(writing, 52.999).at_s).toBe(53)
  })

  it('counts as a comment before it is kept, without the spaces around it', () => {
    const all = withWriting([at('a', 10)], beginComment('film', 5, '  Slowly ', () => 'new'))
    expect(all.map((one) => [one.comment_id, one.text])).toEqual([
      ['a', 'Words'],
      ['new', 'Slowly'],
    ])
  })

  it('is nothing while it is empty, and an emptied change leaves the comment as it was', () => {
    const kept = [at('a', 10, 'As it was')]
    expect(withWriting(kept, beginComment('film', 5, '   ', () => 'new'))).toEqual(kept)
    const change = beginChange(kept[0]!)
    expect(withWriting(kept, { ...change!, text: '' })).toEqual(kept)
    expect(withWriting(kept, { ...change!, text: 'New words' }).map((one) => one.text)).toEqual(['New words'])
  })

  it('changes only comments that belong to a moment', () => {
    expect(beginChange(at('a', null, 'Whole', null))).toBeUndefined()
  })
})

describe('pins', () => {
  const comments = [at('late', 70), at('early', 18), at('voice', 3, 'In the voice', 'voice'), at('whole', null, 'On the whole', null)]

  it('are numbered in time order, a recording at a time', () => {
    expect(pinsOf(comments, 'film').map((pin) => [pin.number, pin.id])).toEqual([
      [1, 'early'],
      [2, 'late'],
    ])
    expect(pinsOf(comments, 'voice').map((pin) => pin.id)).toEqual(['voice'])
    expect(pinsOf(comments, undefined)).toEqual([])
  })

  it('tell the number that a new comment will have', () => {
    expect(numberOf(comments, { comment_id: '~', recording_id: 'film', at_s: 41 })).toBe(2)
    expect(numberOf(comments, { comment_id: '~', recording_id: 'film', at_s: 71 })).toBe(3)
    expect(numberOf(comments, { comment_id: 'early', recording_id: 'film', at_s: 18 })).toBe(1)
  })

  it('leave out what belongs to no moment', () => {
    expect(onTheWhole(comments).map((one) => one.comment_id)).toEqual(['whole'])
    expect(without(comments, 'late')).toHaveLength(3)
  })
})
