/**
 * Recordings on their way, for the whole window: they go on while the person reads another page, and
 * after a reload from what this browser kept.
 */
import { blobShelf, type BlobShelf, type KeptUpload } from './blob-shelf'
import { type LessonPlace, openRecording, recordingPath, removeRecording, send, type Ticket } from './client-api'
import { uploadsPlace } from './client-left-over'
import { session } from './session.svelte'
import { type PutPart, type UploadCalls, Uploader } from './uploader'
import type { UploadNews } from './upload-words'

/** Bytes of the largest file that the API takes. */
export const LARGEST_FILE = 2 * 1024 ** 3

/** What a kept file must know to find its lesson again. */
interface LessonUpload extends KeptUpload {
  place: LessonPlace
  block_id: string
  kind: 'video' | 'audio'
  length_s?: number
}

export interface Going {
  recording_id: string
  place: LessonPlace
  block_id: string
  kind: 'video' | 'audio'
  length_s?: number
  blob: Blob
  news: UploadNews
}

export interface UploadsOptions {
  person_id: string
  shelf?: BlobShelf
  put?: PutPart
}

function callsFor(place: LessonPlace, recordingId: string): UploadCalls {
  const at = recordingPath(place.client_id, recordingId)
  return {
    async sign(numbers) {
      const { data } = await send<{ urls: { number: number; url: string }[] }>('POST', `${at}/parts`, { numbers })
      return data.urls.map(({ number, url }) => ({ part_number: number, url }))
    },
    async list() {
      const { data } = await send<{ parts: { number: number; size: number; etag: string }[] }>('GET', `${at}/parts`)
      return data.parts.map(({ number, size, etag }) => ({ part_number: number, size, etag }))
    },
    async complete(parts) {
      await send('POST', `${at}/completion`, { parts: parts.map(({ part_number, etag }) => ({ number: part_number, etag })) })
    },
    async remove() {
      await removeRecording(place, recordingId)
    },
  }
}

class Uploads {
  /** By recording, in the order in which they began. */
  all = $state.raw<readonly Going[]>([])
  readonly #machines = new Map<string, Uploader>()
  readonly #options: Required<Pick<UploadsOptions, 'person_id' | 'shelf'>> & UploadsOptions
  #resumed: Promise<void> | undefined

  constructor(options: UploadsOptions) {
    this.#options = { shelf: blobShelf, ...options }
  }

  of(place: LessonPlace, block?: string): Going | undefined {
    return this.all.findLast((going) => same(going.place, place) && (block === undefined || going.block_id === block))
  }

  /** Makes a place for the file in the lesson and begins to send it. Rejects with a Problem when the API refuses it. */
  async begin(place: LessonPlace, block_id: string, kind: 'video' | 'audio', file: Blob, length_s?: number): Promise<Going> {
    const name = file instanceof File ? file.name : 'recording'
    const ticket: Ticket = await openRecording(place, { block_id, content_type: mediaType(file), size: file.size, file_name: name.slice(0, 255) })
    const before = this.of(place, block_id)
    if (before) await this.#forget(before.recording_id)
    const kept: LessonUpload = {
      id: ticket.recording_id,
      person_id: this.#options.person_id,
      blob: file,
      name,
      upload_id: '',
      key: '',
      part_bytes: ticket.part_size,
      kept_at: Date.now(),
      place: { ...place },
      block_id,
      kind,
      ...(length_s === undefined ? {} : { length_s }),
    }
    this.#hint(true)
    const going = this.#add(kept)
    void this.#machines.get(going.recording_id)?.start()
    return going
  }

  /**
   * Keeps what was recorded and is still being looked at: it has no place in the lesson yet, for there may
   * be no network to ask for one. False when this browser has no room.
   */
  async keepHeld(place: LessonPlace, block_id: string, kind: 'video' | 'audio', file: Blob, length_s?: number): Promise<boolean> {
    const held: LessonUpload = {
      id: heldId(place, block_id),
      person_id: this.#options.person_id,
      blob: file,
      name: file instanceof File ? file.name : 'recording',
      upload_id: '',
      key: '',
      part_bytes: 0,
      kept_at: Date.now(),
      place: { ...place },
      block_id,
      kind,
      ...(length_s === undefined ? {} : { length_s }),
    }
    // So that signing out finds it and clears it away.
    this.#hint(true)
    return this.#options.shelf.put(held)
  }

