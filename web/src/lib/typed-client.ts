/**
 * openapi-fetch's typed calls with a small runtime of our own: its types are what we came for, and its
 * 2.3 KB (serializers of every OpenAPI style, middleware) would not fit the budget of a client's page.
 */
import type { Client } from 'openapi-fetch'

interface Options {
  params?: { path?: Record<string, unknown>; query?: Record<string, unknown>; header?: Record<string, unknown> }
  headers?: HeadersInit
  body?: unknown
  signal?: AbortSignal
}

type Send = (request: Request) => Promise<Response>

/** `/api/clients/{client_id}` with its parameters put in, escaped; a list repeats its name in the query. */
export function fillPath(path: string, params: Options['params'] = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params.path?.[name] ?? '')))
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params.query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined && one !== null) query.append(name, String(one))
  }
  const text = query.toString()
  return text ? `${filled}?${text}` : filled
}

async function read(response: Response): Promise<unknown> {
  const text = await response.text()
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    // A gateway's own error page: the status says enough.
    return undefined
  }
}

// openapi-fetch allows any object with these methods; `{}` is its own name for "every path".
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export function typedClient<Paths extends {}>(send: Send, origin: string): Client<Paths> {
  const call =
    (method: string) =>
    async (path: string, options: Options = {}): Promise<{ data?: unknown; error?: unknown; response: Response }> => {
      const headers = new Headers(options.headers)
      headers.set('Accept', 'application/json')
      for (const [name, value] of Object.entries(options.params?.header ?? {})) if (value !== undefined) headers.set(name, String(value))
      const hasBody = options.body !== undefined
      if (hasBody) headers.set('Content-Type', 'application/json')
      const response = await send(
        new Request(origin + fillPath(path, options.params), {
          method,
          headers,
          ...(hasBody ? { body: JSON.stringify(options.body) } : {}),
          ...(options.signal ? { signal: options.signal } : {}),
        }),
      )
      const body = await read(response)
      return response.ok ? { data: body, response } : { error: body, response }
    }
  const methods = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH']
  return Object.fromEntries(methods.map((method) => [method, call(method)])) as unknown as Client<Paths>
}
