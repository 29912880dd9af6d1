/** The parts of a lesson as their author sees them: what they are called, how they begin, what is still missing. */
import type { Block } from './client-api'
import { count } from './dates'
import type { IconName } from '../kit/icons'

export type Kind = Block['kind']
export type BlockOf<K extends Kind> = Extract<Block, { kind: K }>
/** Kinds of files that a block shows. */
export type FileKind = 'image' | 'video' | 'document'

export interface LessonText {
  title: string
  minutes: number
  blocks: Block[]
}

/** What keeps a lesson from being saved, and where: a field of a block, or of the lesson itself. */
export interface Fault {
  block_id?: string
  field: string
  says: string
}

export const KINDS: Record<Kind, { name: string; icon: IconName }> = {
  text: { name: 'Text', icon: 'text' },
  image: { name: 'Image', icon: 'image' },
  video: { name: 'Video', icon: 'video' },
  document: { name: 'Document', icon: 'document' },
  link: { name: 'Link', icon: 'link' },
  exercise: { name: 'Exercise', icon: 'exercise' },
  choice: { name: 'One answer of several', icon: 'question' },
  several: { name: 'Several answers', icon: 'question' },
  scale: { name: 'Scale from 0 to 10', icon: 'question' },
  short_text: { name: 'A line of text', icon: 'question' },
  long_text: { name: 'A longer text', icon: 'question' },
  number: { name: 'A number', icon: 'question' },
  recording: { name: 'Recording', icon: 'camera' },
}

export const QUESTIONS = ['choice', 'several', 'scale', 'short_text', 'long_text', 'number'] as const satisfies readonly Kind[]
export const LONGEST_RECORDING_S = 7200
const SHORTEST_RECORDING_S = 5
const MOST_OPTIONS = 20

/** An id that no other block of the lesson has; answers find their block by it. */
export function newBlockId(taken: Iterable<string>, random: () => number = Math.random): string {
  const used = new Set(taken)
  for (;;) {
    const id = `b-${Math.floor(random() * 36 ** 8).toString(36)}`
    if (!used.has(id)) return id
  }
}

/** A block as it begins. Files are chosen before their block is made, for it cannot be without one. */
export function newBlock(kind: Kind, block_id: string, file?: { resource_id: string; title: string; alt: string }): Block {
  const asking = { block_id, prompt: '', hint: '', required: true }
  switch (kind) {
    case 'text':
      return { kind, block_id, title: '', markdown: '' }
    case 'image':
      return { kind, block_id, resource_id: file?.resource_id ?? '', alt: file?.alt || file?.title || '', caption: '' }
    case 'video':
    case 'document':
      return { kind, block_id, resource_id: file?.resource_id ?? '', title: file?.title ?? '' }
    case 'link':
      return { kind, block_id, url: '', label: '', note: '' }
    case 'exercise':
      return { kind, block_id, title: '', instructions: '', sets: 3, reps: 8, hold_s: 0, load: '', resource_id: null, ask_pain: true, pain_of: '', stop_above: null }
    case 'choice':
    case 'several':
      return { kind, ...asking, options: ['', ''] }
    case 'scale':
      return { kind, ...asking, low: 'none', high: '' }
    case 'short_text':
    case 'long_text':
      return { kind, ...asking }
    case 'number':
      return { kind, ...asking, unit: '', least: null, most: null }
    case 'recording':
      return { kind, ...asking, media: 'video', show: '', longest_s: 120 }
  }
}

/** The name of a block in the list; what it is called when nobody has named it yet. */
export function nameOf(block: Block): string {
  const given = 'prompt' in block ? block.prompt : 'title' in block ? block.title : block.kind === 'link' ? block.label : block.alt
  const first = block.kind === 'text' && !given.trim() ? firstWords(block.markdown) : given.trim()
  return first || `${KINDS[block.kind].name}, not named yet`
}

/** The line under the name. `file` says how the block's file is, where there is something to say. */
export function summaryOf(block: Block, file = ''): string {
  switch (block.kind) {
    case 'text':
      return block.title.trim() ? firstWords(block.markdown) || 'No words yet' : ''
    case 'image':
      return [block.caption, file].filter(Boolean).join('. ')
    case 'video':
    case 'document':
      return file
    case 'link':
      return host(block.url)
    case 'exercise':
      return [doseOf(block), block.load, block.ask_pain ? 'asks about pain' : '', block.stop_above === null ? '' : `stop above ${block.stop_above}`, file].filter(Boolean).join(', ')
    case 'choice':
    case 'several':
      return block.options.map((option) => option.trim()).filter(Boolean).join(' · ')
    case 'scale':
      return [block.low && `0 is ${block.low}`, block.high && `10 is ${block.high}`].filter(Boolean).join(', ')
    case 'short_text':
    case 'long_text':
      return block.required ? '' : 'May be left empty'
    case 'number':
      return [block.unit, range(block.least, block.most)].filter(Boolean).join(', ')
    case 'recording':
      return `${block.media === 'video' ? 'Video' : 'Voice'}, up to ${sayLength(block.longest_s)}`
  }
}

export function doseOf({ sets, reps, hold_s }: Pick<BlockOf<'exercise'>, 'sets' | 'reps' | 'hold_s'>): string {
  const much = sets > 0 && reps > 0 ? `${count(sets, 'set')} of ${reps}` : sets > 0 ? count(sets, 'set') : reps > 0 ? count(reps, 'time') : ''
  return [much, hold_s > 0 ? `hold ${hold_s}\u00a0s` : ''].filter(Boolean).join(', ')
}

/** "2 minutes", "1 minute 30 seconds" */
export function sayLength(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  const rest = seconds % 60
  return [minutes > 0 ? count(minutes, 'minute') : '', rest > 0 ? count(rest, 'second') : ''].filter(Boolean).join(' ')
}

