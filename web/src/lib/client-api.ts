/**
 * What a client's pages ask of the API, and what they get. One call each; every failure is a Problem.
 */
import { problemOf } from './problem'
import { signedFetch } from './signed-fetch'

export type LessonState = 'ahead' | 'open' | 'again' | 'sent' | 'changing' | 'done'

// Lessons, as therapists write them.

interface Base {
  block_id: string
}
export interface TextBlock extends Base {
  kind: 'text'
  title: string
  markdown: string
}
export interface ImageBlock extends Base {
  kind: 'image'
  resource_id: string
  alt: string
  caption: string
}
export interface VideoBlock extends Base {
  kind: 'video'
  resource_id: string
  title: string
}
export interface DocumentBlock extends Base {
  kind: 'document'
  resource_id: string
  title: string
}
export interface LinkBlock extends Base {
  kind: 'link'
  url: string
  label: string
  note: string
}
export interface ExerciseBlock extends Base {
  kind: 'exercise'
  title: string
  instructions: string
  sets: number
  reps: number
  hold_s: number
  load: string
  resource_id: string | null
  ask_pain: boolean
  pain_of: string
  stop_above: number | null
}
interface Asking extends Base {
  prompt: string
  hint: string
  required: boolean
}
export interface ChoiceBlock extends Asking {
  kind: 'choice'
  options: string[]
}
export interface SeveralBlock extends Asking {
  kind: 'several'
  options: string[]
}
export interface ScaleBlock extends Asking {
  kind: 'scale'
  low: string
  high: string
}
export interface ShortTextBlock extends Asking {
  kind: 'short_text'
}
export interface LongTextBlock extends Asking {
  kind: 'long_text'
}
export interface NumberBlock extends Asking {
  kind: 'number'
  unit: string
  least: number | null
  most: number | null
}
export interface RecordingBlock extends Asking {
  kind: 'recording'
  /** The API's type has more; the editor offers these. */
  media: 'video' | 'audio'
  show: string
  longest_s: number
}
export type ShowingBlock = TextBlock | ImageBlock | VideoBlock | DocumentBlock | LinkBlock
export type QuestionBlock = ChoiceBlock | SeveralBlock | ScaleBlock | ShortTextBlock | LongTextBlock | NumberBlock
export type AskingBlock = ExerciseBlock | QuestionBlock | RecordingBlock
export type Block = ShowingBlock | AskingBlock

export interface Lesson {
  lesson_id: string
  title: string
  minutes: number
  blocks: Block[]
}

/** What was done of an exercise. */
export interface Did {
  sets: number
  reps: number
  pain: number | null
  note: string
}
/** Numbers of options, words, a point on a scale, a number; null takes an answer back. */
export type Value = Did | number[] | string | number | null

export interface AnswerView {
  value: Value
  version: number
  at: string
  by_name: string
  relation?: string
}

/** Something to play, with addresses that open for 15 minutes and what lies beside it, where there is any. */
export interface Playable {
  kind?: 'video' | 'audio' | 'image' | 'document'
  duration_s?: number | null
  width?: number | null
  height?: number | null
  play_url: string | null
  poster_url?: string | null
  sprite_url?: string | null
  timeline_url?: string | null
  /** WebVTT. */
  captions_url?: string | null
}

export interface RecordingView extends Playable {
  recording_id: string
  kind: 'video' | 'audio' | 'image' | 'document'
  state: 'awaiting_upload' | 'uploaded' | 'processing' | 'ready' | 'rejected' | 'parked'
  reason: string | null
  size: number
  duration_s: number | null
  width: number | null
  height: number | null
  play_url: string | null
  poster_url: string | null
  /** It plays, but parts of what was sent could not be read. */
  damaged?: boolean
  /** How loud it is as a whole (EBU R 128); null where there is nothing to hear. */
  loudness_lufs?: number | null
}

export interface Media {
  play_url: string | null
  poster_url: string | null
  captions_url?: string | null
}

// Pages.

export interface Today {
  client: { client_id: string; name: string; time_zone: string }
  therapist_name: string
  now: string
  lesson: {
    enrolment_id: string
    number: number
    of: number
    title: string
    minutes: number
    asks: string
    state: LessonState
    started: boolean
    poster_url: string | null
  } | null
  feedback: { submission_id: string; lesson_number: number; lesson_title: string; by_name: string; comments: number; at: string }[]
  waiting: { submission_id: string; lesson_number: number; lesson_title: string; promised_at: string | null; arriving: boolean }[]
  next_practice_at: string | null
  finished: boolean
}

export interface LessonLine {
  number: number
  lesson_id: string
  title: string
  minutes: number
  asks: string
  state: LessonState
  submission_id: string | null
  promised_at: string | null
  new_feedback: boolean
}
export interface EnrolmentView {
  enrolment_id: string
  program_id: string
  program_title: string
  version: number
  started_at: string
  state: 'running' | 'finished'
  lessons: LessonLine[]
}
export interface ProgramPage {
  client: { client_id: string; name: string }
  therapist_name: string
  enrolments: EnrolmentView[]
}

export interface LessonView {
  enrolment_id: string
  number: number
  of: number
  program_title: string
  therapist_name: string
  state: LessonState
  revision: number
  lesson: Lesson
  media: Record<string, Media>
  submission_id: string | null
  answers: Record<string, AnswerView>
  recordings: Record<string, RecordingView>
  promised_within_hours: number
}

export interface Sent {
  submission_id: string
  /** arriving or waiting */
  state: string
  promised_at: string | null
  therapist_name: string
}

