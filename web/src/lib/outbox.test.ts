import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Letter, localShelf, Outbox } from './outbox'
import { Problem } from './problem'

class FakeServer {
  got: Letter[] = []
  fails: (Problem | undefined)[] = []
  send = async (letter: Letter): Promise<void> => {
    const fail = this.fails.shift()
    if (fail) throw fail
    this.got.push(letter)
  }
}

let server: FakeServer
let keys = 0
const outbox = (person = 'dana') =>
  new Outbox({ shelf: localShelf(person), send: server.send, now: () => new Date('2026-05-14T18:04:00Z'), newKey: () => `k${++keys}` })

beforeEach(() => {
  localStorage.clear()
  server = new FakeServer()
  keys = 0
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

describe('answers', () => {
  it('go out in the order in which they were given', async () => {
    const box = outbox()
    box.put('pain', '/a', 3)
    box.put('stairs', '/b', 'up is fine')
    await box.flush()
    expect(server.got.map((letter) => letter.name)).toEqual(['pain', 'stairs'])
    expect(box.waiting).toEqual([])
    expect(localStorage.length).toBe(0)
  })

  it('wait while offline, and only the last word on each goes out', async () => {
    server.fails = [new Problem(0), new Problem(0)]
    const box = outbox()
    box.put('pain', '/a', 3)
    await box.flush()
    box.put('stairs', '/b', 'fine')
    await vi.advanceTimersByTimeAsync(0)
    box.put('pain', '/a', 4)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(server.got.map((letter) => [letter.name, letter.body])).toEqual([
      ['stairs', 'fine'],
      ['pain', 4],
    ])
  })

  it('are kept over a reload, under the same key', async () => {
    server.fails = [new Problem(0)]
    const box = outbox()
    box.put('pain', '/a', 3)
    await vi.advanceTimersByTimeAsync(0)
    box.flush = () => Promise.resolve()
    const after = outbox()
    expect(after.waitingFor('pain')).toMatchObject({ body: 3, key: 'k1', kept_at: '2026-05-14T18:04:00.000Z' })
    await after.flush()
    expect(server.got[0]?.key).toBe('k1')
  })

  it('of one person are never sent by another', () => {
    server.fails = [new Problem(0)]
    outbox('dana').put('pain', '/a', 3)
    expect(outbox('ruth').waiting).toEqual([])
  })

  it('that changed while they were on their way go out again', async () => {
    let release: () => void = () => undefined
    const got: unknown[] = []
    const box = new Outbox({
      shelf: localShelf('dana'),
      newKey: () => `k${++keys}`,
      send: (letter) =>
        new Promise((resolve) => {
          got.push(letter.body)
          release = resolve
        }),
    })
    box.put('pain', '/a', 3)
    box.put('pain', '/a', 4)
    release()
    await vi.advanceTimersByTimeAsync(0)
    release()
    await vi.advanceTimersByTimeAsync(0)
    expect(got).toEqual([3, 4])
    expect(box.waiting).toEqual([])
  })

  it('that are refused are told, and do not hold up the others', async () => {
    server.fails = [new Problem(422, { title: 'Too long' })]
    const box = outbox()
    const told: string[] = []
    box.listen((name, state, problem) => told.push(`${name} ${state} ${problem?.title ?? ''}`.trim()))
    box.put('pain', '/a', 3)
    box.put('stairs', '/b', 'fine')
    await box.flush()
    expect(told).toContain('pain refused Too long')
    expect(told).toContain('stairs sent')
  })

  it('stay on this page when the device will not keep them', () => {
    const box = new Outbox({ shelf: { read: () => [], write: () => false }, send: () => Promise.reject(new Problem(0)) })
    expect(box.put('pain', '/a', 3)).toBe(false)
    expect(box.waitingFor('pain')?.body).toBe(3)
  })
})
