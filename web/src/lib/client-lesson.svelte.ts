/** A lesson while it is being done: what was answered, what of it is kept where, and what is still open. */
import { answersOutbox, type AnswerNews, type Answers, type Conflict } from './client-answers'
import { getLesson, type LessonPlace, type LessonView, type RecordingView, type Value } from './client-api'
import { isComplete, missingSteps, type Step, stepsOf, whereToGoOn } from './client-steps'
import type { Problem } from './problem'

/** Where an answer is. */
export type Kept =
  | { where: 'server'; at: string; by_name?: string }
  | { where: 'device'; at: string; kept_over: boolean }
  | { where: 'refused'; problem: Problem }

/** Long enough that a word is not sent letter by letter, short enough that nobody waits for it. */
export const PAUSE_MS = 800

export interface LessonOptions {
  answers?: Answers
  pause_ms?: number
  get?: (place: LessonPlace) => Promise<LessonView>
}

export class LessonWork {
  readonly place: LessonPlace
  view = $state.raw<LessonView>() as LessonView
  values = $state.raw<Readonly<Record<string, Value | undefined>>>({})
  kept = $state.raw<Readonly<Record<string, Kept>>>({})
  conflicts = $state.raw<Readonly<Record<string, Conflict>>>({})
  /** Recordings as the server has them, by block. */
  recordings = $state.raw<Readonly<Record<string, RecordingView>>>({})
  /** Blocks whose recording is on its way from this device. */
  going = $state.raw<ReadonlySet<string>>(new Set())
  /** The lesson was sent or changed hands on another device: it has to be fetched again. */
  movedOn = $state(false)

  /** A part that was answered is not in the lesson any more: it was changed while it was being done. */
  changed = $state(false)

  readonly steps: Step[] = $derived(stepsOf(this.view.lesson.blocks))
  readonly #recorded = $derived(
    Object.fromEntries([...Object.entries(this.recordings), ...[...this.going].map((block) => [block, { state: 'awaiting_upload' as const }] as const)]),
  )
  readonly missing: number[] = $derived(missingSteps(this.steps, this.values, this.#recorded))
  readonly started: boolean = $derived(Object.values(this.values).some((value) => value !== undefined && value !== null) || Object.keys(this.recordings).length > 0 || this.going.size > 0)

  readonly #answers: Answers
  readonly #pause: number
  readonly #get: (place: LessonPlace) => Promise<LessonView>
  readonly #versions = new Map<string, number>()
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>()
  readonly #unheard: () => void

  constructor(place: LessonPlace, view: LessonView, { answers = answersOutbox(), pause_ms = PAUSE_MS, get = getLesson }: LessonOptions = {}) {
    this.place = place
    this.#answers = answers
    this.#pause = pause_ms
    this.#get = get
    this.#unheard = answers.listen(place, (block, news) => this.#hear(block, news))
    this.take(view)
  }

  /** Shows a lesson as the server has it, with what this device has not sent yet on top. */
  take(view: LessonView): void {
    this.view = view
    this.recordings = view.recordings
    this.movedOn = false
    const values: Record<string, Value | undefined> = {}
    const kept: Record<string, Kept> = {}
    this.#versions.clear()
    for (const [block, answer] of Object.entries(view.answers)) {
      values[block] = answer.value
      this.#versions.set(block, answer.version)
      kept[block] = { where: 'server', at: answer.at, by_name: answer.by_name }
    }
    for (const [block, waiting] of Object.entries(this.#answers.waiting(this.place))) {
      values[block] = waiting.value
      // What waits was made from this version; the server's may be newer, and then both are shown.
      this.#versions.set(block, waiting.version)
      kept[block] = { where: 'device', at: waiting.at, kept_over: true }
    }
    this.values = values
    this.kept = kept
    this.conflicts = this.#answers.conflicts(this.place)
  }

  async refresh(): Promise<void> {
    this.keepNow()
    this.take(await this.#get(this.place))
  }

  whereToGoOn(): number {
    return whereToGoOn(this.steps, this.values, this.#recorded)
  }

  isComplete(index: number): boolean {
    const ask = this.steps[index]?.ask
    return !ask || isComplete(ask, this.values, this.#recorded)
  }

  /** Takes an answer; what is being written waits for a pause. */
  give(block: string, value: Value, writing = false): void {
    this.values = { ...this.values, [block]: value }
    clearTimeout(this.#timers.get(block))
    if (writing) this.#timers.set(block, setTimeout(() => this.#keep(block), this.#pause))
    else this.#keep(block)
  }

  /** Keeps what is still being written: the page may be gone in a moment. */
  keepNow(): void {
    for (const block of [...this.#timers.keys()]) {
      clearTimeout(this.#timers.get(block))
      this.#keep(block)
    }
  }

  #keep(block: string): void {
    this.#timers.delete(block)
    const value = this.values[block]
    const empty = typeof value === 'string' && value.trim() === ''
    this.#answers.give(this.place, block, value === undefined || empty ? null : value, this.#versions.get(block) ?? 0)
  }

  /** Sends everything that waits. False when some of it could not go. */
  async sendAnswers(): Promise<boolean> {
    this.keepNow()
    await this.#answers.flush()
    return Object.keys(this.#answers.waiting(this.place)).length === 0
  }

  choose(block: string, which: 'yours' | 'current'): void {
    const conflict = this.#answers.choose(this.place, block, which)
    if (!conflict) return
    this.#versions.set(block, conflict.current.version)
    this.values = { ...this.values, [block]: which === 'yours' ? conflict.yours : conflict.current.value }
    this.conflicts = this.#answers.conflicts(this.place)
    if (which === 'current') this.#set(block, { where: 'server', at: conflict.current.at, by_name: conflict.current.by_name })
  }

  setRecording(block: string, recording: RecordingView | undefined): void {
    const { [block]: _, ...others } = this.recordings
    this.recordings = recording ? { ...others, [block]: recording } : others
  }

  setGoing(blocks: Iterable<string>): void {
    const next = new Set(blocks)
    if (next.size !== this.going.size || [...next].some((block) => !this.going.has(block))) this.going = next
  }

  /** After the lesson began anew: nothing of the old try may come back. */
  restart(view: LessonView): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    this.#answers.forgetConflicts(this.place)
    this.take(view)
  }

  close(): void {
    this.keepNow()
    this.#unheard()
  }

  #hear(block: string, news: AnswerNews): void {
    switch (news.state) {
      case 'kept':
        this.#set(block, { where: 'device', at: news.at, kept_over: news.kept_over })
        return
      case 'sent':
        this.#versions.set(block, news.version)
        // Something newer may have been written since.
        if (!this.#timers.has(block) && !(block in this.#answers.waiting(this.place))) this.#set(block, { where: 'server', at: news.at })
        return
      case 'conflict':
        this.conflicts = this.#answers.conflicts(this.place)
        return
      case 'refused':
        if (news.problem.kind === 'lesson-moved-on') this.movedOn = true
        if (news.problem.kind === 'lesson-changed') this.changed = true
        this.#set(block, { where: 'refused', problem: news.problem })
    }
  }

  #set(block: string, kept: Kept): void {
    this.kept = { ...this.kept, [block]: kept }
  }
}