  /** What was recorded for this part of the lesson and not used yet. */
  async heldFor(place: LessonPlace, block_id: string): Promise<{ blob: Blob; length_s?: number } | undefined> {
    const kept = (await this.#options.shelf.all(this.#options.person_id)) as LessonUpload[]
    return kept.find((one) => one.id === heldId(place, block_id))
  }

  async dropHeld(place: LessonPlace, block_id: string): Promise<void> {
    await this.#options.shelf.drop(heldId(place, block_id))
  }

  /** Goes on with what an earlier visit began. */
  resumeAll(): Promise<void> {
    this.#resumed ??= this.#resume()
    return this.#resumed
  }

  async #resume(): Promise<void> {
    const kept = (await this.#options.shelf.all(this.#options.person_id)) as LessonUpload[]
    for (const upload of kept) {
      // Files that another part of the product keeps are not a lesson's.
      if (!('place' in upload) || upload.id.startsWith(HELD) || this.#machines.has(upload.id)) continue
      this.#add(upload)
      void this.#machines.get(upload.id)?.start()
    }
    if (kept.length === 0 && this.all.length === 0) this.#hint(false)
  }

  pause(recordingId: string): void {
    void this.#machines.get(recordingId)?.pause()
  }

  goOn(recordingId: string): void {
    void this.#machines.get(recordingId)?.start()
  }

  /** Takes a recording out of its lesson, whether or not it is still on its way from here. */
  async remove(place: LessonPlace, recordingId: string): Promise<void> {
    const machine = this.#machines.get(recordingId)
    if (machine) {
      await machine.remove()
      await this.#forget(recordingId)
    } else await removeRecording(place, recordingId)
  }

  /** A lesson begins anew: the API has dropped its recordings, and so does this device. */
  async drop(place: LessonPlace): Promise<void> {
    for (const going of this.all.filter((one) => same(one.place, place))) await this.#forget(going.recording_id)
    const kept = (await this.#options.shelf.all(this.#options.person_id)) as LessonUpload[]
    for (const held of kept) if ('place' in held && same(held.place, place)) await this.#options.shelf.drop(held.id)
  }

  clear(): void {
    for (const machine of this.#machines.values()) void machine.pause()
    this.#machines.clear()
    this.all = []
    this.#hint(false)
  }

  async #forget(recordingId: string): Promise<void> {
    const machine = this.#machines.get(recordingId)
    this.#machines.delete(recordingId)
    this.all = this.all.filter((going) => going.recording_id !== recordingId)
    await machine?.pause()
    await this.#options.shelf.drop(recordingId)
    if (this.all.length === 0) this.#hint(false)
  }

  #add(upload: LessonUpload): Going {
    const machine = new Uploader({
      upload,
      calls: callsFor(upload.place, upload.id),
      shelf: this.#options.shelf,
      ...(this.#options.put ? { put: this.#options.put } : {}),
      onnews: (news) => this.#news(upload.id, news),
    })
    this.#machines.set(upload.id, machine)
    const going: Going = {
      recording_id: upload.id,
      place: upload.place,
      block_id: upload.block_id,
      kind: upload.kind,
      ...(upload.length_s === undefined ? {} : { length_s: upload.length_s }),
      blob: upload.blob,
      news: machine.news,
    }
    this.all = [...this.all, going]
    return going
  }

  #news(recordingId: string, news: UploadNews): void {
    this.all = this.all.map((going) => (going.recording_id === recordingId ? { ...going, news } : going))
    if (this.all.every((going) => going.news.state === 'arrived')) this.#hint(false)
  }

  /** Remembers that there may be files, so that the first page of a visit need not look for them. */
  #hint(on: boolean): void {
    try {
      if (on) localStorage.setItem(uploadsPlace(this.#options.person_id), '1')
      else localStorage.removeItem(uploadsPlace(this.#options.person_id))
    } catch {
      // Without it they go on when the lesson is opened again.
    }
  }
}

const HELD = 'held '

function heldId(place: LessonPlace, block_id: string): string {
  return `${HELD}${place.client_id}/${place.enrolment_id}/${place.number}/${block_id}`
}

function same(a: LessonPlace, b: LessonPlace): boolean {
  return a.client_id === b.client_id && a.enrolment_id === b.enrolment_id && a.number === b.number
}

/** Some phones give a MOV no type at all. */
export function mediaType(file: Blob): string {
  const bare = file.type.split(';')[0] ?? ''
  if (bare) return bare
  const name = file instanceof File ? file.name.toLowerCase() : ''
  if (name.endsWith('.mov')) return 'video/quicktime'
  if (name.endsWith('.mp4') || name.endsWith('.m4v')) return 'video/mp4'
  if (name.endsWith('.m4a')) return 'audio/mp4'
  return 'application/octet-stream'
}

/** What is wrong with a file before a byte of it is sent; undefined when nothing is. */
export function fileFault(file: Blob, kind: 'video' | 'audio'): string | undefined {
  if (file.size === 0) return 'This file is empty. It may still be on its way into your gallery; choose it again in a moment.'
  if (file.size > LARGEST_FILE) return `This file has ${Math.round(file.size / 1e9)} GB; the most is 2 GB. Film a shorter one, or at a lower quality.`
  const type = mediaType(file)
  const fits = type === 'application/octet-stream' || type.startsWith('video/') || (kind === 'audio' && type.startsWith('audio/'))
  if (!fits) return kind === 'video' ? 'This file is not a video. Choose one that you filmed.' : 'This file has no sound in it. Choose a recording.'
  return undefined
}

export { Uploads }

let current: Uploads | undefined
let of = ''

/** The uploads of whoever is signed in. */
export function uploads(): Uploads {
  const person = session.person?.person_id ?? 'nobody'
  if (!current || of !== person) {
    current = new Uploads({ person_id: person })
    of = person
  }
  return current
}

session.onLeave(() => {
  current?.clear()
  current = undefined
  // Somebody else may use this device next.
  void blobShelf.clear()
})
