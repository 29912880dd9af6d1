"""What is made of an upload: looked at, rendered, put where it is played from."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from chalicelib.media.model import (
    LARGEST_OF,
    OUT_OF_TIME,
    MediaKind,
    Recording,
    RecordingState,
    Rendition,
    is_recorded_here,
    library_sentence,
    made_of,
    parked,
    sniff,
)
from chalicelib.media.processing import Accepted, Budget, Outcome, Reason, Rejected, sentence
from chalicelib.media.processing.picture import write_anew
from chalicelib.media.store import files

_HEAD = 1024
_TWO_HOURS = 96 * 1024**2
"""Bytes of the list of every packet of a recording of two hours, with 60 pictures a second."""
PUBLISHING_S = 120
"""What is kept of a function's time for fetching, publishing and saying so."""


class Work(Protocol):
    """What makes a recording playable: `processing.process`, or its stand-in."""

    def __call__(  # noqa: D102
        self,
        source: Path,
        out_dir: Path,
        *,
        kind: Literal["video", "audio"],
        longest_s: int | None,
        budget: Budget | None,
        cpu_s: float | None,
        copy: bool,
    ) -> Outcome: ...


class Look(Protocol):
    """What decodes in full what was copied: `processing.look_through`, or its stand-in."""

    def __call__(self, accepted: Accepted, *, budget: Budget | None) -> Accepted: ...  # noqa: D102


@dataclass(frozen=True)
class Room:
    """What a function has left: `left_s` tells the seconds until it is ended, `cores` how many it may use."""

    left_s: Callable[[], float]
    cores: float

    @property
    def budget(self) -> Budget:
        """What the work may take, so that there is time to say what became of it."""
        return Budget(seconds=max(0.0, self.left_s() - PUBLISHING_S), packet_list_bytes=_TWO_HOURS)


def refused_by_size(recording: Recording, size: int) -> Recording | None:
    """Return a recording that is not even fetched, for its size in bytes; None where it may be."""
    if size == 0:
        return refused(recording, Reason.EMPTY)
    return refused(recording, Reason.TOO_BIG) if size > LARGEST_OF[recording.kind] else None


def ended(recording: Recording, outcome: Outcome) -> Recording:
    """Publish what was made, and return the recording as it ends: ready, rejected, or parked where it took too long."""
    if isinstance(outcome, Rejected):
        return refused(recording, outcome.reason)
    return msgspec.structs.replace(
        recording,
        state=RecordingState.READY,
        rendition=published(recording, outcome, made_of(recording)),
        # What was made elsewhere has been decoded there, and the library's was looked through before.
        to_look_through=is_copied(outcome) and recording.elsewhere is None and recording.home.client_id is not None,
    )


def is_copied(outcome: Accepted) -> bool:
    """Tell whether something in it was never decoded."""
    return outcome.copied_video or outcome.copied_audio


def accepted(rendition: Rendition, path: Path) -> Accepted:
    """Return what was published before as processing would, its rendition in a file."""
    return Accepted(
        rendition=path,
        poster=None,
        duration_s=rendition.duration_s,
        width=rendition.width,
        height=rendition.height,
        copied_video=True,
        copied_audio=True,
    )


def published(recording: Recording, outcome: Accepted, below: str) -> Rendition:
    """Put what was made into the media bucket below a key, what plays last."""

    def put(source: Path | None, under: files.Made) -> str | None:
        if source is None:
            return None
        key = f"{below}/{under.name}"
        files.keep(source, key, under.content_type or "")
        return key

    plays = files.MADE[recording.kind]
    rendition = Rendition(
        key=f"{below}/{plays.name}",
        poster_key=put(outcome.poster, files.POSTER),
        sprite_key=put(outcome.sprite, files.SPRITE),
        timeline_key=put(outcome.timeline, files.TIMELINE),
        duration_s=round(outcome.duration_s, 3),
        width=outcome.width,
        height=outcome.height,
        loudness_lufs=outcome.loudness_lufs,
        damaged=outcome.damaged,
    )
    put(outcome.rendition, plays)
    return rendition


def handed_on(recording: Recording, source: Path, out_dir: Path) -> Recording:
    """Hand on a picture written anew, or a document as it is, by what its bytes show and not by its name."""
    with source.open("rb") as file:
        content_type = sniff(file.read(_HEAD))
    is_document = content_type == "application/pdf"
    if content_type is None or is_document is not (recording.kind is MediaKind.DOCUMENT):
        return refused(recording, Reason.NOT_MEDIA)
    if not is_document:
        picture = write_anew(source, out_dir, content_type)
        if isinstance(picture, Rejected):
            return refused(recording, picture.reason)
        source, content_type = picture.path, picture.content_type
    key = f"{made_of(recording)}/{files.MADE[recording.kind].name}"
    files.keep(source, key, content_type)
    return msgspec.structs.replace(recording, state=RecordingState.READY, rendition=Rendition(key=key))


def refused(recording: Recording, reason: Reason) -> Recording:
    """Return a recording that cannot be taken as it is. That a video takes longer than we have is our fault: parked."""
    if reason is Reason.OUT_OF_TIME and recording.kind in {MediaKind.VIDEO, MediaKind.AUDIO}:
        return parked(recording, OUT_OF_TIME)
    if recording.home.client_id is None:
        says = library_sentence(reason, recording.longest_s)
    else:
        says = sentence(
            reason,
            kind="video" if recording.kind is MediaKind.VIDEO else "audio",
            longest_s=recording.longest_s,
            recorded_here=is_recorded_here(recording.content_type),
        )
    return msgspec.structs.replace(recording, state=RecordingState.REJECTED, reason=str(reason), says=says)
