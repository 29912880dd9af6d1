import type { Route } from '../../routes'

// A small stand-in for the server, while developing only: ?fixtures
if (import.meta.env.DEV) {
  const { installWhenAsked } = await import('../../fixtures/stub')
  installWhenAsked()
}

const client = { shell: 'client', who: 'client' } as const
/** Inside a lesson, and where a page ends with one next step, there is no tab bar. */
const bare = { shell: 'bare', who: 'client' } as const

export const clientRoutes: Route[] = [
  { ...client, path: '/today', title: 'Today', load: () => import('./Today.svelte') },
  { ...client, path: '/program', title: 'Program', load: () => import('./Program.svelte') },
  { ...client, path: '/progress', title: 'Progress', load: () => import('./Progress.svelte') },
  { ...client, path: '/account', title: 'Account', load: () => import('./Account.svelte') },
  { ...client, path: '/account/sessions', title: 'Where you are signed in', load: () => import('./Sessions.svelte') },
  { ...client, path: '/data', title: 'Your data', load: () => import('./YourData.svelte') },
  { ...client, path: '/reminders', title: 'Reminders', load: () => import('./Reminders.svelte') },
  { ...client, path: '/invoices', title: 'Invoices', load: () => import('./Invoices.svelte') },
  { ...client, path: '/invoices/:number', title: 'Invoice', load: () => import('./Invoices.svelte') },
  { ...bare, path: '/lessons/:enrolment_id/:number', title: 'Lesson', load: () => import('./Lesson.svelte') },
  { ...bare, path: '/submissions/:submission_id', title: 'Feedback', load: () => import('./Submission.svelte') },
  { path: '/stop', title: 'Stop reminders', shell: 'door', who: 'anyone', load: () => import('./Stop.svelte') },
]
