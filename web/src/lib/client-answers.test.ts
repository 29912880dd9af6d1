import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type AnswerNews, Answers, type Conflict } from './client-answers'
import type { LessonPlace, Value } from './client-api'
import { LessonWork } from './client-lesson.svelte'
import { lesson } from '../fixtures/lessons'
import type { Letter } from './outbox'
import { Problem } from './problem'

const place: LessonPlace = { client_id: 'c', enrolment_id: 'e', number: 6 }
const now = new Date('2026-05-14T18:04:00Z')

/** A server with one version an answer, as the API keeps it. */
class FakeApi {
  kept = new Map<string, { value: Value; version: number; by_name: string }>()
  offline = false
  loseReply = false
  asked: [string, Value, number][] = []

  put = (url: string, value: Value, version: number): Promise<{ version: number; at: string }> => {
    this.asked.push([url.split('/').at(-1) ?? '', value, version])
    if (this.offline) return Promise.reject(new Problem(0))
    const before = this.kept.get(url)
    if ((before?.version ?? 0) !== version) {
      const current = before ? { ...before, at: now.toISOString() } : { value: null, version: 0 }
      return Promise.reject(new Problem(409, { type: 'changed-meanwhile', title: 'Somebody else changed this first.', current, yours: { value } }))
    }
    this.kept.set(url, { value, version: version + 1, by_name: 'Dana' })
    if (this.loseReply) {
      this.loseReply = false
      return Promise.reject(new Problem(0))
    }
    return Promise.resolve({ version: version + 1, at: now.toISOString() })
  }

  elsewhere(block: string, value: Value) {
    const url = `/api/clients/c/enrolments/e/lessons/6/answers/${block}`
    this.kept.set(url, { value, version: (this.kept.get(url)?.version ?? 0) + 1, by_name: 'Ben' })
  }
}

function shelves() {
  let letters: Letter[] = []
  let conflicts: Record<string, Conflict> = {}
  return {
    shelf: { read: () => structuredClone(letters), write: (next: Letter[]) => ((letters = structuredClone(next)), true) },
    conflicts: { read: () => structuredClone(conflicts), write: (next: Record<string, Conflict>) => void (conflicts = structuredClone(next)) },
  }
}

let api: FakeApi
let kept: ReturnType<typeof shelves>
let answers: Answers
let heard: [string, AnswerNews['state']][]

beforeEach(() => {
  vi.useFakeTimers()
  api = new FakeApi()
  kept = shelves()
  answers = new Answers({ ...kept, put: api.put, now: () => now })
  heard = []
  answers.listen(place, (block, news) => heard.push([block, news.state]))
  return () => vi.useRealTimers()
})

describe('an answer', () => {
  it('is kept here, then there', async () => {
    answers.give(place, 'went', 'Well.', 0)
    expect(heard).toEqual([['went', 'kept']])
    await answers.flush()
    expect(heard.at(-1)).toEqual(['went', 'sent'])
    expect(answers.waiting(place)).toEqual({})
  })
  it('given offline waits over a reload and goes out later, in order', async () => {
    api.offline = true
    answers.give(place, 'a', 1, 0)
    answers.give(place, 'b', 2, 0)
    await answers.flush()
    expect(Object.keys(answers.waiting(place))).toEqual(['a', 'b'])
    api.offline = false
    const later = new Answers({ ...kept, put: api.put })
    api.asked = []
    await later.flush()
    expect(api.asked.map(([block, value]) => [block, value])).toEqual([['a', 1], ['b', 2]])
  })
  it('given twice while the first is on its way builds on it instead of fighting it', async () => {
    answers.give(place, 'went', 'W', 0)
    answers.give(place, 'went', 'Well.', 0)
    await answers.flush()
    await answers.flush()
    expect(api.asked.map(([, value, version]) => [value, version])).toEqual([['W', 0], ['Well.', 1]])
    expect(answers.conflicts(place)).toEqual({})
  })
  it('whose reply was lost is not a conflict with itself', async () => {
    api.loseReply = true
    answers.give(place, 'went', 'Well.', 0)
    await answers.flush()
    await answers.flush()
    expect(heard.at(-1)).toEqual(['went', 'sent'])
    expect(answers.conflicts(place)).toEqual({})
  })
  it('of another lesson is not this lesson’s news', () => {
    answers.give({ ...place, number: 66 }, 'went', 'x', 0)
    expect(heard).toEqual([])
  })
})

describe('two devices', () => {
  beforeEach(async () => {
    api.elsewhere('went', 'From the kitchen.')
    answers.give(place, 'went', 'From the phone.', 0)
    await answers.flush()
  })
  it('leave both texts, also after a reload', () => {
    expect(heard.at(-1)).toEqual(['went', 'conflict'])
    const again = new Answers({ ...kept, put: api.put })
    expect(again.conflicts(place)['went']).toMatchObject({ yours: 'From the phone.', current: { value: 'From the kitchen.', by_name: 'Ben' } })
  })
  it('keep this device’s when that is chosen', async () => {
    answers.choose(place, 'went', 'yours')
    await answers.flush()
    expect([...api.kept.values()][0]).toMatchObject({ value: 'From the phone.', version: 2 })
    expect(answers.conflicts(place)).toEqual({})
  })
  it('keep the other when that is chosen, without sending anything', async () => {
    api.asked = []
    answers.choose(place, 'went', 'current')
    await answers.flush()
    expect(api.asked).toEqual([])
    expect(answers.conflicts(place)).toEqual({})
  })
})

it('an answer to a lesson that was begun anew elsewhere is given to the new one', async () => {
  answers.give(place, 'went', 'Well.', 3)
  await answers.flush()
  await answers.flush()
  expect([...api.kept.values()][0]).toMatchObject({ value: 'Well.', version: 1 })
  expect(answers.conflicts(place)).toEqual({})
})

describe('a lesson at work', () => {
  const view = () => lesson(now, new Set(['answered']))
  const work = () => new LessonWork(place, view(), { answers, pause_ms: 800 })

  it('sends what is written after a pause, once', async () => {
    const one = work()
    api.elsewhere('went', 'x')
    one.give('went', 'T', true)
    one.give('went', 'Two', true)
    expect(api.asked).toEqual([])
    await vi.advanceTimersByTimeAsync(800)
    expect(api.asked).toEqual([['went', 'Two', 1]])
    expect(one.kept['went']).toMatchObject({ where: 'server' })
  })
  it('keeps a half-written answer when the page goes away', () => {
    const one = work()
    api.offline = true
    one.give('went', 'Tw', true)
    one.close()
    expect(answers.waiting(place)['went']).toMatchObject({ value: 'Tw', version: 1 })
  })
  it('shows what this device has not sent on top of what the server has', async () => {
    api.offline = true
    answers.give(place, 'went', 'Newer, from the train.', 1)
    await answers.flush()
    expect(work().values['went']).toBe('Newer, from the train.')
  })
  it('takes an emptied text back', async () => {
    const one = work()
    api.elsewhere('went', 'x')
    one.give('went', '  ')
    await vi.advanceTimersByTimeAsync(0)
    expect(api.asked).toEqual([['went', null, 1]])
    expect(one.missing).toContain(0)
  })
  it('says that a recording on its way is enough to submit', () => {
    const one = work()
    expect(one.missing).toEqual([1])
    one.setGoing(['film'])
    expect(one.missing).toEqual([])
  })
  it('forgets everything of the old try when it begins anew', () => {
    const one = work()
    one.give('went', 'half', true)
    one.restart(lesson(now, new Set()))
    expect(one.values).toEqual({})
    expect(one.started).toBe(false)
  })
})
