/** Sentences of the client's pages. Names instead of "she" or "he": nobody told us which. */
import type { AskingBlock, Value } from './client-api'
import { isDid } from './client-steps'
import { type Clock, count, sayBy, sayDay, sayList } from './dates'

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

/** What somebody answered, in words: for showing two versions, and what was sent. */
export function sayAnswer(block: AskingBlock, value: Value | undefined): string {
  if (value === undefined || value === null || value === '') return 'No answer'
  switch (block.kind) {
    case 'exercise': {
      if (!isDid(value)) return 'No answer'
      const { sets, reps, pain, note } = value
      const dosed = block.sets > 0 || block.reps > 0
      const did = sets === 0 && reps === 0 ? 'Not done' : !dosed ? 'Done' : sets > 0 && reps > 0 ? `${count(sets, 'set')} of ${reps}` : sets > 0 ? count(sets, 'set') : count(reps, 'time')
      return [did, pain === null ? '' : `pain ${pain} of 10`, note.trim() ? `“${note.trim()}”` : ''].filter(Boolean).join(', ')
    }
    case 'choice':
      return typeof value === 'number' ? (block.options[value] ?? 'No answer') : 'No answer'
    case 'several':
      return Array.isArray(value) && value.length > 0 ? sayList(value.map((index) => block.options[index] ?? '')) : 'No answer'
    case 'scale':
      return `${String(value)} of 10`
    case 'number':
      return `${String(value)}${block.unit ? `\u00a0${block.unit}` : ''}`
    default:
      return typeof value === 'string' ? value : 'No answer'
  }
}

/** "from Ines, yesterday": beside the heading of a feedback. */
export function sayFrom(name: string, at: string, clock: Clock): string {
  return `from ${firstName(name)}, ${sayDay(at, clock)}`
}

/** "your knee" of "knee" or "your knee": how the program names what may hurt is the therapist's. */
export function sayHurt(painOf: string): string {
  const words = painOf.trim()
  if (words === '') return 'How much did it hurt?'
  const owned = /^(your|the|his|her|their|my|\S+[’']s)\s/i.test(words)
  return `How much did ${owned ? words.charAt(0).toLowerCase() + words.slice(1) : `your ${words.charAt(0).toLowerCase()}${words.slice(1)}`} hurt?`
}

/** The rule that stands by the scale. */
export function sayStopRule(stopAbove: number | null, name: string): string {
  const end = '10 is the worst you can imagine.'
  return stopAbove === null || stopAbove >= 10 ? end : `${end} Above ${stopAbove}, stop and tell ${therapist(name)}.`
}
