import { describe, expect, it } from 'vitest'
import { Problem } from './problem'
import { Attempts, bearerFetch } from './transport'

type Reply = number | 'dead'

function stage(replies: Reply[], renews = true) {
  const sent: { key: string | null; auth: string | null; body: string }[] = []
  let token = 'old'
  let n = 0
  const send = (async (_url: string, init: RequestInit) => {
    const headers = new Headers(init.headers)
    sent.push({ key: headers.get('Idempotency-Key'), auth: headers.get('Authorization'), body: String(init.body ?? '') })
    const reply = replies.shift() ?? 200
    if (reply === 'dead') throw new TypeError('Failed to fetch')
    return new Response('{}', { status: reply })
  }) as typeof fetch
  const call = bearerFetch(
    {
      token: () => token,
      renew: async () => {
        if (renews) token = 'new'
        return renews
      },
    },
    new Attempts(() => `k${++n}`),
    send,
  )
  const post = (body: unknown) => call(new Request('http://meanwhile.test/api/x', { method: 'POST', body: JSON.stringify(body) }))
  return { sent, call, post }
}

describe('a POST', () => {
  it('that got no answer is repeated under its key', async () => {
    const { sent, post } = stage(['dead', 500, 201])
    await expect(post({ a: 1 })).rejects.toBeInstanceOf(Problem)
    await post({ a: 1 })
    await post({ a: 1 })
    expect(sent.map((one) => one.key)).toEqual(['k1', 'k1', 'k1'])
  })
  it('after a definite answer is a new attempt', async () => {
    const { sent, post } = stage([422, 201])
    await post({ a: 1 })
    await post({ a: 1 })
    expect(sent.map((one) => one.key)).toEqual(['k1', 'k2'])
  })
  it('with another body has another key', async () => {
    const { sent, post } = stage(['dead', 201])
    await expect(post({ a: 1 })).rejects.toMatchObject({ status: 0, offline: true })
    await post({ a: 2 })
    expect(sent.map((one) => one.key)).toEqual(['k1', 'k2'])
  })
})

describe('a token that ran out', () => {
  it('is renewed once and the call sent again, whole', async () => {
    const { sent, post } = stage([401, 201])
    const response = await post({ a: 1 })
    expect(response.status).toBe(201)
    expect(sent).toEqual([
      { key: 'k1', auth: 'Bearer old', body: '{"a":1}' },
      { key: 'k1', auth: 'Bearer new', body: '{"a":1}' },
    ])
  })
  it('that cannot be renewed leaves the 401', async () => {
    const { sent, post } = stage([401], false)
    expect((await post({})).status).toBe(401)
    expect(sent).toHaveLength(1)
  })
})

it('a problem keeps its fields, its kind and both texts', () => {
  const problem = new Problem(409, {
    type: 'https://meanwhile.example/problems/stale-write',
    title: 'Somebody was faster',
    errors: [{ field: '/blocks/2', detail: 'Empty' }],
    theirs: 'a',
  })
  expect(problem.kind).toBe('stale-write')
  expect(problem.fault('blocks/2')).toBe('Empty')
  expect(problem.document['theirs']).toBe('a')
  expect(problem.passing).toBe(false)
})
