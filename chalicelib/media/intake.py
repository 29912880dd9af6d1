"""What happens to an upload once S3 has told of it. Runs in the video function alone, which brings ffmpeg.

Every step can be done again: the row says how far it has come, renditions lie under keys that follow from
the recording's, and the row's last state and the event that tells of it are one transaction. So a message
that comes twice, or after a crash at any point, ends in one rendition and one event. What comes for a client who
was erased is removed again.
"""

import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from chalicelib.foundation.actor import clockwork
from chalicelib.foundation.call import Call
from chalicelib.foundation.erased import is_erased
from chalicelib.foundation.errors import StaleWrite
from chalicelib.foundation.log import log
from chalicelib.foundation.settings import settings
from chalicelib.foundation.table import Stored
from chalicelib.media.model import (
    LARGEST_OF,
    MediaKind,
    Recording,
    RecordingState,
    Rendition,
    is_news,
    is_recorded_here,
    library_sentence,
    sniff,
)
from chalicelib.media.processing import Accepted, Outcome, Reason, Rejected, process, sentence
from chalicelib.media.processing.picture import write_anew
from chalicelib.media.store import files, removal
from chalicelib.media.store.recordings import RecordingStore

_TRIES = 5
"""Writes that meet another one are tried again here: the queue would wait for a minute, and count."""
_HEAD = 1024


class UploadUnknown(Exception):
    """An upload has arrived whose row is not there: it was given up in the same moment, or is not ours."""


class Work(Protocol):
    """What makes a recording playable: `processing.process`, or its stand-in."""

    def __call__(  # noqa: D102
        self, source: Path, out_dir: Path, *, kind: Literal["video", "audio"], longest_s: int | None
    ) -> Outcome: ...


class _Object(msgspec.Struct, frozen=True):
    key: str
    size: int
    sequencer: str = ""
    version_id: str | None = msgspec.field(default=None, name="version-id")


class _Bucket(msgspec.Struct, frozen=True):
    name: str


class _Detail(msgspec.Struct, frozen=True):
    bucket: _Bucket
    object: _Object


class _Arrival(msgspec.Struct, frozen=True):
    """EventBridge's "Object Created" of S3, as much of it as matters; its keys are plain, not URL-encoded."""

    detail: _Detail


def process_upload(body: str, now: datetime, *, work: Work = process) -> None:
    """Make one upload playable, or say why not.

    Raise UploadUnknown where the row is not there (yet), ValueError for what is no upload of ours, and
    whatever AWS or `work` raise for faults that another try may mend.
    """
    arrival = msgspec.json.decode(body, type=_Arrival).detail
    if arrival.bucket.name != settings().uploads_bucket:
        message = "This bucket is not where uploads arrive."
        raise ValueError(message)
    upload = files.read_upload_key(arrival.object.key)
    call = Call(clockwork(upload.practice_id), now)
    claimed = _claim(call, upload, arrival.object)
    if claimed is None:
        return
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="upload-") as folder:
        settled = _make(claimed.value, arrival.object.size, Path(folder), work)
    if not _settle(call, claimed, settled):
        if is_erased(call.table, upload.home.client_id):
            removal.remove_all(arrival.object.key)
        return
    log(
        "recording settled",
        practice_id=upload.practice_id,
        recording_id=upload.recording_id,
        kind=settled.kind,
        status=settled.state,
        reason=settled.reason,
        took_ms=int((time.monotonic() - began) * 1000),
    )


def _claim(call: Call, upload: files.Upload, arrived: _Object) -> Stored[Recording] | None:
    """Take the recording into processing, or return None where there is nothing left to do."""
    store = RecordingStore(call.table)

    def attempt() -> Stored[Recording] | None:
        found = store.get(upload.home.client_id, upload.recording_id)
        if found is None:
            if not is_erased(call.table, upload.home.client_id):
                raise UploadUnknown
            removal.remove_all(arrived.key)
            return None
        recording = found.value
        if not is_news(recording, arrived.sequencer):
            return None
        if recording.state is RecordingState.PROCESSING and recording.sequencer == arrived.sequencer:
            return found  # Whoever began this did not end it, or is about to; the first to settle it wins.
        claimed = msgspec.structs.replace(
            recording,
            state=RecordingState.PROCESSING,
            sequencer=arrived.sequencer,
            version_id=arrived.version_id,
            since=call.now,
        )
        write = call.write()
        store.move(write, found, claimed, call.now)
        write.commit()
        return found._replace(version=found.version + 1, value=claimed)

    return _insisting(attempt)


