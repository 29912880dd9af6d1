import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Problem } from './problem'
import type { Draft } from './review'
import { DraftKeeper, draftShelf, goesOnFrom, type Keeping, sameDraft, type Shelf, type Shelved } from './review-draft'
import { session } from './session.svelte'
import { signOut } from './sign-out'

const draft = (text: string): Draft => ({ comments: [], text, decision: null })

function memory(safe = true): Shelf & { now: Shelved | undefined } {
  return {
    now: undefined,
    read() {
      return this.now
    },
    write(shelved) {
      if (safe) this.now = shelved
      return safe
    },
    clear() {
      this.now = undefined
    },
  }
}

function keeper(keep: (draft: Draft, version: number) => Promise<number>, shelf = memory(), version = 0) {
  const told: Keeping[] = []
  const one = new DraftKeeper({ by: 'Jonas', version, shelf, keep, told: (keeping) => told.push(keeping), now: () => new Date('2026-05-14T18:04:00Z'), wait: 100 })
  return { one, told, shelf }
}

beforeEach(() => {
  vi.useFakeTimers()
  localStorage.clear()
})

describe('keeping a draft', () => {
  it('is on this computer at once, and on the server after a silence', async () => {
    const keep = vi.fn((_: Draft, version: number) => Promise.resolve(version + 1))
    const { one, told, shelf } = keeper(keep)
    one.change(draft('G'))
    one.change(draft('Good'))
    expect(shelf.now?.draft.text).toBe('Good')
    expect(keep).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(100)
    expect(keep.mock.calls).toEqual([[draft('Good'), 0]])
    expect(told.at(-1)).toEqual({ state: 'kept', at: new Date('2026-05-14T18:04:00Z') })
    expect(shelf.now).toBeUndefined()
  })

  it('sends on top of the version that the server gave, and what was written meanwhile after it', async () => {
    let done: (version: number) => void = () => undefined
    const keep = vi.fn(() => new Promise<number>((resolve) => (done = resolve)))
    const { one, shelf } = keeper(keep, memory(), 3)
    one.change(draft('One'))
    await vi.advanceTimersByTimeAsync(100)
    one.change(draft('One and two'))
    done(4)
    await vi.advanceTimersByTimeAsync(0)
    expect(keep.mock.calls).toEqual([
      [draft('One'), 3],
      [draft('One and two'), 4],
    ])
    expect(shelf.now?.draft.text).toBe('One and two')
    done(5)
    await vi.advanceTimersByTimeAsync(0)
    expect(shelf.now).toBeUndefined()
  })

  it('goes on where the page went away before the answer came, and is not taken for another window', async () => {
    let done: (version: number) => void = () => undefined
    const { one, shelf } = keeper(() => new Promise<number>((resolve) => (done = resolve)), memory(), 3)
    const there = (text: string, version: number) => ({ ...draft(text), version })
    const goesOn = (text: string, version: number) => shelf.now && goesOnFrom(shelf.now, there(text, version))
    one.change(draft('One'))
    expect([goesOn('', 3), goesOn('One', 4)]).toEqual([true, false])
    await vi.advanceTimersByTimeAsync(100)
    one.change(draft('One and two'))
    expect(shelf.now?.draft.text).toBe('One and two')
    expect([goesOn('', 3), goesOn('One', 4), goesOn('Another', 4)]).toEqual([true, true, false])
    done(4)
    await vi.advanceTimersByTimeAsync(0)
    expect([goesOn('One', 4), goesOn('One and two', 5), goesOn('Another', 5)]).toEqual([true, true, false])
  })

  it('stays here without an answer and goes out by itself', async () => {
    const keep = vi.fn<(draft: Draft, version: number) => Promise<number>>().mockRejectedValueOnce(new Problem(0)).mockResolvedValue(1)
    const { one, told, shelf } = keeper(keep)
    one.change(draft('Kept'))
    await vi.advanceTimersByTimeAsync(100)
    expect(told.at(-1)).toMatchObject({ state: 'here', why: 'no-answer', safe: true })
    expect(shelf.now?.draft.text).toBe('Kept')
    await vi.advanceTimersByTimeAsync(2000)
    expect(told.at(-1)).toMatchObject({ state: 'kept' })
  })

  it('says when a session is over, keeps the text and asks nothing by itself', async () => {
    const keep = vi.fn(() => Promise.reject(new Problem(401, { type: 'sign-in-to-review' })))
    const { one, told, shelf } = keeper(keep)
    one.change(draft('Kept'))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(keep).toHaveBeenCalledTimes(1)
    expect(told.at(-1)).toMatchObject({ state: 'here', why: 'signed-out' })
    expect(shelf.now).toMatchObject({ by: 'Jonas', version: 0 })
  })

  it('says that nothing is kept where the browser keeps nothing', async () => {
    const { one, told } = keeper(() => Promise.reject(new Problem(500)), memory(false))
    one.change(draft('Fragile'))
    await vi.advanceTimersByTimeAsync(100)
    expect(told.at(-1)).toMatchObject({ state: 'here', safe: false })
  })

  it('stops at a clash and goes on with the text that was chosen', async () => {
    const theirs = { comments: [], text: 'Theirs', decision: null, version: 7 }
    const keep = vi
      .fn<(draft: Draft, version: number) => Promise<number>>()
      .mockRejectedValueOnce(new Problem(409, { type: 'changed-meanwhile', current: theirs }))
      .mockResolvedValue(8)
    const { one, told } = keeper(keep)
    one.change(draft('Mine'))
    await vi.advanceTimersByTimeAsync(100)
    expect(told.at(-1)).toEqual({ state: 'clash', theirs })
    one.change(draft('More of mine'))
    await vi.advanceTimersByTimeAsync(1000)
    expect(keep).toHaveBeenCalledTimes(1)
    await one.settle(draft('Mine'), 7)
    expect(keep).toHaveBeenLastCalledWith(draft('Mine'), 7)
    expect(told.at(-1)).toMatchObject({ state: 'kept' })
  })

  it('says who has answered already', async () => {
    const by = { by_name: 'Ines Duarte', comments: [], text: 'Go on', decision: 'go_on', at: '', seen: false }
    const { one, told } = keeper(() => Promise.reject(new Problem(409, { type: 'answered-already', current: by })))
    one.change(draft('Mine'))
    await vi.advanceTimersByTimeAsync(100)
    expect(told.at(-1)).toEqual({ state: 'answered', by })
  })

  it('waits for what is on its way before it is sent for good', async () => {
    let done: (version: number) => void = () => undefined
    const { one, told } = keeper(() => new Promise<number>((resolve) => (done = resolve)))
    one.change(draft('One'))
    await vi.advanceTimersByTimeAsync(100)
    const stopped = vi.fn()
    void one.stop().then(stopped)
    await vi.advanceTimersByTimeAsync(0)
    expect(stopped).not.toHaveBeenCalled()
    done(1)
    await vi.advanceTimersByTimeAsync(0)
    expect(stopped).toHaveBeenCalled()
    one.change(draft('Late'))
    await vi.advanceTimersByTimeAsync(1000)
    expect(told.at(-1)).toMatchObject({ state: 'kept' })
  })
})

