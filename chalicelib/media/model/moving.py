"""How a recording moves on, what is waited for, and when its work is set aside."""

from datetime import datetime, timedelta

import msgspec

from chalicelib.media.model.recording import Recording, RecordingState


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


def lasts_as_long(made_s: float, of_s: float) -> bool:
    """Tell whether what was made lasts as long as what it was made of, to within half a second or 5 %."""
    return abs(made_s - of_s) <= max(0.5, of_s * 0.05)


def made_of(recording: Recording) -> str:
    """Return below which key what is made of a recording lies: its own, and the version of the upload.

    So what is made of an upload can never take the place of what is made of another one. A file of the library has
    no version in it: its id is filled once, and whoever shows it reads no row (`service.library_urls`).
    """
    return f"{recording.key}/{recording.version_id or 'null'}" if recording.home.client_id else recording.key


def mended_of(recording: Recording) -> str:
    """Return below which key what is made of a client's recording lies once its first rendition was found damaged."""
    return f"{made_of(recording)}.mended"


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
