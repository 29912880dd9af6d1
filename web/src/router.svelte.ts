import { tick } from 'svelte'
import { findRoute, type Params } from './lib/match'
import { clientRoutes } from './pages/client/routes'
import { doorRoutes } from './pages/door/routes'
import { reviewRoutes } from './pages/review/routes'
import type { Route } from './routes'

const near: Route[] = [...doorRoutes, ...clientRoutes, ...reviewRoutes]

// The gallery of parts is built for developers only; a production build drops the branch and its page.
if (import.meta.env.DEV) {
  near.push({ path: '/kit', title: 'Kit', shell: 'bare', who: 'anyone', load: () => import('./pages/kit/Kit.svelte') })
}

const SCROLLS = 'meanwhile.scrolls'

/** Asked before leaving a page; false keeps it open. */
type Guard = (to: string) => boolean | Promise<boolean>

/**
 * The history of this window: which page is shown, where it was scrolled to, and what has focus
 * after a move (the heading, so that it is read out).
 */
class Router {
  path = $state('/')
  search = $state('')
  /** The table of the staff's pages, which clients never ask for; fetched with the first path that is not theirs. */
  #far = $state.raw<Route[]>()
  /** That table could not be fetched. */
  lost = $state(false)
  #scrolls = new Map<string, number>()
  #key = ''
  #guard: Guard | undefined
  #moves = 0

  readonly found = $derived(findRoute(near, this.path) ?? findRoute(this.#far ?? [], this.path))
  readonly query = $derived(new URLSearchParams(this.search))

  get route(): Route | undefined {
    return this.found?.route
  }

  /** No table has this path: there is no such page. */
  get missing(): boolean {
    return !this.found && this.#far !== undefined && this.path !== '/'
  }

  get params(): Params {
    return this.found?.params ?? {}
  }

  start(): void {
    history.scrollRestoration = 'manual'
    this.#scrolls = readScrolls()
    this.#key = keyOf(history.state) ?? this.#newEntry()
    this.#read()
    addEventListener('popstate', (event) => void this.#pop(event))
    addEventListener('pagehide', () => this.#keepScrolls())
    document.addEventListener('click', (event) => this.#click(event))
  }

  /** Opens a page of this site. */
  async go(to: string, { replace = false } = {}): Promise<void> {
    if (!replace && !(await this.#mayLeave(to))) return
    this.#scrolls.set(this.#key, scrollY)
    const key = newKey()
    if (replace) history.replaceState({ key }, '', to)
    else history.pushState({ key }, '', to)
    this.#key = key
    this.#read()
    this.#moves += 1
    scrollTo(0, 0)
    await tick()
    void focusHeading()
  }

  /** Changes what stands behind the question mark without leaving the page or its place. */
  setQuery(query: Record<string, string | undefined>): void {
    const next = new URLSearchParams(this.search)
    for (const [name, value] of Object.entries(query)) {
      if (value === undefined) next.delete(name)
      else next.set(name, value)
    }
    const text = next.toString()
    history.replaceState(history.state, '', location.pathname + (text ? `?${text}` : '') + location.hash)
    this.search = text ? `?${text}` : ''
  }

  /** Back to where the person came from, or to `fallback` when they came from outside. */
  back(fallback: string): void {
    if (this.#moves > 0) history.back()
    else void this.go(fallback, { replace: true })
  }

  /** Set by a page with work that is not kept yet; returns the way to take it away. */
  guard(guard: Guard): () => void {
    this.#guard = guard
    const unload = (event: BeforeUnloadEvent): void => event.preventDefault()
    addEventListener('beforeunload', unload)
    return () => {
      if (this.#guard === guard) this.#guard = undefined
      removeEventListener('beforeunload', unload)
    }
  }

  /** Called by the frame when the page is on the screen: the place of a page that was left before. */
  restoreScroll(): void {
    const y = this.#scrolls.get(this.#key)
    if (y) void settleAt(y)
  }

  #newEntry(): string {
    const key = newKey()
    history.replaceState({ key }, '', location.href)
    return key
  }

  #read(): void {
    this.path = location.pathname
    this.search = location.search
    if (!this.#far && this.path !== '/' && !findRoute(near, this.path)) void this.#fetchFar()
  }

  async #fetchFar(): Promise<void> {
    this.lost = false
    try {
      this.#far = (await import('./pages/staff/routes')).staffRoutes
    } catch {
      this.lost = true
    }
  }

  async #mayLeave(to: string): Promise<boolean> {
    return this.#guard ? await this.#guard(to) : true
  }

  async #pop(event: PopStateEvent): Promise<void> {
    const sameDocument = location.pathname === this.path && location.search === this.search
    if (sameDocument) return
    const to = location.pathname + location.search
    if (this.#guard) {
      // The browser has moved already: go back to the page, ask, and move again.
      const from = this.path + this.search
      const key = this.#key
      history.pushState({ key }, '', from)
      if (!(await this.#mayLeave(to))) return
      this.#guard = undefined
      await this.go(to, { replace: true })
      return
    }
    this.#scrolls.set(this.#key, scrollY)
    this.#key = keyOf(event.state) ?? this.#newEntry()
    this.#read()
    await tick()
    void focusHeading()
  }

  #click(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = (event.target as Element | null)?.closest('a')
    if (!link?.href || link.target || link.hasAttribute('download')) return
    const url = new URL(link.href)
    if (url.origin !== location.origin || url.pathname.startsWith('/api/')) return
    // A jump within the page (skip link) is the browser's own business.
    if (url.hash && url.pathname === location.pathname && url.search === location.search) return
    event.preventDefault()
    void this.go(url.pathname + url.search + url.hash)
  }

  #keepScrolls(): void {
    this.#scrolls.set(this.#key, scrollY)
    try {
      sessionStorage.setItem(SCROLLS, JSON.stringify([...this.#scrolls].slice(-50)))
    } catch {
      // Without storage a reload starts at the top.
    }
  }
}

export const router = new Router()

export function setTitle(title: string): void {
  document.title = `${title} · Meanwhile`
}

/** Puts focus on the page's heading as soon as there is one, unless the person is elsewhere by then. */
async function focusHeading(): Promise<void> {
  const before = document.activeElement
  for (let tries = 0; tries < 50; tries += 1) {
    await new Promise((next) => setTimeout(next, 40))
    const now = document.activeElement
    if (now !== before && now !== document.body && now !== null) return
    const heading = document.querySelector<HTMLElement>('main h1')
    if (heading && !heading.closest('[data-leaving]')) {
      heading.tabIndex = -1
      heading.focus({ preventScroll: true })
      return
    }
  }
}

/** Waits for the page to be long enough again, for at most a second. */
async function settleAt(y: number): Promise<void> {
  for (let tries = 0; tries < 25; tries += 1) {
    if (document.documentElement.scrollHeight - innerHeight >= y) break
    await new Promise((next) => setTimeout(next, 40))
  }
  scrollTo(0, y)
}

function newKey(): string {
  return Math.random().toString(36).slice(2, 10)
}

function keyOf(state: unknown): string | undefined {
  if (typeof state !== 'object' || state === null) return undefined
  const key = (state as { key?: unknown }).key
  return typeof key === 'string' ? key : undefined
}

function readScrolls(): Map<string, number> {
  try {
    return new Map(JSON.parse(sessionStorage.getItem(SCROLLS) ?? '[]') as [string, number][])
  } catch {
    return new Map()
  }
}
