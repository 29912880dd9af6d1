/** Sentences of a client's pages, as staff read them. */
import type { EnrolmentView, LessonLine, ProgramPage, Reminders } from './client-api'
import { firstName } from './client-words'
import { type Clock, sayBy, sayDate, sayDay, sayFullDate, sayList, sayTime, sayWeekdays, dayOf } from './dates'
import { sayMoney } from './money'
import type { ClientView, Fee } from './record'

/** The program that goes on now, or the one begun last. */
export function mainEnrolment(page: ProgramPage | undefined): EnrolmentView | undefined {
  const all = [...(page?.enrolments ?? [])].sort((a, b) => b.started_at.localeCompare(a.started_at))
  return all.find((one) => one.state === 'running') ?? all[0]
}

/** The lesson at which a program stands: the one that is being done, waits, or is being changed. */
export function currentLine(enrolment: EnrolmentView): LessonLine | undefined {
  return enrolment.lessons.find((line) => line.state !== 'done' && line.state !== 'ahead')
}

/** A lesson that waits for this therapist. While something is arriving there is nothing to review. */
export function waitingLine(page: ProgramPage | undefined): { enrolment: EnrolmentView; line: LessonLine } | undefined {
  for (const enrolment of page?.enrolments ?? []) {
    const line = enrolment.lessons.find((one) => one.state === 'sent' && one.promised_at !== null)
    if (line) return { enrolment, line }
  }
  return undefined
}

/** Under the name: "Steady knee, lesson 4 of 10", "started 9 March", "with Jonas Lind". */
export function sayHead(card: ClientView, page: ProgramPage | undefined, clock: Clock): string[] {
  const enrolment = mainEnrolment(page)
  const team = card.therapists.length > 0 ? [`with ${sayList(card.therapists.map((one) => one.name))}`] : []
  if (!enrolment) return [...team, `in the practice since ${sayDate(dayOf(card.since, clock.zone), clock)}`]
  const line = currentLine(enrolment)
  const where = line ? `${enrolment.program_title}, lesson ${line.number} of ${enrolment.lessons.length}` : `${enrolment.program_title}, ${enrolment.state === 'finished' ? 'finished' : 'not begun'}`
  return [where, `started ${sayDate(dayOf(enrolment.started_at, clock.zone), clock)}`, ...team]
}

/** The heading of the program page. */
export function sayProgram(name: string, page: ProgramPage): string {
  const enrolment = mainEnrolment(page)
  const who = firstName(name)
  if (!enrolment) return `${who} has no program yet`
  if (enrolment.state === 'finished') return `${who} has finished ${enrolment.program_title}`
  const line = currentLine(enrolment)
  if (!line) return `${who} is in ${enrolment.program_title}`
  if (line.state === 'changing') return `Lesson ${line.number} waits until you have changed it`
  if (line.state === 'sent') return line.promised_at ? `${who} waits for your answer to lesson ${line.number}` : `Lesson ${line.number} is on its way to you`
  return `${who} is at lesson ${line.number}`
}

/** What is so with one lesson. */
export function sayLine(line: LessonLine, name: string, clock: Clock): string {
  switch (line.state) {
    case 'ahead':
      return 'Ahead'
    case 'open':
      return `Open for ${firstName(name)}`
    case 'again':
      return 'Open once more'
    case 'changing':
      return 'Held while you change the program'
    case 'done':
      return line.new_feedback ? 'Done; your answer has not been opened yet' : 'Done'
    case 'sent':
      return line.promised_at ? `Sent; you promised an answer ${sayBy(line.promised_at, clock)}` : 'Sent; a recording is still arriving'
  }
}

/** Which lessons can be opened after a change: the held one once more, or the one after it. */
export function openable(enrolment: EnrolmentView): { held: LessonLine; next: LessonLine | undefined } | undefined {
  const held = enrolment.lessons.find((line) => line.state === 'changing')
  if (!held) return undefined
  return { held, next: enrolment.lessons.find((line) => line.number === held.number + 1 && line.state === 'ahead') }
}

/** A lesson may be changed until it is done, and not while it waits for an answer. */
export function editable(line: LessonLine): boolean {
  return line.state !== 'done' && line.state !== 'sent'
}

/** "Mon, Wed and Sat at 17:30, Lisbon time" */
export function sayReminders(reminders: Reminders, name: string): string {
  const who = firstName(name)
  if (reminders.mails_to === '' && reminders.weekdays.length === 0) return `Nobody has chosen days for ${who} yet.`
  if (!reminders.on || reminders.weekdays.length === 0) return `Reminders for ${who} are off.`
  const days = sayWeekdays(reminders.weekdays.map((day) => day + 1))
  return `${days.charAt(0).toUpperCase()}${days.slice(1)} at ${reminders.at}, ${sayZone(reminders.time_zone)} time, by mail to ${reminders.mails_to}.`
}

/** "Lisbon" of "Europe/Lisbon" */
export function sayZone(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ')
}

export function sayAt(at: string, clock: Clock): string {
  const day = sayDay(at, clock)
  return `${day.charAt(0).toUpperCase()}${day.slice(1)}, ${sayTime(at, clock)}`
}

/** The heading of the invoices: what is asked each month. */
export function sayFees(fees: readonly Fee[], name: string): string {
  const running = fees.filter((fee) => fee.ended_on === null)
  if (running.length === 0) return `No fee is set for ${firstName(name)}`
  return `${sayList(running.map((fee) => sayMoney({ amount: fee.amount.minor, currency: fee.amount.currency })))} each month`
}

/** What becomes of one fee. */
export function sayFee(fee: Fee): string {
  if (fee.ended_on) return `From ${sayFullDate(fee.from_on)}, ended on ${sayFullDate(fee.ended_on)}.`
  return `From ${sayFullDate(fee.from_on)}.${fee.next_on ? ` The next invoice goes out on ${sayFullDate(fee.next_on)}.` : ''}`
}

/** All time zones that this browser knows, the given one among them. */
export function zones(now: string): { value: string; label: string }[] {
  const all = typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : []
  return [...new Set([now, ...all])].sort().map((value) => ({ value, label: value.replaceAll('_', ' ') }))
}
