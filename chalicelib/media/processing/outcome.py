"""What processing answers: a rendition, or a reason that the client can act on."""

import enum
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from chalicelib.media.processing.contents import Contents

type Kind = Literal["video", "audio"]
"""What was asked for: a picture with or without sound, or sound alone."""


class Reason(enum.StrEnum):
    """Why a file was not taken. The values are stored and sent: add to them, never rename one."""

    EMPTY = "empty"
    TOO_BIG = "too_big"
    NOT_MEDIA = "not_media"
    WOULD_NOT_OPEN = "would_not_open"
    NO_PICTURE = "no_picture"
    NO_SOUND = "no_sound"
    PICTURE_TOO_LARGE = "picture_too_large"
    PICTURE_TOO_SMALL = "picture_too_small"
    TOO_LONG = "too_long"
    CUT_SHORT = "cut_short"
    GAP = "gap"
    OUT_OF_TIME = "out_of_time"
    STILL_TOO_LARGE = "still_too_large"


@dataclass(frozen=True, slots=True)
class Accepted:
    """Files that are complete, free of metadata, and play in every browser.

    `duration_s` is in seconds, measured on the rendition; `width` and `height` are the pixels of the
    upright picture. For sound alone there is no poster and no sprite, and both are 0. `timeline` is a JSON
    file for the player (`chalicelib.media.processing.timeline` has its shape). `loudness_lufs` is the
    integrated loudness (EBU R 128, 2023), None where there is nothing to hear. `damaged`: it plays, but parts
    of what was sent could not be decoded. Pictures that were copied are all decoded by `look_through` alone, later.
    """

    rendition: Path
    poster: Path | None
    duration_s: float
    width: int
    height: int
    copied_video: bool
    copied_audio: bool
    sprite: Path | None = None
    timeline: Path | None = None
    loudness_lufs: float | None = None
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """The file is not taken, and trying it again would end the same way."""

    reason: Reason


type Outcome = Accepted | Rejected


class TooMuchWork(Exception):
    """The file is fine, but more work than the caller wanted to do: nothing was made.

    `estimated_s` is the CPU time that it would take, in seconds; `contents` is what a service that does
    the work elsewhere needs to know of it.
    """

    def __init__(self, estimated_s: float, contents: Contents) -> None:
        """Say how much it would be, and of what."""
        super().__init__(f"{estimated_s:.0f} s of CPU time")
        self.estimated_s = estimated_s
        self.contents = contents


class RefusalError(Exception):
    """How a step inside this package says no; `process` turns it into `Rejected`."""

    def __init__(self, reason: Reason) -> None:
        """Say why not."""
        super().__init__(reason.value)
        self.reason = reason


_WHAT_HAPPENED = {
    Reason.EMPTY: "The {noun} arrived empty.",
    Reason.TOO_BIG: "The {noun} is larger than 2 GB, which is more than we can take.",
    Reason.NOT_MEDIA: "The file is not a {noun} that we can open, whatever its name says.",
    Reason.WOULD_NOT_OPEN: "The {noun} would not open.",
    Reason.NO_PICTURE: "The file has sound or a still image, but no moving picture.",
    Reason.NO_SOUND: "The file has no sound in it.",
    Reason.PICTURE_TOO_LARGE: "The picture is larger than 4K, which is more than we can take.",
    Reason.PICTURE_TOO_SMALL: "The picture is too small for anyone to see what you do.",
    Reason.TOO_LONG: "The {noun} is longer than the {limit} asked for here.",
    Reason.CUT_SHORT: "The {noun} ends before its end: part of the file is missing.",
    Reason.GAP: "The {noun} stands still for more than half a minute in the middle.",
    Reason.OUT_OF_TIME: "The {noun} arrived, but making it playable took longer than we allow.",
    Reason.STILL_TOO_LARGE: "The picture has more than 50 million pixels, which is more than we can take.",
}

_WHAT_TO_DO = {
    Reason.EMPTY: "Please choose it again, or record it here, in the browser.",
    Reason.TOO_BIG: "A shorter one works, and so does recording here, in the browser.",
    Reason.NOT_MEDIA: "Please choose another file, or record here, in the browser.",
    Reason.NO_PICTURE: "Please choose a video, or record one here, in the browser.",
    Reason.NO_SOUND: "Please check that the microphone is on, and record it here, in the browser.",
    Reason.PICTURE_TOO_LARGE: "Setting the camera to 4K, 1080p or 720p works, and so does recording here.",
    Reason.PICTURE_TOO_SMALL: "Setting the camera to 720p works, and so does recording here.",
    Reason.TOO_LONG: "Please shorten it, or send the part that matters most.",
    Reason.CUT_SHORT: "Please check that it plays to its end on your phone, and choose it again.",
    Reason.OUT_OF_TIME: "A shorter one works, and so does recording here, in the browser.",
}

_RECORD_HERE = "Recording here, in the browser, works."
_RECORD_AGAIN = "Please record it once more."
_RECORD_LESS = "Please record it once more, a little shorter."
_SHORTER_HELPS = frozenset({Reason.TOO_BIG, Reason.TOO_LONG, Reason.OUT_OF_TIME})

LONGEST_S = 20 * 60
"""The longest recording that is taken where nobody says otherwise, in seconds."""
LONGEST_RAISED_S = 2 * 60 * 60
"""How far a practice may raise that, in seconds."""


def longest_allowed_s(longest_s: int | None) -> int:
    """The limit of a request in seconds: its own, but never above `LONGEST_RAISED_S`."""
    return LONGEST_S if longest_s is None else min(longest_s, LONGEST_RAISED_S)


def sentence(reason: Reason, *, kind: Kind, longest_s: int | None = None, recorded_here: bool = False) -> str:
    """What happened, what is safe and what to do, in the words of the page.

    `longest_s` is the request's limit in seconds. `recorded_here` says that the recording came from the
    camera in the page, so that there is no copy on the phone to speak of.
    """
    noun = "video" if kind == "video" else "recording"
    what = _WHAT_HAPPENED[reason].format(noun=noun, limit=_spoken(longest_allowed_s(longest_s)))
    if recorded_here:
        return f"{what} Your answers are kept. {_RECORD_LESS if reason in _SHORTER_HELPS else _RECORD_AGAIN}"
    return f"{what} It is still on your phone, and your answers are kept. {_WHAT_TO_DO.get(reason, _RECORD_HERE)}"


def _spoken(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    parts = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in ((minutes, "minute"), (rest, "second"))]
    if not minutes:
        return parts[1]
    return " ".join(parts) if rest else parts[0]
