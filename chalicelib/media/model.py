"""Recordings: bytes that people send, on their way from an upload to something that plays."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from chalicelib.foundation.ids import ClientId, RecordingId, SubmissionId
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind

LARGEST = 2 * 1024**3
"""Bytes of one upload."""
PART = 8 * 1024**2
"""Bytes of one part of a multipart upload, the last excepted (S3 asks for at least 5 MiB, 2026)."""
MOST_PARTS = LARGEST // PART


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


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """Whose a recording is: a client's submission, or the practice's library where both are None."""

    client_id: ClientId | None = None
    submission_id: SubmissionId | None = None


class Rendition(msgspec.Struct, frozen=True, kw_only=True):
    """What is played: keys in the media bucket, length in seconds, size in pixels."""

    key: str
    poster_key: str | None = None
    duration_s: float = 0.0
    width: int = 0
    height: int = 0


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


RECORDING = Kind(
    "recording",
    Recording,
    Handling(Export.CLIENT, Erase.REMOVE, keep_days=None, log=frozenset({"recording_id", "state", "reason"})),
)
