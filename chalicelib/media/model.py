"""Recordings: bytes that people send, on their way from an upload to something that plays."""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from chalicelib.foundation.errors import Invalid, TooLarge
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


_MEGABYTE = 1024**2
LARGEST_OF: dict[MediaKind, int] = {
    MediaKind.VIDEO: LARGEST,
    MediaKind.AUDIO: LARGEST,
    MediaKind.IMAGE: 10 * _MEGABYTE,
    MediaKind.DOCUMENT: 50 * _MEGABYTE,
}
"""Bytes that are taken of each kind. Documents are handed on as they are."""

_WORDS = {
    MediaKind.VIDEO: ("a video", "2 GB"),
    MediaKind.AUDIO: ("a recording", "2 GB"),
    MediaKind.IMAGE: ("a picture", "10 MB"),
    MediaKind.DOCUMENT: ("a document", "50 MB"),
}
_UNSAID = "application/octet-stream"
_CONTENT_TYPE = re.compile(r"^[a-z]+/[a-z0-9.+-]+(?: *; *[a-z]+=[\w.,\" -]+)*$", re.IGNORECASE)
_WRAPPERS = frozenset({_UNSAID, "application/mp4", "application/ogg", "application/x-matroska"})
_MAY_BE: dict[MediaKind, tuple[str, ...]] = {
    MediaKind.VIDEO: ("video/",),
    # Browsers name a file of sound alone after its container, which they know from videos.
    MediaKind.AUDIO: ("audio/", "video/"),
    MediaKind.IMAGE: ("image/",),
    MediaKind.DOCUMENT: ("application/pdf",),
}


def accepted_type(kind: MediaKind, content_type: str, size: int) -> str:
    """Return the content type to keep for a file that may be sent; raise Invalid or TooLarge where it may not.

    What the sender says is checked only for what it rules out: the bytes are looked at when they are there.
    """
    thing, limit = _WORDS[kind]
    if size <= 0:
        message = "The file is empty. Please choose it again."
        raise Invalid(message, type="empty-file")
    if size > LARGEST_OF[kind]:
        message = f"This file is larger than {limit}, which is more than we can take of {thing}. Nothing was sent."
        raise TooLarge(message)
    said = content_type.strip() or _UNSAID
    if not _CONTENT_TYPE.match(said):
        said = _UNSAID
    main = said.partition(";")[0].strip().lower()
    if main not in _WRAPPERS and not main.startswith(_MAY_BE[kind]):
        message = f"This file is not {thing}. Please choose another one; nothing was sent."
        raise Invalid(message, type="wrong-kind-of-file")
    return said


