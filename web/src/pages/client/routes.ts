import type { Route } from '../../routes'

/** One line a page: `{ ...client, path: '/today', title: 'Today', load: () => import('./Today.svelte') }` */
export const clientRoutes: Route[] = []
