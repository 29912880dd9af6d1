/**
 * A lesson while it is being written: saved by itself after a pause (or by a press, where it is a client's
 * own), against the version that it was made from. What is not saved stays on this device.
 */
import { type Fault, lessonFaults, type LessonText, moved, refusedAt } from './author-blocks'
import type { Block } from './client-api'
import { asProblem, type Problem } from './problem'

export interface Saved {
  lesson: LessonText
  version: number
}

/** Saves and says what is there now; rejects with a Problem that carries both texts where somebody was faster. */
export type Save = (lesson: LessonText, version: number) => Promise<Saved>

/** Where a text waits that has not been saved, so that a closed window loses nothing. */
export interface DraftShelf {
  read(): (Saved & { at: string }) | undefined
  write(draft: (Saved & { at: string }) | undefined): void
}

export interface DeskOptions {
  save: Save
  /** The other text of a 409. */
  current: (problem: Problem) => Saved | undefined
  shelf?: DraftShelf
  /** After a pause; false waits for a press. */
  auto?: boolean
  pause_ms?: number
  retry_ms?: number
  now?: () => Date
}

export type Phase =
  /** The server has what is shown. */
  | 'saved'
  /** Changed, and saved by itself in a moment (or on a press). */
  | 'changed'
  | 'saving'
  /** Something is missing that the API would not take. */
  | 'held'
  /** No answer; tried again by itself. */
  | 'waiting'
  /** Refused for good; changing it tries again. */
  | 'refused'
  /** Somebody else saved it first: two texts, one is chosen. */
  | 'conflict'

export class LessonDesk {
  title = $state('')
  minutes = $state(10)
  blocks = $state.raw<readonly Block[]>([])
  phase = $state<Phase>('saved')
  saved_at = $state<string>()
  problem = $state.raw<Problem>()
  conflict = $state.raw<{ current: Saved; yours: LessonText }>()
  /** What was written here before and never saved; it is on the page again. */
  restored_at = $state<string>()
  /** Faults that the API found, where it named the place. */
  refused = $state.raw<Fault | undefined>()
  readonly faults: Fault[] = $derived([...lessonFaults(this.text), ...(this.refused ? [this.refused] : [])])

  version: number
  readonly #options: Required<Omit<DeskOptions, 'shelf'>> & Pick<DeskOptions, 'shelf'>
  #timer: ReturnType<typeof setTimeout> | undefined
  #run: Promise<boolean> | undefined
  /** Counts changes, so that one made while saving is seen. */
  #turn = 0
  #base: LessonText

  constructor({ lesson, version }: Saved, options: DeskOptions) {
    this.#options = { auto: true, pause_ms: 1200, retry_ms: 8000, now: () => new Date(), ...options }
    this.version = version
    this.#base = lesson
    this.#show(lesson)
    const kept = options.shelf?.read()
    if (kept && JSON.stringify(kept.lesson) === JSON.stringify(lesson)) options.shelf?.write(undefined)
    else if (kept) {
      // Its own version goes along: if the lesson has moved on, both texts come up.
      this.version = kept.version
      this.#show(kept.lesson)
      this.restored_at = kept.at
      this.#touched()
    }
  }

  get text(): LessonText {
    return { title: this.title, minutes: this.minutes, blocks: [...this.blocks] }
  }

  /** There is something that the server has not. */
  get dirty(): boolean {
    return this.phase !== 'saved'
  }

  rename(title: string): void {
    this.title = title
    this.#touched()
  }

  setMinutes(minutes: number): void {
    this.minutes = minutes
    this.#touched()
  }

  change(block_id: string, patch: Partial<Block>): void {
    this.blocks = this.blocks.map((block) => (block.block_id === block_id ? ({ ...block, ...patch } as Block) : block))
    this.#touched()
  }

  insert(block: Block, at = this.blocks.length): void {
    this.blocks = [...this.blocks.slice(0, at), block, ...this.blocks.slice(at)]
    this.#touched()
  }

