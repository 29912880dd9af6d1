"""Submissions in a few words, for lists."""

import math
from collections.abc import Iterable, Sequence

_READING_S = 30
"""Seconds to read one answer and think about it."""
_ANSWERING_S = 180
"""Seconds to write what comes back."""
_WATCHING = 1.5
"""How much longer than a recording it takes to look at it, with a second look at some of it."""


def what_came(recordings: Iterable[tuple[str, float]], answers: int) -> str:
    """Say what a submission holds: `Video 1:32, 3 answers`. Recordings are kinds with lengths in seconds."""
    parts = [
        f"{kind.capitalize()} {clock_length(length)}" if length else kind.capitalize() for kind, length in recordings
    ]
    if answers:
        parts.append(f"{answers} answer{'' if answers == 1 else 's'}")
    return ", ".join(parts) or "No answers"


def clock_length(seconds: float) -> str:
    """Write a length as players do: `1:32`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def minutes_to_review(lengths: Sequence[float], answers: int) -> int:
    """Estimate, in whole minutes, how long a review takes. Lengths are those of its recordings, in seconds."""
    return math.ceil((_WATCHING * sum(lengths) + _READING_S * answers + _ANSWERING_S) / 60)
