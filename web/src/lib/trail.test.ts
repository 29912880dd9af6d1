import { describe, expect, it } from 'vitest'
import { type AuditEntry, midnight, sayDone, trailDays } from './trail'

const clock = { zone: 'Europe/Lisbon', now: new Date('2026-05-14T18:00:00Z') }

function entry(at: string, action: string, change: Partial<AuditEntry> = {}): AuditEntry {
  return { at, action, person_id: 'i', name: 'Ines Duarte', client_id: 'r', client_name: 'Ruth Adeyemi', ...change }
}

describe('a trail', () => {
  it('is told by days, newest first, and within an hour in one line', () => {
    const days = trailDays(
      [
        entry('2026-05-14T10:31:00Z', 'answered a submission'),
        entry('2026-05-14T10:05:00Z', 'saw a submission'),
        entry('2026-05-14T10:04:00Z', 'saw the card'),
        entry('2026-05-14T09:00:00Z', 'saw the card'),
        entry('2026-05-13T09:00:00Z', 'saw the card', { person_id: 'n', name: 'Nora' }),
        entry('2026-05-10T09:00:00Z', 'saw the card'),
        entry('2025-05-10T09:00:00Z', 'saw the card'),
      ],
      clock,
    )
    expect(days.map((day) => [day.title, ...day.lines.map((line) => `${line.when} ${line.who} ${line.did}`)])).toEqual([
      ['Today, 14 May', '11:04 to 11:31 Ines Duarte saw the card and a submission, answered a submission', '10:00 Ines Duarte saw the card'],
      ['Yesterday, 13 May', '10:00 Nora saw the card'],
      ['Sunday 10 May', '10:00 Ines Duarte saw the card'],
      ['10 May 2025', '10:00 Ines Duarte saw the card'],
    ])
  })

  it('keeps people, clients and local days apart', () => {
    const lines = trailDays(
      [
        entry('2026-05-14T10:04:00Z', 'saw the card'),
        entry('2026-05-14T10:03:00Z', 'saw the card', { client_id: 't', client_name: 'Theo' }),
        entry('2026-05-14T10:02:00Z', 'changed the practice’s settings', { client_id: null, client_name: null }),
        entry('2026-05-13T23:10:00Z', 'saw the card'),
        entry('2026-05-13T22:50:00Z', 'saw the card'),
      ],
      clock,
    )
    expect(lines.map((day) => day.lines.map((line) => line.client?.name))).toEqual([['Ruth Adeyemi', 'Theo', undefined, 'Ruth Adeyemi'], ['Ruth Adeyemi']])
  })

  it('has words for those who are gone', () => {
    const [day] = trailDays([entry('2026-05-14T10:04:00Z', 'saw the card', { name: null, client_name: null })], clock)
    expect([day?.lines[0]?.who, day?.lines[0]?.client]).toEqual(['Somebody who is no longer here', { id: undefined, name: 'A client who is no longer here' }])
  })
})

it('says each thing once', () => {
  expect(sayDone(['saw the card', 'changed the card', 'saw the card', 'saw the program'])).toBe('saw the card and the program, changed the card')
})

it.each([
  ['2026-05-14', 'Europe/Lisbon', '2026-05-13T23:00:00.000Z'],
  ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
  ['2026-10-26', 'Europe/Berlin', '2026-10-25T23:00:00.000Z'],
  ['2026-05-14', 'Asia/Kolkata', '2026-05-13T18:30:00.000Z'],
  ['2026-05-14', 'America/New_York', '2026-05-14T04:00:00.000Z'],
])('%s begins in %s at %s', (on, zone, at) => {
  expect(midnight(on, zone)).toBe(at)
})
