/**
 * Whether something of an earlier visit has not reached the server. Small, for it is asked on every first
 * page; what sends it is loaded only when there is something to send.
 */
import { session } from './session.svelte'

const ANSWERS = 'meanwhile.outbox.'
const UPLOADS = 'meanwhile.uploads.'

/** Under whose name the answers of this device wait. */
export const answersPlace = (personId: string): string => `${personId}.answers`
/** Says only that files of this person may wait in this browser. */
export const uploadsPlace = (personId: string): string => `${UPLOADS}${personId}`

/** Goes on with what waits; true when a recording is on its way from here. */
export async function leftOver(): Promise<boolean> {
  const person = session.person?.person_id
  if (!person) return false
  if (has(`${ANSWERS}${answersPlace(person)}`)) (await import('./client-answers')).answersOutbox()
  if (!has(uploadsPlace(person))) return false
  const all = (await import('./client-uploads.svelte')).uploads()
  await all.resumeAll()
  return all.all.length > 0
}

function has(place: string): boolean {
  try {
    return localStorage.getItem(place) !== null
  } catch {
    return false
  }
}
