import type { Route } from '../../routes'

/** The review page and the link that leads to it; both `bare`, for a review has no menu. */
export const reviewRoutes: Route[] = []
