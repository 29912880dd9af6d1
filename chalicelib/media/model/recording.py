"""A recording: whose it is, what is known of it, and what plays."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from chalicelib.foundation.ids import ClientId, RecordingId, SubmissionId
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind


class MediaKind(StrEnum):
    """What the bytes are said to be."""

    VIDEO = "video"
    AUDIO = "audio"
    IMAGE = "image"
    DOCUMENT = "document"


class RecordingState(StrEnum):
    """Where a recording is on its way."""

    AWAITING_UPLOAD = "awaiting_upload"
    UPLOADED = "uploaded"
    PROCESSING = "processing"
    READY = "ready"
    REJECTED = "rejected"
    PARKED = "parked"
    """It has arrived and is kept; that it does not play yet is our fault, and somebody is to look at it."""


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """Whose a recording is: a client's submission, or the practice's library where both are None."""

    client_id: ClientId | None = None
    submission_id: SubmissionId | None = None


class Rendition(msgspec.Struct, frozen=True, kw_only=True):
    """What is played: keys in the media bucket, length in seconds, size in pixels.

    The sprite shows small pictures of the whole, the timeline (`processing.timeline.Timeline`) says where they and
    the frames lie; recordings from before 2026-11 have neither. `damaged` says that it plays, but that parts of what
    was sent could not be read.
    """

    key: str
    poster_key: str | None = None
    sprite_key: str | None = None
    timeline_key: str | None = None
    duration_s: float = 0.0
    width: int = 0
    height: int = 0
    loudness_lufs: float | None = None
    damaged: bool = False


class Elsewhere(msgspec.Struct, frozen=True, kw_only=True):
    """A recording that is too much work for a function: how long it lasts, in seconds, and the job that makes it.

    It is written down before the job is asked for, so that no answer can come for what we do not know of.
    """

    duration_s: float
    job_id: str = ""


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """A recording. Its key is fixed before the first byte is sent."""

    recording_id: RecordingId
    home: Home
    kind: MediaKind
    content_type: Annotated[str, msgspec.Meta(max_length=120)]
    size: int
    key: str
    upload_id: str
    longest_s: int | None = None
    state: RecordingState = RecordingState.AWAITING_UPLOAD
    version_id: str | None = None
    sequencer: str = ""
    rendition: Rendition | None = None
    reason: str | None = None
    """Why it was not taken, as a code that stays."""
    says: str | None = None
    """The same as a sentence for the sender, in the words of whoever looked at the bytes."""
    at: datetime
    since: datetime | None = None
    """When it came into its state; None where it is as it was opened."""
    released_at: datetime | None = None
    """When nothing showed it any more: another one took its place, or it was taken out."""
    tries: int = 0
    """How often the work on it was begun. It is counted before, as a function that dies counts nothing."""
    anew: str = ""
    """Which message last took it up again after it was parked."""
    elsewhere: Elsewhere | None = None
    to_look_through: bool = False
    """It plays, but what was copied into it has not been decoded yet: it may be damaged."""


RECORDING = Kind(
    "recording",
    Recording,
    Handling(Export.CLIENT, Erase.REMOVE, keep_days=None, log=frozenset({"recording_id", "state", "reason"})),
)
