/**
 * Answers on their way, each against the version it was made from. Kept on this device the moment they
 * are given, sent in order; where somebody was faster on another device, both texts stay until one is chosen.
 */
import { type AnswerView, type LessonPlace, lessonPath, send, type Value } from './client-api'
import { answersPlace } from './client-left-over'
import { localShelf, Outbox, type Shelf } from './outbox'
import type { Problem } from './problem'
import { session } from './session.svelte'

export interface Conflict {
  yours: Value
  /** When it was given on this device. */
  yours_at: string
  current: AnswerView
}

export type AnswerNews =
  | { state: 'kept'; at: string; kept_over: boolean }
  | { state: 'sent'; at: string; version: number }
  | { state: 'conflict'; conflict: Conflict }
  | { state: 'refused'; problem: Problem }

interface Body {
  value: Value
  /** The version that the person saw; 0 where there was no answer. */
  version: number
}

/** Where conflicts wait for a choice. */
export interface ConflictShelf {
  read(): Record<string, Conflict>
  write(all: Record<string, Conflict>): void
}

type Put = (url: string, value: Value, version: number) => Promise<{ version: number; at: string }>

export interface AnswersOptions {
  shelf: Shelf
  conflicts: ConflictShelf
  put?: Put
  now?: () => Date
}

const putByApi: Put = async (url, value, version) => (await send<{ version: number; at: string }>('PUT', url, { value }, version)).data

const nameOf = (place: LessonPlace, block: string): string => `${place.client_id}/${place.enrolment_id}/${place.number}/${block}`

function readName(name: string): { place: LessonPlace; block: string } | undefined {
  const [client_id, enrolment_id, number, block] = name.split('/')
  return client_id && enrolment_id && number && block ? { place: { client_id, enrolment_id, number: Number(number) }, block } : undefined
}

export class Answers {
  readonly #outbox: Outbox
  readonly #conflictShelf: ConflictShelf
  readonly #put: Put
  readonly #now: () => Date
  /** Versions that this page has written itself: a newer text that waited behind an older one builds on them. */
  readonly #own = new Map<string, { version: number; at: string }>()
  readonly #listeners = new Set<(name: string, news: AnswerNews) => void>()
  #conflicts: Record<string, Conflict>

