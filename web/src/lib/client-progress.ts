/** What progress says. Everything here is read off the numbers; nothing is judged that they do not say. */
import type { Measure, Progress, Stretch } from './client-api'
import { addDays, count, daysBetween, sayList } from './dates'

export type DayState = 'practised' | 'rested' | 'planned'

const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve']
/** Weeks of practice days that a page shows at once. */
export const WEEKS = 6

function inWords(n: number): string {
  return WORDS[n] ?? String(n)
}

/** "in six weeks", "in nine days", "on one day": the time between two local days. */
export function saySpan(from: string, to: string): string {
  const days = daysBetween(from, to)
  if (days <= 0) return 'on one day'
  if (days < 14) return `in ${inWords(days)} ${days === 1 ? 'day' : 'days'}`
  return `in ${inWords(Math.round(days / 7))} weeks`
}

/** "6 of 10", "3.5 km", "5": a value with its unit. */
export function sayValue(value: number, unit: string): string {
  const number = Number.isInteger(value) ? String(value) : String(Math.round(value * 100) / 100)
  return unit ? `${number} ${unit}` : number
}

/** A measure's name, to begin a sentence: a question is quoted, the rest stands as it is. */
export function sayMeasure(label: string): string {
  const words = label.trim()
  if (/[?!]$/.test(words)) return `“${words}”`
  const pain = /^Pain: (.+)$/.exec(words)?.[1]
  return pain ? `Pain (${pain.charAt(0).toLowerCase()}${pain.slice(1)})` : words
}

/** The title of a chart; where two ask the same in different lessons, the lesson tells them apart. */
export function sayTitle(measure: Measure, all: readonly Measure[]): string {
  const name = sayMeasure(measure.label)
  const lessons = [...new Set(measure.points.map((point) => point.lesson_number))]
  const twin = all.some((other) => other !== measure && other.label === measure.label)
  return twin && lessons.length > 0 ? `${name}, ${lessons.length === 1 ? 'lesson' : 'lessons'} ${sayList(lessons.map(String))}` : name
}

/** "Pain (knee) fell from 6 to 2 of 10 in six weeks." Undefined until there are two answers on two days. */
export function findingOf(measure: Measure): string | undefined {
  const first = measure.points[0]
  const last = measure.points.at(-1)
  if (!first || !last || first === last) return undefined
  const name = sayMeasure(measure.label)
  const span = saySpan(first.on, last.on)
  if (first.value === last.value) return `${name} was ${sayValue(first.value, measure.unit)} at first and is ${last.value} again, ${span.replace(/^(in|on)/, 'over')}.`
  return `${name} ${last.value > first.value ? 'rose' : 'fell'} from ${first.value} to ${sayValue(last.value, measure.unit)} ${span}.`
}

/** The measure that heads the page: one that says which way is better, and of those the one asked most. */
export function headMeasure(measures: readonly Measure[]): Measure | undefined {
  const told = measures.filter((measure) => findingOf(measure) !== undefined)
  return [...told].sort((a, b) => Number(b.better !== '') - Number(a.better !== '') || b.points.length - a.points.length)[0]
}

/** The heading of the page. */
export function sayFinding(progress: Progress): string {
  const head = headMeasure(progress.measures)
  if (head) return findingOf(head) ?? ''
  const days = progress.days.length
  if (days === 0) return 'Nothing to show yet'
  return `${count(days, 'practice day')} so far`
}

/** "Lower is better. Asked 9 times, last answered on 4 May." */
export function sayFoot(measure: Measure, sayDay: (on: string) => string): string {
  const last = measure.points.at(-1)
  const better = measure.better === 'lower' ? 'Lower is better. ' : measure.better === 'higher' ? 'Higher is better. ' : ''
  const asked = measure.points.length === 1 ? 'Asked once' : `Asked ${inWords(measure.points.length)} times`
  return last ? `${better}${asked}, last answered on ${sayDay(last.on)}.` : better.trim()
}

/** Ends of the axis: 0 to 10 for a scale, otherwise from nothing to a round number above the highest value. */
export function axisOf(measure: Measure): { min: number; max: number } {
  const values = measure.points.map((point) => point.value)
  if (/^of \d+$/.test(measure.unit)) return { min: 0, max: Number(measure.unit.slice(3)) }
  const high = Math.max(0, ...values)
  const low = Math.min(0, ...values)
  const step = 10 ** Math.floor(Math.log10(Math.max(high - low, 1)))
  return { min: Math.floor(low / step) * step, max: Math.max(1, Math.ceil(high / step) * step) }
}

/** The Monday of a day's week. */
export function mondayOf(on: string): string {
  return addDays(on, -((new Date(`${on}T00:00:00Z`).getUTCDay() + 6) % 7))
}

export interface PracticeGrid {
  days: Record<string, DayState>
  from: string
  to: string
  title: string
}

/**
 * The last weeks, each day practised, planned and rested, or planned. Plans count from the day on which
 * the program began; today's plan is open until the day is over.
 */
export function practiceGrid(progress: Progress, weeks = WEEKS): PracticeGrid {
  const today = progress.today_on
  const earliest = addDays(mondayOf(today), -7 * (weeks - 1))
  const began = progress.started_on ? mondayOf(progress.started_on) : mondayOf(today)
  const from = began > earliest ? began : earliest
  const to = addDays(mondayOf(today), 6)
  const days: Record<string, DayState> = {}
  for (let on = from; on <= to; on = addDays(on, 1)) {
    const weekday = (new Date(`${on}T00:00:00Z`).getUTCDay() + 6) % 7
    const counts = progress.started_on !== null && on >= progress.started_on
    if (counts && progress.practice_weekdays.includes(weekday)) days[on] = on < today ? 'rested' : 'planned'
  }
  let practised = 0
  for (const day of progress.days) {
    if (day.on < from || day.on > to) continue
    days[day.on] = 'practised'
    practised += 1
  }
  const span = Math.floor(daysBetween(from, to) / 7) + 1
  return { days, from, to, title: `${practised === 0 ? 'No' : practised} practice ${practised === 1 ? 'day' : 'days'} ${span === 1 ? 'this week' : `in ${inWords(span)} weeks`}` }
}

/** Lessons as stretches under a chart. */
export function bandsOf(lessons: readonly Stretch[], todayOn: string): { label: string; from: string; to: string; again: boolean }[] {
  return lessons
    .filter((stretch) => stretch.state !== 'ahead')
    .map((stretch) => ({
      label: stretch.again ? `${stretch.number}, again` : stretch.to_on === null ? `${stretch.number}, now` : `Lesson ${stretch.number}`,
      from: stretch.from_on,
      to: stretch.to_on ?? addDays(todayOn, 1),
      again: stretch.again,
    }))
}

/** An older page before a newer one; measures meet under their id. */
export function withEarlier(newer: Progress, older: Progress): Progress {
  const measures = newer.measures.map((measure) => {
    const before = older.measures.find((one) => one.measure_id === measure.measure_id)
    return before ? { ...measure, points: [...before.points, ...measure.points] } : measure
  })
  const only = older.measures.filter((measure) => !newer.measures.some((one) => one.measure_id === measure.measure_id))
  const seen = new Set(newer.days.map((day) => day.on))
  return {
    ...newer,
    measures: [...measures, ...only],
    days: [...older.days.filter((day) => !seen.has(day.on)), ...newer.days],
    after: older.after,
  }
}
