/** A program while it is being written: its lessons in their order, what differs from the last version, and publishing. */
import type { LessonText } from './author-blocks'
import { changesOf, type Changes } from './author-changes'
import { LessonDesk, type Saved } from './author-desk.svelte'
import { draftShelf } from './author-shelf'
import type { Block, Lesson } from './client-api'
import { addLesson, type Edition, getEdition, getProgram, type LessonDraft as Draft, type Program, publishProgram, putLesson, putProgram } from './office-api'
import { asProblem, type Problem } from './problem'

/** What keeps a program from being published, and where. */
export interface Flaw {
  lesson_id?: string | null
  block_id?: string | null
  says: string
}

interface Words {
  title: string
  summary: string
  lessons: readonly string[]
}

/** Title and order as two people have left them; one of them is chosen. */
export interface WordsConflict {
  current: Words & { revision: number }
  yours: Words
}

/** Long enough to read the note and press Undo. */
const UNDO_MS = 9000

export class ProgramDesk {
  readonly program_id: string
  view = $state.raw<Program>() as Program
  /** The lessons as shown: what is being removed is not among them. */
  order = $state.raw<readonly string[]>([])
  edition = $state.raw<Edition>()
  flaws = $state.raw<readonly Flaw[]>([])
  problem = $state.raw<Problem>()
  conflict = $state.raw<WordsConflict>()

  readonly version: number = $derived(this.view.published.at(-1)?.version ?? 0)
  /** Something was changed here or before that the last version has not. */
  readonly changed: boolean = $derived(this.view.changed_since_publication)
  readonly changes: Changes | undefined = $derived.by(() => {
    if (!this.edition) return undefined
    return changesOf({ title: this.view.title, summary: this.view.summary, lessons: this.lessons }, { ...this.edition, lessons: this.edition.lessons as Lesson[] })
  })

  #desks = $state.raw<ReadonlyMap<string, LessonDesk>>(new Map())
  #removing = new Map<string, ReturnType<typeof setTimeout>>()
  #last: Promise<unknown> = Promise.resolve()
  readonly #undo_ms: number

  constructor(view: Program, { undo_ms = UNDO_MS }: { undo_ms?: number } = {}) {
    this.program_id = view.program_id
    this.#undo_ms = undo_ms
    this.take(view)
  }

  get lessons(): Lesson[] {
    return this.order.flatMap((lesson_id) => {
      const desk = this.#desks.get(lesson_id)
      return desk ? [{ lesson_id, title: desk.title, minutes: desk.minutes, blocks: [...desk.blocks] }] : []
    })
  }

  desk(lesson_id: string | undefined): LessonDesk | undefined {
    return lesson_id === undefined ? undefined : this.#desks.get(lesson_id)
  }

