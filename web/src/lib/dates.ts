/**
 * Moments and days in plain words, in the time zone of the person who reads them.
 *
 * Moments come from the API as UTC ISO strings (`*_at`), days as `YYYY-MM-DD` (`*_on`).
 * Every function takes `now`, so that tests and the page agree on what today is.
 */

export interface Clock {
  /** The reader's IANA time zone, as "Europe/Dublin". */
  zone: string
  now?: Date
  locale?: string
}

type Moment = Date | string

const DAY_MS = 86_400_000

const formats = new Map<string, Intl.DateTimeFormat>()

/** Intl formatters are slow to make and safe to share. */
function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options)
  let made = formats.get(key)
  if (!made) {
    made = new Intl.DateTimeFormat(locale, options)
    formats.set(key, made)
  }
  return made
}

const LOCALE = 'en-GB'

function moment(at: Moment): Date {
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

/** A local day, some days later. */
export function addDays(on: string, days: number): string {
  return new Date(Date.parse(on) + days * DAY_MS).toISOString().slice(0, 10)
}

/** "06:52" */
export function sayTime(at: Moment, { zone, locale = LOCALE }: Clock): string {
  return format(locale, { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(moment(at))
}

function offset(at: Moment, { zone, now = new Date() }: Clock): number {
  return daysBetween(dayOf(now, zone), dayOf(at, zone))
}

/** "14 May", with the year when it is not this one. */
export function sayDate(on: string, { zone, now = new Date(), locale = LOCALE }: Clock): string {
  const sameYear = on.slice(0, 4) === dayOf(now, zone).slice(0, 4)
  return format(locale, { timeZone: 'UTC', day: 'numeric', month: 'long', ...(sameYear ? {} : { year: 'numeric' }) }).format(
    new Date(on),
  )
}

/** "14 May 2026": always with the year, as on an invoice. */
export function sayFullDate(on: string, { locale = LOCALE }: Partial<Clock> = {}): string {
  return format(locale, { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' }).format(new Date(on))
}

/** "May 2026" */
export function sayMonth(on: string, { locale = LOCALE }: Partial<Clock> = {}): string {
  return format(locale, { timeZone: 'UTC', month: 'long', year: 'numeric' }).format(new Date(on))
}

/** "9 Mar": for the foot of a chart, where room is short. */
export function sayShortDate(on: string, { locale = LOCALE }: Partial<Clock> = {}): string {
  return format(locale, { timeZone: 'UTC', day: 'numeric', month: 'short' }).format(new Date(on))
}

/** "Thursday 14 May": the line above the heading of today. */
export function sayLongDay(at: Moment, { zone, locale = LOCALE }: Clock): string {
  const on = dayOf(at, zone)
  const weekday = format(locale, { timeZone: 'UTC', weekday: 'long' }).format(new Date(on))
  const date = format(locale, { timeZone: 'UTC', day: 'numeric', month: 'long' }).format(new Date(on))
  return `${weekday} ${date}`
}

function weekday(on: string, locale: string): string {
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

/** The same for a local day instead of a moment. */
export function sayLocalDay(on: string, clock: Clock): string {
  const days = daysBetween(dayOf(clock.now ?? new Date(), clock.zone), on)
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

/** "Today, 18:00", "Saturday, 12:00": to stand alone under "Promised by". */
export function sayWhen(at: Moment, clock: Clock): string {
  const day = sayDay(at, clock)
  return `${day.charAt(0).toUpperCase()}${day.slice(1)}, ${sayTime(at, clock)}`
}

/** "by 18:00 today", "by tomorrow, 12:00", "by Friday, 18:00", "by 28 May, 18:00": when an answer comes. */
export function sayBy(at: Moment, clock: Clock): string {
  const day = sayDay(at, clock)
  const time = sayTime(at, clock)
  return day === 'today' ? `by ${time} today` : `by ${day}, ${time}`
}

/** "today", "yesterday", "9 days ago": how long nothing was heard. */
export function sayDaysAgo(at: Moment, clock: Clock): string {
  const days = -offset(at, clock)
  if (days <= 0) return 'today'
  if (days === 1) return 'yesterday'
  return `${days} days ago`
}

/** "just now", "2 minutes ago", "3 hours ago", then days: for something saved on this page. */
export function sayAgo(at: Moment, clock: Clock): string {
  const seconds = ((clock.now ?? new Date()).getTime() - moment(at).getTime()) / 1000
  if (seconds < 45) return 'just now'
  if (seconds < 3600) return count(Math.max(1, Math.round(seconds / 60)), 'minute') + ' ago'
  if (offset(at, clock) === 0) return count(Math.max(1, Math.round(seconds / 3600)), 'hour') + ' ago'
  return sayDaysAgo(at, clock)
}

/** "1:24", "1:02:05": the length or the place in a video. */
export function sayClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const h = Math.floor(whole / 3600)
  const m = Math.floor((whole % 3600) / 60)
  const s = String(whole % 60).padStart(2, '0')
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`
}

/** "1 minute 24 seconds": the same, to be read out. */
export function speakClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const parts = [
    [Math.floor(whole / 3600), 'hour'],
    [Math.floor((whole % 3600) / 60), 'minute'],
    [whole % 60, 'second'],
  ] as const
  const said = parts.filter(([n]) => n > 0).map(([n, unit]) => count(n, unit))
  return said.length > 0 ? said.join(' ') : '0 seconds'
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const

/** ISO weekdays (1 is Monday) as "Mon, Wed and Sat"; all seven as "every day". */
export function sayWeekdays(days: readonly number[]): string {
  const unique = [...new Set(days)].sort((a, b) => a - b)
  if (unique.length === 7) return 'every day'
  return sayList(unique.map((day) => WEEKDAYS[day - 1] ?? ''))
}

/** "a", "a and b", "a, b and c" */
export function sayList(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? ''
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/** "1 answer", "3 answers"; pass the plural when it is not the noun with an s. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${n} ${n === 1 ? noun : plural}`
}

/** The reader's own zone, for people whose record has none yet. */
export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
}
