"""What one file holds, as far as processing cares."""

from dataclasses import dataclass, replace
from typing import Self

from chalicelib.media.processing.packets import Track
from chalicelib.media.processing.streams import Audio, Video


@dataclass(frozen=True, slots=True)
class Contents:
    """What one file holds: the chosen streams, each with its measured packets, and the declared length.

    `damaged`: whoever read the container lost its place, or found less than was announced.
    """

    declared_s: float | None
    video: Video | None
    video_track: Track
    audio: Audio | None
    audio_track: Track
    damaged: bool = False

    @property
    def duration_s(self) -> float:
        """From the first moment of either stream to the last of either, in seconds."""
        tracks = [track for track in (self.video_track, self.audio_track) if track.packets]
        if not tracks:
            return 0
        return max(track.end_s for track in tracks) - min(track.start_s for track in tracks)

    @property
    def end_s(self) -> float:
        """The last moment of either stream, on the file's own clock."""
        return max((track.end_s for track in (self.video_track, self.audio_track) if track.packets), default=0)

    def sound_alone(self) -> Self:
        """The same without its picture; a duration that was declared for both says nothing about it."""
        declared_s = self.declared_s if self.video is None else None
        return replace(self, declared_s=declared_s, video=None, video_track=Track())
