/**
 * Answers on their way. Each is kept on this device the moment it is given, sent in order, and
 * forgotten once the server has it. Offline they wait; nothing is lost by closing the page.
 */
import { asProblem, type Problem } from './problem'

export interface Letter {
  /** Which answer: a newer one under the same name replaces one that has not gone yet. */
  name: string
  method: 'PUT' | 'POST' | 'PATCH'
  url: string
  body: unknown
  /** ISO moment at which it was given. */
  kept_at: string
  /** One attempt, one key, also after a reload. */
  key: string
}

export type LetterState = 'kept' | 'sent' | 'refused'

export interface Shelf {
  read(): Letter[]
  /** False when the device would not keep it. */
  write(letters: Letter[]): boolean
}

export interface OutboxOptions {
  shelf: Shelf
  /** Resolves when the server has it, rejects with a Problem. */
  send: (letter: Letter) => Promise<void>
  now?: () => Date
  newKey?: () => string
}

export type Listener = (name: string, state: LetterState, problem?: Problem) => void

export class Outbox {
  readonly #options: Required<OutboxOptions>
  readonly #listeners = new Set<Listener>()
  #letters: Letter[]
  #going: Promise<void> | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #failures = 0

  constructor(options: OutboxOptions) {
    this.#options = { now: () => new Date(), newKey: () => crypto.randomUUID(), ...options }
    this.#letters = options.shelf.read()
  }

  /** What has not reached the server, oldest first. */
  get waiting(): readonly Letter[] {
    return this.#letters
  }

  waitingFor(name: string): Letter | undefined {
    return this.#letters.find((letter) => letter.name === name)
  }

  /** Keeps an answer and starts sending. Returns false when this device cannot keep it over a reload. */
  put(name: string, url: string, body: unknown, method: Letter['method'] = 'PUT'): boolean {
    const letter: Letter = { name, method, url, body, kept_at: this.#options.now().toISOString(), key: this.#options.newKey() }
    // The newest goes to the end: the server sees answers in the order in which they were last given.
    this.#letters = [...this.#letters.filter((other) => other.name !== name), letter]
    const keptOver = this.#options.shelf.write(this.#letters)
    this.#tell(name, 'kept')
    void this.flush()
    return keptOver
  }

  /** Sends what waits; resolves when all has gone or the network has stopped. */
  flush(): Promise<void> {
    clearTimeout(this.#retry)
    this.#going ??= this.#run().finally(() => {
      this.#going = undefined
    })
    return this.#going
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Forgets everything: somebody else may use this device next. */
  clear(): void {
    clearTimeout(this.#retry)
    this.#letters = []
    this.#options.shelf.write([])
  }

  async #run(): Promise<void> {
    for (let letter = this.#letters[0]; letter; letter = this.#letters[0]) {
      try {
        await this.#options.send(letter)
        this.#failures = 0
        this.#drop(letter)
        this.#tell(letter.name, 'sent')
      } catch (thrown) {
        const problem = asProblem(thrown)
        if (problem.passing || problem.status === 401) {
          this.#later()
          return
        }
        // Sending the same again would be refused again: the page shows it and offers what to do.
        this.#drop(letter)
        this.#tell(letter.name, 'refused', problem)
      }
    }
  }

  /** A letter replaced while it was on its way stays: its newer text has another key. */
  #drop(letter: Letter): void {
    this.#letters = this.#letters.filter((other) => other.key !== letter.key)
    this.#options.shelf.write(this.#letters)
  }

  #later(): void {
    this.#failures += 1
    const seconds = Math.min(60, 2 ** this.#failures)
    this.#retry = setTimeout(() => void this.flush(), seconds * 1000)
  }

  #tell(name: string, state: LetterState, problem?: Problem): void {
    for (const listener of this.#listeners) listener(name, state, problem)
  }
}

/**
 * localStorage, because it writes before the page can close; IndexedDB may not. Under the person's
 * own id, so that two people on one phone never send each other's answers.
 */
export function localShelf(personId: string): Shelf {
  const place = `meanwhile.outbox.${personId}`
  return {
    read() {
      try {
        const value: unknown = JSON.parse(localStorage.getItem(place) ?? '[]')
        return Array.isArray(value) ? (value as Letter[]) : []
      } catch {
        return []
      }
    },
    write(letters) {
      try {
        if (letters.length === 0) localStorage.removeItem(place)
        else localStorage.setItem(place, JSON.stringify(letters))
        return true
      } catch {
        return false
      }
    },
  }
}
