import { describe, expect, it } from 'vitest'
import type { EnrolmentView, LessonLine, Reminders } from './client-api'
import type { ClientView, Fee } from './record'
import { currentLine, editable, mainEnrolment, openable, sayFee, sayFees, sayHead, sayLine, sayProgram, sayReminders, sayZone, waitingLine } from './record-words'

const clock = { zone: 'Europe/Dublin', now: new Date('2026-05-14T09:00:00Z') }

function line(number: number, state: LessonLine['state'], more: Partial<LessonLine> = {}): LessonLine {
  return { number, lesson_id: `l${number}`, title: `Lesson ${number}`, minutes: 10, asks: 'one video', state, submission_id: null, promised_at: null, new_feedback: false, ...more }
}

function enrolment(lessons: LessonLine[], more: Partial<EnrolmentView> = {}): EnrolmentView {
  return { enrolment_id: 'e', program_id: 'p', program_title: 'Steady knee', version: 3, started_at: '2026-03-09T10:00:00Z', state: 'running', lessons, ...more }
}

const page = (...enrolments: EnrolmentView[]) => ({ client: { client_id: 'c', name: 'Ruth Adeyemi' }, therapist_name: 'Jonas Lind', enrolments })
const card: ClientView = { client_id: 'c', name: 'Ruth Adeyemi', time_zone: 'Europe/Dublin', therapists: [{ person_id: 'j', name: 'Jonas Lind' }], guardians: [], own: null, since: '2026-03-01T10:00:00Z' }
const sent = line(2, 'sent', { submission_id: 's', promised_at: '2026-05-14T17:00:00Z' })

describe('where a client stands', () => {
  it('is told by the program that runs, not by an older one that is finished', () => {
    const old = enrolment([line(1, 'done')], { enrolment_id: 'old', state: 'finished', started_at: '2026-04-09T10:00:00Z' })
    const now = enrolment([line(1, 'done'), sent, line(3, 'ahead')])
    expect(mainEnrolment(page(old, now))).toBe(now)
    expect(currentLine(now)?.number).toBe(2)
    expect(sayHead(card, page(old, now), clock)).toEqual(['Steady knee, lesson 2 of 3', 'started 9 March', 'with Jonas Lind'])
    expect(sayHead(card, undefined, clock)).toEqual(['with Jonas Lind', 'in the practice since 1 March'])
  })

  it('heads the program page', () => {
    expect(sayProgram('Ruth Adeyemi', page())).toBe('Ruth has no program yet')
    expect(sayProgram('Ruth Adeyemi', page(enrolment([line(1, 'open')])))).toBe('Ruth is at lesson 1')
    expect(sayProgram('Ruth Adeyemi', page(enrolment([line(1, 'done'), sent])))).toBe('Ruth waits for your answer to lesson 2')
    expect(sayProgram('Ruth Adeyemi', page(enrolment([line(1, 'changing')])))).toBe('Lesson 1 waits until you have changed it')
    expect(sayProgram('Ruth Adeyemi', page(enrolment([line(1, 'done')], { state: 'finished' })))).toBe('Ruth has finished Steady knee')
  })

  it('has a review waiting only once everything has arrived', () => {
    expect(waitingLine(page(enrolment([sent])))?.line).toBe(sent)
    expect(waitingLine(page(enrolment([line(1, 'sent')])))).toBeUndefined()
  })
})

describe('a lesson', () => {
  it('says what is so', () => {
    expect(sayLine(sent, 'Ruth Adeyemi', clock)).toBe('Sent; you promised an answer by 18:00 today')
    expect(sayLine(line(1, 'sent'), 'Ruth', clock)).toBe('Sent; a recording is still arriving')
    expect(sayLine(line(1, 'done', { new_feedback: true }), 'Ruth', clock)).toContain('has not been opened')
  })

  it('is changed while it is ahead or at hand, not once it is sent or done', () => {
    expect((['ahead', 'open', 'again', 'changing', 'sent', 'done'] as const).map((state) => editable(line(1, state)))).toEqual([true, true, true, true, false, false])
  })

  it('opens again, or the next one does', () => {
    expect(openable(enrolment([line(1, 'changing'), line(2, 'ahead')]))).toMatchObject({ held: { number: 1 }, next: { number: 2 } })
    expect(openable(enrolment([line(1, 'changing')]))?.next).toBeUndefined()
    expect(openable(enrolment([line(1, 'open')]))).toBeUndefined()
  })
})

describe('reminders and fees', () => {
  const reminders: Reminders = { on: true, weekdays: [0, 2, 5], at: '17:30', time_zone: 'Europe/Lisbon', next_at: null, mails_to: 'Dana', log: [] }

  it('are told with days, hour and place', () => {
    expect(sayReminders(reminders, 'Theo Berg')).toBe('Mon, Wed and Sat at 17:30, Lisbon time, by mail to Dana.')
    expect(sayReminders({ ...reminders, on: false }, 'Theo Berg')).toBe('Reminders for Theo are off.')
    expect(sayReminders({ ...reminders, weekdays: [], mails_to: '' }, 'Theo Berg')).toBe('Nobody has chosen days for Theo yet.')
    expect(sayZone('America/Argentina/Buenos_Aires')).toBe('Buenos Aires')
  })

  it('say what is asked each month and when it ended', () => {
    const fee: Fee = { subscription_id: 'f', amount: { minor: 14_800, currency: 'EUR' }, from_on: '2026-02-15', title: 'Fee', next_on: '2026-06-15', ended_on: null, version: 1 }
    expect(sayFees([fee], 'Ruth')).toBe('148.00\u00a0€ each month')
    expect(sayFees([{ ...fee, ended_on: '2026-05-01' }], 'Ruth')).toBe('No fee is set for Ruth')
    expect(sayFee(fee)).toBe('From 15 February 2026. The next invoice goes out on 15 June 2026.')
    expect(sayFee({ ...fee, ended_on: '2026-05-01' })).toBe('From 15 February 2026, ended on 1 May 2026.')
  })
})
