import { send } from './client-api'
import type { components } from './schema'

/** One browser where somebody is signed in. */
export type SessionLine = components['schemas']['SessionLine']

/** Where this person is signed in, this browser first. */
export const listSessions = async (): Promise<readonly SessionLine[]> => (await send<components['schemas']['SessionList']>('GET', '/api/session')).data.sessions

export const endSession = (sessionId: string) => send('DELETE', `/api/session/${encodeURIComponent(sessionId)}`)

export const endOtherSessions = () => send('DELETE', '/api/session/others')

export const changePassword = (now: string, next: string) => send('POST', '/api/session/password', { password: now, new_password: next })

/** Ends every session of somebody else, as an owner. */
export const signOutSomebody = (personId: string) => send('DELETE', `/api/people/${encodeURIComponent(personId)}/sessions`)
