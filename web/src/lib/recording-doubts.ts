import type { RecordingView } from './client-api'

/** Speech lies around −20; below this a microphone was covered, or nobody spoke. */
export const QUIET_LUFS = -45

/** What a therapist should know before judging a recording that plays. */
export function doubtsOf(recording: RecordingView): string[] {
  const { damaged, loudness_lufs, kind, timeline_url } = recording
  // Without any sound there is no loudness. A video may be meant so, a voice is not; one without a line was never measured.
  const quiet = typeof loudness_lufs === 'number' ? loudness_lufs < QUIET_LUFS : kind === 'audio' && Boolean(timeline_url)
  return [
    ...(damaged ? [kind === 'audio' ? 'Parts of this recording could not be read. It may fall silent for a moment.' : 'Parts of this recording could not be read. The picture may stand still or show blocks for a moment.'] : []),
    ...(quiet ? ['There is almost nothing to hear in this recording.'] : []),
  ]
}
