import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { mergeOrder, ProgramDesk } from './author-program.svelte'
import type { Program } from './office-api'

const draft = (id: string): Program['lessons'][number] => ({ lesson_id: id, title: `Lesson ${id}`, minutes: 10, blocks: [{ kind: 'text', block_id: 't', title: '', markdown: 'Words' }], version: 1 })
const program = (change: Partial<Program> = {}): Program => ({
  program_id: 'p',
  title: 'Steady knee',
  summary: '',
  lessons: [draft('a'), draft('b')],
  published: [{ version: 3, at: '2026-05-01T10:00:00Z', by: 'j', by_name: 'Jonas Lind', lessons: 2, note: '' }],
  changed_at: '2026-05-01T10:00:00Z',
  changed_since_publication: false,
  revision: 5,
  media: {},
  ...change,
})

type Asked = { method: string; path: string; body: unknown; version: string | null }
let asked: Asked[]
let answers: ((one: Asked) => { status?: number; body: unknown } | undefined)[]

beforeEach(() => {
  vi.useFakeTimers()
  asked = []
  answers = []
  localStorage.clear()
  vi.stubGlobal('fetch', async (input: RequestInfo, init: RequestInit) => {
    const url = new URL(String(input), location.origin)
    const one: Asked = { method: init.method ?? 'GET', path: url.pathname, body: init.body ? JSON.parse(String(init.body)) : undefined, version: new Headers(init.headers).get('If-Match') }
    asked.push(one)
    const found = answers.map((answer) => answer(one)).find((answer) => answer !== undefined) ?? { body: program() }
    return new Response(JSON.stringify(found.body), { status: found.status ?? 200 })
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const when = (method: string, path: RegExp, body: unknown, status = 200) => answers.push((one) => (one.method === method && path.test(one.path) ? { status, body } : undefined))

describe('removing a lesson', () => {
  it('waits for an Undo', async () => {
    const desk = new ProgramDesk(program())
    const back = desk.remove('a')
    expect(desk.order).toEqual(['b'])
    back()
    await vi.advanceTimersByTimeAsync(20_000)
    expect([desk.order, asked]).toEqual([['a', 'b'], []])
  })

  it('is done when nobody pressed it', async () => {
    const desk = new ProgramDesk(program())
    when('PUT', /p$/, program({ lessons: [draft('b')], revision: 6 }))
    desk.remove('a')
    await vi.advanceTimersByTimeAsync(9000)
    expect(asked).toEqual([{ method: 'PUT', path: '/api/programs/p', version: '"5"', body: { title: 'Steady knee', summary: '', lessons: ['b'] } }])
    expect([desk.order, desk.view.revision]).toEqual([['b'], 6])
  })

  it('keeps the lesson in the program while another change goes out', async () => {
    const desk = new ProgramDesk(program())
    desk.remove('a')
    await desk.rename('Knee', '')
    expect((asked[0]?.body as { lessons: string[] }).lessons).toEqual(['b', 'a'])
    expect(desk.order).toEqual(['b'])
  })
})

describe('order and words', () => {
  it('bring up both where somebody else was faster, and lose no lesson', async () => {
    const desk = new ProgramDesk(program())
    const current = { title: 'Theirs', summary: '', lessons: ['a', 'b', 'c'], revision: 8 }
    when('PUT', /p$/, { type: 'changed-meanwhile', current, yours: {} }, 409)
    expect(await desk.reorder(['b', 'a'])).toBe(false)
    expect(desk.conflict?.current.title).toBe('Theirs')
    answers = []
    await desk.choose('yours')
    expect(asked.at(-1)).toMatchObject({ version: '"8"', body: { title: 'Steady knee', lessons: ['b', 'a', 'c'] } })
  })

  it('go back when they were refused', async () => {
    const desk = new ProgramDesk(program())
    when('PUT', /p$/, { type: 'invalid', title: 'No' }, 422)
    expect(await desk.reorder(['b', 'a'])).toBe(false)
    expect([desk.order, desk.problem?.title]).toEqual([['a', 'b'], 'No'])
  })

  it('are merged without what is gone', () => {
    expect(mergeOrder(['c', 'a', 'gone'], ['a', 'new', 'c'])).toEqual(['c', 'a', 'new'])
  })
})

describe('publishing', () => {
  it('saves what is written first', async () => {
    const desk = new ProgramDesk(program())
    when('PUT', /lessons\/a$/, { ...draft('a'), title: 'Named', version: 2 })
    desk.desk('a')?.rename('Named')
    expect(await desk.publish('Shorter')).toBe(true)
    expect(asked.slice(0, 2).map((one) => [one.method, one.path])).toEqual([
      ['PUT', '/api/programs/p/lessons/a'],
      ['POST', '/api/programs/p/versions'],
    ])
    expect(asked[1]?.body).toEqual({ note: 'Shorter' })
  })

  it('stops at what cannot be saved and says where', async () => {
    const desk = new ProgramDesk(program())
    desk.desk('b')?.rename('')
    expect(await desk.publish('')).toBe(false)
    expect(desk.flaws).toEqual([{ lesson_id: 'b', block_id: null, says: 'Lesson 2: Give the lesson a title.' }])
    expect(asked).toEqual([])
  })

  it('keeps what the API says of each lesson until it is changed', async () => {
    const desk = new ProgramDesk(program())
    when('POST', /versions$/, { type: 'not-ready-to-publish', problems: [{ lesson_id: 'a', block_id: 't', says: 'Lesson 1: the video is not ready.' }] }, 422)
    expect(await desk.publish('')).toBe(false)
    expect(desk.flaws).toHaveLength(1)
    when('PUT', /lessons\/a$/, { ...draft('a'), title: 'Other', version: 2 })
    desk.desk('a')?.rename('Other')
    await vi.advanceTimersByTimeAsync(2000)
    expect(desk.flaws).toEqual([])
    expect(desk.changed).toBe(true)
  })
})

it('counts what differs from the last version', async () => {
  const desk = new ProgramDesk(program())
  when('GET', /versions\/3$/, { program_id: 'p', title: 'Steady knee', summary: '', version: 3, lessons: [draft('a'), draft('b')], media: {} })
  expect(desk.changes).toBeUndefined()
  await desk.loadEdition()
  expect(desk.changes?.count).toBe(0)
  desk.desk('a')?.rename('Other')
  expect(desk.changes?.lessons.map((one) => [one.lesson_id, one.kind])).toEqual([['a', 'changed']])
})
