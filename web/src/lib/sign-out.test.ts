import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { blobShelf } from './blob-shelf'

const PERSON = { person_id: 'dana', name: 'Dana', roles: ['client'], practice: {}, clients: [{ client_id: 'c', name: 'Dana', relation: 'self' }] }
const ENTERED = { session: { id_token: 'token', expires_in_s: 900, person: PERSON }, step: null }
const OVER = () => Response.json({ type: 'signed-out', title: '', status: 401, detail: '' }, { status: 401 })

/** A page as it is after a load: modules keep what a tab keeps. */
async function load() {
  vi.resetModules()
  const { session } = await import('./session.svelte')
  return { session, ...(await import('./sign-out')) }
}

type Answer = () => Response | Promise<Response>
let calls: string[]
let answers: Record<string, Answer>

const noLine: Answer = () => Promise.reject(new TypeError('no line'))

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
  calls = []
  answers = { 'POST /api/session': () => Response.json(ENTERED) }
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const call = `${init.method} ${url}`
    const bearer = new Headers(init.headers).get('Authorization')
    calls.push(bearer ? `${call} ${bearer}` : call)
    return (answers[call] ?? (() => new Response(null, { status: 204 })))()
  })
})

afterEach(async () => {
  await blobShelf.clear()
  vi.unstubAllGlobals()
})

