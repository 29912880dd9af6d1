import { typedClient } from './typed-client'
import { Problem } from './problem'
import { signedFetch } from './signed-fetch'
import type { paths } from './schema'

/** The API, typed from web/openapi.json: `await ok(api.GET('/api/today', { params }))`. */
export const api = typedClient<paths>(signedFetch, location.origin)

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The data of an answer, or a thrown Problem. */
export async function ok<T>(call: Promise<Answer<T>>): Promise<T> {
  return (await okWithVersion(call)).data
}

/** The data and its ETag, to be given back as If-Match with `ifMatch`. */
export async function okWithVersion<T>(call: Promise<Answer<T>>): Promise<{ data: T; version: string }> {
  const { data, error, response } = await call
  if (!response.ok) {
    throw new Problem(response.status, typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {})
  }
  return { data: data as T, version: response.headers.get('ETag') ?? '' }
}

/** Headers of an update: refused with a 409 that has both texts if somebody was faster. */
export function ifMatch(version: string | number): { 'If-Match': string } {
  return { 'If-Match': String(version) }
}
