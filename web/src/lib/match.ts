/** Paths and their parameters. Pure, so that the table of pages can be tested without a browser. */

export type Params = Record<string, string>

/** The parameters of `path` under `pattern` ("/lessons/:lesson"), or undefined when it is another page. */
export function matchPath(pattern: string, path: string): Params | undefined {
  const wanted = split(pattern)
  const given = split(path)
  if (wanted.length !== given.length) return undefined
  const params: Params = {}
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? ''
    if (part.startsWith(':')) {
      const decoded = decode(value)
      if (decoded === undefined) return undefined
      params[part.slice(1)] = decoded
    } else if (part !== value) return undefined
  }
  return params
}

/** The first route that fits; a fixed part wins over a parameter ("/programs/new" over "/programs/:program"). */
export function findRoute<R extends { path: string }>(routes: readonly R[], path: string): { route: R; params: Params } | undefined {
  let best: { route: R; params: Params } | undefined
  for (const route of routes) {
    const params = matchPath(route.path, path)
    if (params && (!best || Object.keys(params).length < Object.keys(best.params).length)) best = { route, params }
  }
  return best
}

/** A path of this site to go on to after signing in; anything else becomes the front door. */
export function safeNext(next: string | null): string {
  if (!next || !/^\/(?![/\\])/.test(next) || next.startsWith('/sign-in')) return '/'
  return next
}

/** Fills a pattern: `fill('/lessons/:lesson', { lesson: id })`. */
export function fill(pattern: string, params: Params): string {
  return pattern.replace(/:([a-z_]+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
}

function split(path: string): string[] {
  return path.split('/').filter((part) => part !== '')
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}
