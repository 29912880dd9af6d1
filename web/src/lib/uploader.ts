/**
 * One recording on its way to storage: multipart PUTs to presigned addresses, resumed from the parts
 * that have arrived after a pause, a dead network, a reload or a new day.
 *
 * Not Uppy: its aws-s3 plugin (6.x) asks the browser to sign S3's own list, complete and abort calls,
 * where our API does these itself and checks them; without that plugin the rest of it would be 20 KB for
 * what stands in this file.
 */
import type { BlobShelf, KeptUpload } from './blob-shelf'
import { asProblem } from './problem'
import type { UploadNews, UploadState } from './upload-words'

export interface Part {
  part_number: number
  etag: string
}

/** The API's calls for one recording. */
export interface UploadCalls {
  sign(partNumbers: number[]): Promise<{ part_number: number; url: string }[]>
  list(): Promise<(Part & { size: number })[]>
  complete(parts: Part[]): Promise<void>
  remove(): Promise<void>
}

/** Sends one part; resolves with its ETag. */
export type PutPart = (url: string, body: Blob, signal: AbortSignal, onprogress: (bytes: number) => void) => Promise<string>

export interface UploaderOptions {
  upload: KeptUpload
  calls: UploadCalls
  shelf: BlobShelf
  put?: PutPart
  onnews: (news: UploadNews) => void
  /** Parts at a time: two keep a thin line busy without starving the page's own calls. */
  lanes?: number
  /** Without a byte for so long, a part is given up and sent again (mobile networks stall without an error). */
  stall_ms?: number
  wait?: (ms: number) => Promise<void>
  isOnline?: () => boolean
}

const MiB = 1024 * 1024
/** S3 takes no part under 5 MiB but the last, and no more than 10,000 of them. */
const SMALLEST_PART = 5 * MiB
const MOST_PARTS = 10_000
const TRIES = 6

/** The size of a part for a file: 5 MiB, so that a lost one costs little, more only for huge files. */
export function partBytes(fileBytes: number): number {
  return Math.max(SMALLEST_PART, Math.ceil(fileBytes / MOST_PARTS / MiB) * MiB)
}

/** Where each part begins and ends. An empty file still has one part. */
export function slices(fileBytes: number, size: number): { part_number: number; start: number; end: number }[] {
  const count = Math.max(1, Math.ceil(fileBytes / size))
  return Array.from({ length: count }, (_, index) => ({
    part_number: index + 1,
    start: index * size,
    end: Math.min(fileBytes, (index + 1) * size),
  }))
}

class Stalled extends Error {}

export class Uploader {
  readonly #options: Required<UploaderOptions>
  readonly #slices: ReturnType<typeof slices>
  readonly #done = new Map<number, Part>()
  readonly #under = new Map<number, number>()
  #state: UploadState = 'waiting'
  #reason: UploadNews['reason']
  #kept = false
  #abort = new AbortController()
  #run: Promise<void> | undefined

