import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RECORDING } from '../fixtures/client'
import { stub, type Stub } from '../fixtures/stub'
import type { BlobShelf, KeptUpload } from './blob-shelf'
import type { LessonPlace } from './client-api'
import { fileFault, LARGEST_FILE, mediaType, Uploads } from './client-uploads.svelte'

const place: LessonPlace = { client_id: 'c', enrolment_id: 'e', number: 6 }
const base = '/api/clients/c'
const film = new Blob([new Uint8Array(150_000)], { type: 'video/webm;codecs=vp9' })

class FakeShelf implements BlobShelf {
  kept = new Map<string, KeptUpload>()
  put = (upload: KeptUpload) => Promise.resolve(this.kept.set(upload.id, upload).size > 0)
  all = (person: string) => Promise.resolve([...this.kept.values()].filter((one) => one.person_id === person))
  drop = (id: string) => Promise.resolve(void this.kept.delete(id))
  clear = () => Promise.resolve(this.kept.clear())
}

let api: Stub
let shelf: FakeShelf
const real = globalThis.fetch
const arrives = (url: string) => Promise.resolve(`"${url.split('/').at(-1)}"`)
const never = () => new Promise<string>(() => undefined)

beforeEach(() => {
  api = stub(new Set())
  shelf = new FakeShelf()
  globalThis.fetch = api.fetch
})
afterEach(() => {
  globalThis.fetch = real
  localStorage.clear()
})

async function until(done: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !done(); tries += 1) await new Promise((next) => setTimeout(next, 5))
  expect(done()).toBe(true)
}

describe('a recording', () => {
  it('gets its place before its first byte, arrives in parts, and is completed', async () => {
    const all = new Uploads({ person_id: 'dana', shelf, put: arrives })
    const going = await all.begin(place, 'film', 'video', film, 2)
    expect(going.recording_id).toBe(RECORDING)
    await until(() => all.of(place, 'film')?.news.state === 'arrived')
    expect(api.asked[0]).toBe(`POST ${base}/enrolments/e/lessons/6/recordings`)
    expect(api.asked).toContain(`POST ${base}/recordings/${RECORDING}/parts`)
    expect(api.asked.at(-1)).toBe(`POST ${base}/recordings/${RECORDING}/completion`)
    expect(shelf.kept.size).toBe(0)
    expect(Object.keys(localStorage)).toEqual([])
  })

  it('goes on after a reload, in the lesson that it belongs to', async () => {
    const before = new Uploads({ person_id: 'dana', shelf, put: never })
    await before.begin(place, 'film', 'video', film)
    await until(() => shelf.kept.size === 1)
    expect(localStorage.getItem('meanwhile.uploads.dana')).toBe('1')

    const after = new Uploads({ person_id: 'dana', shelf, put: arrives })
    await after.resumeAll()
    expect(after.of(place, 'film')?.recording_id).toBe(RECORDING)
    expect(after.of({ ...place, number: 7 })).toBeUndefined()
    await until(() => after.of(place)?.news.state === 'arrived')
  })

  it('of somebody else on this device is left alone', async () => {
    await new Uploads({ person_id: 'dana', shelf, put: never }).begin(place, 'film', 'video', film)
    await until(() => shelf.kept.size === 1)
    const ruth = new Uploads({ person_id: 'ruth', shelf, put: arrives })
    await ruth.resumeAll()
    expect(ruth.all).toEqual([])
  })

  it('that is removed leaves nothing, here or there', async () => {
    const all = new Uploads({ person_id: 'dana', shelf, put: (_, __, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))) })
    await all.begin(place, 'film', 'video', film)
    await until(() => shelf.kept.size === 1)
    await all.remove(place, RECORDING)
    expect(api.asked.at(-1)).toBe(`DELETE ${base}/enrolments/e/lessons/6/recordings/${RECORDING}`)
    expect([shelf.kept.size, all.all.length]).toEqual([0, 0])
  })
})

describe('what was recorded and is still being looked at', () => {
  it('is there again after a reload, and is not sent by itself', async () => {
    expect(await new Uploads({ person_id: 'dana', shelf, put: arrives }).keepHeld(place, 'film', 'video', film, 2)).toBe(true)
    const after = new Uploads({ person_id: 'dana', shelf, put: arrives })
    await after.resumeAll()
    expect(after.all).toEqual([])
    expect(await after.heldFor(place, 'film')).toMatchObject({ blob: film, length_s: 2 })
    expect(await after.heldFor(place, 'other')).toBeUndefined()
  })
  it('goes when it is used, and when the lesson begins anew', async () => {
    const all = new Uploads({ person_id: 'dana', shelf, put: arrives })
    await all.keepHeld(place, 'film', 'video', film)
    await all.dropHeld(place, 'film')
    expect(await all.heldFor(place, 'film')).toBeUndefined()
    await all.keepHeld(place, 'film', 'video', film)
    await all.drop(place)
    expect(shelf.kept.size).toBe(0)
  })
})

describe('a file', () => {
  it('without a type is known by its name', () => {
    expect(mediaType(new File([], 'IMG_1.MOV'))).toBe('video/quicktime')
    expect(mediaType(new File([], 'voice.m4a'))).toBe('audio/mp4')
    expect(mediaType(film)).toBe('video/webm')
  })
  it('that cannot be right is refused before a byte of it is sent, with what to do', () => {
    expect(fileFault(film, 'video')).toBeUndefined()
    expect(fileFault(new File(['x'], 'unknown'), 'video')).toBeUndefined()
    expect(fileFault(new Blob([]), 'video')).toMatch(/empty/)
    expect(fileFault(new Blob(['x'], { type: 'application/pdf' }), 'video')).toMatch(/not a video/)
    expect(fileFault(new Blob(['x'], { type: 'audio/mp4' }), 'audio')).toBeUndefined()
    const huge = Object.defineProperty(new File(['x'], 'a.mp4'), 'size', { value: LARGEST_FILE + 1 })
    expect(fileFault(huge, 'video')).toMatch(/the most is 2 GB/)
  })
})
