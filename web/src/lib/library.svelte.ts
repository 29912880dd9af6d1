/** The practice's files: what is there, what is on its way from this window, and how each of them is. */
import { blobShelf, type BlobShelf, type KeptUpload } from './blob-shelf'
import { libraryFault, type LibraryKind, mediaTypeOf } from './library-words'
import { completeFile, getFile, giveUpFile, listParts, listResources, openResource, putCaptions, type Resource, signParts, takeOutCaptions } from './office-api'
import { asProblem, type Problem } from './problem'
import { session } from './session.svelte'
import { type PutPart, type UploadCalls, Uploader } from './uploader'
import type { UploadNews } from './upload-words'

export type { Resource }
type Recording = Awaited<ReturnType<typeof getFile>>

export interface NewFile {
  kind: LibraryKind
  title: string
  alt: string
  file: File
}

interface LibraryUpload extends KeptUpload {
  library: true
}

export interface LibraryOptions {
  shelf?: BlobShelf
  put?: PutPart
  /** Between two looks at a file that is being prepared. */
  look_ms?: number
}

/** The calls of one file. Kept apart from the machine, which knows nothing of addresses. */
function callsFor(id: string): UploadCalls {
  return {
    async sign(numbers) {
      const { urls } = await signParts(id, numbers)
      return urls.map(({ number, url }) => ({ part_number: number, url }))
    },
    async list() {
      const { parts } = await listParts(id)
      return parts.map(({ number, size, etag }) => ({ part_number: number, size, etag }))
    },
    async complete(parts) {
      await completeFile(
        id,
        parts.map(({ part_number, etag }) => ({ number: part_number, etag })),
      )
    },
    remove: () => giveUpFile(id),
  }
}

export class LibraryDesk {
  /** Newest first; undefined until it was asked for. */
  resources = $state.raw<readonly Resource[]>()
  /** Where the next page begins, if there is one. */
  after = $state<string | null>(null)
  /** Files on their way from here, by resource. */
  going = $state.raw<Readonly<Record<string, UploadNews>>>({})
  problem = $state.raw<Problem>()

  readonly #options: Required<Omit<LibraryOptions, 'put'>> & Pick<LibraryOptions, 'put'>
  readonly #machines = new Map<string, Uploader>()
  readonly #looks = new Map<string, ReturnType<typeof setTimeout>>()

  constructor(options: LibraryOptions = {}) {
    this.#options = { shelf: blobShelf, look_ms: 3000, ...options }
  }

  find(resource_id: string | null | undefined): Resource | undefined {
    return this.resources?.find((one) => one.resource_id === resource_id)
  }

  /** The first page, and what this browser still has to send. */
  async load(): Promise<void> {
    const page = await listResources()
    this.resources = page.resources
    this.after = page.after ?? null
    await this.#resume()
    for (const one of page.resources) this.#watch(one)
  }

  async more(): Promise<void> {
    if (this.after === null) return
    const page = await listResources(this.after)
    const known = new Set(this.resources?.map((one) => one.resource_id))
    this.resources = [...(this.resources ?? []), ...page.resources.filter((one) => !known.has(one.resource_id))]
    this.after = page.after ?? null
    for (const one of page.resources) this.#watch(one)
  }

  /** Enters a file and begins to send it. Rejects with a Problem where the API refuses it. */
  async begin({ kind, title, alt, file }: NewFile): Promise<Resource> {
    const { resource, ticket } = await openResource({ kind, title, alt, content_type: mediaTypeOf(file), size: file.size, file_name: file.name.slice(0, 255) })
    this.resources = [resource, ...(this.resources ?? [])]
    const upload: LibraryUpload = {
      id: resource.resource_id,
      person_id: session.person?.person_id ?? '',
      blob: file,
      name: file.name,
      upload_id: '',
      key: '',
      part_bytes: ticket.part_size,
      kept_at: Date.now(),
      library: true,
    }
    void this.#machine(upload).start()
    return resource
  }

  pause(resource_id: string): void {
    void this.#machines.get(resource_id)?.pause()
  }

  goOn(resource_id: string): void {
    void this.#machines.get(resource_id)?.start()
  }

