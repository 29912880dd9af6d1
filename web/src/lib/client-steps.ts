/** A lesson as steps: what stands on each, which are done, and what is missing. No DOM, no network. */
import { isDid } from './client-did'
import type { AskingBlock, Block, ExerciseBlock, RecordingView, ShowingBlock, Value } from './client-api'

/** One page of a lesson: what is shown first, the one thing it asks, and what comes after the last question. */
export interface Step {
  key: string
  lead: ShowingBlock[]
  ask: AskingBlock | undefined
  tail: ShowingBlock[]
}

export type Values = Readonly<Record<string, Value | undefined>>
/** By block: where its recording is; a recording that waits on this device counts as going. */
export type Recordings = Readonly<Record<string, Pick<RecordingView, 'state'> | undefined>>

const SHOWING: ReadonlySet<string> = new Set(['text', 'image', 'video', 'document', 'link'])

export function isShowing(block: Block): block is ShowingBlock {
  return SHOWING.has(block.kind)
}

/**
 * Texts and pictures join the question that follows them, for they lead to it; those after the last
 * question stay with it. A lesson that asks nothing is one step.
 */
export function stepsOf(blocks: readonly Block[]): Step[] {
  const steps: Step[] = []
  let lead: ShowingBlock[] = []
  for (const block of blocks) {
    if (isShowing(block)) lead.push(block)
    else {
      steps.push({ key: block.block_id, lead, ask: block, tail: [] })
      lead = []
    }
  }
  const last = steps.at(-1)
  if (last) last.tail = lead
  else steps.push({ key: 'all', lead, ask: undefined, tail: [] })
  return steps
}

/** Whether the client has said anything to this block. */
export function isAnswered(block: AskingBlock, values: Values, recordings: Recordings): boolean {
  if (block.kind === 'recording') return isRecorded(recordings[block.block_id])
  const value = values[block.block_id]
  if (value === undefined || value === null) return false
  if (typeof value === 'string') return value.trim() !== ''
  if (Array.isArray(value)) return value.length > 0
  return true
}

function isRecorded(recording: Pick<RecordingView, 'state'> | undefined): boolean {
  return recording !== undefined && recording.state !== 'rejected'
}

/** Whether the lesson can be sent as far as this block goes: the rule of the API, so that nobody has to be refused. */
export function isComplete(block: AskingBlock, values: Values, recordings: Recordings): boolean {
  // One that would not open has to be replaced or removed, asked for or not.
  if (block.kind === 'recording' && recordings[block.block_id]?.state === 'rejected') return false
  if (block.kind === 'exercise') return isExerciseComplete(block, values[block.block_id])
  return !block.required || isAnswered(block, values, recordings)
}

function isExerciseComplete(block: ExerciseBlock, value: Value | undefined): boolean {
  if (!block.ask_pain) return true
  const did = isDid(value) ? value : undefined
  if (!did) return false
  // An exercise that was left out hurts nobody.
  const leftOut = (block.sets > 0 || block.reps > 0) && did.sets === 0 && did.reps === 0
  return did.pain !== null || leftOut
}

/** The indexes of the steps without which the lesson cannot be sent. */
export function missingSteps(steps: readonly Step[], values: Values, recordings: Recordings): number[] {
  return steps.flatMap((step, index) => (step.ask && !isComplete(step.ask, values, recordings) ? [index] : []))
}

/**
 * Where to go on: the first step without an answer. A question that may be left out and was passed by is
 * not asked again; with everything answered it is the last step, where the lesson is sent.
 */
export function whereToGoOn(steps: readonly Step[], values: Values, recordings: Recordings): number {
  const answered = (step: Step) => step.ask !== undefined && isAnswered(step.ask, values, recordings)
  const found = steps.findIndex((step, index) => {
    if (!step.ask || answered(step)) return false
    return !isComplete(step.ask, values, recordings) || !steps.slice(index + 1).some(answered)
  })
  return found === -1 ? steps.length - 1 : found
}

/**
 * The heading of a step. An exercise or a recording names the step itself; a question does when nothing
 * leads to it, otherwise it stands beside its field and what leads to it has the heading.
 */
export function headingOf(step: Step, lessonTitle: string): { title: string; asks: boolean } {
  const text = step.lead.find((block) => block.kind === 'text' && block.title !== '')
  if (text?.kind === 'text') return { title: text.title, asks: false }
  const ask = askTitle(step.ask)
  if (step.ask && ask !== undefined && (step.lead.length === 0 || step.ask.kind === 'exercise' || step.ask.kind === 'recording')) return { title: ask, asks: true }
  const video = step.lead.find((block) => block.kind === 'video')
  return { title: video?.kind === 'video' ? video.title : lessonTitle, asks: false }
}

export function askTitle(ask: AskingBlock | undefined): string | undefined {
  if (!ask) return undefined
  return ask.kind === 'exercise' ? ask.title : ask.prompt
}
