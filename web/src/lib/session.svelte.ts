import { asProblem } from './problem'
import { callJson } from './transport'

export type Role = 'owner' | 'therapist' | 'client' | 'guardian'

export interface ClientOfMine {
  client_id: string
  name: string
  relation: 'self' | 'guardian'
}

export interface Person {
  person_id: string
  name: string
  roles: Role[]
  practice: { practice_id: string; name: string; time_zone: string; currency: string }
  clients: ClientOfMine[]
}

export interface SessionAnswer {
  id_token: string
  expires_in_s: number
  person: Person
}

/** What is still missing after the password. A new authenticator comes with its key, once. */
export interface NextStep {
  kind: 'code' | 'set_up'
  until: string
  key: string | null
  uri: string | null
}

interface Entrance {
  session: SessionAnswer | null
  step: NextStep | null
}

export interface DoorLook {
  purpose: 'invitation' | 'reset'
  practice_name: string
  name: string
  email_hint: string
}

export type SessionState = 'waking' | 'out' | 'in' | 'unreachable'

/** Only says that a cookie may exist, so that a first visit does not ask for nothing. Holds no name. */
const HINT = 'meanwhile.signed-in'
/** That somebody signed out here and the server does not know it yet (sign-out.ts). */
export const OWED = 'meanwhile.owed'
const FOR_WHOM = 'meanwhile.for'

/**
 * Who is signed in. The id token lives in this object only: a reload asks for a new one with the
 * HttpOnly cookie. Signing out in one tab signs the others out too.
 */
class Session {
  state = $state<SessionState>('waking')
  person = $state.raw<Person>()
  /** The client that the person acts for now; guardians switch it in the header. */
  forClientId = $state<string>()
  /** Left by a press: signing in again begins at the start, not where they left. */
  leftOnPurpose = false
  /** What a press for signing out could not tell the server yet. */
  owed = $state(kept(OWED) as 'here' | 'everywhere' | undefined)
  /** The server being told of it. Nobody signs in before it has answered, for its answer takes a cookie away. */
  telling: Promise<void> | undefined

  #token: string | undefined
  #renewal: Promise<boolean> | undefined
  /** How often this page has forgotten somebody. */
  #forgotten = 0
  #leaving: (() => void)[] = []
  #channel: BroadcastChannel | undefined

  constructor() {
    if (this.owed) this.telling = import('./sign-out').then((part) => part.tellWhatIsOwed())
    if (typeof BroadcastChannel === 'undefined') return
    this.#channel = new BroadcastChannel('meanwhile.session')
    this.#channel.onmessage = (event: MessageEvent) => {
      if (event.data === 'out') this.#forget()
    }
  }

  get isStaff(): boolean {
    return this.has('owner') || this.has('therapist')
  }

  get isClient(): boolean {
    return this.has('client') || this.has('guardian')
  }

  get forClient(): ClientOfMine | undefined {
    const clients = this.person?.clients ?? []
    return clients.find((client) => client.client_id === this.forClientId) ?? clients[0]
  }

  /** The zone in which this person reads times. */
  get zone(): string {
    return this.person?.practice.time_zone ?? 'UTC'
  }

  has(role: Role): boolean {
    return this.person?.roles.includes(role) ?? false
  }

  readonly token = (): string | undefined => this.#token

  /** After a load: in, out, or unreachable when there was no answer. */
  async wake(): Promise<void> {
    if (this.state === 'in') return
    if (this.owed || !mayBeSignedIn()) {
      this.state = 'out'
      return
    }
    this.state = 'waking'
    await this.renew()
  }

  /** Asks for a new token with the cookie. Calls that run out together share one renewal. */
  readonly renew = (): Promise<boolean> => {
    this.#renewal ??= this.#refresh().finally(() => {
      this.#renewal = undefined
    })
    return this.#renewal
  }

  async #refresh(): Promise<boolean> {
    const before = this.#forgotten
    try {
      const answer = await callJson<SessionAnswer>('POST', '/api/session/refresh')
      // Whoever has signed out meanwhile is not brought back.
      if (before !== this.#forgotten) return false
      this.#enter(answer)
      return true
    } catch (thrown) {
      const problem = asProblem(thrown)
      if (problem.passing) {
        // Still signed in as far as anybody knows; what is on the page stays.
        if (this.state === 'waking') this.state = 'unreachable'
      } else {
        this.#forget()
      }
      return false
    }
  }

  /** Signs in, or says what comes before that. */
  signIn(email: string, password: string): Promise<NextStep | undefined> {
    return this.#come('/api/session', { email: email.trim(), password })
  }

  /** The step after the password; the server knows from a cookie whose it is. */
  showCode(code: string): Promise<NextStep | undefined> {
    return this.#come('/api/session/code', { code })
  }

  /** What a passkey signed, in place of the password and a code (passkeys.ts). */
  showPasskey(credential: string): Promise<NextStep | undefined> {
    return this.#come('/api/session/passkey', { credential })
  }

  async #come(path: string, body: unknown): Promise<NextStep | undefined> {
    await this.telling?.catch(() => undefined)
    const { session, step } = await callJson<Entrance>('POST', path, body)
    if (session) this.#enter(session)
    return step ?? undefined
  }

  /** Says whom a link is for; changes nothing, but is sent only on a press. */
  lookAtDoor(token: string): Promise<DoorLook> {
    return callJson<DoorLook>('POST', '/api/doors/look', { token })
  }

  openDoor(token: string, password: string): Promise<NextStep | undefined> {
    return this.#come('/api/doors/open', { token, password })
  }

  /** Forgets, here and in the other tabs; `signOut` in sign-out.ts is what a press calls. */
  leave(): void {
    this.leftOnPurpose = true
    this.#forget()
    this.#channel?.postMessage('out')
  }

  /** Runs when somebody signs out, to clear what was kept for them on this device. */
  onLeave(clear: () => void): void {
    this.#leaving.push(clear)
  }

  actFor(clientId: string): void {
    this.forClientId = clientId
    keep(FOR_WHOM, clientId)
  }

  #enter(answer: SessionAnswer): void {
    this.#token = answer.id_token
    this.person = answer.person
    const last = kept(FOR_WHOM)
    this.forClientId = answer.person.clients.find((client) => client.client_id === last)?.client_id ?? answer.person.clients[0]?.client_id
    this.state = 'in'
    this.leftOnPurpose = false
    // Signing in anew ends what this browser had before.
    this.owed = undefined
    keep(OWED, undefined)
    keep(HINT, '1')
  }

  #forget(): void {
    this.#forgotten += 1
    this.#token = undefined
    for (const clear of this.#leaving) clear()
    this.person = undefined
    this.forClientId = undefined
    this.state = 'out'
    keep(HINT, undefined)
    keep(FOR_WHOM, undefined)
  }
}

function mayBeSignedIn(): boolean {
  try {
    return localStorage.getItem(HINT) !== null
  } catch {
    return true
  }
}

function kept(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined
  } catch {
    return undefined
  }
}

function keep(name: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(name)
    else localStorage.setItem(name, value)
  } catch {
    // A browser that keeps nothing only asks once more after a reload.
  }
}

export const session = new Session()
