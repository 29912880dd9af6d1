/** What a draft has that the last published version has not, lesson by lesson. */
import type { Block, Lesson } from './client-api'
import { count, sayList } from './dates'

export type LessonChangeKind = 'new' | 'changed' | 'removed'

export interface ChangedLesson {
  lesson_id: string
  title: string
  kind: LessonChangeKind
  /** "2 parts changed, 1 added" */
  says: string
}

export interface Edition {
  title: string
  summary: string
  lessons: readonly Lesson[]
}

/** One number for the button: lessons that differ, and the program's own words or order. */
export interface Changes {
  lessons: ChangedLesson[]
  words: boolean
  order: boolean
  count: number
}

export function changesOf(draft: Edition, published: Edition): Changes {
  const before = new Map(published.lessons.map((lesson) => [lesson.lesson_id, lesson]))
  const now = new Set(draft.lessons.map((lesson) => lesson.lesson_id))
  const lessons: ChangedLesson[] = []
  for (const lesson of draft.lessons) {
    const old = before.get(lesson.lesson_id)
    if (!old) lessons.push({ lesson_id: lesson.lesson_id, title: lesson.title, kind: 'new', says: lesson.blocks.length === 0 ? 'nothing in it yet' : count(lesson.blocks.length, 'part') })
    else if (!isSame(old, lesson)) lessons.push({ lesson_id: lesson.lesson_id, title: lesson.title, kind: 'changed', says: sayChange(old, lesson) })
  }
  for (const old of published.lessons) {
    if (!now.has(old.lesson_id)) lessons.push({ lesson_id: old.lesson_id, title: old.title, kind: 'removed', says: count(old.blocks.length, 'part') })
  }
  const words = draft.title !== published.title || draft.summary !== published.summary
  const order = isReordered(draft.lessons, published.lessons)
  return { lessons, words, order, count: lessons.length + Number(words) + Number(order) }
}

/** Whether two lessons read the same; the order of the fields says nothing. */
export function isSame(a: Pick<Lesson, 'title' | 'minutes' | 'blocks'>, b: Pick<Lesson, 'title' | 'minutes' | 'blocks'>): boolean {
  return a.title === b.title && a.minutes === b.minutes && a.blocks.length === b.blocks.length && a.blocks.every((block, index) => isSameBlock(block, b.blocks[index]))
}

function isSameBlock(a: Block, b: Block | undefined): boolean {
  return b !== undefined && plain(a) === plain(b)
}

function plain(block: Block): string {
  return JSON.stringify(Object.entries(block).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function sayChange(old: Lesson, lesson: Lesson): string {
  const before = new Map(old.blocks.map((block) => [block.block_id, block]))
  const now = new Map(lesson.blocks.map((block) => [block.block_id, block]))
  const added = lesson.blocks.filter((block) => !before.has(block.block_id)).length
  const gone = old.blocks.filter((block) => !now.has(block.block_id)).length
  const changed = lesson.blocks.filter((block) => before.has(block.block_id) && !isSameBlock(block, before.get(block.block_id))).length
  const kept = (blocks: readonly Block[]) => blocks.map((block) => block.block_id).filter((id) => before.has(id) && now.has(id))
  const order = kept(old.blocks).join() !== kept(lesson.blocks).join()
  const said = [
    old.title !== lesson.title ? 'the title' : '',
    old.minutes !== lesson.minutes ? 'the minutes' : '',
    changed > 0 ? `${count(changed, 'part')} changed` : '',
    added > 0 ? `${added} added` : '',
    gone > 0 ? `${gone} removed` : '',
    order ? 'another order' : '',
  ]
  const text = sayList(said.filter(Boolean))
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function isReordered(draft: readonly Lesson[], published: readonly Lesson[]): boolean {
  const ids = (lessons: readonly Lesson[]) => lessons.map((lesson) => lesson.lesson_id)
  const now = new Set(ids(draft))
  const before = new Set(ids(published))
  return ids(draft).filter((id) => before.has(id)).join() !== ids(published).filter((id) => now.has(id)).join()
}
