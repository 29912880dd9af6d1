/** Sentences of the client's pages. Names instead of "she" or "he": nobody told us which. */
import { type Clock, count, sayBy, sayDay } from './dates'

const TITLES = new Set(['dr', 'dr.', 'prof', 'prof.', 'mr', 'mr.', 'mrs', 'mrs.', 'ms', 'ms.', 'mx', 'mx.'])

/** "Ines" of "Dr. Ines Duarte". */
export function firstName(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean)
  return words.find((word) => !TITLES.has(word.toLowerCase())) ?? words[0] ?? ''
}

/** The therapist by first name, or in general where a practice has not said who. */
export function therapist(name: string): string {
  return firstName(name) || 'your therapist'
}

/** The same at the beginning of a sentence. */
export function Therapist(name: string): string {
  return firstName(name) || 'Your therapist'
}

/** "Theo’s", "Ines’" would be read as a typing error: always ’s. */
export function whose(name: string): string {
  return `${firstName(name)}’s`
}

/** "About 12 minutes, one video" */
export function sayAbout(minutes: number, asks: string): string {
  return `About ${count(minutes, 'minute')}${asks ? `, ${asks}` : ''}`
}

/** When the answer comes; after the promised moment it says that, and blames nobody. */
export function sayPromise(name: string, promisedAt: string, clock: Clock): { lead: string; when: string; tail: string } {
  const late = Date.parse(promisedAt) < (clock.now ?? new Date()).getTime()
  if (late) return { lead: `${Therapist(name)} meant to answer `, when: sayBy(promisedAt, clock), tail: '. The answer has not come yet; what you sent is safe.' }
  return { lead: `${Therapist(name)} answers `, when: sayBy(promisedAt, clock), tail: '.' }
}

/** "within two days": for a promise that starts to run only when the whole video has arrived. */
export function sayWithin(hours: number): string {
  if (hours % 24 === 0 && hours > 24) return `within ${count(hours / 24, 'day')}`
  return `within ${count(hours, 'hour')}`
}

/** "3 notes" or what else came back. */
export function sayNotes(comments: number): string {
  return comments > 0 ? count(comments, 'note') : 'A reply in words'
}

/** "from Ines, yesterday": beside the heading of a feedback. */
export function sayFrom(name: string, at: string, clock: Clock): string {
  return `from ${firstName(name)}, ${sayDay(at, clock)}`
}
