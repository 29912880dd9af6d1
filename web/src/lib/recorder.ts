/**
 * Camera and microphone in the page, on top of MediaRecorder. States and words only; the component
 * shows them. The recording is a Blob; its length is counted here, since MediaRecorder's WebM has none.
 */

export type RecorderState = 'off' | 'asking' | 'ready' | 'recording' | 'done' | 'refused'
export type Refusal = 'denied' | 'no-device' | 'in-use' | 'unsupported'

export interface RecorderNews {
  state: RecorderState
  elapsed_s: number
  refusal?: Refusal
}

export interface RecorderOptions {
  kind: 'video' | 'audio'
  /** Stops by itself after so many seconds. */
  longest_s: number
  onnews: (news: RecorderNews) => void
}

export interface Taken {
  blob: Blob
  length_s: number
}

/** In the order of preference; Safari has only the last of each. */
const TYPES = {
  video: ['video/webm;codecs=vp9,opus', 'video/webm;codecs=vp8,opus', 'video/webm', 'video/mp4'],
  audio: ['audio/webm;codecs=opus', 'audio/webm', 'audio/mp4'],
} as const

export function canRecord(): boolean {
  return typeof MediaRecorder !== 'undefined' && typeof navigator.mediaDevices?.getUserMedia === 'function'
}

export function refusalOf(error: unknown): Refusal {
  const name = error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'no-device'
  if (name === 'NotReadableError' || name === 'AbortError') return 'in-use'
  return 'unsupported'
}

/** What is so and what to do when camera or microphone do not open. */
export function sayRefusal(refusal: Refusal, kind: 'video' | 'audio'): { so: string; then: string } {
  const thing = kind === 'video' ? 'camera' : 'microphone'
  switch (refusal) {
    case 'denied':
      return { so: `The ${thing} is not allowed here`, then: `Allow it for this site in the browser’s settings, beside the address. Or choose a file that you filmed before.` }
    case 'no-device':
      return { so: `No ${thing} was found`, then: 'Connect one, or choose a file that you filmed before.' }
    case 'in-use':
      return { so: `Another program has the ${thing}`, then: 'Close a call or another page that uses it, then try again.' }
    case 'unsupported':
      return { so: 'This browser cannot record', then: 'Film it with your phone’s own camera and choose the file.' }
  }
}

export class Recorder {
  readonly #options: RecorderOptions
  #state: RecorderState = 'off'
  #refusal: Refusal | undefined
  #stream: MediaStream | undefined
  #recorder: MediaRecorder | undefined
  #began = 0
  #elapsed = 0
  #ticker: ReturnType<typeof setInterval> | undefined
  #facing: 'user' | 'environment' = 'user'

  constructor(options: RecorderOptions) {
    this.#options = options
  }

  /** For the preview. */
  get stream(): MediaStream | undefined {
    return this.#stream
  }

  get facing(): 'user' | 'environment' {
    return this.#facing
  }

  /** Asks for camera and microphone. */
  async open(facing = this.#facing): Promise<void> {
    this.#facing = facing
    this.#letGo()
    if (!canRecord()) {
      this.#refuse('unsupported')
      return
    }
    this.#set('asking')
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        audio: true,
        // 720p is enough to see a tongue or a knee, and a minute of it is some 20 MB.
        video: this.#options.kind === 'video' ? { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: facing } : false,
      })
      this.#elapsed = 0
      this.#set('ready')
    } catch (error) {
      this.#refuse(refusalOf(error))
    }
  }

  /** Records until `stop` or the longest length; resolves with what was taken, undefined if nothing was. */
  record(): Promise<Taken | undefined> {
    const stream = this.#stream
    if (!stream || this.#state !== 'ready') return Promise.resolve(undefined)
    const kind = this.#options.kind
    const mimeType = TYPES[kind].find((type) => MediaRecorder.isTypeSupported(type))
    const recorder = new MediaRecorder(stream, {
      ...(mimeType ? { mimeType } : {}),
      audioBitsPerSecond: 96_000,
      ...(kind === 'video' ? { videoBitsPerSecond: 2_500_000 } : {}),
    })
    this.#recorder = recorder
    const pieces: Blob[] = []

    return new Promise((resolve) => {
      recorder.ondataavailable = (event) => {
        if (event.data.size > 0) pieces.push(event.data)
      }
      // Also when the device is pulled out: what was taken until then is kept.
      recorder.onstop = () => {
        clearInterval(this.#ticker)
        this.#elapsed = (performance.now() - this.#began) / 1000
        this.#letGo()
        const blob = new Blob(pieces, { type: (recorder.mimeType || mimeType || '').split(';')[0] ?? '' })
        if (blob.size === 0) {
          this.#refuse('in-use')
          resolve(undefined)
        } else {
          this.#set('done')
          resolve({ blob, length_s: this.#elapsed })
        }
      }
      recorder.start(1000)
      this.#began = performance.now()
      this.#set('recording')
      this.#ticker = setInterval(() => {
        this.#elapsed = (performance.now() - this.#began) / 1000
        this.#tell()
        if (this.#elapsed >= this.#options.longest_s) this.stop()
      }, 250)
    })
  }

  stop(): void {
    if (this.#recorder?.state === 'recording') this.#recorder.stop()
  }

  /** Lets go of camera and microphone; their lights go out. */
  close(): void {
    clearInterval(this.#ticker)
    if (this.#recorder?.state === 'recording') {
      this.#recorder.onstop = null
      this.#recorder.stop()
    }
    this.#letGo()
    this.#set('off')
  }

  #letGo(): void {
    for (const track of this.#stream?.getTracks() ?? []) track.stop()
    this.#stream = undefined
  }

  #refuse(refusal: Refusal): void {
    this.#letGo()
    this.#refusal = refusal
    this.#set('refused')
  }

  #set(state: RecorderState): void {
    this.#state = state
    this.#tell()
  }

  #tell(): void {
    this.#options.onnews({
      state: this.#state,
      elapsed_s: this.#elapsed,
      ...(this.#state === 'refused' && this.#refusal ? { refusal: this.#refusal } : {}),
    })
  }
}
