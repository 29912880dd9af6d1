/** The rules of the player: frames, pins, speeds and keys. No DOM, so that they can be tested. */

export const SPEEDS = [0.25, 0.5, 1, 2] as const
export type Speed = (typeof SPEEDS)[number]

/** Used when the server did not say: most phones film 30 frames a second. */
export const USUAL_FPS = 30

export interface Pin {
  id: string
  at_s: number
  text: string
}

export interface NumberedPin extends Pin {
  number: number
}

/** "¼×", "½×", "1×", "2×" */
export function saySpeed(speed: number): string {
  if (speed === 0.25) return '¼×'
  if (speed === 0.5) return '½×'
  return `${speed}×`
}

/** The index of the frame that is shown at a time. */
export function frameAt(seconds: number, fps = USUAL_FPS): number {
  // A time written by a player can be a hair below the frame it shows.
  return Math.max(0, Math.floor(seconds * fps + 1e-4))
}

/** "frame 12": counted within its second, as the label on a drawing says it. */
export function frameWithinSecond(seconds: number, fps = USUAL_FPS): number {
  return frameAt(seconds, fps) - Math.round(Math.floor(seconds + 1e-6) * fps)
}

/**
 * Where to seek for the next or previous frame. Aims at the middle of the frame: its edge may be
 * rounded into the neighbour, and a step would then seem to do nothing.
 */
export function stepFrame(seconds: number, direction: 1 | -1, duration: number, fps = USUAL_FPS): number {
  const last = Math.max(0, Math.ceil(duration * fps) - 1)
  const frame = Math.min(last, Math.max(0, frameAt(seconds, fps) + direction))
  return Math.min(duration, (frame + 0.5) / fps)
}

/** Pins in time order, numbered from 1: the numbers of the list of comments. */
export function numberPins(pins: readonly Pin[]): NumberedPin[] {
  return [...pins].sort((a, b) => a.at_s - b.at_s || a.id.localeCompare(b.id)).map((pin, index) => ({ ...pin, number: index + 1 }))
}

/** The pin that speaks about this moment: the last one passed, for four seconds. */
export function pinAt(pins: readonly NumberedPin[], seconds: number): NumberedPin | undefined {
  return pins.findLast((pin) => pin.at_s <= seconds + 0.05 && seconds - pin.at_s < 4)
}

/** A share of the line, 0 to 1. */
export function place(seconds: number, duration: number): number {
  if (!(duration > 0)) return 0
  return Math.min(1, Math.max(0, seconds / duration))
}

export type KeyMove = 'play' | 'frame-back' | 'frame-on'

/** Space, comma, full stop; never while somebody types or a button has its own space. */
export function keyMove(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>, target: Element | null): KeyMove | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined
  if (target?.closest('input:not([type=range]), textarea, select, [contenteditable=true]')) return undefined
  if (event.key === ' ') return target?.closest('button, a, summary, [role=radio]') ? undefined : 'play'
  if (event.key === ',') return 'frame-back'
  if (event.key === '.') return 'frame-on'
  return undefined
}
