import { describe, expect, it } from 'vitest'
import * as d from './dates'

const now = new Date('2026-05-14T10:00:00Z') // a Thursday
const dublin = { zone: 'Europe/Dublin', now }

describe('a moment', () => {
  it('of this morning is today at its local hour', () => {
    expect(d.sayMoment('2026-05-14T05:52:00Z', dublin)).toBe('today at 06:52')
  })
  it('late in the evening belongs to the reader’s day, not to the server’s', () => {
    expect(d.sayMoment('2026-05-14T23:30:00Z', dublin)).toBe('tomorrow at 00:30')
    expect(d.sayMoment('2026-05-14T03:00:00Z', { zone: 'America/New_York', now })).toBe('yesterday at 23:00')
  })
  it('of this week has the name of its day', () => {
    expect(d.sayMoment('2026-05-12T17:00:00Z', dublin)).toBe('on Tuesday at 18:00')
  })
  it('of a week ago has a date, since its weekday would mean today', () => {
    expect(d.sayMoment('2026-05-07T17:00:00Z', dublin)).toBe('on 7 May at 18:00')
  })
  it('of another year has the year', () => {
    expect(d.sayMoment('2025-12-31T12:00:00Z', dublin)).toBe('on 31 December 2025 at 12:00')
  })
})

describe('a promise', () => {
  it.each([
    ['2026-05-14T17:00:00Z', 'by 18:00 today', 'Today, 18:00'],
    ['2026-05-15T11:00:00Z', 'by tomorrow, 12:00', 'Tomorrow, 12:00'],
    ['2026-05-16T11:00:00Z', 'by Saturday, 12:00', 'Saturday, 12:00'],
    ['2026-05-28T17:00:00Z', 'by 28 May, 18:00', '28 May, 18:00'],
  ])('for %s reads %s', (at, by, when) => {
    expect(d.sayBy(at, dublin)).toBe(by)
    expect(d.sayWhen(at, dublin)).toBe(when)
  })
})

describe('how long ago', () => {
  it('counts calendar days over a clock change', () => {
    // Dublin went to summer time on 29 March 2026: that day had 23 hours.
    const after = { zone: 'Europe/Dublin', now: new Date('2026-03-30T00:30:00Z') }
    expect(d.sayDaysAgo('2026-03-28T12:00:00Z', after)).toBe('2 days ago')
  })
  it('says nine days as nine days', () => {
    expect(d.sayDaysAgo('2026-05-05T12:00:00Z', dublin)).toBe('9 days ago')
  })
  it('is minutes and hours on the same day', () => {
    expect(d.sayAgo('2026-05-14T09:59:30Z', dublin)).toBe('just now')
    expect(d.sayAgo('2026-05-14T09:58:00Z', dublin)).toBe('2 minutes ago')
    expect(d.sayAgo('2026-05-14T08:55:00Z', dublin)).toBe('1 hour ago')
    expect(d.sayAgo('2026-05-13T22:00:00Z', dublin)).toBe('yesterday')
  })
})

describe('days and dates', () => {
  it('head the page of today', () => {
    expect(d.sayLongDay(now, dublin)).toBe('Thursday 14 May')
  })
  it('stay on their local day whatever the zone of the machine', () => {
    expect(d.sayFullDate('2026-05-14')).toBe('14 May 2026')
    expect(d.sayShortDate('2026-03-09')).toBe('9 Mar')
    expect(d.sayMonth('2026-05-31')).toBe('May 2026')
    expect(d.sayLocalDay('2026-05-16', dublin)).toBe('Saturday')
  })
  it('add up over the end of a month', () => {
    expect(d.addDays('2026-02-27', 3)).toBe('2026-03-02')
    expect(d.daysBetween('2026-02-27', '2026-03-02')).toBe(3)
  })
})

describe('lengths', () => {
  it.each([
    [84, '1:24', '1 minute 24 seconds'],
    [0, '0:00', '0 seconds'],
    [59.98, '0:59', '59 seconds'],
    [3725, '1:02:05', '1 hour 2 minutes 5 seconds'],
  ])('%d seconds is %s', (seconds, clock, spoken) => {
    expect(d.sayClock(seconds)).toBe(clock)
    expect(d.speakClock(seconds)).toBe(spoken)
  })
})

it('weekdays are named in order, once each', () => {
  expect(d.sayWeekdays([6, 1, 3, 1])).toBe('Mon, Wed and Sat')
  expect(d.sayWeekdays([1, 2, 3, 4, 5, 6, 7])).toBe('every day')
  expect(d.sayWeekdays([2])).toBe('Tue')
})

it('a count has the right noun', () => {
  expect(d.count(1, 'answer')).toBe('1 answer')
  expect(d.count(0, 'reply', 'replies')).toBe('0 replies')
})
