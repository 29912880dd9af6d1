import { count, sayClock } from './dates'

/** A part that is played again and again: from one mark to the other. Times in seconds. */
export interface Section {
  from?: number
  to?: number
}

export interface Loop {
  from: number
  to: number
}

/** Shorter than this nothing can be seen or heard. */
const SHORTEST_S = 0.2

/** Sets a mark. Marks that stand the wrong way round, or on one spot, lose the older one. */
export function mark(section: Section, end: 'from' | 'to', seconds: number): Section {
  const next = { ...section, [end]: seconds }
  if (next.from === undefined || next.to === undefined || next.to - next.from >= SHORTEST_S) return next
  return { [end]: seconds }
}

export function loopOf({ from, to }: Section): Loop | undefined {
  return from === undefined || to === undefined ? undefined : { from, to }
}

/** What the one button does next: both marks in turn, then away with them. */
export function nextPress(section: Section): 'from' | 'to' | 'off' {
  if (section.from === undefined) return 'from'
  return section.to === undefined ? 'to' : 'off'
}

/** Where playing goes on when it has left the part that is repeated; undefined while it is inside. */
export function backTo(loop: Loop | undefined, seconds: number): number | undefined {
  if (!loop) return undefined
  // A browser may stand a hair before the place that it was sent to.
  return seconds >= loop.to || seconds < loop.from - 0.05 ? loop.from : undefined
}

/** "1:02.5": a mark needs tenths, or two of them look like one. */
export function sayMark(seconds: number): string {
  return `${sayClock(tenths(seconds))}.${Math.round(tenths(seconds) * 10) % 10}`
}

/** "1 minute 2.5 seconds": the same, to be read out. */
export function speakMark(seconds: number): string {
  const minutes = Math.floor(tenths(seconds) / 60)
  return `${minutes > 0 ? `${count(minutes, 'minute')} ` : ''}${(tenths(seconds) - minutes * 60).toFixed(1)} seconds`
}

const tenths = (seconds: number): number => Math.floor(seconds * 10 + 1e-6) / 10

export const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2] as const

/** "¼×", "½×", "1×", "1¼×" */
export function saySpeed(speed: number): string {
  const whole = Math.floor(speed)
  const part = { 0.25: '¼', 0.5: '½', 0.75: '¾' }[speed - whole] ?? ''
  return `${whole > 0 || part === '' ? whole : ''}${part}×`
}

/** The next slower or faster of the speeds; the same at the end. */
export function nextSpeed(speed: number, direction: 1 | -1): number {
  const at = SPEEDS.findIndex((one) => one >= speed)
  return SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, at + direction))] ?? 1
}
