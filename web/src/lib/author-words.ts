/** What the editor says about itself: what is saved, what is published and stays. */
import type { LessonDesk } from './author-desk.svelte'
import type { Block } from './client-api'
import { type Clock, count, sayAgo, sayList, sayTime } from './dates'

/** Where the text of a lesson is, as a sentence; '' before anything was changed here. */
export function saySaved(desk: Pick<LessonDesk, 'phase' | 'saved_at' | 'faults' | 'problem'>, clock: Clock): string {
  switch (desk.phase) {
    case 'saved':
      return desk.saved_at ? `Saved ${sayAgo(desk.saved_at, clock)}.` : ''
    case 'changed':
    case 'saving':
      return 'Saving.'
    case 'held':
      return `Not saved yet: ${desk.faults.length === 1 ? 'one thing is' : `${desk.faults.length} things are`} missing.`
    case 'waiting':
      return 'Not saved yet. It is kept on this device and goes out by itself.'
    case 'refused':
      return `Not saved. ${desk.problem?.say.detail || desk.problem?.say.happened || ''}`.trim()
    case 'conflict':
      return 'Not saved: somebody else saved this lesson first.'
  }
}

/** What is published, and that writing on changes nothing about it. */
export function sayPublished(version: number, changed: boolean): string {
  if (version === 0) return 'Not published yet; no client sees it.'
  return changed ? `Version ${version} is published and stays as it is.` : `Version ${version} is published. Nothing has changed since.`
}

/** Who keeps what when a version is published. */
export function sayPublishing(version: number): string {
  if (version === 1) return 'You can enrol clients in it from then on. It stays as it is; a mistake is mended in the next version.'
  return `New clients start with it. Those on ${version === 2 ? 'version 1' : `version ${version - 1} or before`} keep theirs.`
}

/** "6 lessons, about 15 minutes each": the foot of the list. */
export function sayLessons(minutes: readonly number[]): string {
  if (minutes.length === 0) return ''
  const about = Math.round(minutes.reduce((sum, one) => sum + one, 0) / minutes.length)
  return `${count(minutes.length, 'lesson')}, about ${count(about, 'minute')}${minutes.length > 1 ? ' each' : ''}.`
}

/** When something was written that came back: "at 14:05". */
export function sayRestored(at: string, clock: Clock): string {
  return `What you wrote here ${sayAgo(at, clock) === 'just now' ? 'just now' : `${sayAgo(at, clock)}, at ${sayTime(at, clock)},`} had not been saved. It is back.`
}

/** What changing a client's own lesson means at this point of their way. */
export function sayCopy(state: 'ahead' | 'open' | 'again' | 'sent' | 'changing' | 'done', who: string): string {
  switch (state) {
    case 'ahead':
      return `${who} has not begun it.`
    case 'open':
    case 'again':
      return `It is open for ${who}; answers that are given stay, part by part.`
    case 'changing':
      return `${who} waits for it; open it again from the program when it is ready.`
    case 'sent':
      return `${who} has sent it; what was sent stays as it was.`
    case 'done':
      return 'It is done; what was sent stays as it was.'
  }
}

/** "About 12 minutes, 2 answers and one video": what a client reads before a lesson. */
export function sayAboutLesson(minutes: number, blocks: readonly Block[]): string {
  const films = blocks.filter((block) => block.kind === 'recording' && block.media === 'video').length
  const voices = blocks.filter((block) => block.kind === 'recording' && block.media === 'audio').length
  const moves = blocks.filter((block) => block.kind === 'exercise').length
  const answers = blocks.filter((block) => 'prompt' in block && block.kind !== 'recording').length
  const some = (n: number, one: string, many: string) => (n === 0 ? '' : n === 1 ? one : `${n} ${many}`)
  const parts = [some(moves, 'an exercise', 'exercises'), some(answers, 'one answer', 'answers'), some(films, 'one video', 'videos'), some(voices, 'one voice recording', 'voice recordings')]
  const asked = sayList(parts.filter(Boolean))
  const shown = blocks.some((block) => block.kind === 'video') ? 'something to watch' : 'something to read'
  return `About ${count(minutes, 'minute')}, ${asked || shown}`
}