describe('the shelf of this computer', () => {
  it('gives back what it was given, and nothing of another submission', () => {
    const shelf = draftShelf('one')
    expect(shelf.read()).toBeUndefined()
    shelf.write({ by: 'Jonas', version: 2, draft: draft('Here') })
    expect(draftShelf('one').read()?.draft.text).toBe('Here')
    expect(draftShelf('two').read()).toBeUndefined()
    shelf.clear()
    expect(shelf.read()).toBeUndefined()
  })

  it('is empty after signing out, and as it was after a session that ended by itself', async () => {
    const shelf = draftShelf('one')
    shelf.write({ by: 'Jonas', version: 2, draft: draft('Here') })
    vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ type: 'signed-out', title: '', status: 401, detail: '' }, { status: 401 })))
    expect(await session.renew()).toBe(false)
    expect(shelf.read()?.draft.text).toBe('Here')
    vi.stubGlobal('fetch', () => Promise.resolve(Response.json({})))
    await signOut('here')
    expect(shelf.read()).toBeUndefined()
    vi.unstubAllGlobals()
  })

  it('is not upset by what it cannot read', () => {
    localStorage.setItem('meanwhile.review.one', '{')
    expect(draftShelf('one').read()).toBeUndefined()
  })
})

describe('sameDraft', () => {
  it('looks at the words and not at how they are stored', () => {
    const comment = { comment_id: 'a', recording_id: null, at_s: null, text: 'x' }
    expect(sameDraft({ ...draft('a'), comments: [comment] }, { decision: null, text: 'a', comments: [{ text: 'x', at_s: null, recording_id: null, comment_id: 'a' }] })).toBe(true)
    expect(sameDraft(draft('a'), draft('b'))).toBe(false)
  })
})
