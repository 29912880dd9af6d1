/** Sentences of the practice's own pages. */

const ROLES: Record<string, string> = { owner: 'Owner', therapist: 'Therapist', client: 'Client', guardian: 'Guardian' }

/** "Owner and therapist" */
export function sayRoles(roles: readonly string[]): string {
  const staff = roles.filter((role) => role === 'owner' || role === 'therapist').map((role) => ROLES[role] ?? role)
  const [first, ...others] = staff
  return first ? [first, ...others.map((role) => role.toLowerCase())].join(' and ') : ''
}

/** "2 days", "36 hours": how long therapists have for an answer. */
export function sayTurnaround(hours: number): string {
  if (hours % 24 === 0) return hours === 24 ? '1 day' : `${hours / 24} days`
  return hours === 1 ? '1 hour' : `${hours} hours`
}

/** A turnaround that was typed in hours; undefined where it is none. */
export function readTurnaround(text: string): number | undefined {
  const tidy = text.trim()
  const hours = Number(tidy)
  return /^\d{1,3}$/.test(tidy) && hours >= 1 && hours <= 336 ? hours : undefined
}

/** How long a recording may last, typed in minutes; undefined where it is no such length. */
export function readLongest(text: string): number | undefined {
  const tidy = text.trim()
  const minutes = Number(tidy)
  return /^\d{2,3}$/.test(tidy) && minutes >= 20 && minutes <= 120 ? minutes : undefined
}

/** The rule that the API checks an address by. */
export function isEmail(text: string): boolean {
  return /^[^@\s]{1,64}@[^@\s]+\.[^@\s]+$/.test(text.trim()) && text.trim().length <= 254
}

/** What is wrong with an address, or undefined. */
export function emailFault(text: string): string | undefined {
  const tidy = text.trim()
  if (tidy === '') return 'Write a mail address; the invitation goes there.'
  if (!tidy.includes('@')) return 'A mail address has an @ in it.'
  return isEmail(tidy) ? undefined : 'Add the part after the @, as in name@example.org.'
}

/** Whether a name is meant by what was typed, in any order of the words; accents and case do not count. */
export function isMeant(name: string, typed: string): boolean {
  const whole = plain(name)
  return plain(typed).split(/\s+/).every((part) => whole.includes(part))
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim()
}