  constructor({ shelf, conflicts, put = putByApi, now = () => new Date() }: AnswersOptions) {
    this.#conflictShelf = conflicts
    this.#conflicts = conflicts.read()
    this.#put = put
    this.#now = now
    this.#outbox = new Outbox({
      shelf,
      now,
      send: async (letter) => {
        const { value, version } = letter.body as Body
        const kept = await this.#put(letter.url, value, Math.max(version, this.#own.get(letter.name)?.version ?? 0))
        this.#own.set(letter.name, { version: kept.version, at: kept.at })
      },
    })
    this.#outbox.listen((name, state, problem) => {
      if (state === 'sent') {
        const own = this.#own.get(name)
        if (own) this.#tell(name, { state: 'sent', at: own.at, version: own.version })
      } else if (state === 'refused' && problem) this.#refused(name, problem)
    })
  }

  /** Keeps an answer here and sends it; null takes it back. */
  give(place: LessonPlace, block: string, value: Value, version: number): void {
    const name = nameOf(place, block)
    const kept_over = this.#outbox.put(name, `${lessonPath(place)}/answers/${encodeURIComponent(block)}`, { value, version } satisfies Body)
    this.#tell(name, { state: 'kept', at: this.#now().toISOString(), kept_over })
  }

  /** What has not reached the server, by block. */
  waiting(place: LessonPlace): Record<string, { value: Value; at: string; version: number }> {
    const under = nameOf(place, '')
    const found: Record<string, { value: Value; at: string; version: number }> = {}
    for (const letter of this.#outbox.waiting) {
      if (!letter.name.startsWith(under)) continue
      const { value, version } = letter.body as Body
      found[letter.name.slice(under.length)] = { value, at: letter.kept_at, version }
    }
    return found
  }

  conflicts(place: LessonPlace): Record<string, Conflict> {
    const under = nameOf(place, '')
    return Object.fromEntries(Object.entries(this.#conflicts).flatMap(([name, conflict]) => (name.startsWith(under) ? [[name.slice(under.length), conflict]] : [])))
  }

  /** Ends a conflict; what was chosen is what counts from now on. */
  choose(place: LessonPlace, block: string, which: 'yours' | 'current'): Conflict | undefined {
    const name = nameOf(place, block)
    const conflict = this.#conflicts[name]
    if (!conflict) return undefined
    this.#setConflict(name, undefined)
    if (which === 'yours') this.give(place, block, conflict.yours, conflict.current.version)
    return conflict
  }

  /** Forgets what stands between two versions of a lesson that begins anew. */
  forgetConflicts(place: LessonPlace): void {
    for (const block of Object.keys(this.conflicts(place))) this.#setConflict(nameOf(place, block), undefined)
  }

  listen(place: LessonPlace, listener: (block: string, news: AnswerNews) => void): () => void {
    const under = nameOf(place, '')
    const mine = (name: string, news: AnswerNews): void => {
      if (name.startsWith(under)) listener(name.slice(under.length), news)
    }
    this.#listeners.add(mine)
    return () => this.#listeners.delete(mine)
  }

  flush(): Promise<void> {
    return this.#outbox.flush()
  }

  clear(): void {
    this.#outbox.clear()
    this.#conflicts = {}
    this.#conflictShelf.write({})
  }

  #refused(name: string, problem: Problem): void {
    // Without `at` there is no answer there.
    const current = problem.document['current'] as (Omit<AnswerView, 'at'> & { at?: string }) | undefined
    const yours = problem.document['yours'] as { value?: Value } | undefined
    if (problem.status !== 409 || problem.kind !== 'changed-meanwhile' || !current || !yours || yours.value === undefined) {
      this.#tell(name, { state: 'refused', problem })
      return
    }
    if (JSON.stringify(current.value) === JSON.stringify(yours.value)) {
      // The reply to the first try was lost, or another tab sent the same.
      const at = current.at ?? this.#now().toISOString()
      this.#own.set(name, { version: current.version, at })
      this.#tell(name, { state: 'sent', at, version: current.version })
      return
    }
    if (current.value === null && current.at === undefined) {
      // The lesson was begun anew elsewhere: there is nothing that this answer could replace.
      const at = readName(name)
      if (at) this.give(at.place, at.block, yours.value, current.version)
      return
    }
    const conflict: Conflict = { yours: yours.value, yours_at: this.#now().toISOString(), current: { ...current, at: current.at ?? '' } }
    this.#setConflict(name, conflict)
    this.#tell(name, { state: 'conflict', conflict })
  }

  #setConflict(name: string, conflict: Conflict | undefined): void {
    const { [name]: _, ...others } = this.#conflicts
    this.#conflicts = conflict ? { ...others, [name]: conflict } : others
    this.#conflictShelf.write(this.#conflicts)
  }

  #tell(name: string, news: AnswerNews): void {
    for (const listener of this.#listeners) listener(name, news)
  }
}

/** A small record under one name of localStorage; a browser that keeps nothing keeps it in the page only. */
export function localRecord<T>(place: string): { read(): Record<string, T>; write(all: Record<string, T>): void } {
  return {
    read() {
      try {
        const value: unknown = JSON.parse(localStorage.getItem(place) ?? '{}')
        return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, T>) : {}
      } catch {
        return {}
      }
    },
    write(all) {
      try {
        if (Object.keys(all).length === 0) localStorage.removeItem(place)
        else localStorage.setItem(place, JSON.stringify(all))
      } catch {
        // Then it is gone with the page.
      }
    },
  }
}

let current: { person: string; answers: Answers } | undefined

/** The answers of whoever is signed in; sending begins with the first call. */
export function answersOutbox(): Answers {
  const person = session.person?.person_id ?? 'nobody'
  if (current?.person !== person) {
    const answers = new Answers({ shelf: localShelf(answersPlace(person)), conflicts: localRecord<Conflict>(`meanwhile.conflicts.${person}`) })
    current = { person, answers }
    void answers.flush()
  }
  return current.answers
}

/** What somebody began to write to their therapist, until the lesson is sent. */
export function commentDraft(place: LessonPlace): { read(): string; write(text: string): void } {
  const shelf = localRecord<string>(`meanwhile.comments.${session.person?.person_id ?? 'nobody'}`)
  const name = nameOf(place, 'comment')
  return {
    read: () => shelf.read()[name] ?? '',
    write(text) {
      const { [name]: _, ...others } = shelf.read()
      shelf.write(text === '' ? others : { ...others, [name]: text })
    },
  }
}

addEventListener('online', () => void current?.answers.flush())
session.onLeave(() => {
  const person = session.person?.person_id
  if (person) localRecord(`meanwhile.comments.${person}`).write({})
  current?.answers.clear()
  current = undefined
})
