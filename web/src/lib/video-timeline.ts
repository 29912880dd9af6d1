/**
 * What lies beside a rendition: when each of its pictures is shown, small ones to look at, the shape of its sound.
 * All times here are in seconds on the player's clock; the file says them in milliseconds.
 */
import type { Playable } from './client-api'

/** Used where a recording has no file of times: most phones film 30 frames a second. */
export const USUAL_FPS = 30

export interface Tiles {
  columns: number
  width: number
  height: number
  /** The time of the very picture that each tile shows, row by row. */
  times: readonly number[]
}

export interface Timeline {
  duration: number
  /** When each picture is shown, in order; none for sound. */
  frames: readonly number[]
  tiles?: Tiles
  /** The loudest samples of equal pieces of the sound, 0 to 100. */
  peaks: readonly number[]
}

const numbers = (value: unknown): number[] => (Array.isArray(value) ? value.filter((one) => Number.isFinite(one)) : [])

/** The file as it was fetched; undefined for anything else. */
export function readTimeline(json: unknown): Timeline | undefined {
  const { duration_ms, frame_ms, tiles, peaks } = (json ?? {}) as Record<string, unknown>
  if (typeof duration_ms !== 'number') return undefined
  let at = 0
  const frames = numbers(frame_ms).map((ms) => (at += ms) / 1000)
  const { columns, width, height, times_ms } = (tiles ?? {}) as Record<string, unknown>
  const times = numbers(times_ms).map((ms) => ms / 1000)
  const shown = times.length > 0 && Number(columns) > 0 && Number(width) > 0 && Number(height) > 0
  return {
    duration: duration_ms / 1000,
    frames,
    tiles: shown ? { columns: Number(columns), width: Number(width), height: Number(height), times } : undefined,
    peaks: numbers(peaks),
  }
}

/** The index of the last time at or before this moment; the first one for all that comes before it. */
export function lastAt(times: readonly number[], seconds: number): number {
  let low = 0
  let high = times.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    // The file's times are whole milliseconds: a picture may be shown half of one before its own.
    if ((times[middle] ?? 0) <= seconds + 0.0006) low = middle
    else high = middle - 1
  }
  return low
}

/** The tile for a moment, as its corner within the sprite in pixels. */
export function tileAt(tiles: Tiles, seconds: number): { x: number; y: number } {
  const index = lastAt(tiles.times, seconds)
  return { x: (index % tiles.columns) * tiles.width, y: Math.floor(index / tiles.columns) * tiles.height }
}

/**
 * Where to seek for the next or previous picture: into the middle of its time, so that a browser that rounds
 * shows exactly it; for one that stands for long just behind its beginning, so that the clock is true to it.
 * Without times (`frames` empty) the pictures are taken as 30 a second.
 */
export function stepFrame(frames: readonly number[], seconds: number, direction: 1 | -1, duration: number): number {
  if (frames.length === 0) {
    const last = Math.max(0, Math.ceil(duration * USUAL_FPS) - 1)
    // A time written by a player can be a hair below the frame it shows.
    const frame = Math.min(last, Math.max(0, Math.floor(seconds * USUAL_FPS + 1e-4) + direction))
    return Math.min(duration, (frame + 0.5) / USUAL_FPS)
  }
  const frame = Math.min(frames.length - 1, Math.max(0, lastAt(frames, seconds) + direction))
  const from = frames[frame] ?? 0
  const to = frames[frame + 1] ?? duration
  return from + Math.min(0.02, Math.max(0.001, (to - from) / 2))
}

/** Peaks as heights 0 to 1 of so many bars at most, each the loudest of its piece. */
export function barsOf(peaks: readonly number[], most: number): number[] {
  const count = Math.min(most, peaks.length)
  return Array.from({ length: count }, (_, bar) => {
    const from = Math.floor((bar * peaks.length) / count)
    const to = Math.max(from + 1, Math.floor(((bar + 1) * peaks.length) / count))
    return Math.min(1, Math.max(0, ...peaks.slice(from, to)) / 100)
  })
}

export interface Seen {
  timeline: Timeline
  /** The address of the sprite, once it has been fetched. */
  sprite?: string
}

/** Fetches the times, and the sprite; asks for new addresses once when the ones at hand have run out. */
export async function fetchTimeline(of: Playable, renew?: () => Promise<Playable | undefined>): Promise<Seen | undefined> {
  if (!of.timeline_url) return undefined
  for (const ask of [() => of, renew]) {
    const now = await ask?.()
    if (!now?.timeline_url) return undefined
    const answer = await fetch(now.timeline_url, { credentials: 'omit' })
    if (!answer.ok) continue
    const timeline = readTimeline(await answer.json())
    if (!timeline) return undefined
    return { timeline, sprite: timeline.tiles && now.sprite_url ? await pictureAt(now.sprite_url) : undefined }
  }
  return undefined
}

/** Kept: a picture that somebody holds is not fetched again, and its address runs out. */
const held = new Set<HTMLImageElement>()

async function pictureAt(address: string): Promise<string | undefined> {
  const image = new Image()
  image.src = address
  try {
    await image.decode()
    held.add(image)
    return address
  } catch {
    return undefined // then there is the clock alone
  }
}
