"""Lessons and submissions in a few words, for lists."""

import math
from collections.abc import Iterable, Sequence

from chalicelib.curriculum.model import Asking, Exercise, Lesson, Recording, ResourceKind

_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_READING_S = 30
"""Seconds to read one answer and think about it."""
_ANSWERING_S = 180
"""Seconds to write what comes back."""
_WATCHING = 1.5
"""How much longer than a recording it takes to look at it, with a second look at some of it."""


def what_it_asks(lesson: Lesson) -> str:
    """Say what a lesson asks for: `one video`, `two exercises, 3 questions`; empty if it asks for nothing."""
    blocks = lesson.blocks
    recordings = [block for block in blocks if isinstance(block, Recording)]
    videos = sum(block.media is ResourceKind.VIDEO for block in recordings)
    parts = [counted(videos, "video"), counted(len(recordings) - videos, "voice recording")]
    if not recordings:
        exercises = sum(isinstance(block, Exercise) for block in blocks)
        parts = [
            counted(exercises, "exercise"),
            counted(sum(isinstance(block, Asking) for block in blocks), "question"),
        ]
    return ", ".join(part for part in parts if part)


def what_came(recordings: Iterable[tuple[str, float]], answers: int) -> str:
    """Say what a submission holds: `Video 1:32, 3 answers`. Recordings are kinds with lengths in seconds."""
    parts = [
        f"{kind.capitalize()} {clock_length(length)}" if length else kind.capitalize() for kind, length in recordings
    ]
    if answers:
        parts.append(f"{answers} answer{'' if answers == 1 else 's'}")
    return ", ".join(parts) or "No answers"


def counted(count: int, noun: str) -> str:
    """Write a count with its noun, the small ones in words; empty for none."""
    if not count:
        return ""
    number = _COUNTS[count] if count < len(_COUNTS) else str(count)
    return f"{number} {noun}{'' if count == 1 else 's'}"


def clock_length(seconds: float) -> str:
    """Write a length as players do: `1:32`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def minutes_to_review(lengths: Sequence[float], answers: int) -> int:
    """Estimate, in whole minutes, how long a review takes. Lengths are those of its recordings, in seconds."""
    return math.ceil((_WATCHING * sum(lengths) + _READING_S * answers + _ANSWERING_S) / 60)
