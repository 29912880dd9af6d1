/** What else is said of time. Ask `dates` for it; see there. */

import { type Clock, count, DAY_MS, dayOf, daysBetween, format, LOCALE, type Moment, moment, offset, sayDate, sayDay, sayList, sayTime, weekday } from './dates-first'

/** A local day, some days later. */
export function addDays(on: string, days: number): string {
  return new Date(Date.parse(on) + days * DAY_MS).toISOString().slice(0, 10)
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

/** The same for a local day instead of a moment. */
export function sayLocalDay(on: string, clock: Clock): string {
  const days = daysBetween(dayOf(clock.now ?? new Date(), clock.zone), on)
  if (days === 0) return 'today'
  if (days === -1) return 'yesterday'
  if (days === 1) return 'tomorrow'
  if (Math.abs(days) < 7) return weekday(on, clock.locale ?? LOCALE)
  return sayDate(on, clock)
}

/** "Today, 18:00", "Saturday, 12:00": to stand alone under "Promised by". */
export function sayWhen(at: Moment, clock: Clock): string {
  const day = sayDay(at, clock)
  return `${day.charAt(0).toUpperCase()}${day.slice(1)}, ${sayTime(at, clock)}`
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

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const

/** ISO weekdays (1 is Monday) as "Mon, Wed and Sat"; all seven as "every day". */
export function sayWeekdays(days: readonly number[]): string {
  const unique = [...new Set(days)].sort((a, b) => a - b)
  if (unique.length === 7) return 'every day'
  return sayList(unique.map((day) => WEEKDAYS[day - 1] ?? ''))
}
