/** Sentences of the reviews. Names and hours; nobody is ranked, hurried or given a pronoun. */
import { isDid } from './client-did'
import { sayAnswer } from './client-lesson-words'
import { firstName } from './client-words'
import { count, sayClock } from './dates'
import type { AskingBlock, Block, ExerciseBlock, RecordingView, SubmissionView } from './client-api'
import type { Decision, Draft, EarlierAnswer, ReviewView } from './review'

/** "Ruth" where she sent it herself, "Dana and Theo" where Dana did it with Theo. */
export function readers(view: Pick<SubmissionView, 'by_name' | 'relation'> & { client: { name: string } }): string {
  const client = firstName(view.client.name)
  const by = firstName(view.by_name)
  return view.relation === 'guardian' && by !== client ? `${by} and ${client}` : client
}

/** Who wrote, in the heading over the answers. */
export function sayWrote(view: Pick<SubmissionView, 'by_name' | 'relation'> & { client: { name: string } }): string {
  const by = firstName(view.by_name)
  return view.relation === 'guardian' ? `What ${by} wrote for ${firstName(view.client.name)}` : `What ${by} wrote`
}

/** "Video 1:32", "Voice 0:20", without the length where it is not known yet. */
export function sayRecording(recording: Pick<RecordingView, 'kind' | 'duration_s'>): string {
  const kind = recording.kind === 'audio' ? 'Voice' : 'Video'
  return recording.duration_s ? `${kind} ${sayClock(recording.duration_s)}` : kind
}

export interface Fact {
  label: string
  value: string
  /** "was 5" */
  was?: string
}

/** One block with its answer: an exercise has several facts, a question one. */
export interface AnswerRow {
  block_id: string
  title: string
  facts: Fact[]
  /** Words of the client's own. */
  quote?: string
}

/** The answers in reading order; what was left out is said, not hidden. */
export function answerRows(view: Pick<ReviewView, 'lesson' | 'answers' | 'before'>): AnswerRow[] {
  return view.lesson.blocks.filter(asksInWords).map((block) => row(block, view))
}

function asksInWords(block: Block): block is Exclude<AskingBlock, { kind: 'recording' }> {
  return !['text', 'image', 'video', 'document', 'link', 'recording'].includes(block.kind)
}

function row(block: Exclude<AskingBlock, { kind: 'recording' }>, view: Pick<ReviewView, 'answers' | 'before'>): AnswerRow {
  const value = view.answers[block.block_id]?.value
  const was = sayWas(view.before.find((one) => one.block_id === block.block_id))
  if (block.kind === 'exercise') return exerciseRow(block, value, was)
  const said = sayAnswer(block, value)
  const words = block.kind === 'short_text' || block.kind === 'long_text'
  const answered = value !== undefined && value !== null && value !== ''
  if (words && answered) return { block_id: block.block_id, title: block.prompt, facts: [], quote: said }
  return { block_id: block.block_id, title: block.prompt, facts: [{ label: '', value: said, ...(answered && was ? { was } : {}) }] }
}

function exerciseRow(block: ExerciseBlock, value: unknown, was: string | undefined): AnswerRow {
  if (!isDid(value as never)) return { block_id: block.block_id, title: block.title, facts: [{ label: '', value: 'No answer' }] }
  const did = value as { sets: number; reps: number; pain: number | null; note: string }
  const facts: Fact[] = []
  const dosed = block.sets > 0 || block.reps > 0
  const leftOut = dosed && did.sets === 0 && did.reps === 0
  facts.push({ label: 'Did', value: leftOut ? 'Left out this time' : dosed ? sayDose(did.sets, did.reps) : 'Done' })
  if (dosed && !leftOut && (did.sets !== block.sets || did.reps !== block.reps)) facts.push({ label: 'Asked', value: sayDose(block.sets, block.reps) })
  if (did.pain !== null) facts.push({ label: 'Pain', value: `${did.pain} of 10`, ...(was ? { was } : {}) })
  const note = did.note.trim()
  return { block_id: block.block_id, title: block.title, facts, ...(note ? { quote: note } : {}) }
}

function sayDose(sets: number, reps: number): string {
  if (sets > 0 && reps > 0) return `${count(sets, 'set')} of ${reps}`
  return sets > 0 ? count(sets, 'set') : count(reps, 'time')
}

function sayWas(earlier: EarlierAnswer | undefined): string | undefined {
  return earlier && `was ${Number(earlier.value.toFixed(2))}`
}

/** The three ways on, each with what it brings. */
export function choices(view: Pick<ReviewView, 'lesson_number' | 'client'>): { value: Decision; label: string; hint: string }[] {
  const n = view.lesson_number
  return [
    { value: 'go_on', label: 'Go on', hint: 'The next lesson opens as soon as you send. After the last one the program is finished.' },
    { value: 'again', label: 'Do this again', hint: `Lesson ${n} once more, with your comments.` },
    { value: 'change', label: 'I’ll change the program', hint: `Nothing opens yet. Edit what is ahead for ${firstName(view.client.name)}, then open lesson ${n} again or the next one.` },
  ]
}

/** "3 comments. Ruth is told within a minute." */
export function saySendFoot(draft: Pick<Draft, 'comments' | 'text'>, view: Pick<ReviewView, 'by_name' | 'relation' | 'client'>): string {
  const told = `${readers(view)} ${readers(view).includes(' and ') ? 'are' : 'is'} told within a minute.`
  const words = draft.text.trim() !== ''
  if (draft.comments.length === 0) return words ? `Your words, no comments. ${told}` : `No words yet; you may send only the decision. ${told}`
  return `${count(draft.comments.length, 'comment')}${words ? ' and your words' : ''}. ${told}`
}