function range(least: number | null, most: number | null): string {
  if (least !== null && most !== null) return `${least} to ${most}`
  if (least !== null) return `at least ${least}`
  return most === null ? '' : `at most ${most}`
}

function host(url: string): string {
  try {
    return new URL(url).host
  } catch {
    return ''
  }
}

/** The first line of a text without its signs. */
export function firstWords(markdown: string, most = 90): string {
  const line = markdown
    .split('\n')
    .map((one) => one.replace(/^\s*(#{1,3}|[-*+>]|\d+[.)])\s+/, '').trim())
    .find((one) => one !== '')
  const plain = (line ?? '').replace(/\[([^\]]+)\]\([^)]*\)/g, '$1').replace(/(\*\*|\*|_|`)(?=\S)(.+?)\1/g, '$2')
  return plain.length > most ? `${plain.slice(0, most - 1).trimEnd()}…` : plain
}

/** The file that a block shows, if it shows one. */
export function fileOf(block: Block): string | undefined {
  return 'resource_id' in block ? (block.resource_id ?? undefined) : undefined
}

export function lessonFaults({ title, minutes, blocks }: LessonText): Fault[] {
  const own: Fault[] = []
  if (!title.trim()) own.push({ field: 'title', says: 'Give the lesson a title.' })
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > 240) own.push({ field: 'minutes', says: 'Write whole minutes, from 1 to 240.' })
  return [...own, ...blocks.flatMap(blockFaults)]
}

/** What the API would refuse of a block, in words that say how to mend it. */
export function blockFaults(block: Block): Fault[] {
  const faults: Fault[] = []
  const add = (field: string, says: string) => faults.push({ block_id: block.block_id, field, says })
  const wants = (field: string, text: string, says: string) => {
    if (!text.trim()) add(field, says)
  }
  if ('prompt' in block) wants('prompt', block.prompt, block.kind === 'recording' ? 'Say what is asked for.' : 'Write the question.')
  switch (block.kind) {
    case 'image':
      wants('alt', block.alt, 'Say what is to be seen, for those who cannot see it.')
      break
    case 'video':
    case 'document':
      wants('title', block.title, 'Give it a title.')
      break
    case 'exercise':
      wants('title', block.title, 'Name the exercise.')
      for (const [field, what] of [
        ['sets', block.sets],
        ['reps', block.reps],
        ['hold_s', block.hold_s],
      ] as const) {
        if (!Number.isInteger(what) || what < 0 || what > 999) add(field, 'Write a whole number up to 999, or leave it empty.')
      }
      break
    case 'link':
      wants('label', block.label, 'Say where the link leads.')
      if (!/^https:\/\/[^\s]+$/.test(block.url)) add('url', 'Begin the address with https://')
      break
    case 'choice':
    case 'several': {
      const written = block.options.map((option) => option.trim())
      if (written.length < 2) add('options', 'Give at least two answers.')
      written.forEach((option, index) => option === '' && add(`options/${index}`, 'Write this answer, or take it out.'))
      const twice = written.findIndex((option, index) => option !== '' && written.findIndex((one) => one.toLowerCase() === option.toLowerCase()) < index)
      if (twice > 0) add(`options/${twice}`, 'This answer is there twice.')
      break
    }
    case 'number':
      if (Number.isNaN(block.least)) add('least', 'Write a number, as 3 or 2.5.')
      if (Number.isNaN(block.most)) add('most', 'Write a number, as 3 or 2.5.')
      if (block.least !== null && block.most !== null && block.least > block.most) add('most', `Write a number of at least ${block.least}.`)
      break
    case 'recording':
      if (!Number.isInteger(block.longest_s) || block.longest_s < SHORTEST_RECORDING_S || block.longest_s > LONGEST_RECORDING_S) {
        add('longest_s', 'Write seconds, from 5 to 7200 (two hours). Above 1200 the practice has to allow it.')
      }
      break
  }
  return faults
}

export function mayAddOption(options: readonly string[]): boolean {
  return options.length < MOST_OPTIONS
}

/** Where a refusal of the API belongs: it names the place as `$.blocks[2].title`. */
export function refusedAt(detail: string, blocks: readonly Block[]): Fault | undefined {
  const place = /`\$\.(?:blocks\[(\d+)\]\.?)?(\w*)(?:\[(\d+)\])?`/.exec(detail)
  if (!place) return undefined
  const [, index, field, item] = place
  const block = index === undefined ? undefined : blocks[Number(index)]
  if (index !== undefined && !block) return undefined
  return {
    ...(block ? { block_id: block.block_id } : {}),
    field: item === undefined ? (field ?? '') : `${field}/${item}`,
    says: 'This was not taken as it is. Shorten or change it, and it is saved.',
  }
}

/** A list with one thing moved by one place; the same list at its ends. */
export function moved<T>(list: readonly T[], from: number, by: 1 | -1): T[] {
  const to = from + by
  const next = [...list]
  const [thing] = next.splice(from, 1)
  if (thing === undefined || to < 0 || to >= list.length) return [...list]
  next.splice(to, 0, thing)
  return next
}

/** A whole number that was typed; nothing is 0, anything else is not a number. */
export function readCount(text: string): number {
  const tidy = text.trim()
  return tidy === '' ? 0 : /^\d{1,4}$/.test(tidy) ? Number(tidy) : NaN
}

/** A number that may be left out; NaN where it is none. */
export function readLimit(text: string): number | null {
  const tidy = text.trim().replace(',', '.')
  if (tidy === '') return null
  return /^[-+]?(\d+\.?\d*|\.\d+)$/.test(tidy) ? Number(tidy) : NaN
}
