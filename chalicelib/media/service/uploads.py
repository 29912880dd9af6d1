"""The way of bytes into the uploads bucket: a ticket, parts, and the whole put together or given up."""

from collections.abc import Sequence

import msgspec

from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import Conflict, DomainError, Gone, Invalid, NotFound, StaleWrite
from chalicelib.foundation.ids import ClientId, RecordingId
from chalicelib.foundation.table import Stored
from chalicelib.foundation.write import Write
from chalicelib.media.model import (
    NEVER_ARRIVED,
    PART,
    Home,
    MediaKind,
    Recording,
    RecordingState,
    accepted_type,
    part_length,
    parts_of,
)
from chalicelib.media.service.playback import find, view
from chalicelib.media.shapes import ArrivedPart, ArrivedParts, PartUrl, PartUrls, RecordingView, SentPart, Ticket
from chalicelib.media.store import files
from chalicelib.media.store.recordings import RecordingStore
from chalicelib.practice.permissions import Action

_UNUSABLE = frozenset({RecordingState.REJECTED, RecordingState.PARKED})


def open_recording(
    call: Call,
    write: Write,
    *,
    recording_id: RecordingId,
    home: Home,
    kind: MediaKind,
    content_type: str,
    size: int,
    longest_s: int | None,
) -> Ticket:
    """Begin an upload and add its row to the caller's write; permission is the caller's to ask for.

    `size` is in bytes, `longest_s` the limit in seconds. Raise Invalid or TooLarge for what cannot be taken.
    An upload whose row is never committed is swept away by the bucket after seven days.
    """
    said = accepted_type(kind, content_type, size)
    key = files.upload_key(call.actor.practice_id, home, recording_id)
    recording = Recording(
        recording_id=recording_id,
        home=home,
        kind=kind,
        content_type=said,
        size=size,
        key=key,
        upload_id=files.begin(key, said),
        longest_s=longest_s,
        at=call.now,
    )
    RecordingStore.add(write, recording)
    return Ticket(recording_id=recording_id, part_size=PART, parts=parts_of(size), state=recording.state)


def sign_parts(call: Call, client_id: ClientId | None, recording_id: RecordingId, numbers: Sequence[int]) -> PartUrls:
    """Sign the addresses of the parts of those numbers, each for exactly as many bytes as the part has."""
    recording = _awaited(call, client_id, recording_id).value
    last = parts_of(recording.size)
    if max(numbers) > last:
        message = f"This file has {last} parts. Nothing was changed."
        raise Invalid(message)
    return PartUrls(
        urls=tuple(
            PartUrl(
                number=number,
                url=files.part_url(recording.key, recording.upload_id, number, part_length(recording.size, number)),
            )
            for number in dict.fromkeys(numbers)
        )
    )


def arrived_parts(call: Call, client_id: ClientId | None, recording_id: RecordingId) -> ArrivedParts:
    """Say which parts are there, so that an upload goes on where it stopped."""
    recording = _awaited(call, client_id, recording_id).value
    try:
        listed = files.parts(recording.key, recording.upload_id)
    except files.UploadOver as over:
        raise _over(recording) from over
    return ArrivedParts(parts=tuple(ArrivedPart(number=one.number, size=one.size, etag=one.etag) for one in listed))


def complete(
    call: Call, client_id: ClientId | None, recording_id: RecordingId, sent: Sequence[SentPart]
) -> RecordingView:
    """Put the parts together. Asked again, or after a reply that got lost, it answers the same."""
    found = _found(call, client_id, recording_id)
    if found.value.state is not RecordingState.AWAITING_UPLOAD:
        return view(found.value, with_urls=True)
    _put_together(found.value, sent)
    uploaded = msgspec.structs.replace(found.value, state=RecordingState.UPLOADED, since=call.now)
    write = call.write()
    RecordingStore.move(write, found, uploaded, call.now)
    try:
        write.commit()
    except StaleWrite:
        # The upload's event was quicker; how far it has come is more than we know.
        return view(_found(call, client_id, recording_id).value, with_urls=True)
    return view(uploaded, with_urls=True)


def _put_together(recording: Recording, sent: Sequence[SentPart]) -> None:
    etags = {part.number: part.etag for part in sent}
    missing = [number for number in range(1, parts_of(recording.size) + 1) if number not in etags]
    if missing:
        message = f"Part {missing[0]} has not arrived yet. What has arrived is kept; send the rest and try again."
        raise Invalid(message, type="parts-missing", missing=missing)
    if len(etags) > parts_of(recording.size):
        message = f"This file has {parts_of(recording.size)} parts. What has arrived is kept."
        raise Invalid(message)
    try:
        files.complete(recording.key, recording.upload_id, list(etags.items()))
    except files.PartsUnfit:
        message = "A part did not arrive whole. Ask which parts are there, send the others and try again."
        raise Invalid(message, type="parts-unfit") from None
    except files.UploadOver as over:
        if not files.has_arrived(recording.key):
            raise _given_up() from over


def abandon(write: Write, found: Stored[Recording]) -> None:
    """Throw away an upload into the library and remove its row in the caller's write, who asks for permission.

    What could not be used goes too, its bytes by an event. Raise Conflict where the file has arrived: what is being
    looked at is not taken back. A client's recording goes once its lesson shows it no more (`release`).
    """
    recording = found.value
    if recording.reason == NEVER_ARRIVED:
        write.remove(found)
        return
    if recording.state in _UNUSABLE:
        write.remove(found)
        write.tell("library_file.dropped", recording_id=recording.recording_id)
        return
    if recording.state is not RecordingState.AWAITING_UPLOAD:
        raise _arrived()
    try:
        files.abort(recording.key, recording.upload_id)
    except files.UploadOver as over:
        if files.has_arrived(recording.key):
            raise _arrived() from over
    write.remove(found, otherwise=_arrived)


def _found(call: Call, client_id: ClientId | None, recording_id: RecordingId) -> Stored[Recording]:
    found = find(call, client_id, recording_id, Action.DO_LESSON)
    if found is None:
        raise NotFound
    return found


def _awaited(call: Call, client_id: ClientId | None, recording_id: RecordingId) -> Stored[Recording]:
    found = _found(call, client_id, recording_id)
    if found.value.reason == NEVER_ARRIVED:
        raise _given_up()
    if found.value.state is not RecordingState.AWAITING_UPLOAD:
        raise _arrived()
    return found


def _over(recording: Recording) -> DomainError:
    return _arrived() if files.has_arrived(recording.key) else _given_up()


def _arrived() -> DomainError:
    return Conflict("The whole file has arrived already. There is nothing more to send.", type="arrived-already")


def _given_up() -> DomainError:
    message = "This upload was given up; after seven days that happens by itself. Please choose the file again."
    return Gone(message, type="upload-over")
