import { backTo, loopOf, mark, nextPress, nextSpeed, type Section } from './video-section'

/** How a recording plays: how fast, and which part of it again and again. Leave with `end()`. */
export class Pace {
  speed = $state(1)
  section = $state.raw<Section>({})
  readonly loop = $derived(loopOf(this.section))
  readonly next = $derived(nextPress(this.section))
  readonly #video: HTMLVideoElement
  readonly #events = new AbortController()
  #asked = 0

  constructor(video: HTMLVideoElement) {
    this.#video = video
    const signal = this.#events.signal
    // The browser tells the time four times a second; the end of a short part is missed by that.
    const follow = () => {
      this.#keep()
      this.#asked = video.paused ? 0 : requestAnimationFrame(follow)
    }
    const begin = () => (this.#asked ||= requestAnimationFrame(follow))
    video.addEventListener('play', begin, { signal })
    // In a page that nobody looks at there are no frames.
    video.addEventListener('timeupdate', () => video.paused || this.#keep(), { signal })
    video.addEventListener(
      'ended',
      () => {
        if (!this.loop) return
        this.#keep()
        void video.play().catch(() => undefined)
      },
      { signal },
    )
    if (!video.paused) begin()
  }

  #keep(): void {
    const to = this.#video.seeking ? undefined : backTo(this.#video.ended ? this.loop && { ...this.loop, to: 0 } : this.loop, this.#video.currentTime)
    if (to !== undefined) this.#video.currentTime = to
  }

  play(speed: number): void {
    this.speed = speed
    // A video that is loaded anew begins with its default. Browsers keep the pitch by themselves.
    this.#video.defaultPlaybackRate = this.#video.playbackRate = speed
  }

  faster(direction: 1 | -1): void {
    this.play(nextSpeed(this.speed, direction))
  }

  mark(end: 'from' | 'to'): void {
    this.section = mark(this.section, end, this.#video.currentTime)
  }

  /** The one button: from here, to here, no more. */
  press(): void {
    if (this.next === 'off') this.off()
    else this.mark(this.next)
  }

  off(): void {
    this.section = {}
  }

  end(): void {
    this.#events.abort()
    cancelAnimationFrame(this.#asked)
  }
}
