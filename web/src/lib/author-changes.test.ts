import { describe, expect, it } from 'vitest'
import { changesOf } from './author-changes'
import type { Lesson } from './client-api'

const lesson = (id: string, change: Partial<Lesson> = {}): Lesson => ({ lesson_id: id, title: `Lesson ${id}`, minutes: 10, blocks: [{ kind: 'text', block_id: 't', title: '', markdown: 'Words' }], ...change })
const edition = (lessons: Lesson[], words = {}) => ({ title: 'Steady knee', summary: '', lessons, ...words })

describe('changes since a version', () => {
  it('are none where only the order of the fields differs', () => {
    const other = lesson('a', { blocks: [{ markdown: 'Words', title: '', block_id: 't', kind: 'text' }] })
    expect(changesOf(edition([other]), edition([lesson('a')])).count).toBe(0)
  })

  it('are told lesson by lesson', () => {
    const { lessons, count, order, words } = changesOf(
      edition([lesson('b', { minutes: 12, blocks: [{ kind: 'text', block_id: 't', title: '', markdown: 'New' }, { kind: 'text', block_id: 'u', title: '', markdown: '' }] }), lesson('c')], { title: 'Knee' }),
      edition([lesson('a'), lesson('b')]),
    )
    expect(lessons.map((one) => [one.lesson_id, one.kind, one.says])).toEqual([
      ['b', 'changed', 'The minutes, 1 part changed and 1 added'],
      ['c', 'new', '1 part'],
      ['a', 'removed', '1 part'],
    ])
    expect([count, order, words]).toEqual([4, false, true])
  })

  it('know another order from an added or removed lesson', () => {
    expect(changesOf(edition([lesson('b'), lesson('a')]), edition([lesson('a'), lesson('b')]))).toMatchObject({ order: true, count: 1 })
    expect(changesOf(edition([lesson('x'), lesson('a')]), edition([lesson('a'), lesson('y')])).order).toBe(false)
  })

  it('see blocks that only changed places', () => {
    const one = { kind: 'text', block_id: 'one', title: '', markdown: '' } as const
    const two = { ...one, block_id: 'two' }
    expect(changesOf(edition([lesson('a', { blocks: [two, one] })]), edition([lesson('a', { blocks: [one, two] })])).lessons[0]?.says).toBe('Another order')
  })
})