  /** Takes a file out. One that is ready stays in the lessons that show it. */
  async remove(resource_id: string): Promise<void> {
    const machine = this.#machines.get(resource_id)
    if (machine) await machine.remove()
    else await callsFor(resource_id).remove()
    this.#machines.delete(resource_id)
    this.#forget(resource_id)
    this.resources = this.resources?.filter((one) => one.resource_id !== resource_id)
  }

  /** Gives a video the captions of a file, or takes out what it has. Rejects with a Problem where the file is not understood. */
  async caption(resource_id: string, text: string | undefined): Promise<void> {
    const now = text === undefined ? await takeOutCaptions(resource_id) : await putCaptions(resource_id, text)
    this.resources = this.resources?.map((one) => (one.resource_id === resource_id ? now : one))
  }

  /** How a file is now; its addresses are new as well. */
  async refresh(recording_id: string): Promise<Resource | undefined> {
    const seen = await getFile(recording_id)
    this.resources = this.resources?.map((one) => (one.resource_id === recording_id ? withNews(one, seen) : one))
    return this.find(recording_id)
  }

  clear(): void {
    for (const machine of this.#machines.values()) void machine.pause()
    for (const timer of this.#looks.values()) clearTimeout(timer)
    this.#machines.clear()
    this.#looks.clear()
    this.resources = undefined
    this.after = null
    this.going = {}
  }

  async #resume(): Promise<void> {
    const kept = await this.#options.shelf.all(session.person?.person_id ?? '')
    for (const upload of kept) {
      if (!('library' in upload) || this.#machines.has(upload.id)) continue
      void this.#machine(upload).start()
    }
  }

  #machine(upload: KeptUpload): Uploader {
    const machine = new Uploader({
      upload,
      calls: callsFor(upload.id),
      shelf: this.#options.shelf,
      ...(this.#options.put ? { put: this.#options.put } : {}),
      onnews: (news) => this.#news(upload.id, news),
    })
    this.#machines.set(upload.id, machine)
    this.going = { ...this.going, [upload.id]: machine.news }
    return machine
  }

  #news(id: string, news: UploadNews): void {
    if (!this.#machines.has(id)) return
    if (news.state !== 'arrived') {
      this.going = { ...this.going, [id]: news }
      return
    }
    this.#machines.delete(id)
    this.#forget(id)
    this.resources = this.resources?.map((one) => (one.resource_id === id ? { ...one, state: 'processing' } : one))
    const arrived = this.find(id)
    if (arrived) this.#watch(arrived)
  }

  #forget(id: string): void {
    const { [id]: _, ...others } = this.going
    this.going = others
  }

  /** Looks again until a file is ready or refused; slower and slower, and not while nobody sees it. */
  #watch(resource: Resource, wait = this.#options.look_ms): void {
    const id = resource.resource_id
    if (resource.state !== 'uploaded' && resource.state !== 'processing') return
    clearTimeout(this.#looks.get(id))
    this.#looks.set(
      id,
      setTimeout(async () => {
        let now: Resource | undefined = this.find(id)
        if (typeof document === 'undefined' || document.visibilityState === 'visible') {
          try {
            now = (await this.refresh(id)) ?? now
          } catch (thrown) {
            if (!asProblem(thrown).passing) return
          }
        }
        // Storage tells a moment after the last part: until then it looks as if nothing had arrived.
        if (now) this.#watch(now.state === 'awaiting_upload' ? { ...now, state: 'uploaded' } : now, Math.min(20_000, wait * 1.5))
      }, wait),
    )
  }
}

function withNews(resource: Resource, seen: Recording): Resource {
  return { ...resource, state: seen.state, reason: seen.reason ?? null, play_url: seen.play_url ?? null, poster_url: seen.poster_url ?? null, duration_s: seen.duration_s ?? null }
}

export { libraryFault }

let current: LibraryDesk | undefined
let of = ''

/** The library of whoever is signed in; uploads go on while another page is read. */
export function libraryDesk(): LibraryDesk {
  const person = session.person?.person_id ?? 'nobody'
  if (!current || of !== person) {
    current = new LibraryDesk()
    of = person
  }
  return current
}

session.onLeave(() => {
  current?.clear()
  current = undefined
  void blobShelf.clear()
})
