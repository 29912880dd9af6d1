/** What an upload says. Apart from the machine that does it, so that the words can be read and tested alone. */

export type UploadState = 'waiting' | 'going' | 'paused' | 'stopped' | 'arrived'

export interface UploadNews {
  state: UploadState
  arrived_bytes: number
  total_bytes: number
  /** Why it stopped or waits, where somebody can do something about it. */
  reason?: 'offline' | 'no-room' | 'refused' | 'lost-file' | 'server'
  /** False when this device could not keep a copy: the page has to stay open. */
  kept: boolean
}

/** "42 MB", "0.4 MB": megabytes as people read them on their phone (a million bytes). */
export function sayMegabytes(bytes: number): string {
  return `${megabytes(bytes)} MB`
}

function megabytes(bytes: number): string {
  const mb = bytes / 1e6
  return mb >= 9.95 ? String(Math.round(mb)) : mb >= 0.05 ? mb.toFixed(1).replace(/\.0$/, '') : '0'
}

/** First what is so (shown bold), then what happens by itself or can be done. */
export function uploadWords(news: UploadNews): { so: string; then: string } {
  const total = sayMegabytes(news.total_bytes)
  const arrived = Math.min(news.arrived_bytes, news.total_bytes)
  const share = `${megabytes(arrived)} of ${total}`
  const leave = news.kept ? 'You can close this page; it goes on when you come back.' : 'Keep this page open until all of it has arrived.'

  switch (news.state) {
    case 'waiting':
      if (news.reason === 'offline') {
        return { so: `You are offline; ${share} has arrived.`, then: news.kept ? 'It goes on by itself when you are back.' : 'Keep this page open; it goes on when you are back.' }
      }
      return { so: `${total} is ready to go.`, then: 'It starts by itself.' }
    case 'going':
      return { so: `${share} has arrived.`, then: leave }
    case 'paused':
      return { so: `Paused; ${share} has arrived.`, then: 'It goes on when you press the arrow.' }
    case 'stopped':
      if (news.reason === 'lost-file') return { so: 'The file is no longer here.', then: 'This browser did not keep it. Choose it again; what has arrived is not sent twice.' }
      if (news.reason === 'refused') return { so: 'The video was not taken.', then: 'It is still on your phone. Choose another file, or record it here.' }
      return { so: `It stopped; ${share} has arrived.`, then: 'Nothing is lost. Press the arrow to go on.' }
    case 'arrived':
      return { so: `All ${total} has arrived.`, then: 'You can close this page.' }
  }
}
