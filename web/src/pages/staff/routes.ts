import type { Route } from '../../routes'

/** One line a page: `{ ...staff, path: '/reviews', title: 'Reviews', load: () => import('./Reviews.svelte') }` */
export const staffRoutes: Route[] = []
