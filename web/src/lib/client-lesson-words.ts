/** Sentences inside a lesson, and of what was answered. Apart from the others, which every first page loads. */
import type { AskingBlock, Value } from './client-api'
import { isDid } from './client-did'
import { therapist } from './client-words'
import { count, sayList } from './dates'

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

/** "your knee" of "knee" or "your knee": how the program names what may hurt is the therapist's. */
export function sayHurt(painOf: string): string {
  const words = painOf.trim()
  if (words === '') return 'How much did it hurt?'
  // A name keeps its capital: "Theo’s arm".
  if (/^\S+[’']s\s/.test(words)) return `How much did ${words} hurt?`
  const small = words.charAt(0).toLowerCase() + words.slice(1)
  return `How much did ${/^(your|the|his|her|their|my)\s/.test(small) ? small : `your ${small}`} hurt?`
}

/** The rule that stands by the scale. */
export function sayStopRule(stopAbove: number | null, name: string): string {
  const end = '10 is the worst you can imagine.'
  return stopAbove === null || stopAbove >= 10 ? end : `${end} Above ${stopAbove}, stop and tell ${therapist(name)}.`
}
