import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { forgotten } from './forgotten'

let sent: { email: string; press: string }[]
let answer: () => Promise<Response>

beforeEach(() => {
  sent = []
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
    sent.push(JSON.parse(init.body as string) as { email: string; press: string })
    return answer()
  })
})

afterEach(() => vi.unstubAllGlobals())

it('a press without an answer is sent again as the same one, and the next one is another', async () => {
  answer = () => Promise.reject(new TypeError('no line'))
  await expect(forgotten(' dana@x.example ')).rejects.toThrow()
  answer = () => Promise.resolve(new Response(null, { status: 202 }))
  await forgotten('dana@x.example')
  await forgotten('dana@x.example')
  const [first, again, next] = sent
  expect(first?.email).toBe('dana@x.example')
  expect(again).toEqual(first)
  expect(next?.press).not.toBe(first?.press)
})
