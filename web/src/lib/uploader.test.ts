import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, describe, expect, it } from 'vitest'
import { type BlobShelf, blobShelf, type KeptUpload } from './blob-shelf'
import { Problem } from './problem'
import { type Part, partBytes, type PutPart, slices, type UploadCalls, Uploader } from './uploader'
import { type UploadNews, uploadWords } from './upload-words'

const MiB = 1024 * 1024
const MB = 1e6

/** Storage that remembers parts, as S3 does between visits. */
class FakeStorage implements UploadCalls {
  parts = new Map<number, Part & { size: number }>()
  completed: Part[] | undefined
  removed = false
  async sign(numbers: number[]) {
    return numbers.map((part_number) => ({ part_number, url: String(part_number) }))
  }
  async list() {
    return [...this.parts.values()]
  }
  async complete(parts: Part[]) {
    this.completed = parts
  }
  async remove() {
    this.removed = true
  }
  put: PutPart = async (url, body, _signal, onprogress) => {
    onprogress(body.size)
    const part_number = Number(url)
    this.parts.set(part_number, { part_number, etag: `e${url}`, size: body.size })
    return `e${url}`
  }
}

class FakeShelf implements BlobShelf {
  kept = new Map<string, KeptUpload>()
  room = true
  async put(upload: KeptUpload) {
    if (this.room) this.kept.set(upload.id, upload)
    return this.room
  }
  async all() {
    return [...this.kept.values()]
  }
  async drop(id: string) {
    this.kept.delete(id)
  }
  async clear() {
    this.kept.clear()
  }
}

function make(bytes: number, extra: Partial<ConstructorParameters<typeof Uploader>[0]> = {}) {
  const storage = new FakeStorage()
  const shelf = new FakeShelf()
  const told: UploadNews[] = []
  const upload: KeptUpload = {
    id: 'r1',
    person_id: 'p1',
    blob: new Blob([new Uint8Array(bytes)]),
    name: 'a.mp4',
    upload_id: 'u1',
    key: 'k',
    part_bytes: partBytes(bytes),
    kept_at: Date.now(),
  }
  const uploader = new Uploader({
    upload,
    calls: storage,
    shelf,
    put: storage.put,
    onnews: (news) => told.push(news),
    wait: () => Promise.resolve(),
    isOnline: () => true,
    ...extra,
  })
  return { storage, shelf, told, uploader, upload }
}

describe('an upload', () => {
  it('arrives whole, its parts in order, and is no longer kept here', async () => {
    const { storage, shelf, told, uploader } = make(12 * MiB)
    await uploader.start()
    expect(storage.completed?.map((part) => part.part_number)).toEqual([1, 2, 3])
    expect(uploader.news).toMatchObject({ state: 'arrived', arrived_bytes: 12 * MiB })
    expect(shelf.kept.size).toBe(0)
    expect(told.map((news) => news.state)).toContain('going')
  })

  it('goes on after a reload with the parts that are missing only', async () => {
    const { storage, uploader } = make(12 * MiB)
    storage.parts.set(1, { part_number: 1, etag: 'old1', size: 5 * MiB })
    storage.parts.set(2, { part_number: 2, etag: 'cut', size: 17 })
    const sent: string[] = []
    const put = storage.put
    const again = new Uploader({
      upload: { id: uploader.id, person_id: 'p1', blob: uploader.blob, name: 'a', upload_id: 'u', key: 'k', part_bytes: 5 * MiB, kept_at: 0 },
      calls: storage,
      shelf: new FakeShelf(),
      put: (url, ...rest) => {
        sent.push(url)
        return put(url, ...rest)
      },
      onnews: () => undefined,
      isOnline: () => true,
    })
    await again.start()
    expect(sent.sort()).toEqual(['2', '3'])
    expect(storage.completed?.[0]?.etag).toBe('old1')
  })

  it('survives a network that fails now and then', async () => {
    let calls = 0
    const { storage, uploader } = make(12 * MiB)
    const flaky: PutPart = (...all) => (++calls % 2 === 1 ? Promise.reject(new TypeError('no answer')) : storage.put(...all))
    const shaky = make(12 * MiB, { calls: storage, put: flaky })
    await shaky.uploader.start()
    expect(shaky.uploader.news.state).toBe('arrived')
    expect(uploader.news.state).toBe('waiting')
  })

  it('waits while offline instead of using up its tries', async () => {
    let online = false
    let waits = 0
    const storage = new FakeStorage()
    const { uploader, told } = make(MiB, {
      calls: storage,
      isOnline: () => online,
      put: (...all) => (online ? storage.put(...all) : Promise.reject(new TypeError('no answer'))),
      wait: async () => {
        waits += 1
        if (waits > 50) online = true
      },
    })
    await uploader.start()
    expect(uploader.news.state).toBe('arrived')
    expect(told.some((news) => news.reason === 'offline')).toBe(true)
  })

  it('gives up a part that stalls and sends it again', async () => {
    let tries = 0
    const storage = new FakeStorage()
    const { uploader } = make(MiB, {
      calls: storage,
      stall_ms: 20,
      put: (url, body, signal, onprogress) => {
        tries += 1
        if (tries > 1) return storage.put(url, body, signal, onprogress)
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))))
      },
    })
    await uploader.start()
    expect(tries).toBe(2)
    expect(uploader.news.state).toBe('arrived')
  })

  it('pauses at once and goes on later', async () => {
    const storage = new FakeStorage()
    let hang = true
    const { uploader } = make(6 * MiB, {
      calls: storage,
      put: (url, body, signal, onprogress) =>
        hang && url === '2'
          ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))))
          : storage.put(url, body, signal, onprogress),
    })
    const running = uploader.start()
    await new Promise((next) => setTimeout(next, 10))
    await uploader.pause()
    await running
    expect(uploader.news).toMatchObject({ state: 'paused', arrived_bytes: 5 * MiB })
    hang = false
    await uploader.start()
    expect(uploader.news.state).toBe('arrived')
  })

  it('stops with its reason when it is refused, and keeps the file', async () => {
    const storage = new FakeStorage()
    storage.complete = () => Promise.reject(new Problem(422, { title: 'no' }))
    const { uploader, shelf } = make(MiB, { calls: storage, put: storage.put })
    await uploader.start()
    expect(uploader.news).toMatchObject({ state: 'stopped', reason: 'refused' })
    expect(shelf.kept.size).toBe(1)
  })

  it('leaves nothing when it is removed', async () => {
    const { uploader, storage, shelf } = make(MiB)
    await uploader.remove()
    expect(storage.removed).toBe(true)
    expect(shelf.kept.size).toBe(0)
  })

  it('says to stay on the page when this device has no room', async () => {
    const shelf = new FakeShelf()
    shelf.room = false
    const told: UploadNews[] = []
    const { uploader } = make(MiB, { shelf, onnews: (news) => told.push(news) })
    await uploader.start()
    const going = told.find((news) => news.state === 'going')
    expect(going && uploadWords(going).then).toBe('Keep this page open until all of it has arrived.')
  })
})

