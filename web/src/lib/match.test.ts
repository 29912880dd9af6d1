import { describe, expect, it } from 'vitest'
import { fill, findRoute, matchPath, safeNext } from './match'

describe('a path', () => {
  it('gives its parameters, decoded', () => {
    expect(matchPath('/clients/:client/progress', '/clients/a%20b/progress')).toEqual({ client: 'a b' })
  })
  it('may end in a slash', () => {
    expect(matchPath('/today', '/today/')).toEqual({})
  })
  it('that is longer or shorter is another page', () => {
    expect(matchPath('/today', '/today/more')).toBeUndefined()
    expect(matchPath('/clients/:client', '/clients')).toBeUndefined()
  })
  it('with a broken escape is no page', () => {
    expect(matchPath('/lessons/:lesson', '/lessons/%E0%A4%A')).toBeUndefined()
  })
  it('is filled and read back the same', () => {
    const path = fill('/lessons/:lesson/steps/:step', { lesson: 'a/b', step: '3' })
    expect(matchPath('/lessons/:lesson/steps/:step', path)).toEqual({ lesson: 'a/b', step: '3' })
  })
})

it('a fixed part wins over a parameter, in any order of the table', () => {
  const table = [{ path: '/programs/:program' }, { path: '/programs/new' }]
  expect(findRoute(table, '/programs/new')?.route.path).toBe('/programs/new')
  expect(findRoute([...table].reverse(), '/programs/7')?.params).toEqual({ program: '7' })
  expect(findRoute(table, '/nowhere')).toBeUndefined()
})

describe('going on after signing in', () => {
  it('stays on this site', () => {
    for (const bad of [null, '', 'https://evil.test', '//evil.test', '/\\evil.test', 'javascript:alert(1)']) expect(safeNext(bad)).toBe('/')
  })
  it('keeps the page that was asked for', () => {
    expect(safeNext('/lessons/7?step=2')).toBe('/lessons/7?step=2')
  })
  it('does not come back to the sign-in page', () => {
    expect(safeNext('/sign-in?next=/today')).toBe('/')
  })
})
