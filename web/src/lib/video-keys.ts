/** Keys of the player, and places on its line. No DOM, so that they can be tested. */
import type { NumberedPin } from './video'

/** The pin that speaks about this moment: the last one passed, for four seconds. */
export function pinAt(pins: readonly NumberedPin[], seconds: number): NumberedPin | undefined {
  return pins.findLast((pin) => pin.at_s <= seconds + 0.05 && seconds - pin.at_s < 4)
}

/** A share of the line, 0 to 1. */
export function place(seconds: number, duration: number): number {
  if (!(duration > 0)) return 0
  return Math.min(1, Math.max(0, seconds / duration))
}

export type KeyMove = 'play' | 'frame-back' | 'frame-on' | 'from' | 'to' | 'off' | 'slower' | 'faster' | 'back' | 'on' | 'start' | 'end'

const ANYWHERE: Record<string, KeyMove> = {
  ',': 'frame-back',
  '.': 'frame-on',
  i: 'from',
  '[': 'from',
  o: 'to',
  ']': 'to',
  l: 'off',
  '<': 'slower',
  '>': 'faster',
}

// A page scrolls by these, so they are the player's only where it has the focus.
const INSIDE: Record<string, KeyMove> = { ArrowLeft: 'back', ArrowRight: 'on', Home: 'start', End: 'end' }

/** As shown to people, in the order of the help. */
export const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['Space'], 'play and pause'],
  [[',', '.'], 'one frame back, one frame on'],
  [['←', '→'], 'five seconds back or on, within the player'],
  [['Home', 'End'], 'to the beginning or the end, within the player'],
  [['<', '>'], 'slower, faster'],
  [['I', 'O'], 'repeat from here, to here'],
  [['L'], 'stop repeating'],
]

/**
 * What a key does; nothing while somebody types, in a dialog, or where a control has that key for itself.
 * `inside`: the focus is in the player. `everywhere`: the page as a whole listens (WCAG 2.2, 2.1.4: it can be switched off).
 */
export function keyMove(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>,
  target: Element | null,
  inside = false,
  everywhere = true,
): KeyMove | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey || (!inside && !everywhere)) return undefined
  if (target?.closest('input:not([type=range], [type=radio], [type=checkbox]), textarea, select, dialog, [contenteditable=true]')) return undefined
  if (event.key === ' ') return target?.closest('button, a, summary, input:not([type=range]), [role=radio]') ? undefined : 'play'
  if (event.key in INSIDE) return inside && !target?.closest('input') ? INSIDE[event.key] : undefined
  return ANYWHERE[event.key.toLowerCase()]
}
