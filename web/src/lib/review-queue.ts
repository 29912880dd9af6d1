/** What waits for a therapist, and its sentences. */
import { send } from './client-api'
import { type Clock, count, sayMoment } from './dates'

export interface QueueLine {
  client_id: string
  client_name: string
  submission_id: string
  lesson_number: number
  lesson_title: string
  program_title: string
  what: string
  sent_at: string
  promised_at: string
}

export interface Queue {
  lines: QueueLine[]
  minutes: number
  after: string | null
}

/** First promised first; a page at a time. */
export const getQueue = async (after?: string): Promise<Queue> => (await send<Queue>('GET', `/api/queue${after ? `?after=${encodeURIComponent(after)}` : ''}`)).data

const NUMBERS = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine', 'Ten', 'Eleven', 'Twelve'] as const

/** "Four reviews are waiting"; `more` where the list goes on after these. */
export function sayWaiting(lines: number, more = false): string {
  if (more) return `More than ${lines} reviews are waiting`
  return `${NUMBERS[lines] ?? lines} ${lines === 1 ? 'review is' : 'reviews are'} waiting`
}

/** "About 35 minutes in all. The first is promised for today at 18:00." */
export function sayQueue(lines: readonly QueueLine[], minutes: number, clock: Clock): string {
  const first = lines[0]
  if (!first) return ''
  const late = Date.parse(first.promised_at) < (clock.now ?? new Date()).getTime()
  const about = `About ${count(minutes, 'minute')}${lines.length > 1 ? ' in all' : ''}.`
  const which = lines.length > 1 ? 'The first' : 'It'
  return `${about} ${which} ${late ? 'was' : 'is'} promised for ${sayMoment(first.promised_at, clock).replace(/^on /, '')}.`
}
