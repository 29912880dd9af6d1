/** What every page of a client needs: for whom it is, and in which time zone it is read. */
import { browserZone, type Clock } from '../../lib/dates'
import { session } from '../../lib/session.svelte'
import { router } from '../../router.svelte'

/**
 * Links in mails say for whom they are (`?for=<client_id>`), since a guardian may act for several. Call it
 * while the page is made; the address is tidied, so that a copied link does not switch anybody later.
 */
export function actForLink(query: URLSearchParams): void {
  const wanted = query.get('for')
  if (wanted === null) return
  if (session.person?.clients.some((client) => client.client_id === wanted)) session.actFor(wanted)
  router.setQuery({ for: undefined })
}

/** The client that the person acts for. Pages are only open to people who have one. */
export function clientId(): string {
  return session.forClient?.client_id ?? ''
}

export function isGuardian(): boolean {
  return session.forClient?.relation === 'guardian'
}

/** Times are read on this device, so they are told in its zone: it agrees with the clock in its corner. */
export function clock(now = new Date()): Clock {
  return { zone: browserZone(), now }
}
