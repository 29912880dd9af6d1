import { signedFetch } from './api'
import { type Letter, localShelf, Outbox } from './outbox'
import { problemOf } from './problem'
import { session } from './session.svelte'

async function send(letter: Letter): Promise<void> {
  const response = await signedFetch(
    new Request(new URL(letter.url, location.origin), {
      method: letter.method,
      headers: { 'Content-Type': 'application/json', ...(letter.method === 'POST' ? { 'Idempotency-Key': letter.key } : {}) },
      body: JSON.stringify(letter.body),
    }),
  )
  if (!response.ok) throw await problemOf(response)
}

let current: { person: string; outbox: Outbox } | undefined

/** The outbox of whoever is signed in. */
export function answers(): Outbox {
  const person = session.person?.person_id ?? 'nobody'
  if (current?.person !== person) {
    current = { person, outbox: new Outbox({ shelf: localShelf(person), send }) }
    void current.outbox.flush()
  }
  return current.outbox
}

addEventListener('online', () => void current?.outbox.flush())
session.onLeave(() => {
  current?.outbox.clear()
  current = undefined
})
