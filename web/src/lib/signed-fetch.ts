import { session } from './session.svelte'
import { bearerFetch } from './transport'

/** `fetch` for whoever is signed in. By itself, for pages that need no more of `api` than this. */
export const signedFetch = bearerFetch(session)
