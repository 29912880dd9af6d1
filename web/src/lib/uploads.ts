/** Ties the uploader to our API: the ticket, the signing, and what was left over from last time. */
import { signedFetch } from './api'
import { blobShelf, type KeptUpload } from './blob-shelf'
import { problemOf } from './problem'
import { session } from './session.svelte'
import { partBytes, type Part, type UploadCalls, Uploader } from './uploader'
import type { UploadNews } from './upload-words'

interface Ticket {
  recording_id: string
  upload_id: string
  key: string
}

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await signedFetch(
    new Request(new URL(path, location.origin), {
      method,
      headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  )
  if (!response.ok) throw await problemOf(response)
  const text = await response.text()
  return (text === '' ? undefined : JSON.parse(text)) as T
}

/** The calls of one recording under `base`, as `/api/lessons/<id>/recordings`. */
function callsFor(base: string, recordingId: string): UploadCalls {
  const at = `${base}/${recordingId}`
  return {
    sign: async (part_numbers) => (await call<{ parts: { part_number: number; url: string }[] }>('POST', `${at}/parts`, { part_numbers })).parts,
    list: async () => (await call<{ parts: (Part & { size: number })[] }>('GET', `${at}/parts`)).parts,
    complete: (parts) => call('POST', `${at}/complete`, { parts }),
    remove: () => call('DELETE', at),
  }
}

/** Asks for a ticket and makes the uploader; nothing is sent before `start()`. */
export async function newUpload(base: string, file: Blob, about: Record<string, unknown>, onnews: (news: UploadNews) => void): Promise<Uploader> {
  const name = file instanceof File ? file.name : 'recording'
  const ticket = await call<Ticket>('POST', base, { ...about, content_type: mediaType(file), size: file.size })
  const upload: KeptUpload = {
    id: ticket.recording_id,
    person_id: session.person?.person_id ?? '',
    blob: file,
    name,
    upload_id: ticket.upload_id,
    key: ticket.key,
    part_bytes: partBytes(file.size),
    kept_at: Date.now(),
  }
  return new Uploader({ upload, calls: callsFor(base, upload.id), shelf: blobShelf, onnews })
}

/** The upload of this recording that an earlier visit began, if this browser kept it. */
export async function keptUpload(base: string, recordingId: string, onnews: (news: UploadNews) => void): Promise<Uploader | undefined> {
  const kept = await blobShelf.all(session.person?.person_id ?? '')
  const upload = kept.find((one) => one.id === recordingId)
  return upload ? new Uploader({ upload, calls: callsFor(base, recordingId), shelf: blobShelf, onnews }) : undefined
}

/** Some phones give a MOV no type at all. */
function mediaType(file: Blob): string {
  const bare = file.type.split(';')[0] ?? ''
  if (bare) return bare
  const name = file instanceof File ? file.name.toLowerCase() : ''
  if (name.endsWith('.mov')) return 'video/quicktime'
  if (name.endsWith('.mp4') || name.endsWith('.m4v')) return 'video/mp4'
  return 'application/octet-stream'
}

session.onLeave(() => void blobShelf.clear())
