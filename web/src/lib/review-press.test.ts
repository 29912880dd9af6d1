import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const OPENED = { client_id: 'c', submission_id: 's', therapist_name: 'Ines', expires_at: '2026-05-14T10:00:00Z' }

let pressed: string[]
let answer: () => Promise<Response>

/** A page as it is after a load. */
async function load() {
  vi.resetModules()
  return (await import('./review')).openLink
}

beforeEach(() => {
  sessionStorage.clear()
  pressed = []
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
    pressed.push((JSON.parse(init.body as string) as { press: string }).press)
    return answer()
  })
})

afterEach(() => vi.unstubAllGlobals())

describe('the press that opens a review link', () => {
  it('is the same press until an answer came, also after a reload, and another one afterwards', async () => {
    answer = () => Promise.reject(new TypeError('no line'))
    await expect((await load())('secret')).rejects.toThrow()
    const openLink = await load()
    await expect(openLink('secret')).rejects.toThrow()
    answer = () => Promise.resolve(Response.json(OPENED))
    expect((await openLink('secret')).therapist_name).toBe('Ines')
    expect(sessionStorage.length).toBe(0)
    await openLink('another')
    const [first, second, third, fourth] = pressed
    expect(first).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect([second, third]).toEqual([first, first])
    expect(fourth).not.toBe(first)
  })

  it('lasts as long as the page where the browser keeps nothing', async () => {
    vi.stubGlobal('sessionStorage', undefined)
    answer = () => Promise.reject(new TypeError('no line'))
    const openLink = await load()
    await expect(openLink('secret')).rejects.toThrow()
    await expect(openLink('secret')).rejects.toThrow()
    expect(pressed[0]).toBe(pressed[1])
  })
})
