import { Problem } from './problem'
import type { components } from './schema'
import { callJson } from './transport'
import { send } from './client-api'

/** One passkey of whoever is signed in. */
export type PasskeyLine = components['schemas']['PasskeyLine']
export type PasskeyList = components['schemas']['PasskeyList']
type Options = components['schemas']['PasskeyOptions']

export const listPasskeys = async (): Promise<PasskeyList> => (await send<PasskeyList>('GET', '/api/session/passkeys')).data

export const removePasskey = (passkeyId: string) => send('DELETE', `/api/session/passkeys/${encodeURIComponent(passkeyId)}`)

/** Makes a passkey on this device. Rejects with a Problem in calm words, of the device or of the API. */
export async function addPasskey(password: string): Promise<void> {
  const { options } = (await send<Options>('POST', '/api/session/passkeys/options', { password })).data
  const asked = creationOptions(JSON.parse(options) as PublicKeyCredentialCreationOptionsJSON)
  const made = await navigator.credentials.create({ publicKey: asked }).catch(notMade)
  await send('POST', '/api/session/passkeys', { credential: JSON.stringify(json(made as PublicKeyCredential)) })
}

/** Has a passkey sign what the server asks of an address; what comes of it goes to `session.showPasskey`. */
export async function signWithPasskey(email: string): Promise<string> {
  const { options } = await callJson<Options>('POST', '/api/session/passkey/options', { email: email.trim() })
  const asked = requestOptions(JSON.parse(options) as PublicKeyCredentialRequestOptionsJSON)
  const signed = await navigator.credentials.get({ publicKey: asked }).catch(notUsed)
  return JSON.stringify(json(signed as PublicKeyCredential))
}

// What follows until `json` is in browsers since 2023 to 2025; the few lines are for those that are older.

function creationOptions(from: PublicKeyCredentialCreationOptionsJSON): PublicKeyCredentialCreationOptions {
  if ('parseCreationOptionsFromJSON' in PublicKeyCredential) return PublicKeyCredential.parseCreationOptionsFromJSON(from)
  const { challenge, user, excludeCredentials } = from
  return {
    ...(from as unknown as PublicKeyCredentialCreationOptions),
    challenge: bytes(challenge),
    user: { ...user, id: bytes(user.id) },
    excludeCredentials: (excludeCredentials ?? []).map(({ id }) => ({ type: 'public-key', id: bytes(id) })),
  }
}

function requestOptions(from: PublicKeyCredentialRequestOptionsJSON): PublicKeyCredentialRequestOptions {
  if ('parseRequestOptionsFromJSON' in PublicKeyCredential) return PublicKeyCredential.parseRequestOptionsFromJSON(from)
  return { ...(from as unknown as PublicKeyCredentialRequestOptions), challenge: bytes(from.challenge) }
}

function json(credential: PublicKeyCredential): unknown {
  if (typeof credential.toJSON === 'function') return credential.toJSON()
  const { id, type, authenticatorAttachment, response } = credential
  const parts = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'] as const
  const said = parts.flatMap((part) => {
    const value = (response as unknown as Record<string, unknown>)[part]
    return value instanceof ArrayBuffer ? [[part, text(value)]] : []
  })
  return { id, rawId: id, type, authenticatorAttachment, clientExtensionResults: {}, response: Object.fromEntries(said) }
}

export const bytes = (from: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(from.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))

export const text = (from: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(from))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

/** A browser says the same of "cancelled", "too late" and "there is none", so that no page learns which. */
function notUsed(thrown: unknown): never {
  if (name(thrown) === 'SecurityError') throw said('Passkeys do not work at this address', 'Sign in with your password instead.')
  throw said(
    'No passkey was used',
    'It was cancelled, took longer than three minutes, or this device has none for this site. Try again, or sign in with your password.',
  )
}

function notMade(thrown: unknown): never {
  if (name(thrown) === 'InvalidStateError') throw said('There is one already', 'This device has a passkey of yours for this site. Nothing was added.')
  if (['NotSupportedError', 'ConstraintError'].includes(name(thrown)))
    throw said('Not on this device', 'It cannot keep a passkey that knows you by a finger, a face or a code. Nothing was added; your password works as before.')
  throw said('No passkey was added', 'It was cancelled or took longer than three minutes. Nothing else changed; you can try again.')
}

const name = (thrown: unknown): string => (thrown instanceof DOMException ? thrown.name : '')
const said = (title: string, detail: string) => new Problem(400, { type: 'passkey', title, detail })
