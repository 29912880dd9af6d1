import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { bytes, signWithPasskey, text } from './passkeys'
import { Problem } from './problem'

const OPTIONS = { challenge: 'AAECAw', rpId: 'meanwhile.test', timeout: 180000, userVerification: 'required' }
const buffer = (...all: number[]) => new Uint8Array(all).buffer

let asked: CredentialRequestOptions[]
let device: () => Promise<unknown>

beforeEach(() => {
  asked = []
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify({ options: JSON.stringify(OPTIONS) }))))
  vi.stubGlobal('PublicKeyCredential', class {})
  vi.stubGlobal('navigator', {
    credentials: {
      get: (options: CredentialRequestOptions) => {
        asked.push(options)
        return device()
      },
    },
  })
})
afterEach(() => vi.unstubAllGlobals())

const refused = async (name: string): Promise<Problem> => {
  device = () => Promise.reject(new DOMException('', name))
  return signWithPasskey('a@b.example').then(
    () => expect.unreachable(),
    (thrown: unknown) => thrown as Problem,
  )
}

test('a browser that knows no JSON of passkeys is asked in bytes and answered for in text', async () => {
  device = () =>
    Promise.resolve({
      id: 'AQ',
      type: 'public-key',
      authenticatorAttachment: 'platform',
      response: { clientDataJSON: buffer(1), authenticatorData: buffer(251, 255), signature: buffer(3), userHandle: null },
    })
  const signed: unknown = JSON.parse(await signWithPasskey(' a@b.example '))
  expect(asked[0]?.publicKey?.challenge).toEqual(new Uint8Array([0, 1, 2, 3]))
  expect(asked[0]?.publicKey?.userVerification).toBe('required')
  expect(signed).toEqual({
    id: 'AQ',
    rawId: 'AQ',
    type: 'public-key',
    authenticatorAttachment: 'platform',
    clientExtensionResults: {},
    response: { clientDataJSON: 'AQ', authenticatorData: '-_8', signature: 'Aw' },
  })
})

test('what a browser writes itself is taken as it is', async () => {
  device = () => Promise.resolve({ toJSON: () => ({ id: 'own' }) })
  expect(await signWithPasskey('a@b.example')).toBe('{"id":"own"}')
})

test('a passkey that was not used is told in words that say what to do', async () => {
  const cancelled = await refused('NotAllowedError')
  expect(cancelled).toBeInstanceOf(Problem)
  expect(cancelled.say.happened).toBe('No passkey was used')
  expect(cancelled.say.detail).toContain('sign in with your password')
  expect((await refused('SecurityError')).say.happened).toBe('Passkeys do not work at this address')
})

test('bytes come back from text as they went', () => {
  for (let length = 0; length < 9; length += 1) {
    const some = Uint8Array.from({ length }, (_, at) => 255 - at * 31)
    expect(bytes(text(some.buffer))).toEqual(some)
  }
})