describe('parts', () => {
  it('are 5 MiB, and larger only when there would be more than S3 takes', () => {
    expect(partBytes(42 * MB)).toBe(5 * MiB)
    const huge = 200 * 1024 * MiB
    expect(huge / partBytes(huge)).toBeLessThanOrEqual(10_000)
  })
  it('cover the file without gap or overlap', () => {
    for (const bytes of [0, 1, 5 * MiB, 5 * MiB + 1, 42 * MB]) {
      const all = slices(bytes, 5 * MiB)
      expect(all[0]?.start).toBe(0)
      expect(all.at(-1)?.end).toBe(bytes)
      for (let i = 1; i < all.length; i += 1) expect(all[i]?.start).toBe(all[i - 1]?.end)
    }
  })
})

describe('the words', () => {
  const news = (state: UploadNews['state'], more: Partial<UploadNews> = {}): UploadNews => ({ state, arrived_bytes: 18 * MB, total_bytes: 42 * MB, kept: true, ...more })
  it.each([
    [news('going'), '18 of 42 MB has arrived. You can close this page; it goes on when you come back.'],
    [news('waiting', { arrived_bytes: 0 }), '42 MB is ready to go. It starts by itself.'],
    [news('waiting', { reason: 'offline' }), 'You are offline; 18 of 42 MB has arrived. It goes on by itself when you are back.'],
    [news('paused'), 'Paused; 18 of 42 MB has arrived. It goes on when you press the arrow.'],
    [news('stopped', { reason: 'server' }), 'It stopped; 18 of 42 MB has arrived. Nothing is lost. Press the arrow to go on.'],
    [news('arrived'), 'All 42 MB has arrived. You can close this page.'],
  ])('of %o', (given, said) => {
    const { so, then } = uploadWords(given)
    expect(`${so} ${then}`).toBe(said)
  })
  it('never claim more than the whole', () => {
    expect(uploadWords(news('going', { arrived_bytes: 43 * MB })).so).toBe('42 of 42 MB has arrived.')
    expect(uploadWords(news('going', { arrived_bytes: 120_000, total_bytes: 400_000 })).so).toBe('0.1 of 0.4 MB has arrived.')
  })
})

describe('the shelf in the browser', () => {
  beforeEach(() => {
    globalThis.indexedDB = new IDBFactory()
  })
  const upload = (id: string, person_id: string, kept_at = Date.now()): KeptUpload => ({ id, person_id, blob: new Blob(['x']), name: 'x', upload_id: 'u', key: 'k', part_bytes: 1, kept_at })

  it('gives each person their own files only', async () => {
    await blobShelf.put(upload('a', 'dana'))
    await blobShelf.put(upload('b', 'ruth'))
    expect((await blobShelf.all('dana')).map((one) => one.id)).toEqual(['a'])
  })
  it('forgets after a week and on leaving', async () => {
    await blobShelf.put(upload('old', 'dana', Date.now() - 8 * 86_400_000))
    await blobShelf.put(upload('new', 'dana'))
    expect((await blobShelf.all('dana')).map((one) => one.id)).toEqual(['new'])
    await blobShelf.clear()
    expect(await blobShelf.all('dana')).toEqual([])
  })
})
