"""A recording's row on the way: claimed before the work, settled after it, each once, whoever else is at it."""

from collections.abc import Callable

import msgspec

from chalicelib.foundation.call import Call
from chalicelib.foundation.erased import is_erased
from chalicelib.foundation.errors import StaleWrite
from chalicelib.foundation.ids import new_id
from chalicelib.foundation.log import log
from chalicelib.foundation.table import Stored
from chalicelib.media.model import Recording, RecordingState, Rendition, begun, made_of, mended_of, parked
from chalicelib.media.store import files, removal
from chalicelib.media.store.recordings import RecordingStore

_TRIES = 5
"""Writes that meet another one are tried again here: the queue would wait for a minute, and count."""


class UploadUnknown(Exception):
    """An upload has arrived whose row is not there: it was given up in the same moment, or is not ours."""


def found(call: Call, upload: files.Upload, key: str) -> Stored[Recording] | None:
    """Read a recording's row; None where its client was erased. Raise UploadUnknown where it is not there.

    What was made of it then goes: it was removed while a function was at it, or is not there yet.
    """
    stored = RecordingStore(call.table).get(upload.home.client_id, upload.recording_id)
    if stored:
        return stored
    if is_erased(call.table, upload.home.client_id):
        removal.remove_all(key)
        return None
    removal.remove_made(f"{key}/")
    raise UploadUnknown


def claim(
    call: Call, stored: Stored[Recording], *, sequencer: str, version_id: str | None, anew: str
) -> Stored[Recording]:
    """Write down that the work begins, before it does. Raise StaleWrite where somebody else has written meanwhile."""
    taken = begun(stored.value, sequencer=sequencer, version_id=version_id, anew=anew, now=call.now)
    return write(call, stored, taken)


def write(call: Call, stored: Stored[Recording], changed: Recording) -> Stored[Recording]:
    """Write a step on the way, and return the row as it is then. Raise StaleWrite."""
    change = call.write()
    RecordingStore.move(change, stored, changed, call.now)
    change.commit()
    return stored._replace(version=stored.version + 1, value=changed)


def settle(call: Call, claimed: Stored[Recording], settled: Recording) -> Stored[Recording] | None:
    """Write the end and tell of it, once. Where somebody else has gone on from here theirs counts: None.

    What nobody will show is then removed again: all of it where the recording is gone, and what was made of this
    version where another one took its place.
    """

    def attempt(stored: Stored[Recording]) -> Stored[Recording]:
        ended = _onto(stored.value, settled)
        change = call.write()
        RecordingStore.settle(change, stored, ended)
        change.commit()
        return stored._replace(version=stored.version + 1, value=ended)

    stored: Stored[Recording] | None = claimed
    for _ in range(_TRIES):
        if stored is None or not _goes_on(stored.value, claimed.value):
            _withdraw(settled, stored and stored.value)
            return None
        try:
            return attempt(stored)
        except StaleWrite:
            stored = RecordingStore(call.table).get(settled.home.client_id, settled.recording_id)
    raise StaleWrite


def _onto(current: Recording, settled: Recording) -> Recording:
    """Put the end of the work onto the row as it is by now: others may have counted a try, or let it go."""
    return msgspec.structs.replace(
        current,
        state=settled.state,
        rendition=settled.rendition,
        reason=settled.reason,
        says=settled.says,
        to_look_through=settled.to_look_through,
    )


def _goes_on(current: Recording, claimed: Recording) -> bool:
    """Tell whether the row is still about the same work. Whoever parked it was wrong if the work ends after all."""
    return current.state in {RecordingState.PROCESSING, RecordingState.PARKED} and (
        (current.sequencer, current.version_id, current.anew) == (claimed.sequencer, claimed.version_id, claimed.anew)
    )


def _withdraw(settled: Recording, current: Recording | None) -> None:
    if current is None:
        removal.remove_all(settled.key)
    elif settled.home.client_id and current.version_id != settled.version_id:
        removal.remove_made(f"{made_of(settled)}/")


def park(call: Call, claimed: Stored[Recording], reason: str, *, error: str = "") -> None:
    """Set a recording aside: it is kept, whoever runs the installation is told, and so are its client and therapist.

    The message first: one too many of them does no harm, one too few would leave nothing to send back.
    """
    recording = claimed.value
    files.park(
        recording.key,
        recording.size,
        sequencer=recording.sequencer,
        version_id=recording.version_id,
        name=recording.recording_id,
        anew=new_id(call.now),
    )
    log(
        "recording parked",
        failed=True,
        trace=bool(error),
        practice_id=call.actor.practice_id,
        recording_id=recording.recording_id,
        kind=recording.kind,
        reason=reason,
        error=error or reason,
    )
    settle(call, claimed, parked(recording, reason))


def mark(call: Call, looked_at: Recording, *, damaged: bool, mended: Rendition | None = None) -> None:
    """Note that a recording was looked through, and tell of it where it is damaged. Twice is once.

    `mended` takes the place of what was published, which goes; it goes itself where it comes too late.
    """
    stored = RecordingStore(call.table).get(looked_at.home.client_id, looked_at.recording_id)
    if stored is None:
        removal.remove_all(looked_at.key)
        return
    rendition = stored.value.rendition
    if rendition is None or not stored.value.to_look_through or stored.value.version_id != looked_at.version_id:
        if mended and rendition and rendition.key != mended.key:
            removal.remove_made(f"{mended_of(looked_at)}/")
        return
    marked = msgspec.structs.replace(
        stored.value, to_look_through=False, rendition=msgspec.structs.replace(mended or rendition, damaged=damaged)
    )
    if damaged:
        change = call.write()
        RecordingStore.settle(change, stored, marked)
        change.commit()
        withdraw_mended(marked)
    else:
        write(call, stored, marked)


def withdraw_mended(recording: Recording) -> None:
    """Remove what was published first of a recording in whose place a mended one plays."""
    if recording.rendition and recording.rendition.key.startswith(f"{mended_of(recording)}/"):
        removal.remove_made(f"{made_of(recording)}/")


def insisting[T](attempt: Callable[[], T]) -> T:
    """Try a step that reads and writes again where another write came in between."""
    for _ in range(_TRIES - 1):
        try:
            return attempt()
        except StaleWrite:
            continue
    return attempt()