  constructor(options: UploaderOptions) {
    this.#options = {
      put: putWithXhr,
      lanes: 2,
      stall_ms: 30_000,
      wait: (ms) => new Promise((next) => setTimeout(next, ms)),
      isOnline: () => navigator.onLine,
      ...options,
    }
    this.#slices = slices(options.upload.blob.size, options.upload.part_bytes)
  }

  get id(): string {
    return this.#options.upload.id
  }

  get blob(): Blob {
    return this.#options.upload.blob
  }

  get news(): UploadNews {
    const finished = [...this.#done.keys()].reduce((sum, number) => sum + this.#size(number), 0)
    const moving = [...this.#under].reduce((sum, [number, bytes]) => sum + Math.min(bytes, this.#size(number)), 0)
    return {
      state: this.#state,
      arrived_bytes: this.#state === 'arrived' ? this.blob.size : finished + moving,
      total_bytes: this.blob.size,
      reason: this.#reason,
      kept: this.#kept,
    }
  }

  /** Starts, or goes on from what has arrived. Resolves when it arrived, was paused or stopped. */
  start(): Promise<void> {
    if (this.#state === 'arrived') return Promise.resolve()
    this.#run ??= this.#go().finally(() => {
      this.#run = undefined
    })
    return this.#run
  }

  /** Stops sending; what has arrived stays there. */
  async pause(): Promise<void> {
    if (this.#state === 'arrived') return
    this.#set('paused')
    this.#abort.abort()
    await this.#run
  }

  /** Takes it back: nothing of it stays here or in storage. */
  async remove(): Promise<void> {
    this.#set('paused')
    this.#abort.abort()
    await this.#run
    await this.#options.calls.remove()
    await this.#options.shelf.drop(this.id)
  }

  async #go(): Promise<void> {
    const abort = new AbortController()
    this.#abort = abort
    this.#set('waiting')
    try {
      this.#kept ||= await this.#options.shelf.put(this.#options.upload)
      await this.#learn()
      this.#set('going')
      await this.#sendAll(abort)
      await this.#again(abort.signal, () => this.#options.calls.complete(this.#parts()))
      await this.#options.shelf.drop(this.id)
      this.#set('arrived')
    } catch (thrown) {
      this.#under.clear()
      if (abort.signal.aborted && this.#state === 'paused') return
      abort.abort()
      const problem = asProblem(thrown)
      this.#set('stopped', problem.passing ? 'server' : 'refused')
    }
  }

  /** What storage has already, asked at every start: this page may know less, or more, than is true. */
  async #learn(): Promise<void> {
    const have = await this.#again(this.#abort.signal, () => this.#options.calls.list())
    this.#done.clear()
    for (const part of have) {
      // A part cut off by a crash would have another size; it is sent again.
      if (part.size === this.#size(part.part_number)) this.#done.set(part.part_number, { part_number: part.part_number, etag: part.etag })
    }
    this.#tell()
  }

  async #sendAll(abort: AbortController): Promise<void> {
    const left = this.#slices.filter((slice) => !this.#done.has(slice.part_number))
    const lane = async (): Promise<void> => {
      for (let slice = left.shift(); slice; slice = left.shift()) {
        const { part_number, start, end } = slice
        const body = this.blob.slice(start, end)
        // Signed at each try: an address does not live as long as a bad network.
        const etag = await this.#again(abort.signal, async () => {
          const [signed] = await this.#options.calls.sign([part_number])
          if (!signed) throw new TypeError('no address')
          return this.#putWatched(signed.url, body, abort.signal, part_number)
        })
        this.#under.delete(part_number)
        this.#done.set(part_number, { part_number, etag })
        this.#tell()
      }
    }
    await Promise.all(Array.from({ length: this.#options.lanes }, lane))
  }

  async #putWatched(url: string, body: Blob, outer: AbortSignal, number: number): Promise<string> {
    const inner = new AbortController()
    const give = (): void => inner.abort()
    outer.addEventListener('abort', give, { once: true })
    let timer = setTimeout(give, this.#options.stall_ms)
    try {
      return await this.#options.put(url, body, inner.signal, (bytes) => {
        clearTimeout(timer)
        timer = setTimeout(give, this.#options.stall_ms)
        this.#under.set(number, bytes)
        this.#tell()
      })
    } catch (thrown) {
      this.#under.delete(number)
      if (inner.signal.aborted && !outer.aborted) throw new Stalled()
      throw thrown
    } finally {
      clearTimeout(timer)
      outer.removeEventListener('abort', give)
    }
  }

  /** Tries again with longer and longer waits; offline, waits for the network instead of counting tries. */
  async #again<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; ) {
      signal.throwIfAborted()
      try {
        return await work()
      } catch (thrown) {
        signal.throwIfAborted()
        if (!this.#options.isOnline()) {
          await this.#untilOnline(signal)
          continue
        }
        const worth = thrown instanceof Stalled || asProblem(thrown).passing
        if (!worth || tries >= TRIES) throw thrown
        await this.#options.wait(Math.min(30_000, 500 * 2 ** tries))
        tries += 1
      }
    }
  }

  async #untilOnline(signal: AbortSignal): Promise<void> {
    this.#set('waiting', 'offline')
    while (!this.#options.isOnline()) {
      signal.throwIfAborted()
      await this.#options.wait(1000)
    }
    this.#set('going')
  }

  #parts(): Part[] {
    return [...this.#done.values()].sort((a, b) => a.part_number - b.part_number)
  }

  #size(number: number): number {
    const slice = this.#slices[number - 1]
    return slice ? slice.end - slice.start : -1
  }

  #set(state: UploadState, reason?: UploadNews['reason']): void {
    this.#state = state
    this.#reason = reason
    this.#tell()
  }

  #tell(): void {
    this.#options.onnews(this.news)
  }
}

/** XMLHttpRequest, because fetch cannot say how much of a body has gone. */
export const putWithXhr: PutPart = (url, body, signal, onprogress) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('PUT', url)
    request.upload.onprogress = (event) => onprogress(event.loaded)
    request.onload = () => {
      const etag = request.getResponseHeader('ETag')
      if (request.status >= 200 && request.status < 300 && etag) resolve(etag)
      // 403 is an address that ran out on a slow line: the next try gets a new one.
      else reject(new TypeError(`storage answered ${request.status}`))
    }
    request.onerror = () => reject(new TypeError('no answer'))
    request.onabort = () => reject(new DOMException('stopped', 'AbortError'))
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(body)
  })
