/**
 * Moments and days in plain words, in the time zone of the person who reads them.
 *
 * Moments come from the API as UTC ISO strings (`*_at`), days as `YYYY-MM-DD` (`*_on`).
 * Every function takes `now`, so that tests and the page agree on what today is.
 *
 * In two files, so that the first page of a client carries only what it says.
 */
export { browserZone, type Clock, count, dayOf, daysBetween, sayBy, sayDate, sayDay, sayLongDay, sayMoment, sayTime } from './dates-first'
export * from './dates-more'
