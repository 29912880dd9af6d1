import { notes } from '../../kit/notes.svelte'
import type { RecordingView } from '../../lib/client-api'
import { sayClock } from '../../lib/dates'
import { asProblem, type Problem } from '../../lib/problem'
import type { Comment, Decision, Desk, Draft, FeedbackGiven, KeptDraft, ReviewView } from '../../lib/review'
import { beginChange, beginComment, moveTo, numberOf, pinsOf, withWriting, without, type Writing } from '../../lib/review-comments'
import { DraftKeeper, draftShelf, goesOnFrom, isFeedback, type Keeping, sameDraft } from '../../lib/review-draft'
import type { Feedback } from '../../lib/client-api'

/** One review while it is being written: what is on the desk, what stands in the boxes, and where it is kept. */
export class Work {
  view = $state.raw() as ReviewView
  comments = $state.raw<Comment[]>([])
  writing = $state.raw<Writing>()
  text = $state('')
  decision = $state<Decision>()
  recordingId = $state<string>()
  keeping = $state.raw<Keeping>({ state: 'idle' })
  sending = $state(false)
  sent = $state.raw<FeedbackGiven>()
  trouble = $state.raw<Problem>()

  readonly #desk: Desk
  readonly #keeper: DraftKeeper

  constructor(desk: Desk, view: ReviewView, therapistName: string) {
    this.#desk = desk
    this.view = view
    this.recordingId = this.recordings[0]?.recording.recording_id
    const shelf = draftShelf(view.submission_id)
    this.#keeper = new DraftKeeper({
      by: therapistName,
      version: view.draft.version,
      shelf,
      keep: (draft, version) => desk.keep(draft, version),
      told: (keeping) => (this.keeping = keeping),
    })
    this.#put(view.draft)
    if (view.state === 'reviewed') return
    const here = shelf.read()
    if (!here || here.by !== therapistName) return
    if (sameDraft(here.draft, view.draft)) shelf.clear()
    else if (goesOnFrom(here, view.draft)) {
      // Written when nothing answered, or when a session ended: it goes on from there.
      this.#put(here.draft)
      this.changed()
    } else {
      this.#put(here.draft)
      this.keeping = { state: 'clash', theirs: view.draft }
    }
  }

  get linked(): boolean {
    return this.#desk.linked
  }

  /** The recordings in the order of the lesson, with what was asked for. */
  get recordings(): { recording: RecordingView; prompt: string }[] {
    const { lesson, recordings } = this.view
    const asked = lesson.blocks.flatMap((block) => {
      const recording = recordings[block.block_id]
      return recording && block.kind === 'recording' ? [{ recording, prompt: block.prompt }] : []
    })
    const known = new Set(asked.map((one) => one.recording.recording_id))
    const others = Object.values(recordings).filter((one) => !known.has(one.recording_id))
    return [...asked, ...others.map((recording) => ({ recording, prompt: 'Recording' }))]
  }

  get recording(): RecordingView | undefined {
    return this.recordings.find((one) => one.recording.recording_id === this.recordingId)?.recording
  }

  /** Everything as it would be sent now. */
  get draft(): Draft {
    return { comments: withWriting(this.comments, this.writing), text: this.text, decision: this.decision ?? null }
  }

  get pins() {
    return pinsOf(this.comments, this.recordingId)
  }

  changed(): void {
    this.trouble = undefined
    this.#keeper.change(this.draft)
  }

  /** Words in the comment box. The first one fixes the time. */
  write(text: string, seconds: number): void {
    if (!this.recordingId) return
    if (this.writing) this.writing = { ...this.writing, text }
    else if (text !== '') this.writing = beginComment(this.recordingId, seconds, text)
    if (this.writing && !this.writing.was && text === '') this.writing = undefined
    this.changed()
  }

  moveWriting(seconds: number): void {
    if (!this.writing) return
    this.writing = moveTo(this.writing, seconds)
    this.changed()
  }

  numberOfWriting(seconds: number): number {
    return numberOf(this.comments, this.writing ?? { comment_id: '~', recording_id: this.recordingId ?? '', at_s: seconds })
  }

  keepComment(): void {
    const writing = this.writing
    if (!writing) return
    const before = this.comments
    this.comments = withWriting(before, writing)
    this.writing = undefined
    this.changed()
    if (writing.text.trim() === '') return
    notes.say(`Comment kept at ${sayClock(writing.at_s)}`, () => {
      this.comments = before
      if (!this.writing) this.writing = writing
      this.changed()
    })
  }

  change(commentId: string): void {
    const comment = this.comments.find((one) => one.comment_id === commentId)
    const next = comment && beginChange(comment)
    if (!next) return
    // What stood in the box is a comment too; nobody presses it away.
    if (this.writing?.text.trim()) this.comments = withWriting(this.comments, this.writing)
    this.recordingId = next.recording_id
    this.writing = next
    this.changed()
  }

  leaveAsItWas(): void {
    this.writing = undefined
    this.changed()
  }

  remove(commentId: string): void {
    const before = this.comments
    const gone = before.find((one) => one.comment_id === commentId)
    const writing = this.writing?.comment_id === commentId ? this.writing : undefined
    this.comments = without(before, commentId)
    if (writing) this.writing = undefined
    this.changed()
    const where = gone?.at_s === null || gone === undefined ? '' : ` at ${sayClock(gone.at_s)}`
    notes.say(`Comment${where} removed`, () => {
      this.comments = before
      if (writing && !this.writing) this.writing = writing
      this.changed()
    })
  }

  /** The draft of another window, or the own one over it. */
  async settle(which: 'mine' | 'theirs'): Promise<void> {
    if (this.keeping.state !== 'clash') return
    const theirs = this.keeping.theirs ?? (await this.#desk.get()).draft
    if (which === 'theirs') this.#put(theirs)
    await this.#keeper.settle(this.draft, theirs.version)
  }

  async theirs(): Promise<KeptDraft> {
    return (this.keeping.state === 'clash' ? this.keeping.theirs : undefined) ?? (await this.#desk.get()).draft
  }

  async send(): Promise<void> {
    const decision = this.decision
    if (!decision || this.sending) return
    this.comments = withWriting(this.comments, this.writing)
    this.writing = undefined
    this.sending = true
    this.trouble = undefined
    await this.#keeper.stop()
    try {
      this.sent = await this.#desk.give({ ...this.draft, decision })
      draftShelf(this.view.submission_id).clear()
      notes.list = []
    } catch (thrown) {
      const problem = asProblem(thrown)
      const current = problem.document['current']
      if (problem.kind === 'answered-already') {
        draftShelf(this.view.submission_id).clear()
        this.keeping = { state: 'answered', by: isFeedback(current) ? current : undefined }
      } else {
        this.trouble = problem
        this.#keeper.resume()
        this.#keeper.change(this.draft)
        if (problem.kind === 'still-arriving' || problem.kind === 'taken-back') await this.refresh()
      }
    } finally {
      this.sending = false
    }
  }

  /** Who has answered instead; read anew where the refusal did not say. */
  async answer(): Promise<Feedback | null> {
    if (this.keeping.state === 'answered' && this.keeping.by) return this.keeping.by
    return (await this.#desk.get()).feedback
  }

  /** Looks again for recordings that were on their way; what is written stays. */
  async refresh(): Promise<void> {
    const fresh = await this.#desk.get()
    this.view = fresh
    this.recordingId ??= this.recordings[0]?.recording.recording_id
  }

  /** The recording with new addresses; the old ones open for 15 minutes. */
  readonly renew = async (): Promise<RecordingView | undefined> => {
    const fresh = await this.#desk.get()
    return Object.values(fresh.recordings).find((one) => one.recording_id === this.recordingId)
  }

  flush(): Promise<void> {
    return this.#keeper.flush()
  }

  #put(draft: Draft): void {
    this.comments = draft.comments
    this.writing = undefined
    this.text = draft.text
    this.decision = draft.decision ?? undefined
  }
}
