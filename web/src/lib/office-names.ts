/** Names for the ids of the audit trail, fetched page by page until all that are asked for are known. */
export interface NamePage {
  clients: readonly { client_id: string; name: string }[]
  after: string | null
}

export class NameBook {
  readonly #names = new Map<string, string>()
  readonly #fetch: (after: string | undefined) => Promise<NamePage>
  #after: string | null | undefined

  constructor(fetch: (after: string | undefined) => Promise<NamePage>) {
    this.#fetch = fetch
  }

  /** The names that are known of these; somebody who was taken out of the list has none. */
  async find(ids: Iterable<string>): Promise<ReadonlyMap<string, string>> {
    const wanted = new Set(ids)
    while (this.#after !== null && [...wanted].some((id) => !this.#names.has(id))) {
      const page = await this.#fetch(this.#after)
      for (const one of page.clients) this.#names.set(one.client_id, one.name)
      this.#after = page.after
    }
    return new Map(this.#names)
  }
}