  /** Lessons with something that the server has not. */
  get unsaved(): LessonDesk[] {
    return [...this.#desks.values()].filter((desk) => desk.dirty)
  }

  /** Shows a program as the server has it. A lesson that is being written here stays as it is. */
  take(view: Program): void {
    this.view = view
    const desks = new Map<string, LessonDesk>()
    for (const lesson of view.lessons) {
      const known = this.#desks.get(lesson.lesson_id)
      desks.set(lesson.lesson_id, known && (known.dirty || known.version === lesson.version) ? known : this.#newDesk(lesson))
    }
    this.#desks = desks
    this.order = view.lessons.map((lesson) => lesson.lesson_id).filter((id) => !this.#removing.has(id))
  }

  async loadEdition(): Promise<void> {
    if (this.version === 0 || this.edition?.version === this.version) return
    this.edition = await getEdition(this.program_id, this.version)
  }

  async addLesson(title: string, minutes: number): Promise<string> {
    await this.settle()
    const view = await addLesson(this.program_id, title, minutes)
    this.take(view)
    return view.lessons.at(-1)?.lesson_id ?? ''
  }

  rename(title: string, summary: string): Promise<boolean> {
    return this.#put({ title, summary, lessons: this.order })
  }

  reorder(lessons: readonly string[]): Promise<boolean> {
    this.order = lessons
    return this.#put({ title: this.view.title, summary: this.view.summary, lessons })
  }

  /** Takes a lesson out of the list now and out of the program when nobody has pressed Undo. */
  remove(lesson_id: string): () => void {
    const at = this.order.indexOf(lesson_id)
    this.order = this.order.filter((id) => id !== lesson_id)
    this.flaws = this.flaws.filter((flaw) => flaw.lesson_id !== lesson_id)
    this.#removing.set(
      lesson_id,
      setTimeout(() => void this.#removeNow(lesson_id), this.#undo_ms),
    )
    return () => {
      const timer = this.#removing.get(lesson_id)
      if (timer === undefined) return
      clearTimeout(timer)
      this.#removing.delete(lesson_id)
      this.order = [...this.order.slice(0, at), lesson_id, ...this.order.slice(at)]
    }
  }

  /** Does at once what waits for an Undo: before publishing, or because the page is left. */
  async settle(): Promise<void> {
    const waiting = [...this.#removing]
    for (const [, timer] of waiting) clearTimeout(timer)
    for (const [id] of waiting) await this.#removeNow(id)
    await this.#last
  }

  choose(which: 'yours' | 'current'): Promise<boolean> {
    const conflict = this.conflict
    if (!conflict) return Promise.resolve(true)
    this.conflict = undefined
    this.view = { ...this.view, revision: conflict.current.revision }
    if (which === 'yours') return this.#put({ ...conflict.yours, lessons: mergeOrder(conflict.yours.lessons, conflict.current.lessons) })
    return this.reload()
  }

  async reload(): Promise<boolean> {
    this.take(await getProgram(this.program_id))
    return true
  }

  /** Publishes what is shown. False when something stands in the way; `flaws` or `problem` says what. */
  async publish(note: string): Promise<boolean> {
    this.flaws = []
    this.problem = undefined
    await this.settle()
    for (const desk of this.unsaved) await desk.save()
    const held = this.order.flatMap((lesson_id, index) => {
      const desk = this.#desks.get(lesson_id)
      if (!desk?.dirty) return []
      const place = `Lesson ${index + 1}${desk.title.trim() ? `, “${desk.title.trim()}”` : ''}`
      if (desk.faults.length === 0) return [{ lesson_id, says: `${place} is not saved yet.` }]
      return desk.faults.map((fault) => ({ lesson_id, block_id: fault.block_id ?? null, says: `${place}: ${fault.says}` }))
    })
    if (held.length > 0) {
      this.flaws = held
      return false
    }
    try {
      this.take(await publishProgram(this.program_id, note))
      this.edition = undefined
      // For what is changed next; without it the editor only does not count changes.
      void this.loadEdition().catch(() => undefined)
      return true
    } catch (thrown) {
      const problem = asProblem(thrown)
      const flaws = problem.document['problems']
      if (Array.isArray(flaws) && flaws.length > 0) this.flaws = flaws as Flaw[]
      else this.problem = problem
      return false
    }
  }

  close(): void {
    void this.settle()
    for (const desk of this.#desks.values()) desk.close()
  }

  #newDesk(lesson: Draft): LessonDesk {
    return new LessonDesk(
      { lesson: textOf(lesson), version: lesson.version },
      {
        shelf: draftShelf(lesson.lesson_id),
        current: (problem) => currentOf(problem),
        save: async (text, version) => {
          const kept = await putLesson(this.program_id, lesson.lesson_id, text, version)
          // What was wrong with it may be mended; publishing looks again.
          this.flaws = this.flaws.filter((flaw) => flaw.lesson_id !== lesson.lesson_id)
          this.view = { ...this.view, changed_since_publication: true, changed_at: new Date().toISOString() }
          return { lesson: textOf(kept), version: kept.version }
        },
      },
    )
  }

  /** One change after the other: each needs the revision that the one before has made. */
  #put(words: Words): Promise<boolean> {
    const run = this.#last.then(() => this.#putNow(words))
    this.#last = run.catch(() => undefined)
    return run
  }

  async #putNow({ title, summary, lessons }: Words): Promise<boolean> {
    this.problem = undefined
    // What is being removed stays until its Undo is over.
    const body = { title, summary, lessons: [...lessons, ...[...this.#removing.keys()].filter((id) => !lessons.includes(id))] }
    try {
      this.take(await putProgram(this.program_id, body, this.view.revision))
      return true
    } catch (thrown) {
      const problem = asProblem(thrown)
      const current = problem.document['current'] as WordsConflict['current'] | undefined
      if (problem.status === 409 && current && 'revision' in current) this.conflict = { current, yours: body }
      else {
        this.problem = problem
        this.take(this.view)
      }
      return false
    }
  }

  async #removeNow(lesson_id: string): Promise<void> {
    if (!this.#removing.delete(lesson_id)) return
    await this.#put({ title: this.view.title, summary: this.view.summary, lessons: this.order.filter((id) => id !== lesson_id) })
  }
}

/** Your order, without what is gone and with what somebody else has added, at the end: nobody's lesson is lost by it. */
export function mergeOrder(yours: readonly string[], current: readonly string[]): string[] {
  const there = new Set(current)
  const mine = new Set(yours)
  return [...yours.filter((id) => there.has(id)), ...current.filter((id) => !mine.has(id))]
}

function textOf(lesson: Pick<Draft, 'title' | 'minutes' | 'blocks'>): LessonText {
  return { title: lesson.title, minutes: lesson.minutes, blocks: lesson.blocks as Block[] }
}

function currentOf(problem: Problem): Saved | undefined {
  const current = problem.document['current'] as Draft | undefined
  return current && Array.isArray(current.blocks) ? { lesson: textOf(current), version: current.version } : undefined
}