export interface Feedback {
  by_name: string
  at: string
  comments: { comment_id: string; recording_id: string | null; at_s: number | null; text: string }[]
  text: string
  decision: 'go_on' | 'again' | 'change'
  seen: boolean
}
export interface SubmissionView {
  therapist_name: string
  submission_id: string
  lesson_number: number
  of: number
  lesson_title: string
  program_title: string
  enrolment_id: string
  sent_at: string
  by_name: string
  relation: string
  comment: string
  lesson: Lesson
  answers: Record<string, AnswerView>
  recordings: Record<string, RecordingView>
  media: Record<string, Media>
  /** arriving, waiting, reviewed or taken_back */
  state: string
  promised_at: string | null
  feedback: Feedback | null
  next: { enrolment_id: string; number: number; title: string; state: LessonState } | null
}

export interface Measure {
  measure_id: string
  label: string
  unit: string
  /** lower, higher, or empty where neither is */
  better: string
  points: { on: string; at: string; value: number; lesson_number: number }[]
}
export interface Stretch {
  number: number
  title: string
  state: LessonState
  from_on: string
  to_on: string | null
  again: boolean
}
export interface Progress {
  client_name: string
  started_on: string | null
  today_on: string
  practice_weekdays: number[]
  days: { on: string; lessons: number[] }[]
  measures: Measure[]
  lessons: Stretch[]
  after: string | null
}

export interface Reminders {
  on: boolean
  /** Monday is 0. */
  weekdays: number[]
  at: string
  time_zone: string
  next_at: string | null
  mails_to: string
  log: { at: string; what: string; to_name: string; state: 'sent' | 'not_sent'; why: string }[]
}
export type RemindersChange = Pick<Reminders, 'on' | 'weekdays' | 'at' | 'time_zone'>

export interface Amount {
  minor: number
  currency: string
}
export interface InvoiceView {
  invoice_id: string
  number: string
  title: string
  period_from_on: string
  period_to_on: string
  issued_on: string
  due_on: string
  amount: Amount
  state: 'due' | 'paid'
  paid_on: string | null
  pdf_ready: boolean
}
export interface Invoices {
  client_name: string
  fees: { subscription_id: string; amount: Amount; from_on: string; title: string; next_on: string | null; ended_on: string | null }[]
  invoices: InvoiceView[]
}

export interface Ticket {
  recording_id: string
  part_size: number
  parts: number
  state: RecordingView['state']
}

export interface Versioned<T> {
  data: T
  /** As it came in ETag, to be given back in If-Match. */
  version: string
}

/** `version` is what If-Match says: a number, or an ETag as it came. */
export async function send<T>(method: string, path: string, body?: unknown, version?: string | number): Promise<Versioned<T>> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (version !== undefined) headers['If-Match'] = typeof version === 'number' ? `"${version}"` : version
  const response = await signedFetch(
    new Request(new URL(path, location.origin), { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
  )
  if (!response.ok) throw await problemOf(response)
  const text = await response.text()
  return { data: (text === '' ? undefined : JSON.parse(text)) as T, version: response.headers.get('ETag') ?? '' }
}

const get = async <T>(path: string): Promise<T> => (await send<T>('GET', path)).data
const post = async <T>(path: string, body: unknown = {}): Promise<T> => (await send<T>('POST', path, body)).data
const of = (clientId: string) => `/api/clients/${encodeURIComponent(clientId)}`

/** Where a lesson is, and where its answers and recordings go. */
export interface LessonPlace {
  client_id: string
  enrolment_id: string
  number: number
}
export const lessonPath = ({ client_id, enrolment_id, number }: LessonPlace): string =>
  `${of(client_id)}/enrolments/${encodeURIComponent(enrolment_id)}/lessons/${number}`
export const recordingPath = (clientId: string, recordingId: string): string => `${of(clientId)}/recordings/${encodeURIComponent(recordingId)}`

export const getToday = (clientId: string) => get<Today>(`${of(clientId)}/today`)
export const getProgram = (clientId: string) => get<ProgramPage>(`${of(clientId)}/program`)
export const getProgress = (clientId: string, after?: string) =>
  get<Progress>(`${of(clientId)}/progress${after ? `?after=${encodeURIComponent(after)}` : ''}`)

export const getLesson = (place: LessonPlace) => get<LessonView>(lessonPath(place))
export const restartLesson = (place: LessonPlace) => post<LessonView>(`${lessonPath(place)}/restart`)
export const submitLesson = (place: LessonPlace, comment: string, revision: number) =>
  post<Sent>(`${lessonPath(place)}/submission`, { comment, revision })
export const openRecording = (place: LessonPlace, about: { block_id: string; content_type: string; size: number; file_name: string }) =>
  post<Ticket>(`${lessonPath(place)}/recordings`, about)
export const removeRecording = (place: LessonPlace, recordingId: string) =>
  send('DELETE', `${lessonPath(place)}/recordings/${encodeURIComponent(recordingId)}`)
export const getRecording = (clientId: string, recordingId: string) => get<RecordingView>(recordingPath(clientId, recordingId))

export const getSubmission = (clientId: string, submissionId: string) =>
  get<SubmissionView>(`${of(clientId)}/submissions/${encodeURIComponent(submissionId)}`)
export const markSeen = (clientId: string, submissionId: string) =>
  post<unknown>(`${of(clientId)}/submissions/${encodeURIComponent(submissionId)}/seen`)

export const getReminders = (clientId: string) => send<Reminders>('GET', `${of(clientId)}/reminders`)
export const putReminders = (clientId: string, change: RemindersChange, version: string) =>
  send<Reminders>('PUT', `${of(clientId)}/reminders`, change, version)

export const getInvoices = (clientId: string) => get<Invoices>(`${of(clientId)}/invoices`)
export const getInvoicePdf = (clientId: string, number: string) =>
  get<{ url: string }>(`${of(clientId)}/invoices/${encodeURIComponent(number)}/pdf`)
