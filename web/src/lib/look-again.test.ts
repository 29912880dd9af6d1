import { afterEach, expect, it, vi } from 'vitest'
import { lookAgain } from './look-again'

afterEach(() => vi.useRealTimers())

it('looks less and less often, through failures, until there is nothing to wait for', async () => {
  vi.useFakeTimers()
  const at: number[] = []
  lookAgain(async () => {
    at.push(Date.now() - begun)
    if (at.length === 2) throw new TypeError('no network')
    return at.length === 4
  }, 1000, 2000)
  const begun = Date.now()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(at).toEqual([1000, 2500, 4500, 6500])
})

it('ends when it is told to, also while it looks', async () => {
  vi.useFakeTimers()
  let looks = 0
  const end = lookAgain(async () => {
    looks += 1
    end()
    return false
  })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(looks).toBe(1)
})
