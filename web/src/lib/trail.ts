/** The audit trail in words: days, and within them what one person did about one client within an hour. */
import { type Clock, dayOf, sayDate, sayDay, sayList, sayLongDay, sayTime } from './dates'
import { format } from './dates-first'
import type { components } from './schema'

export type AuditEntry = components['schemas']['AuditEntry']

export interface TrailLine {
  key: string
  /** "10:04", or "10:04 to 10:31" */
  when: string
  who: string
  /** "saw the card and the program, answered a submission" */
  did: string
  /** Without an id for one who was erased: there is no record to go to. */
  client: { id: string | undefined; name: string } | undefined
}

export interface TrailDay {
  on: string
  title: string
  lines: TrailLine[]
}

const GONE = 'Somebody who is no longer here'
const CLIENT_GONE = 'A client who is no longer here'
const TOGETHER_MS = 3_600_000

/** Entries, newest first, by day in the reader's zone. */
export function trailDays(entries: readonly AuditEntry[], clock: Clock): TrailDay[] {
  const days: TrailDay[] = []
  for (const run of runs(entries, clock)) {
    const on = dayOf(run[0].at, clock.zone)
    const day = days.at(-1)?.on === on ? days.at(-1) : undefined
    const line = lineOf(run, clock)
    if (day) day.lines.push(line)
    else days.push({ on, title: sayTitle(on, run[0].at, clock), lines: [line] })
  }
  return days
}

type Run = [AuditEntry, ...AuditEntry[]]

/** What one person did about one client, one thing after the other. */
function runs(entries: readonly AuditEntry[], { zone }: Clock): Run[] {
  const found: Run[] = []
  for (const entry of entries) {
    const run = found.at(-1)
    const first = run?.[0]
    const together =
      first?.person_id === entry.person_id &&
      first.client_id === entry.client_id &&
      dayOf(first.at, zone) === dayOf(entry.at, zone) &&
      Date.parse(first.at) - Date.parse(entry.at) < TOGETHER_MS
    if (run && together) run.push(entry)
    else found.push([entry])
  }
  return found
}

function lineOf(run: Run, clock: Clock): TrailLine {
  const last = run[0]
  const first = run.at(-1) ?? last
  const [from, to] = [sayTime(first.at, clock), sayTime(last.at, clock)]
  return {
    key: `${last.at} ${last.person_id} ${last.action} ${last.client_id ?? ''}`,
    when: from === to ? from : `${from} to ${to}`,
    who: last.name ?? GONE,
    did: sayDone([...run].reverse().map((entry) => entry.action)),
    client: last.client_id ? { id: last.client_name ? last.client_id : undefined, name: last.client_name ?? CLIENT_GONE } : undefined,
  }
}

/** "saw the card and the program, answered a submission": each thing once, what was seen first. */
export function sayDone(actions: readonly string[]): string {
  const each = [...new Set(actions)]
  const seen = each.filter((action) => action.startsWith('saw ')).map((action) => action.slice(4))
  const done = each.filter((action) => !action.startsWith('saw '))
  return [...(seen.length > 0 ? [`saw ${sayList(seen)}`] : []), ...done].join(', ')
}

function sayTitle(on: string, at: string, clock: Clock): string {
  const day = sayDay(at, clock)
  if (day === 'today' || day === 'yesterday') return `${day === 'today' ? 'Today' : 'Yesterday'}, ${sayDate(on, clock)}`
  const sameYear = on.slice(0, 4) === dayOf(clock.now ?? new Date(), clock.zone).slice(0, 4)
  return sameYear ? sayLongDay(at, clock) : sayDate(on, clock)
}

/** The moment at which a local day begins, for the API. */
export function midnight(on: string, zone: string): string {
  let at = Date.parse(on)
  // The zone's offset may be another one between the guess and the moment.
  for (let turn = 0; turn < 2; turn += 1) at = Date.parse(on) - ahead(at, zone)
  return new Date(at).toISOString()
}

function ahead(at: number, zone: string): number {
  const local = format('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(at)
  return Date.parse(`${local.replace(' ', 'T')}Z`) - at
}
