/** Sentences of a review that was answered. Apart from `review-words`, for nobody waits for them. */
import { firstName } from './client-words'
import type { Decision, ReviewView } from './review'
import { readers } from './review-words'

/** What is so now that it was sent. */
export function sayAfter(decision: Decision, view: Pick<ReviewView, 'lesson_number' | 'client' | 'by_name' | 'relation'>): string {
  const who = readers(view)
  const told = `${who} ${who.includes(' and ') ? 'are' : 'is'} told by mail within a minute.`
  const n = view.lesson_number
  if (decision === 'go_on') return `${told} The next lesson is open now.`
  if (decision === 'again') return `${told} Lesson ${n} is open once more, with your comments.`
  return `${told} Nothing is open for ${firstName(view.client.name)} until you open lesson ${n} again or the next one.`
}

export function sayDecision(decision: Decision): string {
  return { go_on: 'Go on', again: 'Do this again', change: 'Change the program' }[decision]
}
