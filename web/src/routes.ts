import type { Component } from 'svelte'

/** What a page component is given. */
export interface PageProps {
  params: Record<string, string>
  query: URLSearchParams
}

export type ShellName = 'client' | 'staff' | 'door' | 'bare'

export interface Route {
  path: string
  /** Title of the window until the page says a better one with `setTitle`. */
  title: string
  /** The frame around the page; `bare` pages bring their own (LessonShell). */
  shell: ShellName
  /** Who may open it. Others are asked to sign in, or told that there is no such page. */
  who: 'anyone' | 'client' | 'staff' | 'owner'
  load: () => Promise<{ default: Component<any> }>
}
