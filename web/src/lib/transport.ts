import { Problem, problemOf } from './problem'

/**
 * One key per attempt: a POST that got no definite answer is repeated under the same key, so that
 * the API gives the first answer instead of doing it twice. A definite answer ends the attempt.
 */
export class Attempts {
  readonly #kept = new Map<string, string>()
  readonly #newKey: () => string

  constructor(newKey: () => string = () => crypto.randomUUID()) {
    this.#newKey = newKey
  }

  begin(method: string, url: string, body: string): { key: string; end: (status: number) => void } {
    const id = `${method} ${url}\n${body}`
    const key = this.#kept.get(id) ?? this.#newKey()
    this.#kept.set(id, key)
    return {
      key,
      end: (status) => {
        const open = status === 0 || status === 401 || status === 408 || status === 429 || status >= 500
        if (!open) this.#kept.delete(id)
      },
    }
  }
}

export interface Bearer {
  /** The id token in memory; undefined when signed out. */
  token: () => string | undefined
  /** Asks for a new one with the cookie; false when that is refused. */
  renew: () => Promise<boolean>
}

const UNSAFE = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/**
 * `fetch` with the id token, an idempotency key on POST, and one renewal when the token has run out.
 * Rejects with Problem(0) when nothing answered.
 */
export function bearerFetch(bearer: Bearer, attempts = new Attempts(), send: typeof fetch = (...all) => fetch(...all)) {
  return async (request: Request): Promise<Response> => {
    // Read once: a body can be sent only once, and a renewal sends it again.
    const body = UNSAFE.has(request.method) ? await request.clone().text() : ''
    const own = request.headers.get('Idempotency-Key')
    const attempt = request.method === 'POST' && own === null ? attempts.begin('POST', request.url, body) : undefined

    const once = async (): Promise<Response> => {
      const headers = new Headers(request.headers)
      const token = bearer.token()
      if (token !== undefined) headers.set('Authorization', `Bearer ${token}`)
      if (attempt) headers.set('Idempotency-Key', attempt.key)
      try {
        return await send(request.url, {
          method: request.method,
          headers,
          signal: request.signal,
          ...(body === '' ? {} : { body }),
          credentials: 'same-origin',
          cache: 'no-store',
        })
      } catch (error) {
        if (error instanceof DOMException && error.name === 'AbortError') throw error
        attempt?.end(0)
        throw new Problem(0)
      }
    }

    let response = await once()
    if (response.status === 401 && (await bearer.renew())) response = await once()
    attempt?.end(response.status)
    return response
  }
}

/** A plain JSON call without a token, for the few routes that make one. */
export async function callJson<T>(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  let response: Response
  try {
    response = await fetch(url, {
      method,
      headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      credentials: 'same-origin',
      cache: 'no-store',
    })
  } catch {
    throw new Problem(0)
  }
  if (!response.ok) throw await problemOf(response)
  if (response.status === 204 || response.status === 202) return undefined as T
  return (await response.json()) as T
}
