/**
 * Moments and days in plain words, in the time zone of the person who reads them.
 *
 * Moments come from the API as UTC ISO strings (`*_at`), days as `YYYY-MM-DD` (`*_on`).
 * Every function takes `now`, so that tests and the page agree on what today is.
 *
 * In three files, so that the first page of a client carries only what it says, and a lesson or a review too.
 */
export { browserZone, type Clock, count, dayOf, daysBetween, sayBy, sayDate, sayDay, sayList, sayLongDay, sayMoment, sayTime } from './dates-first'
export * from './dates-lengths'
export * from './dates-more'
