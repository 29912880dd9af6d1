/**
 * Where the staff's pages are. A module of its own, so that a client's first page does not carry the names of
 * files that it never needs.
 */
export const pages = {
  reviews: () => import('./reviews/Reviews.svelte'),
  client: () => import('./client/ClientOverview.svelte'),
  clientProgram: () => import('./client/ClientProgram.svelte'),
  clientProgress: () => import('./client/ClientProgress.svelte'),
  clientContact: () => import('./client/ClientContact.svelte'),
  clientInvoices: () => import('./client/ClientInvoices.svelte'),
  clients: () => import('./Clients.svelte'),
  newClient: () => import('./NewClient.svelte'),
  clientLesson: () => import('./ClientLesson.svelte'),
  programs: () => import('./Programs.svelte'),
  editor: () => import('./Editor.svelte'),
  preview: () => import('./Preview.svelte'),
  library: () => import('./Library.svelte'),
  practice: () => import('./Practice.svelte'),
  audit: () => import('./Audit.svelte'),
  money: () => import('./Money.svelte'),
}
