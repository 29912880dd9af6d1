import { asProblem } from './problem'
import { Attempts, callJson } from './transport'

const URL = '/api/password/forgotten'
const attempts = new Attempts()

/** Asks for a link to choose a new password. A press that got no answer is sent again as the same one. */
export async function forgotten(mail: string): Promise<void> {
  const email = mail.trim()
  const attempt = attempts.begin('POST', URL, email)
  try {
    await callJson('POST', URL, { email, press: attempt.key })
    attempt.end(202)
  } catch (thrown) {
    attempt.end(asProblem(thrown).status)
    throw thrown
  }
}
