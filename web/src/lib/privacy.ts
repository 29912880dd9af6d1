/** Copies of everything, how long it is kept, and its erasure: what the pages ask, and how they say it. */
import { send } from './client-api'
import type { components } from './schema'

type Schemas = components['schemas']
export type DataPage = Schemas['DataPage']
export type DataCopy = Schemas['CopyView']
export type Keeping = Schemas['KeepingView']
export type KeepingChange = Schemas['KeepingChange']
export type Retention = Schemas['RetentionView']
export type ErasurePreview = Schemas['ErasurePreview']

const of = (client: string) => `/api/clients/${encodeURIComponent(client)}`

export const getData = async (client: string): Promise<DataPage> => (await send<DataPage>('GET', `${of(client)}/data`)).data
export const askForCopy = async (client: string): Promise<DataCopy> => (await send<DataCopy>('POST', `${of(client)}/copies`)).data
export const copyUrl = async (client: string, copy: string, number: number): Promise<string> =>
  (await send<Schemas['CopyUrl']>('GET', `${of(client)}/copies/${encodeURIComponent(copy)}/files/${number}`)).data.url
export const getKeeping = (client: string) => send<Keeping>('GET', `${of(client)}/keeping`)
export const putKeeping = (client: string, change: KeepingChange, version: string) => send<Keeping>('PUT', `${of(client)}/keeping`, change, version)
export const getErasure = async (client: string): Promise<ErasurePreview> => (await send<ErasurePreview>('GET', `${of(client)}/erasure`)).data
export const eraseClient = async (client: string, name: string): Promise<void> => void (await send<unknown>('POST', `${of(client)}/erasure`, { name }))
export const getRetention = () => send<Retention>('GET', '/api/retention')
export const putRetention = (change: Retention, version: string) => send<Retention>('PUT', '/api/retention', change, version)

/** "3 KB", "12 MB", "1.4 GB": as a phone says it. */
export function saySize(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.max(1, Math.round(bytes / 1000))} KB`
  if (bytes < 1_000_000_000) return `${Math.round(bytes / 1_000_000)} MB`
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`
}

/** How long records are kept, as a sentence; `whose` is "your" or a name with its ’s. */
export function sayKept(years: number | null, practice: string): string {
  if (years === null) return `${practice} keeps the record until it is erased.`
  return `${practice} keeps the record for ${years === 1 ? 'a year' : `${years} years`} after care has ended. Then it is erased by itself.`
}

export function sayOriginals(days: number | null): string {
  if (days === null) return 'Recordings stay as long as the record.'
  return `A recording stays as long as the record. The file as it was sent is removed after ${days} days; what plays is kept.`
}

/** A whole number within limits, nothing for an empty field, undefined for anything else. */
export function readLimit(text: string, least: number, most: number): number | null | undefined {
  if (text.trim() === '') return null
  const number = Number(text)
  return Number.isInteger(number) && number >= least && number <= most ? number : undefined
}
