/** What the first page of a client says of time. Ask `dates` for it; see there. */

export interface Clock {
  /** The reader's IANA time zone, as "Europe/Dublin". */
  zone: string
  now?: Date
  locale?: string
}

export type Moment = Date | string

export const DAY_MS = 86_400_000

const formats = new Map<string, Intl.DateTimeFormat>()

/** Intl formatters are slow to make and safe to share. */
export function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options)
  let made = formats.get(key)
  if (!made) {
    made = new Intl.DateTimeFormat(locale, options)
    formats.set(key, made)
  }
  return made
}

export const LOCALE = 'en-GB'

export function moment(at: Moment): Date {
  return typeof at === 'string' ? new Date(at) : at
}

/** The local calendar day of a moment, `YYYY-MM-DD`. */
export function dayOf(at: Moment, zone: string): string {
  // The Swedish locale writes ISO days; en-CA does too but changed its mind once.
  return format('sv-SE', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(moment(at))
}

/** Whole calendar days from one local day to another; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS)
}

/** "06:52" */
export function sayTime(at: Moment, { zone, locale = LOCALE }: Clock): string {
  return format(locale, { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(moment(at))
}

export function offset(at: Moment, { zone, now = new Date() }: Clock): number {
  return daysBetween(dayOf(now, zone), dayOf(at, zone))
}

/** "14 May", with the year when it is not this one. */
export function sayDate(on: string, { zone, now = new Date(), locale = LOCALE }: Clock): string {
  const sameYear = on.slice(0, 4) === dayOf(now, zone).slice(0, 4)
  return format(locale, { timeZone: 'UTC', day: 'numeric', month: 'long', ...(sameYear ? {} : { year: 'numeric' }) }).format(
    new Date(on),
  )
}

/** "Thursday 14 May": the line above the heading of today. */
export function sayLongDay(at: Moment, { zone, locale = LOCALE }: Clock): string {
  const on = dayOf(at, zone)
  const weekday = format(locale, { timeZone: 'UTC', weekday: 'long' }).format(new Date(on))
  const date = format(locale, { timeZone: 'UTC', day: 'numeric', month: 'long' }).format(new Date(on))
  return `${weekday} ${date}`
}

export function weekday(on: string, locale: string): string {
  return format(locale, { timeZone: 'UTC', weekday: 'long' }).format(new Date(on))
}

/** "today", "yesterday", "tomorrow", "Friday" within six days either way, else "14 May". */
export function sayDay(at: Moment, clock: Clock): string {
  const days = offset(at, clock)
  const on = dayOf(at, clock.zone)
  if (days === 0) return 'today'
  if (days === -1) return 'yesterday'
  if (days === 1) return 'tomorrow'
  if (Math.abs(days) < 7) return weekday(on, clock.locale ?? LOCALE)
  return sayDate(on, clock)
}

/** "today at 06:52", "on Tuesday at 18:00", "on 3 April at 09:15": to stand after a verb. */
export function sayMoment(at: Moment, clock: Clock): string {
  const day = sayDay(at, clock)
  const plain = ['today', 'yesterday', 'tomorrow'].includes(day)
  return `${plain ? day : `on ${day}`} at ${sayTime(at, clock)}`
}

/** "by 18:00 today", "by tomorrow, 12:00", "by Friday, 18:00", "by 28 May, 18:00": when an answer comes. */
export function sayBy(at: Moment, clock: Clock): string {
  const day = sayDay(at, clock)
  const time = sayTime(at, clock)
  return day === 'today' ? `by ${time} today` : `by ${day}, ${time}`
}

/** "1 answer", "3 answers"; pass the plural when it is not the noun with an s. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${n} ${n === 1 ? noun : plural}`
}

/** "a", "a and b", "a, b and c" */
export function sayList(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? ''
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/** The reader's own zone, for people whose record has none yet. */
export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
}