def _make(recording: Recording, size: int, folder: Path, work: Work) -> Recording:
    if size == 0:
        return _rejected(recording, Reason.EMPTY)
    if size > LARGEST_OF[recording.kind]:
        return _rejected(recording, Reason.TOO_BIG)
    source, out_dir = folder / "upload", folder / "made"
    out_dir.mkdir()
    files.fetch(recording.key, recording.version_id, source)
    if recording.kind is MediaKind.IMAGE or recording.kind is MediaKind.DOCUMENT:
        return _handed_on(recording, source, out_dir)
    kind: Literal["video", "audio"] = "video" if recording.kind is MediaKind.VIDEO else "audio"
    outcome = work(source, out_dir, kind=kind, longest_s=recording.longest_s)
    if isinstance(outcome, Rejected):
        return _rejected(recording, outcome.reason)
    return msgspec.structs.replace(recording, state=RecordingState.READY, rendition=_published(recording, outcome))


def _published(recording: Recording, made: Accepted) -> Rendition:
    """Put what was made into the media bucket, what plays last."""

    def put(source: Path | None, under: files.Made) -> str | None:
        if source is None:
            return None
        key = f"{recording.key}/{under.name}"
        files.keep(source, key, under.content_type or "")
        return key

    plays = files.MADE[recording.kind]
    beside = Rendition(
        key=f"{recording.key}/{plays.name}",
        poster_key=put(made.poster, files.POSTER),
        sprite_key=put(made.sprite, files.SPRITE),
        timeline_key=put(made.timeline, files.TIMELINE),
        duration_s=round(made.duration_s, 3),
        width=made.width,
        height=made.height,
        loudness_lufs=made.loudness_lufs,
        damaged=made.damaged,
    )
    put(made.rendition, plays)
    return beside


def _handed_on(recording: Recording, source: Path, out_dir: Path) -> Recording:
    """Hand on a picture written anew, or a document as it is, by what its bytes show and not by its name."""
    with source.open("rb") as file:
        content_type = sniff(file.read(_HEAD))
    is_document = content_type == "application/pdf"
    if content_type is None or is_document is not (recording.kind is MediaKind.DOCUMENT):
        return _rejected(recording, Reason.NOT_MEDIA)
    if not is_document:
        made = write_anew(source, out_dir, content_type)
        if isinstance(made, Rejected):
            return _rejected(recording, made.reason)
        source, content_type = made.path, made.content_type
    key = f"{recording.key}/{files.MADE[recording.kind].name}"
    files.keep(source, key, content_type)
    return msgspec.structs.replace(recording, state=RecordingState.READY, rendition=Rendition(key=key))


def _rejected(recording: Recording, reason: Reason) -> Recording:
    if recording.home.client_id is None:
        says = library_sentence(reason)
    else:
        says = sentence(
            reason,
            kind="video" if recording.kind is MediaKind.VIDEO else "audio",
            longest_s=recording.longest_s,
            recorded_here=is_recorded_here(recording.content_type),
        )
    return msgspec.structs.replace(recording, state=RecordingState.REJECTED, reason=str(reason), says=says)


def _settle(call: Call, claimed: Stored[Recording], settled: Recording) -> bool:
    """Write the end and tell of it, once: where somebody else has gone on from here, theirs counts."""

    def attempt() -> bool:
        write = call.write()
        RecordingStore.settle(write, claimed, settled)
        try:
            write.commit()
        except StaleWrite:
            found = RecordingStore(call.table).get(settled.home.client_id, settled.recording_id)
            if found and found.version == claimed.version:
                raise
            return False
        return True

    return _insisting(attempt)


def _insisting[T](attempt: Callable[[], T]) -> T:
    for _ in range(_TRIES - 1):
        try:
            return attempt()
        except StaleWrite:
            continue
    return attempt()
