/** What a review asks of the API: by sign-in, or by the session of a review link. Every failure is a Problem. */
import { signedFetch } from './signed-fetch'
import type { Feedback, SubmissionView } from './client-api'
import { problemOf } from './problem'
import { bearerFetch } from './transport'

export type Decision = Feedback['decision']
export type Comment = Feedback['comments'][number]

export interface Draft {
  comments: Comment[]
  text: string
  decision: Decision | null
}

export interface KeptDraft extends Draft {
  /** 0 where nothing is kept yet. */
  version: number
}

/** The number that the same block was given before, as in "was 5". */
export interface EarlierAnswer {
  block_id: string
  value: number
  sent_at: string
  lesson_number: number
}

export interface ReviewView extends SubmissionView {
  client: { client_id: string; name: string }
  draft: KeptDraft
  before: EarlierAnswer[]
}

export interface FeedbackGiven {
  feedback: Feedback
}

export interface LinkOpened {
  client_id: string
  submission_id: string
  therapist_name: string
  expires_at: string
}

/** The same review, reached in one of two ways. */
export interface Desk {
  /** Opened from a mail: one submission, for half an hour. */
  linked: boolean
  get(): Promise<ReviewView>
  /** Returns the draft's new version. */
  keep(draft: Draft, version: number): Promise<number>
  give(draft: Draft & { decision: Decision }): Promise<FeedbackGiven>
}

type Fetch = (request: Request) => Promise<Response>

/** Nobody is signed in behind a link: its cookie says who asks. */
const linkFetch: Fetch = bearerFetch({ token: () => undefined, renew: () => Promise.resolve(false) })

async function ask<T>(fetcher: Fetch, method: string, path: string, body?: unknown, version?: number): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (version !== undefined) headers['If-Match'] = `"${version}"`
  const response = await fetcher(
    new Request(new URL(path, location.origin), { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
  )
  if (!response.ok) throw await problemOf(response)
  return (await response.json()) as T
}

function desk(fetcher: Fetch, linked: boolean, paths: { review: string; draft: string; feedback: string }): Desk {
  return {
    linked,
    get: () => ask<ReviewView>(fetcher, 'GET', paths.review),
    keep: async (draft, version) => (await ask<{ version: number }>(fetcher, 'PUT', paths.draft, draft, version)).version,
    give: (draft) => ask<FeedbackGiven>(fetcher, 'POST', paths.feedback, draft),
  }
}

export function signedDesk(clientId: string, submissionId: string): Desk {
  const review = `/api/clients/${encodeURIComponent(clientId)}/submissions/${encodeURIComponent(submissionId)}/review`
  return desk(signedFetch, false, { review, draft: `${review}/draft`, feedback: `${review}/feedback` })
}

export function linkDesk(): Desk {
  const link = '/api/review-link'
  return desk(linkFetch, true, { review: `${link}/review`, draft: `${link}/draft`, feedback: `${link}/feedback` })
}

/** What this tab made by chance for its press, so that the same press, whose answer got lost, opens the same session. */
const PRESS = 'meanwhile.press'
let press: string | undefined

/** Exchanges the secret of a link; asked only by a press. */
export async function openLink(token: string): Promise<LinkOpened> {
  try {
    press ??= sessionStorage.getItem(PRESS) ?? undefined
    sessionStorage.setItem(PRESS, (press ??= byChance()))
  } catch {
    press ??= byChance() // then it lasts as long as the page
  }
  const opened = await ask<LinkOpened>(linkFetch, 'POST', '/api/review-link', { token, press })
  // The cookie says who asks from now on, and a script cannot read that.
  press = undefined
  try {
    sessionStorage.removeItem(PRESS)
  } catch {
    // It was not kept either.
  }
  return opened
}

const byChance = (): string => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)))).replaceAll('+', '-').replaceAll('/', '_').replace('=', '')
