/**
 * Puts captions (WebVTT) on a video, off at first. They are fetched here: a track with another origin's address would want
 * the video itself fetched for sharing. An address lives 15 minutes: where it has run out, `renew` is asked for
 * another, once. Undefined where they cannot be had.
 */
export async function addCaptions(video: HTMLVideoElement, address: string, renew?: () => Promise<string | null | undefined>): Promise<TextTrack | undefined> {
  const get = async (url: string | null | undefined) => {
    const found = url ? await fetch(url, { credentials: 'omit' }) : undefined
    return found?.ok ? found : undefined
  }
  const answer = await get(address)
    .catch(none)
    .then((found) => found ?? renew?.().then(get))
    .catch(none)
  if (!answer) return undefined
  const track = document.createElement('track')
  track.kind = 'captions'
  track.label = 'Captions'
  track.src = URL.createObjectURL(new Blob([await answer.text()], { type: 'text/vtt' }))
  video.append(track)
  return track.track
}

const none = () => undefined
