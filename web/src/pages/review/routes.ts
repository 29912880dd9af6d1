import type { Route } from '../../routes'

/** The review page and the link that leads to it; both `bare`, for a review has no menu. */
export const reviewRoutes: Route[] = [
  { path: '/reviews/:client_id/:submission_id', title: 'Review', shell: 'bare', who: 'staff', load: () => import('./Review.svelte') },
  { path: '/r', title: 'A review is waiting', shell: 'bare', who: 'anyone', load: () => import('./ReviewLink.svelte') },
]
