import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { BlobShelf, KeptUpload } from './blob-shelf'
import { LibraryDesk } from './library.svelte'

const file = new File(['x'.repeat(1000)], 'clip.mp4', { type: 'video/mp4' })
const resource = (state: string, id = 'r') => ({ resource_id: id, kind: 'video', title: 'A hard talk', alt: '', state, reason: null, play_url: null, poster_url: null, duration_s: null, at: '2026-05-14T10:00:00Z' })

let asked: string[]
let files: Record<string, { state: string; reason?: string | null }>
let listed: object[]
let kept: KeptUpload[]
const shelf: BlobShelf = {
  put: async (upload) => Boolean(kept.push(upload)),
  all: async () => kept,
  drop: async (id) => void (kept = kept.filter((one) => one.id !== id)),
  clear: async () => void (kept = []),
}

beforeEach(() => {
  vi.useFakeTimers()
  asked = []
  files = {}
  listed = []
  kept = []
  vi.stubGlobal('fetch', async (input: RequestInfo, init: RequestInit) => {
    const { pathname } = new URL(String(input), location.origin)
    const method = init.method ?? 'GET'
    asked.push(`${method} ${pathname}`)
    const answer = (body: unknown) => new Response(JSON.stringify(body), { status: 200 })
    if (method === 'POST' && pathname === '/api/resources') return answer({ resource: resource('awaiting_upload'), ticket: { recording_id: 'r', part_size: 8_388_608, parts: 1, state: 'awaiting_upload' } })
    if (pathname === '/api/resources') return answer({ resources: listed, after: null })
    if (pathname.endsWith('/parts') && method === 'GET') return answer({ parts: [] })
    if (pathname.endsWith('/parts')) return answer({ urls: [{ number: 1, url: 'https://storage.test/1' }] })
    const id = pathname.split('/')[3] ?? ''
    return answer({ recording_id: id, kind: 'video', size: 1000, duration_s: 6, width: 1, height: 1, play_url: '/play', poster_url: '/poster', reason: null, state: 'processing', ...files[id] })
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const put = async () => '"etag"'
const settle = () => vi.advanceTimersByTimeAsync(0)

it('sends a file in parts and looks until it is ready', async () => {
  const desk = new LibraryDesk({ shelf, put, look_ms: 1000 })
  await desk.begin({ kind: 'video', title: 'A hard talk', alt: '', file })
  expect(Object.keys(desk.going)).toEqual(['r'])
  await vi.waitFor(() => expect(asked).toContain('POST /api/library/r/completion'))
  await settle()
  expect([desk.find('r')?.state, desk.going, kept]).toEqual(['processing', {}, []])
  await vi.advanceTimersByTimeAsync(1000)
  expect(desk.find('r')?.state).toBe('processing')
  files['r'] = { state: 'ready' }
  await vi.advanceTimersByTimeAsync(1500)
  expect(desk.find('r')).toMatchObject({ state: 'ready', play_url: '/play', duration_s: 6 })
  const looks = asked.length
  await vi.advanceTimersByTimeAsync(60_000)
  expect(asked).toHaveLength(looks)
})

it('says why a file could not be used', async () => {
  listed = [resource('processing')]
  files['r'] = { state: 'rejected', reason: 'It ends before its end.' }
  const desk = new LibraryDesk({ shelf, put, look_ms: 1000 })
  await desk.load()
  await vi.advanceTimersByTimeAsync(1000)
  expect(desk.find('r')).toMatchObject({ state: 'rejected', reason: 'It ends before its end.' })
})

it('goes on with its own files after a reload, and leaves a lesson’s alone', async () => {
  const upload = { person_id: '', blob: file, name: 'clip.mp4', upload_id: '', key: '', part_bytes: 8_388_608, kept_at: 0 }
  kept = [{ ...upload, id: 'r', library: true } as KeptUpload, { ...upload, id: 'lesson', place: {} } as KeptUpload]
  listed = [resource('awaiting_upload')]
  const desk = new LibraryDesk({ shelf, put })
  await desk.load()
  await vi.waitFor(() => expect(asked).toContain('POST /api/library/r/completion'))
  expect(asked.some((one) => one.includes('lesson'))).toBe(false)
  desk.clear()
})

it('takes a file out, whether or not it is sent from here', async () => {
  listed = [resource('awaiting_upload'), resource('awaiting_upload', 'other')]
  const desk = new LibraryDesk({ shelf, put: () => new Promise(() => undefined) })
  await desk.load()
  await desk.remove('other')
  expect(asked.at(-1)).toBe('DELETE /api/library/other')
  expect(desk.resources?.map((one) => one.resource_id)).toEqual(['r'])
})
