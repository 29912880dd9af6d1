/** Comments on a recording: one that is being written, and those that are kept. No DOM. */
import type { Comment } from './review'
import { type NumberedPin, numberPins } from './video'

/** The comment in the box. `was` is the kept one that it changes. */
export interface Writing {
  comment_id: string
  recording_id: string
  at_s: number
  text: string
  was?: Comment
}

const tidy = (seconds: number): number => Math.max(0, Math.round(seconds * 100) / 100)

export function beginComment(recordingId: string, seconds: number, text: string, newId: () => string = () => crypto.randomUUID()): Writing {
  return { comment_id: newId(), recording_id: recordingId, at_s: tidy(seconds), text }
}

export function beginChange(comment: Comment): Writing | undefined {
  if (comment.recording_id === null || comment.at_s === null) return undefined
  return { comment_id: comment.comment_id, recording_id: comment.recording_id, at_s: comment.at_s, text: comment.text, was: comment }
}

export function moveTo(writing: Writing, seconds: number): Writing {
  return { ...writing, at_s: tidy(seconds) }
}

/** The comments as they are when what stands in the box counts too. Emptied words change nothing. */
export function withWriting(comments: readonly Comment[], writing: Writing | undefined): Comment[] {
  if (!writing || writing.text.trim() === '') return [...comments]
  const { comment_id, recording_id, at_s, text } = writing
  const kept: Comment = { comment_id, recording_id, at_s, text: text.trim() }
  const rest = comments.filter((one) => one.comment_id !== comment_id)
  return [...rest, kept]
}

export function without(comments: readonly Comment[], commentId: string): Comment[] {
  return comments.filter((one) => one.comment_id !== commentId)
}

/** The comments of one recording, in time order, with the numbers of their pins. */
export function pinsOf(comments: readonly Comment[], recordingId: string | undefined): NumberedPin[] {
  const pins = comments.flatMap((one) =>
    one.recording_id !== null && one.recording_id === recordingId && one.at_s !== null ? [{ id: one.comment_id, at_s: one.at_s, text: one.text }] : [],
  )
  return numberPins(pins)
}

/** What belongs to no moment. This page makes none, another one may have. */
export function onTheWhole(comments: readonly Comment[]): Comment[] {
  return comments.filter((one) => one.recording_id === null || one.at_s === null)
}

/** The number that the comment in the box has, or will have. */
export function numberOf(comments: readonly Comment[], writing: Pick<Writing, 'comment_id' | 'recording_id' | 'at_s'>): number {
  const all = [...without(comments, writing.comment_id), { ...writing, text: '' }]
  return pinsOf(all, writing.recording_id).find((pin) => pin.id === writing.comment_id)?.number ?? 1
}