  move(block_id: string, by: 1 | -1): void {
    this.blocks = moved(this.blocks, this.blocks.findIndex((block) => block.block_id === block_id), by)
    this.#touched()
  }

  /** Takes a block out; what comes back puts it where it stood. */
  remove(block_id: string): () => void {
    const at = this.blocks.findIndex((block) => block.block_id === block_id)
    const block = this.blocks[at]
    if (!block) return () => undefined
    this.blocks = this.blocks.filter((one) => one !== block)
    this.#touched()
    return () => {
      if (!this.blocks.some((one) => one.block_id === block_id)) this.insert(block, Math.min(at, this.blocks.length))
    }
  }

  faultOf(block_id: string | undefined, field: string): string | undefined {
    return this.faults.find((fault) => fault.block_id === block_id && fault.field === field)?.says
  }

  /** Saves now. True when the server has everything that is shown. */
  save(): Promise<boolean> {
    clearTimeout(this.#timer)
    this.#run ??= this.#saveAll().finally(() => {
      this.#run = undefined
    })
    return this.#run
  }

  /** Ends a conflict. Your text is saved over the other one; the other text takes the place of yours. */
  choose(which: 'yours' | 'current'): Promise<boolean> {
    const conflict = this.conflict
    if (!conflict) return Promise.resolve(!this.dirty)
    this.conflict = undefined
    this.version = conflict.current.version
    this.#base = conflict.current.lesson
    this.restored_at = undefined
    if (which === 'yours') {
      this.phase = 'changed'
      this.#touched()
      return this.save()
    }
    this.#show(conflict.current.lesson)
    this.#clean()
    return Promise.resolve(true)
  }

  /** Back to what the server has. */
  revert(): void {
    clearTimeout(this.#timer)
    this.#show(this.#base)
    this.restored_at = undefined
    this.#clean()
  }

  /** The page is left: what can go out goes out; the rest is on the shelf. */
  close(): void {
    clearTimeout(this.#timer)
    if (this.#options.auto && (this.phase === 'changed' || this.phase === 'waiting')) void this.save()
  }

  #show(lesson: LessonText): void {
    this.title = lesson.title
    this.minutes = lesson.minutes
    this.blocks = lesson.blocks
  }

  #touched(): void {
    this.#turn += 1
    this.refused = undefined
    this.problem = undefined
    this.#options.shelf?.write({ lesson: this.text, version: this.version, at: this.#options.now().toISOString() })
    if (this.phase === 'conflict') return
    this.phase = this.phase === 'saving' ? 'saving' : this.faults.length > 0 ? 'held' : 'changed'
    if (this.#options.auto) this.#later(this.#options.pause_ms)
  }

  #later(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.save(), ms)
  }

  #clean(): void {
    this.phase = 'saved'
    this.problem = undefined
    this.refused = undefined
    this.#options.shelf?.write(undefined)
  }

  async #saveAll(): Promise<boolean> {
    for (;;) {
      if (this.phase === 'saved') return true
      if (this.phase === 'conflict') return false
      if (this.faults.length > 0) {
        this.phase = 'held'
        return false
      }
      const turn = this.#turn
      const text = this.text
      this.phase = 'saving'
      try {
        const { version } = await this.#options.save(text, this.version)
        this.version = version
        this.#base = text
        this.saved_at = this.#options.now().toISOString()
        this.restored_at = undefined
      } catch (thrown) {
        this.#failed(asProblem(thrown))
        return false
      }
      if (turn === this.#turn) {
        this.#clean()
        return true
      }
      this.phase = 'changed'
    }
  }

  #failed(problem: Problem): void {
    this.problem = problem
    const current = problem.status === 409 ? this.#options.current(problem) : undefined
    if (current) {
      this.conflict = { current, yours: this.text }
      this.phase = 'conflict'
    } else if (problem.passing) {
      this.phase = 'waiting'
      if (this.#options.auto) this.#later(this.#options.retry_ms)
    } else {
      this.refused = problem.status === 422 ? refusedAt(problem.detail, this.blocks) : undefined
      this.phase = 'refused'
    }
  }
}
