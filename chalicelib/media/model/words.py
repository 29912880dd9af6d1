"""What is said of a recording that cannot be used, or not yet: what is so, what is safe, what to do."""

import msgspec

from chalicelib.media.model.recording import MediaKind, Recording, RecordingState
from chalicelib.media.model.taking import is_recorded_here

OUT_OF_TIME = "out_of_time"
TRIED_OUT = "tried_out"
"""The code of a recording on which the work broke off each time."""
FAILED_ELSEWHERE = "failed_elsewhere"
NEVER_ARRIVED = "never_arrived"
"""The code of an upload that was given up because it did not arrive."""


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


def never_arrived(recording: Recording) -> Recording:
    """Return a recording that is waited for no longer."""
    says = library_sentence(NEVER_ARRIVED)
    if recording.home.client_id is not None:
        what = "The upload did not arrive within seven days, so it is no longer waited for. Your answers are kept."
        again = "record it once more" if is_recorded_here(recording.content_type) else "choose the file again"
        says = f"{what} Please {again}."
    return msgspec.structs.replace(recording, state=RecordingState.REJECTED, reason=NEVER_ARRIVED, says=says)


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
