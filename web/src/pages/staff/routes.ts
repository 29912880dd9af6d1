import type { Route } from '../../routes'

const record = { shell: 'staff', who: 'staff' } as const

/** Reviews, and the pages of one client. */
const recordRoutes: Route[] = [
  { ...record, path: '/reviews', title: 'Reviews', load: () => import('./reviews/Reviews.svelte') },
  { ...record, path: '/clients/:client_id', title: 'Client', load: () => import('./client/ClientOverview.svelte') },
  { ...record, path: '/clients/:client_id/program', title: 'Program', load: () => import('./client/ClientProgram.svelte') },
  { ...record, path: '/clients/:client_id/progress', title: 'Progress', load: () => import('./client/ClientProgress.svelte') },
  { ...record, path: '/clients/:client_id/contact', title: 'Contact', load: () => import('./client/ClientContact.svelte') },
  { ...record, path: '/clients/:client_id/invoices', title: 'Invoices', load: () => import('./client/ClientInvoices.svelte') },
  { ...record, path: '/clients/:client_id/seen', title: 'Seen by', load: () => import('./client/ClientTrail.svelte') },
  { ...record, path: '/clients/:client_id/privacy', title: 'Data and privacy', load: () => import('./client/ClientPrivacy.svelte') },
]

const staff = { shell: 'staff', who: 'staff' } as const
const owner = { shell: 'staff', who: 'owner' } as const
/** Writing and looking through a program have no menu; they bring their own frame. */
const bare = { shell: 'bare', who: 'staff' } as const

/** The practice: who is in it, what is taught, what is paid. */
const practiceRoutes: Route[] = [
  { ...staff, path: '/clients', title: 'Clients', load: () => import('./Clients.svelte') },
  { ...staff, path: '/clients/new', title: 'New client', load: () => import('./NewClient.svelte') },
  { ...bare, path: '/clients/:client_id/lessons/:enrolment_id/:number', title: 'Lesson', load: () => import('./ClientLesson.svelte') },
  { ...staff, path: '/programs', title: 'Programs', load: () => import('./Programs.svelte') },
  { ...bare, path: '/programs/:program_id', title: 'Program', load: () => import('./Editor.svelte') },
  { ...bare, path: '/programs/:program_id/preview', title: 'Preview', load: () => import('./Preview.svelte') },
  { ...staff, path: '/library', title: 'Library', load: () => import('./Library.svelte') },
  { ...staff, path: '/practice', title: 'Practice', load: () => import('./Practice.svelte') },
  { ...staff, path: '/sessions', title: 'Where you are signed in', load: () => import('./Sessions.svelte') },
  { ...owner, path: '/practice/audit', title: 'Who did what', load: () => import('./Audit.svelte') },
  { ...owner, path: '/money', title: 'Money', load: () => import('./Money.svelte') },
]

/** One line a page. The router fetches this table with the first path that is not a client’s, so that clients do not carry it. */
export const staffRoutes: Route[] = [...recordRoutes, ...practiceRoutes]
