import type { Route } from '../../routes'

const door = { shell: 'door', who: 'anyone' } as const

export const doorRoutes: Route[] = [
  { ...door, path: '/sign-in', title: 'Sign in', load: () => import('./SignIn.svelte') },
  { ...door, path: '/forgotten', title: 'A new password', load: () => import('./Forgotten.svelte') },
  { ...door, path: '/door', title: 'Your link', load: () => import('./Door.svelte') },
]
