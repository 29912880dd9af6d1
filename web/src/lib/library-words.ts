/** What the library says about its files, and what it can tell of a file before a byte of it is sent. */
import { sayClock } from './dates'
import type { IconName } from '../kit/icons'

export type LibraryKind = 'image' | 'video' | 'audio' | 'document'
export type LibraryState = 'awaiting_upload' | 'uploaded' | 'processing' | 'ready' | 'rejected' | 'parked'

const MB = 1024 ** 2

export const FILES: Record<LibraryKind, { name: string; a: string; icon: IconName; accept: string; hint: string; most: number; sayMost: string }> = {
  video: { name: 'Video', a: 'a video', icon: 'video', accept: 'video/*,.mov,.mkv', hint: 'Up to 2 GB, and as long as your practice takes (20 minutes, unless an owner raised it). It is made playable on every phone.', most: 2048 * MB, sayMost: '2 GB' },
  image: { name: 'Image', a: 'a picture', icon: 'image', accept: 'image/png,image/jpeg,image/webp,image/gif', hint: 'PNG, JPEG, WebP or GIF, up to 10 MB.', most: 10 * MB, sayMost: '10 MB' },
  audio: { name: 'Sound', a: 'a sound recording', icon: 'mic', accept: 'audio/*,video/*', hint: 'Up to 2 GB, and as long as your practice takes (20 minutes, unless an owner raised it).', most: 2048 * MB, sayMost: '2 GB' },
  document: { name: 'Document', a: 'a document', icon: 'document', accept: 'application/pdf,.pdf', hint: 'A PDF, up to 50 MB.', most: 50 * MB, sayMost: '50 MB' },
}

export const FILE_KINDS: readonly LibraryKind[] = ['video', 'image', 'document', 'audio']

const BY_ENDING: Record<string, string> = { mov: 'video/quicktime', mp4: 'video/mp4', m4v: 'video/mp4', mkv: 'video/x-matroska', webm: 'video/webm', m4a: 'audio/mp4', mp3: 'audio/mpeg', pdf: 'application/pdf', png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', webp: 'image/webp', gif: 'image/gif' }

/** Some phones give a MOV no type at all. */
export function mediaTypeOf(file: { type: string; name: string }): string {
  const bare = file.type.split(';')[0] ?? ''
  return bare || (BY_ENDING[file.name.toLowerCase().split('.').at(-1) ?? ''] ?? 'application/octet-stream')
}

const FITS: Record<LibraryKind, RegExp> = {
  video: /^(video\/|application\/(octet-stream|mp4|ogg|x-matroska)$)/,
  audio: /^(audio\/|video\/|application\/(octet-stream|mp4|ogg|x-matroska)$)/,
  image: /^image\/(png|jpeg|webp|gif)$/,
  document: /^application\/pdf$/,
}

/** What is wrong with a file for this use; undefined when nothing is that can be seen from here. */
export function libraryFault(kind: LibraryKind, file: { size: number; type: string; name: string }): string | undefined {
  const { a, most, sayMost, hint } = FILES[kind]
  if (file.size === 0) return 'This file is empty. Choose it again, or another one.'
  if (!FITS[kind].test(mediaTypeOf(file))) return `This file is not ${a}. ${hint}`
  return file.size > most ? `This file is larger than ${sayMost}, the most for ${a}. Choose a smaller one.` : undefined
}

/** The name of a file as a first title: "How sh is made.mov" is "How sh is made". */
export function titleFrom(fileName: string): string {
  const bare = fileName.replace(/\.[a-z0-9]{2,5}$/i, '').replace(/[_\s]+/g, ' ').trim()
  return bare.slice(0, 120)
}

interface Told {
  kind: LibraryKind
  state: LibraryState
  reason?: string | null
  duration_s?: number | null
}

/** How a file is, in a few words; `going` where it is on its way from this window. */
export function sayFile({ kind, state, duration_s }: Told, going = false): string {
  switch (state) {
    case 'ready':
      return duration_s ? sayClock(duration_s) : 'Ready'
    case 'rejected':
      return 'Could not be used'
    case 'parked':
      return 'Not playable yet'
    case 'awaiting_upload':
      return going ? 'On its way' : 'Has not arrived'
    default:
      return kind === 'image' || kind === 'document' ? 'Being checked' : 'Being made playable'
  }
}

/** The sentence under it: what happens by itself, or what to do. */
export function explainFile({ kind, state, reason }: Told, going = false): string {
  switch (state) {
    case 'ready':
      return ''
    case 'parked':
      return reason ?? ''
    case 'rejected':
      return reason || 'The file would not open. The original is unchanged where you took it from.'
    case 'awaiting_upload':
      return going ? '' : 'It was being sent from another browser, or this one did not keep it. Go on there, or take it out and add it again.'
    default:
      return kind === 'image' || kind === 'document' ? 'That takes a moment. You can use it already.' : 'That takes a few minutes. You can use it already, and publish once it is ready.'
  }
}
