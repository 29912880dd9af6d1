/**
 * Everything that can go wrong with a call, in one type: the API's problem+json (RFC 9457), or a
 * network that did not answer (status 0).
 */
export interface FieldFault {
  /** Where in the body: "email", "blocks/2/question". */
  field: string
  detail: string
}

export class Problem extends Error {
  readonly status: number
  /** Stable name of the kind of problem, the last part of the API's `type`. */
  readonly kind: string
  readonly title: string
  readonly detail: string
  readonly faults: readonly FieldFault[]
  /** The whole document: a 409 carries both texts here. */
  readonly document: Readonly<Record<string, unknown>>

  constructor(status: number, document: Record<string, unknown> = {}) {
    const title = text(document['title']) ?? (status === 0 ? 'No connection' : `The server answered ${status}`)
    super(title)
    this.name = 'Problem'
    this.status = status
    this.kind = (text(document['type']) ?? '').split(/[/:#]/).at(-1) ?? ''
    this.title = title
    this.detail = text(document['detail']) ?? ''
    this.faults = faults(document['errors'])
    this.document = document
  }

  get offline(): boolean {
    return this.status === 0
  }

  /** Worth trying again as it is: the network or the server, not what was sent. */
  get passing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500
  }

  /** The fault of one field, to stand under its label. */
  fault(field: string): string | undefined {
    return this.faults.find((fault) => fault.field === field)?.detail
  }

  /** What to show: the API's own words where it has some, else what is so and what to do. */
  get say(): { happened: string; detail: string } {
    if (this.offline) {
      return { happened: 'No connection', detail: 'The page could not reach Meanwhile. Nothing was changed. Try again when you are online.' }
    }
    if (this.status >= 500) {
      return { happened: 'Something went wrong here', detail: this.detail || 'This is ours to mend. Nothing was changed. Try again in a minute.' }
    }
    return { happened: this.title, detail: this.detail }
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function faults(value: unknown): FieldFault[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item: unknown) => {
    if (typeof item !== 'object' || item === null) return []
    const record = item as Record<string, unknown>
    const field = text(record['field']) ?? text(record['pointer'])
    const detail = text(record['detail']) ?? text(record['message'])
    return field !== undefined && detail !== undefined ? [{ field: field.replace(/^[#/$.]+/, ''), detail }] : []
  })
}

/** Anything thrown, as a Problem: pages catch one type only. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  // fetch rejects with a TypeError when there was no answer at all.
  if (thrown instanceof TypeError) return new Problem(0)
  return new Problem(500, { title: 'Something went wrong on this page', detail: 'Reload the page. What you sent before is safe.' })
}

/** Reads the body of an answer that is not OK. */
export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => ({}))
  return new Problem(response.status, typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {})
}
