import { describe, expect, it } from 'vitest'
import { fillPath, typedClient } from './typed-client'

interface Paths {
  '/api/clients/{client_id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { path: { client_id: string } }; responses: { 200: { content: { 'application/json': { name: string } } } } }
  }
}

describe('a path', () => {
  it('has its parameters escaped', () => {
    expect(fillPath('/api/clients/{client_id}/days', { path: { client_id: 'a/b?c' } })).toBe('/api/clients/a%2Fb%3Fc/days')
  })
  it('leaves out what is not asked, and repeats a list', () => {
    expect(fillPath('/api/x', { query: { cursor: undefined, kind: ['a', 'b'], n: 0 } })).toBe('/api/x?kind=a&kind=b&n=0')
  })
})

describe('an answer', () => {
  const client = (response: Response) => typedClient<Paths>(() => Promise.resolve(response), 'http://meanwhile.test')
  const get = (response: Response) => client(response).GET('/api/clients/{client_id}', { params: { path: { client_id: '1' } } })

  it('is data when it is good', async () => {
    expect((await get(new Response('{"name":"Ruth"}'))).data?.name).toBe('Ruth')
  })
  it('is the problem when it is not', async () => {
    expect((await get(new Response('{"title":"No"}', { status: 422 }))).error).toEqual({ title: 'No' })
  })
  it('may be empty, or no JSON at all', async () => {
    expect((await get(new Response(null, { status: 204 }))).data).toBeUndefined()
    expect((await get(new Response('<html>', { status: 502 }))).response.status).toBe(502)
  })
})
