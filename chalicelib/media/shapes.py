"""What goes over HTTP about bytes: tickets, parts, and recordings as the page sees them."""

from typing import Annotated

import msgspec

from chalicelib.foundation.ids import RecordingId
from chalicelib.media.model import MOST_PARTS, MediaKind, RecordingState

PartNumber = Annotated[int, msgspec.Meta(ge=1, le=MOST_PARTS)]


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """Leave to upload: the file is cut into `parts` pieces of `part_size` bytes, the last one smaller."""

    recording_id: RecordingId
    part_size: int
    parts: int
    state: RecordingState = RecordingState.AWAITING_UPLOAD


class WantedParts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The parts that are to be sent next."""

    numbers: Annotated[tuple[PartNumber, ...], msgspec.Meta(min_length=1, max_length=20)]


class PartUrl(msgspec.Struct, frozen=True, kw_only=True):
    """Where a part is PUT, within the hour."""

    number: int
    url: str


class PartUrls(msgspec.Struct, frozen=True, kw_only=True):
    urls: tuple[PartUrl, ...]


class ArrivedPart(msgspec.Struct, frozen=True, kw_only=True):
    """A part that is there: its size in bytes and its ETag."""

    number: int
    size: int
    etag: str


class ArrivedParts(msgspec.Struct, frozen=True, kw_only=True):
    parts: tuple[ArrivedPart, ...]


class SentPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part as its PUT was answered."""

    number: PartNumber
    etag: Annotated[str, msgspec.Meta(pattern=r'^"?[0-9A-Za-z-]{1,100}"?$')]


class SentParts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All the parts, in any order."""

    parts: Annotated[tuple[SentPart, ...], msgspec.Meta(min_length=1, max_length=MOST_PARTS)]


class MediaUrls(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses that open for 15 minutes; whoever holds one needs no sign-in.

    Of a file that was made playable before 2026-11 there is no sprite and no timeline: these addresses then answer
    that there is nothing.
    """

    play_url: str | None = None
    poster_url: str | None = None
    sprite_url: str | None = None
    timeline_url: str | None = None
    captions_url: str | None = None


class RecordingView(msgspec.Struct, frozen=True, kw_only=True):
    """A recording as the page sees it.

    `size` is in bytes, `duration_s` in seconds, width and height in pixels of the upright picture.
    `reason` is a sentence for the one who sent it, where the recording could not be taken. `sprite_url` and
    `timeline_url` lead to what a player shows while somebody looks for a moment; `loudness_lufs` is that of the whole
    (EBU R 128, 2023). `damaged`: it plays, but parts of what was sent could not be read.
    """

    recording_id: RecordingId
    kind: MediaKind
    state: RecordingState
    reason: str | None = None
    size: int
    duration_s: float | None = None
    width: int | None = None
    height: int | None = None
    loudness_lufs: float | None = None
    damaged: bool = False
    play_url: str | None = None
    poster_url: str | None = None
    sprite_url: str | None = None
    timeline_url: str | None = None
