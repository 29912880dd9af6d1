import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type DraftShelf, LessonDesk, type Save, type Saved } from './author-desk.svelte'
import { saySaved } from './author-words'
import type { Block } from './client-api'
import { Problem } from './problem'

const text = (markdown = 'Words'): Block => ({ kind: 'text', block_id: 't', title: '', markdown })
const start: Saved = { lesson: { title: 'The pause', minutes: 10, blocks: [text()] }, version: 3 }

let clock = new Date('2026-05-14T10:00:00Z')
let kept: ReturnType<DraftShelf['read']>
const shelf: DraftShelf = { read: () => kept, write: (draft) => (kept = draft) }

function desk(save: Save, options: { auto?: boolean } = {}) {
  return new LessonDesk(start, {
    save,
    shelf,
    pause_ms: 1000,
    retry_ms: 5000,
    now: () => clock,
    current: (problem) => problem.document['current'] as Saved | undefined,
    ...options,
  })
}

const taking = () => vi.fn<Save>(async (lesson, version) => ({ lesson, version: version + 1 }))
const refusing = (problem: Problem) => vi.fn<Save>(() => Promise.reject(problem))

beforeEach(() => {
  vi.useFakeTimers()
  kept = undefined
  clock = new Date('2026-05-14T10:00:00Z')
})
afterEach(() => vi.useRealTimers())

describe('saving', () => {
  it('waits for a pause and sends all of it once, against the version it was made from', async () => {
    const save = taking()
    const one = desk(save)
    one.rename('A')
    one.rename('A pause')
    expect(kept?.lesson.title).toBe('A pause')
    await vi.advanceTimersByTimeAsync(1000)
    expect(save.mock.calls).toEqual([[{ title: 'A pause', minutes: 10, blocks: [text()] }, 3]])
    expect([one.phase, one.version, kept]).toEqual(['saved', 4, undefined])
    clock = new Date('2026-05-14T10:02:00Z')
    expect(saySaved(one, { zone: 'UTC', now: clock })).toBe('Saved 2 minutes ago.')
  })

  it('sends what was written while it was saving, on top of what it has just saved', async () => {
    let answer: (() => void) | undefined
    const save = vi.fn<Save>((lesson, version) => new Promise((done) => (answer = () => done({ lesson, version: version + 1 }))))
    const one = desk(save)
    one.rename('First')
    await vi.advanceTimersByTimeAsync(1000)
    one.rename('Second')
    answer?.()
    await vi.advanceTimersByTimeAsync(0)
    answer?.()
    await vi.advanceTimersByTimeAsync(0)
    expect(save.mock.calls.map(([lesson, version]) => [lesson.title, version])).toEqual([
      ['First', 3],
      ['Second', 4],
    ])
    expect(one.phase).toBe('saved')
  })

  it('sends nothing that the API would refuse, and says what is missing', async () => {
    const save = taking()
    const one = desk(save)
    one.insert({ kind: 'short_text', block_id: 'q', prompt: '', hint: '', required: true })
    await vi.advanceTimersByTimeAsync(2000)
    expect(save).not.toHaveBeenCalled()
    expect(saySaved(one, { zone: 'UTC' })).toBe('Not saved yet: one thing is missing.')
    one.change('q', { prompt: 'How was it?' })
    await vi.advanceTimersByTimeAsync(1000)
    expect(save).toHaveBeenCalledOnce()
  })

  it('tries again by itself when there was no answer', async () => {
    const save = refusing(new Problem(0))
    const one = desk(save)
    one.rename('Later')
    await vi.advanceTimersByTimeAsync(1000)
    expect(one.phase).toBe('waiting')
    save.mockImplementation(async (lesson, version) => ({ lesson, version: version + 1 }))
    await vi.advanceTimersByTimeAsync(5000)
    expect(one.phase).toBe('saved')
  })

  it('shows a refusal at its field and goes on when it is mended', async () => {
    const save = refusing(new Problem(422, { detail: 'Expected `str` of length <= 120 - at `$.title`. Nothing was changed.' }))
    const one = desk(save)
    one.rename('x'.repeat(130))
    await vi.advanceTimersByTimeAsync(1000)
    expect([one.phase, one.faultOf(undefined, 'title')]).toEqual(['refused', expect.stringContaining('Shorten')])
    save.mockImplementation(async (lesson, version) => ({ lesson, version: version + 1 }))
    one.rename('Short')
    await vi.advanceTimersByTimeAsync(1000)
    expect(one.phase).toBe('saved')
  })

  it('waits for a press where it is a client’s own', async () => {
    const save = taking()
    const one = desk(save, { auto: false })
    one.rename('Theirs')
    await vi.advanceTimersByTimeAsync(60_000)
    expect([save.mock.calls.length, one.phase]).toEqual([0, 'changed'])
    expect(await one.save()).toBe(true)
  })
})

describe('two texts', () => {
  const theirs: Saved = { lesson: { title: 'Theirs', minutes: 12, blocks: [] }, version: 7 }

  async function clash(save: ReturnType<typeof taking>) {
    save.mockImplementationOnce(() => Promise.reject(new Problem(409, { current: theirs })))
    const one = desk(save)
    one.rename('Mine')
    await vi.advanceTimersByTimeAsync(1000)
    expect([one.phase, one.conflict?.current.lesson.title, one.conflict?.yours.title]).toEqual(['conflict', 'Theirs', 'Mine'])
    return one
  }

  it('keep mine: it is saved over theirs', async () => {
    const save = taking()
    const one = await clash(save)
    expect(await one.choose('yours')).toBe(true)
    expect(save.mock.lastCall).toEqual([expect.objectContaining({ title: 'Mine' }), 7])
    expect([one.phase, one.version]).toEqual(['saved', 8])
  })

  it('take theirs: nothing is sent', async () => {
    const save = taking()
    const one = await clash(save)
    await one.choose('current')
    expect([save.mock.calls.length, one.title, one.phase, one.version, kept]).toEqual([1, 'Theirs', 'saved', 7, undefined])
  })
})

describe('what was not saved', () => {
  it('is back on the page, with the version it was made from', async () => {
    kept = { lesson: { ...start.lesson, title: 'From yesterday' }, version: 2, at: '2026-05-13T18:00:00Z' }
    const save = taking()
    const one = desk(save)
    expect([one.title, one.restored_at, one.dirty]).toEqual(['From yesterday', '2026-05-13T18:00:00Z', true])
    await vi.advanceTimersByTimeAsync(1000)
    expect(save.mock.lastCall?.[1]).toBe(2)
    expect(one.restored_at).toBeUndefined()
  })

  it('can be left in favour of what is saved', () => {
    kept = { lesson: { ...start.lesson, title: 'From yesterday' }, version: 3, at: '2026-05-13T18:00:00Z' }
    const one = desk(taking())
    one.revert()
    expect([one.title, one.dirty, kept]).toEqual(['The pause', false, undefined])
  })
})

describe('parts', () => {
  it('come back where they stood', () => {
    const one = desk(taking())
    one.insert({ ...text('Two'), block_id: 'u' })
    const back = one.remove('t')
    expect(one.blocks.map((block) => block.block_id)).toEqual(['u'])
    back()
    back()
    expect(one.blocks.map((block) => block.block_id)).toEqual(['t', 'u'])
    one.move('t', 1)
    expect(one.blocks.map((block) => block.block_id)).toEqual(['u', 't'])
    expect(one.remove('gone')()).toBeUndefined()
  })
})
