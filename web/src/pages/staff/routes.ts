import type { Route } from '../../routes'
import type { pages } from './pages'

/** The names of the files come with the first of these pages: clients do not load them. */
const page = (name: keyof typeof pages) => async () => (await import('./pages')).pages[name]()

const record = { shell: 'staff', who: 'staff' } as const

/** Reviews, and the pages of one client. */
const recordRoutes: Route[] = [
  { ...record, path: '/reviews', title: 'Reviews', load: page('reviews') },
  { ...record, path: '/clients/:client_id', title: 'Client', load: page('client') },
  { ...record, path: '/clients/:client_id/program', title: 'Program', load: page('clientProgram') },
  { ...record, path: '/clients/:client_id/progress', title: 'Progress', load: page('clientProgress') },
  { ...record, path: '/clients/:client_id/contact', title: 'Contact', load: page('clientContact') },
  { ...record, path: '/clients/:client_id/invoices', title: 'Invoices', load: page('clientInvoices') },
]

const staff = { shell: 'staff', who: 'staff' } as const
const owner = { shell: 'staff', who: 'owner' } as const
/** Writing and looking through a program have no menu; they bring their own frame. */
const bare = { shell: 'bare', who: 'staff' } as const

/** The practice: who is in it, what is taught, what is paid. */
const practiceRoutes: Route[] = [
  { ...staff, path: '/clients', title: 'Clients', load: page('clients') },
  { ...staff, path: '/clients/new', title: 'New client', load: page('newClient') },
  { ...bare, path: '/clients/:client_id/lessons/:enrolment_id/:number', title: 'Lesson', load: page('clientLesson') },
  { ...staff, path: '/programs', title: 'Programs', load: page('programs') },
  { ...bare, path: '/programs/:program_id', title: 'Program', load: page('editor') },
  { ...bare, path: '/programs/:program_id/preview', title: 'Preview', load: page('preview') },
  { ...staff, path: '/library', title: 'Library', load: page('library') },
  { ...staff, path: '/practice', title: 'Practice', load: page('practice') },
  { ...owner, path: '/practice/audit', title: 'Who did what', load: page('audit') },
  { ...owner, path: '/money', title: 'Money', load: page('money') },
]

/** One line a page here, and one with its file in pages.ts. */
export const staffRoutes: Route[] = [...recordRoutes, ...practiceRoutes]
