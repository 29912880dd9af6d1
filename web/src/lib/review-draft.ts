/**
 * Keeps what a therapist writes, as it is written: first on this computer, then on the server. What has
 * reached the server is forgotten here. Nothing is lost by closing the page, by a dead network or by a
 * session that ends while somebody writes.
 */
import { asProblem, type Problem } from './problem'
import type { Feedback } from './client-api'
import type { Draft, KeptDraft } from './review'

export type Keeping =
  | { state: 'idle' }
  | { state: 'keeping' }
  | { state: 'kept'; at: Date }
  /** On this computer only; `safe` is false where the browser would not even keep it over a reload. */
  | { state: 'here'; why: 'no-answer' | 'signed-out' | 'refused'; safe: boolean; problem: Problem }
  /** The same person wrote in another window; undefined where the answer did not say what. */
  | { state: 'clash'; theirs: KeptDraft | undefined }
  /** Somebody has answered. */
  | { state: 'answered'; by: Feedback | undefined }

export interface Shelved {
  /** Whose text it is: two people may use one computer. */
  by: string
  /** The draft's version on the server from which this was written on. */
  version: number
  draft: Draft
  /** What was on its way then: the page may have gone before the answer came. */
  sent?: Draft
}

export interface Shelf {
  read(): Shelved | undefined
  /** False when this computer would not keep it. */
  write(shelved: Shelved): boolean
  clear(): void
}

export interface KeeperOptions {
  by: string
  version: number
  shelf: Shelf
  keep: (draft: Draft, version: number) => Promise<number>
  told: (keeping: Keeping) => void
  now?: () => Date
  /** Milliseconds of silence before what was written goes out. */
  wait?: number
}

export class DraftKeeper {
  readonly #options: Required<KeeperOptions>
  #version: number
  #latest: Draft | undefined
  #sent: Draft | undefined
  #going: Promise<void> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #failures = 0
  #stopped = false
  #safe = true

  constructor(options: KeeperOptions) {
    this.#options = { now: () => new Date(), wait: 900, ...options }
    this.#version = options.version
  }

  /** Something was written. */
  change(draft: Draft): void {
    if (this.#stopped) return
    this.#latest = draft
    this.#shelve(draft)
    this.#later(this.#options.wait)
  }

  /** Sends what waits; resolves when it has gone or cannot go now. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    if (this.#stopped) return Promise.resolve()
    this.#going ??= this.#run().finally(() => {
      this.#going = undefined
    })
    return this.#going
  }

  /** After a clash: this is the draft from now on, on top of the version that the other one has. */
  settle(draft: Draft, version: number): Promise<void> {
    this.#stopped = false
    this.#version = version
    this.#latest = draft
    this.#sent = undefined
    this.#shelve(draft)
    return this.flush()
  }

  /** Nothing more goes out; what is on its way is waited for. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#stopped = true
    await this.#going
  }

  /** After a stop that came to nothing. */
  resume(): void {
    this.#stopped = false
    if (this.#latest) this.#later(this.#options.wait)
  }

  #shelve(draft: Draft): void {
    const { by, shelf } = this.#options
    this.#safe = shelf.write({ by, version: this.#version, draft, ...(this.#sent ? { sent: this.#sent } : {}) })
  }

  #later(wait: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.flush(), wait)
  }

  async #run(): Promise<void> {
    while (this.#latest) {
      const draft = this.#latest
      this.#sent = draft
      this.#shelve(draft)
      this.#options.told({ state: 'keeping' })
      try {
        this.#version = await this.#options.keep(draft, this.#version)
      } catch (thrown) {
        this.#fail(asProblem(thrown))
        return
      }
      this.#failures = 0
      this.#sent = undefined
      if (this.#latest === draft) {
        this.#latest = undefined
        this.#options.shelf.clear()
        this.#options.told({ state: 'kept', at: this.#options.now() })
      } else if (this.#stopped) return
    }
  }

  #fail(problem: Problem): void {
    const { told } = this.#options
    if (problem.status === 409) {
      this.#stopped = true
      const current = problem.document['current']
      if (problem.kind === 'answered-already') told({ state: 'answered', by: isFeedback(current) ? current : undefined })
      else told({ state: 'clash', theirs: isDraft(current) ? current : undefined })
      return
    }
    if (problem.passing) {
      told({ state: 'here', why: 'no-answer', safe: this.#safe, problem })
      this.#failures += 1
      if (!this.#stopped) this.#later(Math.min(60, 2 ** this.#failures) * 1000)
      return
    }
    told({ state: 'here', why: problem.status === 401 ? 'signed-out' : 'refused', safe: this.#safe, problem })
  }
}

function isDraft(value: unknown): value is KeptDraft {
  return typeof value === 'object' && value !== null && 'comments' in value && 'version' in value
}

export function isFeedback(value: unknown): value is Feedback {
  return typeof value === 'object' && value !== null && 'comments' in value && 'by_name' in value
}

export function sameDraft(a: Draft, b: Draft): boolean {
  const plain = ({ comments, text, decision }: Draft) =>
    JSON.stringify([comments.map((one) => [one.comment_id, one.recording_id, one.at_s, one.text]), text, decision])
  return plain(a) === plain(b)
}

/** Whether what is on this computer was written on top of what the server has: no other window wrote there. */
export function goesOnFrom(here: Shelved, there: KeptDraft): boolean {
  return here.version === there.version || (here.sent !== undefined && sameDraft(here.sent, there))
}

/** localStorage, because it writes before the page can close. Empty again as soon as the server has it. */
export function draftShelf(submissionId: string): Shelf {
  const place = `meanwhile.review.${submissionId}`
  return {
    read() {
      try {
        const value: unknown = JSON.parse(localStorage.getItem(place) ?? 'null')
        return typeof value === 'object' && value !== null && 'draft' in value ? (value as Shelved) : undefined
      } catch {
        return undefined
      }
    },
    write(shelved) {
      try {
        localStorage.setItem(place, JSON.stringify(shelved))
        return true
      } catch {
        return false
      }
    },
    clear() {
      try {
        localStorage.removeItem(place)
      } catch {
        // Then nothing was kept either.
      }
    },
  }
}
