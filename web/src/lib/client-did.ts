/** What was done of an exercise, told from the answers to questions. */
import type { Did, Value } from './client-api'

export function isDid(value: Value | undefined): value is Did {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