def parts_of(size: int) -> int:
    """Return into how many parts a file of so many bytes is cut."""
    return -(-size // PART)


def part_length(size: int, number: int) -> int:
    """Return how many bytes the part of that number (from 1) has."""
    return min(PART, size - (number - 1) * PART)


def is_recorded_here(content_type: str) -> bool:
    """Tell whether the camera of the page made it, so that no copy lies on the phone.

    Only MediaRecorder names the codecs in the type, and phones make no WebM of their own.
    """
    said = content_type.lower()
    return "codecs=" in said or said.startswith(("video/webm", "audio/webm"))


def is_news(recording: Recording, sequencer: str, anew: str = "") -> bool:
    """Tell whether an upload's event is still to be acted on.

    What is settled stays; what is parked is taken up by a message that was sent back (`anew`), once. Of two events
    about one key the one with the greater sequencer is later, compared as text after the shorter one was filled up
    with zeros on the right (Amazon S3, 2026).
    """
    if recording.state in {RecordingState.READY, RecordingState.REJECTED}:
        return False
    if recording.state is RecordingState.PARKED and anew in {"", recording.anew}:
        return False
    width = max(len(sequencer), len(recording.sequencer))
    return sequencer.upper().ljust(width, "0") >= recording.sequencer.upper().ljust(width, "0")


MOST_TRIES = 3
"""How often the work on one recording is begun before it is parked."""


def begun(recording: Recording, *, sequencer: str, version_id: str | None, anew: str, now: datetime) -> Recording:
    """Return a recording whose work begins once more. Another version, or taking it up anew, begins to count anew."""
    fresh = (
        (sequencer, version_id) != (recording.sequencer, recording.version_id)
        or recording.state not in {RecordingState.PROCESSING, RecordingState.PARKED}
        or anew not in {"", recording.anew}
    )
    return msgspec.structs.replace(
        recording,
        state=RecordingState.PROCESSING,
        sequencer=sequencer,
        version_id=version_id,
        anew=anew or recording.anew,
        tries=1 if fresh else recording.tries + 1,
        elsewhere=None if fresh else recording.elsewhere,
        reason=None,
        says=None,
        since=now,
    )


OUT_OF_TIME = "out_of_time"
TRIED_OUT = "tried_out"
"""The code of a recording on which the work broke off each time."""
FAILED_ELSEWHERE = "failed_elsewhere"


def parked(recording: Recording, reason: str) -> Recording:
    """Return a recording that is kept until somebody has looked at what went wrong with it."""
    if recording.home.client_id is None:
        says = (
            "The file has arrived and is kept, but it could not be made playable yet. Whoever runs this installation "
            "has been told. You can wait for it, or add a shorter or smaller one."
        )
    else:
        noun = "video" if recording.kind is MediaKind.VIDEO else "recording"
        says = (
            f"Your {noun} has arrived and is kept, but it could not be made playable yet. Your therapist’s practice "
            "has been told, and your answers are kept. You can go on and send them with it; you need not send it again."
        )
    return msgspec.structs.replace(recording, state=RecordingState.PARKED, reason=reason, says=says)


def lasts_as_long(made_s: float, of_s: float) -> bool:
    """Tell whether what was made lasts as long as what it was made of, to within half a second or 5 %."""
    return abs(made_s - of_s) <= max(0.5, of_s * 0.05)


def made_of(recording: Recording) -> str:
    """Return below which key what is made of a recording lies: its own, and the version of the upload.

    So what is made of an upload can never take the place of what is made of another one. A file of the library has
    no version in it: its id is filled once, and whoever shows it reads no row (`service.library_urls`).
    """
    return f"{recording.key}/{recording.version_id or 'null'}" if recording.home.client_id else recording.key


NEVER_ARRIVED = "never_arrived"
"""The code of an upload that was given up because it did not arrive."""
WAITS = timedelta(days=7)
"""How long a recording is looked for in one state. S3 sweeps away the parts of an upload that is older."""
KEPT_AFTER = timedelta(days=7)
"""How long a recording is kept that nothing shows any more."""
_FIRST_LOOK = {
    RecordingState.AWAITING_UPLOAD: timedelta(minutes=15),
    RecordingState.UPLOADED: timedelta(minutes=15),
    # Longer than its message is tried: three times a quarter of an hour.
    RecordingState.PROCESSING: timedelta(hours=1),
}


def next_look(recording: Recording, now: datetime) -> datetime | None:
    """Say when to look again whether a recording has moved on by itself; None where there is nothing to wait for.

    The longer it has waited the longer it may, up to seven days in one state. One that nothing shows any more goes
    after a week, when nothing can be on its way to it.
    """
    if recording.released_at:
        return recording.released_at + KEPT_AFTER
    first = _FIRST_LOOK.get(recording.state)
    since = recording.since or recording.at
    if first is None or now - since >= WAITS:
        return None
    return min(now + max(first, now - since), since + WAITS)


def never_arrived(recording: Recording) -> Recording:
    """Return a recording that is waited for no longer."""
    says = library_sentence(NEVER_ARRIVED)
    if recording.home.client_id is not None:
        what = "The upload did not arrive within seven days, so it is no longer waited for. Your answers are kept."
        again = "record it once more" if is_recorded_here(recording.content_type) else "choose the file again"
        says = f"{what} Please {again}."
    return msgspec.structs.replace(recording, state=RecordingState.REJECTED, reason=NEVER_ARRIVED, says=says)


_PDF_WITHIN = 1024
_RIFF_NAME = slice(8, 12)


def sniff(head: bytes) -> str | None:
    """Return the content type of a picture or document by its first 1024 bytes, whatever it is called."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"RIFF") and head[_RIFF_NAME] == b"WEBP":
        return "image/webp"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    # Readers take a PDF whose mark does not stand at its very beginning (ISO 32000-1:2008, annex H).
    return "application/pdf" if b"%PDF-" in head[:_PDF_WITHIN] else None


_IN_THE_LIBRARY = {
    "empty": "The file arrived empty.",
    "too_big": "The file is larger than we can take.",
    "not_media": "The file is not of the kind that was asked for, whatever its name says.",
    "no_picture": "The file has no moving picture.",
    "no_sound": "The file has no sound in it.",
    "picture_too_large": "The picture is larger than 4K, which is more than we can take.",
    "picture_too_small": "The picture is too small for anyone to see anything.",
    "still_too_large": "The picture has more than 50 million pixels, which is more than we can take. "
    "A smaller copy of it works.",
    "too_long": "It is longer than the {minutes} minutes that your practice takes.",
    "cut_short": "It ends before its end: part of the file is missing.",
    "gap": "It stands still for more than half a minute in the middle.",
    NEVER_ARRIVED: "The upload did not arrive within seven days, so it is no longer waited for.",
    OUT_OF_TIME: "It would take longer to open than we allow. A smaller copy of it works.",
}


def library_sentence(reason: str, longest_s: int | None = None) -> str:
    """Say why a file was not taken into the library, and what to do. `longest_s` is the limit in seconds."""
    what = _IN_THE_LIBRARY.get(reason, "The file would not open.").format(minutes=(longest_s or 1200) // 60)
    return f"{what} The original is unchanged where you took it from. Please check it and add it again."
