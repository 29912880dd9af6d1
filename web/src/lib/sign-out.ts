/**
 * Signing out. The browser forgets first, whether there is a line or not (OWASP ASVS 5.0, 2025, 14.3.1); the server
 * is told at once, or as soon as it can be. Until then the browser keeps a mark that says only that it is owed.
 */
import { asProblem } from './problem'
import { OWED, session, type SessionAnswer } from './session.svelte'
import { callJson } from './transport'

export type Where = 'here' | 'everywhere'

const OURS = 'meanwhile.'
/** Where words lie that the server may not have: answers, comments, drafts of feedback and of lessons. */
const WORDS = ['outbox.', 'comments.', 'conflicts.', 'review.', 'author.'].map((name) => OURS + name)
/** Says that files may lie in IndexedDB (client-uploads.svelte.ts). */
const FILES = `${OURS}uploads.`

/** Whether something that was written or recorded is on this device only, and would go with whoever signs out. */
export async function waits(): Promise<boolean> {
  if (namesIn(() => localStorage).some((name) => WORDS.some((place) => name.startsWith(place)))) return true
  const person = session.person?.person_id
  if (!person || !namesIn(() => localStorage).some((name) => name.startsWith(FILES))) return false
  const kept = import('./blob-shelf').then((part) => part.blobShelf.all(person))
  return kept.then(
    (all) => all.length > 0,
    () => true,
  )
}

/** Leaves at once. What the server could not be told is told by `tellWhatIsOwed`. */
export async function signOut(where: Where): Promise<void> {
  const token = session.token()
  session.leave()
  for (const storage of [() => localStorage, () => sessionStorage]) {
    for (const name of namesIn(storage)) if (name.startsWith(OURS)) storage().removeItem(name)
  }
  // All of it: whoever used this device before has left it, or cannot be asked (blob-shelf.ts).
  if (typeof indexedDB !== 'undefined') indexedDB.deleteDatabase('meanwhile')
  owe(where)
  await tell(where, token)
}

/** Ends the session of the cookie that this browser still has. The other places cannot be ended without signing in. */
export const tellWhatIsOwed = (): Promise<void> => tell('here')

function tell(where: Where, token?: string): Promise<void> {
  return (session.telling = tellNow(where, token))
}

async function tellNow(where: Where, token?: string): Promise<void> {
  try {
    await (where === 'here' ? callJson('DELETE', '/api/session') : endAll(token))
    owe(undefined)
  } catch (thrown) {
    // Refused: there is no session any more. Anything else is tried again.
    if (asProblem(thrown).status === 401) owe(undefined)
    else addEventListener('online', () => void (session.owed && tellWhatIsOwed()), { once: true })
  }
}

async function endAll(token: string | undefined): Promise<void> {
  const end = (bearer: string | undefined) => callJson('DELETE', '/api/sessions', undefined, { Authorization: `Bearer ${bearer}` })
  try {
    await end(token)
  } catch (thrown) {
    if (asProblem(thrown).status !== 401) throw thrown
    // The token of the page was a quarter of an hour old; the session may well go on.
    await end((await callJson<SessionAnswer>('POST', '/api/session/refresh')).id_token)
  }
}

function owe(where: Where | undefined): void {
  session.owed = where
  try {
    if (where) localStorage.setItem(OWED, where)
    else localStorage.removeItem(OWED)
  } catch {
    // A browser that keeps nothing asks after a reload, and is told when there is a line.
  }
}

function namesIn(storage: () => Storage): string[] {
  try {
    return Object.keys(storage())
  } catch {
    return []
  }
}
