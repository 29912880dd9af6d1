/**
 * What the staff's pages ask of the API, one function a call; every failure is a Problem. The transport adds
 * the Idempotency-Key, so nobody here names one.
 */
import type { LessonText } from './author-blocks'
import { send } from './client-api'
import type { LibraryKind } from './library-words'
import type { components } from './schema'

type Schemas = components['schemas']
export type ClientLine = Schemas['ClientLine']
export type ClientPage = Schemas['ClientPage']
export type Client = Schemas['ClientView']
export type ClientDetails = Schemas['ClientDetails']
export type PracticeView = Schemas['PracticeView']
export type Practice = Schemas['Practice']
export type PracticeSettings = Schemas['PracticeSettings']
export type Staff = Schemas['PersonView']
export type AuditPage = Schemas['AuditPage']
/** From which moment until before which; all of it where neither is given. */
export interface Span {
  since: string | undefined
  until: string | undefined
}
export type Invoice = Schemas['OwnersInvoice']
export type Resource = Schemas['ResourceView']
export type ProgramLine = Schemas['ProgramLine']
export type Program = Schemas['ProgramView']
export type LessonDraft = Schemas['LessonDraft']
export type Edition = Schemas['EditionView']

const q = encodeURIComponent
const get = async <T>(path: string): Promise<T> => (await send<T>('GET', path)).data
const post = async <T>(path: string, body?: unknown): Promise<T> => (await send<T>('POST', path, body)).data

/** A path with what stands behind the question mark; what is empty is left out. */
function asked(path: string, query: Record<string, string | null | undefined>): string {
  const given = Object.entries(query).filter((one): one is [string, string] => typeof one[1] === 'string' && one[1] !== '')
  return given.length > 0 ? `${path}?${new URLSearchParams(given).toString()}` : path
}

// People.
export const listClients = (after?: string | null) => get<ClientPage>(asked('/api/clients', { after }))
export const getClient = (clientId: string) => get<Client>(`/api/clients/${q(clientId)}`)
export const resetAuthenticator = async (personId: string) => (await send<Staff>('DELETE', `/api/people/${q(personId)}/authenticator`)).data
export const takeOut = async (personId: string) => (await send<unknown>('DELETE', `/api/people/${q(personId)}`)).data
export const addClient = (details: ClientDetails) => post<Client>('/api/clients', details)
export const getPractice = () => send<PracticeView>('GET', '/api/practice')
export const putPractice = (settings: PracticeSettings, version: string) => send<PracticeView>('PUT', '/api/practice', settings, version)
export const inviteStaff = (invitation: Schemas['StaffInvitation']) => post<Staff>('/api/people', invitation)
export const inviteAgain = (personId: string) => post<unknown>(`/api/people/${q(personId)}/invitation`)
export const readTrail = ({ since, until }: Span, after?: string) => get<AuditPage>(asked('/api/audit', { since, until, after }))
export const readClientTrail = (clientId: string, { since, until }: Span, after?: string) => get<AuditPage>(asked(`/api/clients/${q(clientId)}/audit`, { since, until, after }))

// Money.
export const listInvoices = (after?: string | null) => get<Schemas['PracticeInvoices']>(asked('/api/invoices', { after }))
const invoicePath = ({ client_id, number }: Pick<Invoice, 'client_id' | 'number'>) => `/api/clients/${q(client_id)}/invoices/${q(number)}`
export const invoicePdf = (invoice: Pick<Invoice, 'client_id' | 'number'>) => get<Schemas['PdfLink']>(`${invoicePath(invoice)}/pdf`)
export const notePayment = (invoice: Pick<Invoice, 'client_id' | 'number'>, payment: Schemas['NotePayment']) => post<Schemas['InvoiceView']>(`${invoicePath(invoice)}/payment`, payment)

// The library.
export interface NewResource {
  kind: LibraryKind
  title: string
  alt: string
  content_type: string
  size: number
  file_name: string
}
export const listResources = (after?: string | null) => get<Schemas['Library']>(asked('/api/resources', { after }))
export const openResource = (about: NewResource) => post<Schemas['ResourceOpened']>('/api/resources', about)
const filePath = (id: string) => `/api/library/${q(id)}`
export const getFile = (id: string) => get<Schemas['RecordingView']>(filePath(id))
export const giveUpFile = async (id: string): Promise<void> => void (await send<unknown>('DELETE', filePath(id)))
export const putCaptions = async (id: string, text: string) => (await send<Resource>('PUT', `${filePath(id)}/captions`, { text })).data
export const takeOutCaptions = async (id: string) => (await send<Resource>('DELETE', `${filePath(id)}/captions`)).data
export const signParts = (id: string, numbers: number[]) => post<Schemas['PartUrls']>(`${filePath(id)}/parts`, { numbers })
export const listParts = (id: string) => get<Schemas['ArrivedParts']>(`${filePath(id)}/parts`)
export const completeFile = (id: string, parts: { number: number; etag: string }[]) => post<Schemas['RecordingView']>(`${filePath(id)}/completion`, { parts })

// Programs.
const programPath = (id: string) => `/api/programs/${q(id)}`
export const listPrograms = () => get<Schemas['Programs']>('/api/programs')
export const beginProgram = (title: string, summary: string) => post<Program>('/api/programs', { title, summary })
export const getProgram = (id: string) => get<Program>(programPath(id))
export const putProgram = async (id: string, change: { title: string; summary: string; lessons: readonly string[] }, revision: number) => (await send<Program>('PUT', programPath(id), change, revision)).data
export const addLesson = (id: string, title: string, minutes: number) => post<Program>(`${programPath(id)}/lessons`, { title, minutes })
export const putLesson = async (id: string, lessonId: string, text: LessonText, version: number) => (await send<LessonDraft>('PUT', `${programPath(id)}/lessons/${q(lessonId)}`, text, version)).data
export const publishProgram = (id: string, note: string) => post<Program>(`${programPath(id)}/versions`, { note })
export const getEdition = (id: string, version: string | number) => get<Edition>(`${programPath(id)}/versions/${q(String(version))}`)
