import { afterEach, expect, it } from 'vitest'
import { addCaptions } from './video-captions'

const real = globalThis.fetch
afterEach(() => (globalThis.fetch = real))

/** A store that knows some addresses; what it was asked for. */
function store(known: readonly string[]): string[] {
  const asked: string[] = []
  globalThis.fetch = async (url) => {
    asked.push(String(url))
    return known.includes(String(url)) ? new Response('WEBVTT\n') : new Response('', { status: 403 })
  }
  URL.createObjectURL = () => 'blob:captions'
  return asked
}

it('captions come from the address at hand, and nobody is asked for another', async () => {
  const asked = store(['/now.vtt'])
  const video = document.createElement('video')
  await addCaptions(video, '/now.vtt', () => Promise.reject(new Error('not needed')))
  expect(asked).toEqual(['/now.vtt'])
  expect(video.querySelector('track')?.getAttribute('src')).toBe('blob:captions')
})

it('an address that has run out gives way to another, once', async () => {
  const asked = store(['/fresh.vtt'])
  const video = document.createElement('video')
  await addCaptions(video, '/old.vtt', async () => '/fresh.vtt')
  expect(asked).toEqual(['/old.vtt', '/fresh.vtt'])
  expect(video.querySelectorAll('track')).toHaveLength(1)
})

it.each([undefined, async () => '/older.vtt', async () => null, () => Promise.reject(new Error('offline'))])('without an address that opens there are none', async (renew) => {
  store([])
  const video = document.createElement('video')
  expect(await addCaptions(video, '/old.vtt', renew)).toBeUndefined()
  expect(video.querySelector('track')).toBeNull()
})
