/** What the pages of one client ask of the API, as staff see them. Every failure is a Problem. */
import { type Amount, type EnrolmentView, type Invoices, type InvoiceView, send, type Versioned } from './client-api'

export interface Named {
  person_id: string
  name: string
}

export interface ClientView {
  client_id: string
  name: string
  time_zone: string
  /** The first one answers. */
  therapists: Named[]
  guardians: Named[]
  own: Named | null
  since: string
}

export interface ClientChange {
  name: string
  time_zone: string
  therapist_ids: string[]
}

export interface Staff {
  person_id: string
  name: string
  roles: string[]
  state: string
}

export interface ProgramLine {
  program_id: string
  title: string
  summary: string
  lessons: number
  /** The latest published one; 0 where there is none. */
  version: number
}

export interface Fee {
  subscription_id: string
  amount: Amount
  from_on: string
  title: string
  next_on: string | null
  ended_on: string | null
  version: number
}

export interface ClientInvoices extends Omit<Invoices, 'fees'> {
  fees: Fee[]
}

const of = (clientId: string) => `/api/clients/${encodeURIComponent(clientId)}`

export const getCard = (clientId: string) => send<ClientView>('GET', of(clientId))
export const changeCard = (clientId: string, change: ClientChange, version: string) => send<ClientView>('PUT', of(clientId), change, version)
export const addGuardian = (clientId: string, who: { name: string; email: string }) => send<ClientView>('POST', `${of(clientId)}/guardians`, who)
export const removeGuardian = (clientId: string, personId: string, version: string): Promise<Versioned<ClientView>> =>
  send<ClientView>('DELETE', `${of(clientId)}/guardians/${encodeURIComponent(personId)}`, undefined, version)

export const getTherapists = async (): Promise<Staff[]> =>
  (await send<{ staff: Staff[] }>('GET', '/api/practice')).data.staff.filter((one) => one.roles.includes('therapist'))
export const getPrograms = async (): Promise<ProgramLine[]> => (await send<{ programs: ProgramLine[] }>('GET', '/api/programs')).data.programs

export const enrol = async (clientId: string, programId: string, version: number): Promise<EnrolmentView> =>
  (await send<EnrolmentView>('POST', `${of(clientId)}/enrolments`, { program_id: programId, version })).data
export const openLesson = async (clientId: string, enrolmentId: string, number: number): Promise<EnrolmentView> =>
  (await send<EnrolmentView>('POST', `${of(clientId)}/enrolments/${encodeURIComponent(enrolmentId)}/lessons/${number}/opening`, {})).data

export const getClientInvoices = async (clientId: string): Promise<ClientInvoices> => (await send<ClientInvoices>('GET', `${of(clientId)}/invoices`)).data
export const setFee = async (clientId: string, fee: { minor: number; from_on: string; title: string }): Promise<Fee> =>
  (await send<Fee>('POST', `${of(clientId)}/fees`, fee)).data
export const endFee = async (clientId: string, fee: Fee): Promise<Fee> =>
  (await send<Fee>('DELETE', `${of(clientId)}/fees/${encodeURIComponent(fee.subscription_id)}`, undefined, fee.version)).data
export const notePayment = async (clientId: string, number: string, payment: { paid_on: string; note: string }): Promise<InvoiceView> =>
  (await send<InvoiceView>('POST', `${of(clientId)}/invoices/${encodeURIComponent(number)}/payment`, payment)).data
