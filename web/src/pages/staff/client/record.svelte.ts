import { getProgram, type ProgramPage, type Versioned } from '../../../lib/client-api'
import { asProblem, type Problem } from '../../../lib/problem'
import { type ClientView, getCard } from '../../../lib/record'
import { session } from '../../../lib/session.svelte'

/**
 * The client whose pages are open. Going from tab to tab shows what is known at once and looks again
 * behind it, so that the name does not blink.
 */
class OpenRecord {
  id = $state('')
  card = $state.raw<Versioned<ClientView>>()
  program = $state.raw<ProgramPage>()
  problem = $state.raw<Problem>()
  #turn = 0

  get treats(): boolean {
    return session.has('therapist') && (this.card?.data.therapists.some((one) => one.person_id === session.person?.person_id) ?? false)
  }

  async open(id: string): Promise<void> {
    const mine = ++this.#turn
    if (this.id !== id) {
      this.id = id
      this.card = undefined
      this.program = undefined
    }
    this.problem = undefined
    try {
      // A therapist almost always opens their own client: both are asked for at once.
      const program = session.has('therapist') ? getProgram(id).catch(() => undefined) : Promise.resolve(undefined)
      const card = await getCard(id)
      if (mine !== this.#turn) return
      this.card = card
      const page = await program
      if (mine === this.#turn) this.program = page
    } catch (thrown) {
      if (mine === this.#turn && !this.card) this.problem = asProblem(thrown)
    }
  }

  take(card: Versioned<ClientView>): void {
    this.card = card
  }

  forget(): void {
    this.#turn += 1
    this.id = ''
    this.card = undefined
    this.program = undefined
  }
}

export const record = new OpenRecord()
session.onLeave(() => record.forget())
