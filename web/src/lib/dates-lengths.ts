/** How long a recording is, and a place in it. Ask `dates` for it; see there. */

import { count } from './dates-first'

/** "1:24", "1:02:05": the length or the place in a video. */
export function sayClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const h = Math.floor(whole / 3600)
  const m = Math.floor((whole % 3600) / 60)
  const s = String(whole % 60).padStart(2, '0')
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`
}

/** "1 minute 24 seconds": the same, to be read out. */
export function speakClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const parts = [
    [Math.floor(whole / 3600), 'hour'],
    [Math.floor((whole % 3600) / 60), 'minute'],
    [whole % 60, 'second'],
  ] as const
  const said = parts.filter(([n]) => n > 0).map(([n, unit]) => count(n, unit))
  return said.length > 0 ? said.join(' ') : '0 seconds'
}