describe('signing out', () => {
  it('leaves nothing of ours in the browser, and of others what is theirs', async () => {
    const { session, signOut } = await load()
    await session.signIn('dana@x.example', 'x')
    localStorage.setItem('meanwhile.review.one', '{}')
    localStorage.setItem('meanwhile.conflicts.dana', '{}')
    sessionStorage.setItem('meanwhile.scrolls', '[["/clients/1",3]]')
    await blobShelf.put({ id: 'r', person_id: 'dana', blob: new Blob(['film']), name: 'film', upload_id: '', key: '', part_bytes: 1, kept_at: Date.now() })
    localStorage.setItem('other', 'kept')
    await signOut('here')
    expect(Object.keys(localStorage)).toEqual(['other'])
    expect(Object.keys(sessionStorage)).toEqual([])
    expect(await blobShelf.all('dana')).toEqual([])
    expect([session.state, session.person, session.token(), session.owed]).toEqual(['out', undefined, undefined, undefined])
    expect(calls.at(-1)).toBe('DELETE /api/session')
  })

  it('forgets before the server has answered', async () => {
    const { session, signOut } = await load()
    await session.signIn('dana@x.example', 'x')
    let answer: (response: Response) => void = () => undefined
    answers['DELETE /api/session'] = () => new Promise((resolve) => (answer = resolve))
    const leaving = signOut('here')
    expect([session.state, session.token()]).toEqual(['out', undefined])
    await vi.waitFor(() => expect(calls).toContain('DELETE /api/session'))
    answer(new Response(null, { status: 204 }))
    await leaving
    expect(session.owed).toBeUndefined()
  })

  it('without a line forgets too, asks for no new session, and tells the server after a load with a line', async () => {
    const { session, signOut } = await load()
    await session.signIn('dana@x.example', 'x')
    localStorage.setItem('meanwhile.outbox.dana.answers', '[{}]')
    answers['DELETE /api/session'] = noLine
    await signOut('here')
    expect([session.state, session.owed]).toEqual(['out', 'here'])
    expect(Object.entries(localStorage)).toEqual([['meanwhile.owed', 'here']])

    const stillWithout = await load()
    await stillWithout.session.wake()
    await vi.waitFor(() => expect(calls.filter((call) => call === 'DELETE /api/session')).toHaveLength(2))
    expect([stillWithout.session.state, stillWithout.session.owed]).toEqual(['out', 'here'])
    expect(calls).not.toContain('POST /api/session/refresh')

    delete answers['DELETE /api/session']
    const withLine = await load()
    await vi.waitFor(() => expect(withLine.session.owed).toBeUndefined())
    expect(Object.keys(localStorage)).toEqual([])
  })

  it('tells the server when the line comes back', async () => {
    const { session, signOut } = await load()
    await session.signIn('dana@x.example', 'x')
    answers['DELETE /api/session'] = noLine
    await signOut('here')
    delete answers['DELETE /api/session']
    dispatchEvent(new Event('online'))
    await vi.waitFor(() => expect(session.owed).toBeUndefined())
  })

  it('owes nothing to a server that knows of no session', async () => {
    const { session, signOut } = await load()
    await session.signIn('dana@x.example', 'x')
    answers['DELETE /api/session'] = OVER
    await signOut('here')
    expect(session.owed).toBeUndefined()
  })

  it('ends nothing of whoever signs in next', async () => {
    const { session, signOut } = await load()
    await session.signIn('dana@x.example', 'x')
    answers['DELETE /api/session'] = noLine
    await signOut('here')
    await session.signIn('dana@x.example', 'x')
    delete answers['DELETE /api/session']
    calls = []
    dispatchEvent(new Event('online'))
    expect([session.state, session.owed, localStorage.getItem('meanwhile.owed')]).toEqual(['in', undefined, null])
    expect(calls).toEqual([])
  })

  it('is answered before anybody signs in next, for the answer takes the cookie away', async () => {
    const { session, signOut } = await load()
    await session.signIn('dana@x.example', 'x')
    let answer: (response: Response) => void = () => undefined
    answers['DELETE /api/session'] = () => new Promise((resolve) => (answer = resolve))
    const leaving = signOut('here')
    await vi.waitFor(() => expect(calls).toContain('DELETE /api/session'))
    calls = []
    const coming = session.signIn('dana@x.example', 'x')
    await new Promise((resolve) => setTimeout(resolve))
    expect(calls).toEqual([])
    answer(new Response(null, { status: 204 }))
    await Promise.all([leaving, coming])
    expect([session.state, session.owed, calls]).toEqual(['in', undefined, ['POST /api/session']])
  })

  it('is not undone by a token that was asked for before', async () => {
    const { session, signOut } = await load()
    await session.signIn('dana@x.example', 'x')
    let answer: (response: Response) => void = () => undefined
    answers['POST /api/session/refresh'] = () => new Promise((resolve) => (answer = resolve))
    const renewing = session.renew()
    await vi.waitFor(() => expect(calls).toContain('POST /api/session/refresh'))
    await signOut('here')
    answer(Response.json({ id_token: 'fresh', expires_in_s: 900, person: PERSON }))
    expect(await renewing).toBe(false)
    expect([session.state, session.token()]).toEqual(['out', undefined])
  })

  it('everywhere takes a new token where the page had an old one', async () => {
    const { session, signOut } = await load()
    await session.signIn('dana@x.example', 'x')
    answers['DELETE /api/sessions'] = () => (calls.at(-1)?.endsWith('fresh') ? new Response(null, { status: 204 }) : OVER())
    answers['POST /api/session/refresh'] = () => Response.json({ id_token: 'fresh', expires_in_s: 900, person: PERSON })
    await signOut('everywhere')
    expect(calls.slice(-3)).toEqual(['DELETE /api/sessions Bearer token', 'POST /api/session/refresh', 'DELETE /api/sessions Bearer fresh'])
    expect(session.owed).toBeUndefined()
  })

  it('everywhere without a line is owed as what it was', async () => {
    const { session, signOut } = await load()
    await session.signIn('dana@x.example', 'x')
    answers['DELETE /api/sessions'] = noLine
    await signOut('everywhere')
    expect([session.state, session.owed]).toEqual(['out', 'everywhere'])
  })
})

describe('what waits', () => {
  it('is words that the server may not have, and recordings of this person', async () => {
    const { session, waits } = await load()
    await session.signIn('dana@x.example', 'x')
    expect(await waits()).toBe(false)
    for (const name of ['meanwhile.outbox.dana.answers', 'meanwhile.comments.dana', 'meanwhile.review.one', 'meanwhile.author.dana.one']) {
      localStorage.setItem(name, '[{}]')
      expect(await waits()).toBe(true)
      localStorage.removeItem(name)
    }
    const upload = { id: 'r', blob: new Blob(['film']), name: 'film', upload_id: '', key: '', part_bytes: 1, kept_at: Date.now() }
    await blobShelf.put({ ...upload, person_id: 'somebody else' })
    localStorage.setItem('meanwhile.uploads.dana', '1')
    expect(await waits()).toBe(false)
    await blobShelf.put({ ...upload, person_id: 'dana' })
    expect(await waits()).toBe(true)
  })
})
