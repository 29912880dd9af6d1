import { afterEach, describe, expect, it } from 'vitest'
import { barsOf, fetchTimeline, lastAt, readTimeline, stepFrame, tileAt } from './video-timeline'

const tiles = { columns: 4, width: 160, height: 90, times: [0, 0.5, 1.7, 2, 4, 9] }

describe('the file beside a rendition', () => {
  it('says when each picture is shown, from the time between them', () => {
    const read = readTimeline({ duration_ms: 9500, frame_ms: [23, 33, 34, 400], tiles: { columns: 5, width: 160, height: 90, times_ms: [23, 490] }, peaks: [0, 40, 100] })
    expect(read).toEqual({ duration: 9.5, frames: [0.023, 0.056, 0.09, 0.49], tiles: { columns: 5, width: 160, height: 90, times: [0.023, 0.49] }, peaks: [0, 40, 100] })
  })
  it('leaves out what a recording does not have', () => {
    expect(readTimeline({ duration_ms: 6000, peaks: [10] })).toEqual({ duration: 6, frames: [], tiles: undefined, peaks: [10] })
  })
  it('is nothing when it is something else', () => {
    for (const other of [undefined, null, 7, 'x', [], {}, { duration_ms: '6' }]) expect(readTimeline(other)).toBeUndefined()
  })
})

describe('the small picture of a moment', () => {
  it('is the last one at or before it', () => {
    expect([0, 0.49, 0.5, 1.69, 1.9, 3.99, 4, 8.9, 9, 30].map((at) => lastAt(tiles.times, at))).toEqual([0, 0, 1, 1, 2, 3, 4, 4, 5, 5])
  })
  it('is the first one before all of them', () => {
    expect(lastAt([0.4, 1], 0)).toBe(0)
    expect(lastAt([], 3)).toBe(0)
  })
  it('lies in rows', () => {
    expect(tileAt(tiles, 0)).toEqual({ x: 0, y: 0 })
    expect(tileAt(tiles, 2.2)).toEqual({ x: 480, y: 0 })
    expect(tileAt(tiles, 5)).toEqual({ x: 0, y: 90 })
    expect(tileAt(tiles, 9)).toEqual({ x: 160, y: 90 })
  })
})

describe('stepping by the pictures there are', () => {
  // As a phone in the dark films: some a 30th apart, some left out, one that stands for two seconds.
  const frames = [0.023, 0.056, 0.09, 0.19, 0.29, 0.323, 2.323, 2.356]

  it('goes to each of them once and back, whatever lies between them', () => {
    let at = 0
    const on = frames.slice(1).map(() => lastAt(frames, (at = stepFrame(frames, at, 1, 2.39))))
    expect(on).toEqual([1, 2, 3, 4, 5, 6, 7])
    const back = frames.slice(1).map(() => lastAt(frames, (at = stepFrame(frames, at, -1, 2.39))))
    expect(back).toEqual([6, 5, 4, 3, 2, 1, 0])
  })
  it('lands within the time of a picture, with room on both sides, and near its beginning', () => {
    frames.forEach((from, index) => {
      const to = frames[index + 1] ?? 2.39
      const at = stepFrame(frames, index === 0 ? 0.06 : (frames[index - 1] ?? 0), index === 0 ? -1 : 1, 2.39)
      expect(at - from).toBeGreaterThan(0.005)
      expect(to - at).toBeGreaterThan(0.005)
      expect(at - from).toBeLessThan(0.0201)
    })
  })
  it('stays at the first one before it, and at the last one behind it', () => {
    expect(lastAt(frames, stepFrame(frames, 0, -1, 2.39))).toBe(0)
    expect(lastAt(frames, stepFrame(frames, 0.01, 1, 2.39))).toBe(1)
    const last = stepFrame(frames, 2.39, 1, 2.39)
    expect(last).toBeGreaterThan(2.356)
    expect(last).toBeLessThan(2.39)
  })
  it('takes a time that the file rounded up as the picture that the browser shows', () => {
    // 1/60 s: 16.667 ms is 17 in the file, and a browser that stopped on it says 0.016667.
    expect(lastAt([0, 0.017, 0.033], 0.016667)).toBe(1)
  })
  it('takes thirty a second where there are no times, and stays inside', () => {
    let at = 0.5 / 30
    for (let frame = 0; frame < 500; frame += 1) {
      expect(Math.floor(at * 30)).toBe(frame)
      at = stepFrame([], at, 1, 60)
    }
    for (let frame = 500; frame > 0; frame -= 1) {
      expect(Math.floor(at * 30)).toBe(frame)
      at = stepFrame([], at, -1, 60)
    }
    expect(stepFrame([], 0, -1, 10)).toBeCloseTo(0.5 / 30)
    expect(stepFrame([], 10, 1, 10)).toBeLessThanOrEqual(10)
  })
})

describe('the shape of a sound', () => {
  it('keeps the loudest of each piece', () => {
    expect(barsOf([0, 10, 50, 20, 100, 0], 3)).toEqual([0.1, 0.5, 1])
  })
  it('has no more bars than there are peaks', () => {
    expect(barsOf([100, 50], 160)).toEqual([1, 0.5])
    expect(barsOf([], 160)).toEqual([])
  })
})

describe('fetching it', () => {
  const real = globalThis.fetch
  afterEach(() => (globalThis.fetch = real))
  const answering = (answers: Record<string, Response>) => {
    const asked: string[] = []
    globalThis.fetch = (address) => {
      asked.push(String(address))
      return Promise.resolve(answers[String(address)] ?? new Response('', { status: 403 }))
    }
    return asked
  }
  const file = () => new Response(JSON.stringify({ duration_ms: 1000, frame_ms: [0, 500] }))

  it('asks for new addresses once when the old ones have run out', async () => {
    const asked = answering({ '/new': file() })
    const seen = await fetchTimeline({ play_url: '', timeline_url: '/old' }, () => Promise.resolve({ play_url: '', timeline_url: '/new' }))
    expect(seen?.timeline.frames).toEqual([0, 0.5])
    expect(asked).toEqual(['/old', '/new'])
  })
  it('gives up after that', async () => {
    const asked = answering({})
    expect(await fetchTimeline({ play_url: '', timeline_url: '/old' }, () => Promise.resolve({ play_url: '', timeline_url: '/new' }))).toBeUndefined()
    expect(asked).toEqual(['/old', '/new'])
  })
  it('asks nobody where a recording has none', async () => {
    const asked = answering({})
    expect(await fetchTimeline({ play_url: '/film', timeline_url: null }, () => Promise.reject(new Error('asked')))).toBeUndefined()
    expect(asked).toEqual([])
  })
})
