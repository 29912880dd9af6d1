/** What is asked for when a client is added, and what is still wrong with it. */
import { emailFault } from './office-words'

export type WaysIn = 'own' | 'guardians' | 'both'

interface Named {
  person_id: string
  name: string
}

interface Guardian {
  key: number
  name: string
  email: string
}

const MOST_GUARDIANS = 8

export class ClientForm {
  name = $state('')
  zone = $state('')
  ways = $state<WaysIn>()
  email = $state('')
  guardians = $state<Guardian[]>([{ key: 1, name: '', email: '' }])
  lead = $state('')
  also = $state<string[]>([])
  readonly therapists: readonly Named[]
  #next = 2

  constructor({ zone, therapists, me }: { zone: string; therapists: readonly Named[]; me: string }) {
    this.zone = zone
    this.therapists = therapists
    // A therapist adds their own clients; an owner chooses, unless there is nobody to choose from.
    const only = therapists.length === 1 ? therapists[0]?.person_id : undefined
    this.lead = therapists.find((one) => one.person_id === me)?.person_id ?? only ?? ''
  }

  get therapistOptions(): { value: string; label: string }[] {
    const all = this.therapists.map((one) => ({ value: one.person_id, label: one.name }))
    return this.lead === '' ? [{ value: '', label: 'Choose a therapist' }, ...all] : all
  }

  get others(): { value: string; label: string }[] {
    return this.lead === '' ? [] : this.therapists.filter((one) => one.person_id !== this.lead).map((one) => ({ value: one.person_id, label: one.name }))
  }

  setLead(person_id: string): void {
    this.lead = person_id
    this.also = this.also.filter((one) => one !== person_id)
  }

  get mayAddGuardian(): boolean {
    return this.guardians.length < MOST_GUARDIANS
  }

  addGuardian(): void {
    this.guardians.push({ key: this.#next++, name: '', email: '' })
  }

  removeGuardian(key: number): void {
    this.guardians = this.guardians.filter((one) => one.key !== key)
  }

  get #own(): boolean {
    return this.ways === 'own' || this.ways === 'both'
  }

  get #guarded(): boolean {
    return this.ways === 'guardians' || this.ways === 'both'
  }

  /** By field; empty when it can be sent. */
  get faults(): Map<string, string> {
    const faults = new Map<string, string>()
    const seen = new Set<string>()
    const address = (field: string, email: string) => {
      const said = emailFault(email)
      const key = email.trim().toLowerCase()
      if (said) faults.set(field, said)
      else if (seen.has(key)) faults.set(field, 'This address is here twice. Each person needs one of their own.')
      seen.add(key)
    }
    if (!this.name.trim()) faults.set('name', 'Write the client’s name.')
    if (!this.ways) faults.set('ways', 'Choose who signs in.')
    if (this.#own) address('email', this.email)
    if (this.#guarded) {
      for (const one of this.guardians) {
        if (!one.name.trim()) faults.set(`guardian/${one.key}/name`, 'Write the name.')
        address(`guardian/${one.key}/email`, one.email)
      }
    }
    if (!this.lead) faults.set('lead', 'Choose who answers.')
    return faults
  }

  /** Where invitations go. */
  get emails(): string[] {
    return [...(this.#own ? [this.email.trim()] : []), ...(this.#guarded ? this.guardians.map((one) => one.email.trim()) : [])]
  }

  get body() {
    return {
      name: this.name.trim(),
      time_zone: this.zone,
      email: this.#own ? this.email.trim() : null,
      guardians: this.#guarded ? this.guardians.map(({ name, email }) => ({ name: name.trim(), email: email.trim() })) : [],
      therapist_ids: [this.lead, ...this.also],
    }
  }
}
