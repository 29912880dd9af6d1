/**
 * Puts captions (WebVTT) on a video, off at first. They are fetched here: a track with another origin's address would want
 * the video itself fetched for sharing. Undefined where they cannot be had.
 */
export async function addCaptions(video: HTMLVideoElement, address: string): Promise<TextTrack | undefined> {
  const answer = await fetch(address, { credentials: 'omit' }).catch(() => undefined)
  if (!answer?.ok) return undefined
  const track = document.createElement('track')
  track.kind = 'captions'
  track.label = 'Captions'
  track.src = URL.createObjectURL(new Blob([await answer.text()], { type: 'text/vtt' }))
  video.append(track)
  return track.track
}
