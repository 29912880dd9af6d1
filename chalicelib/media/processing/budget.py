"""How much time, memory and disk one recording may cost."""

import time
from dataclasses import dataclass

_MEBI = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits for one call of `process`.

    `seconds` is wall time over all child processes: 13 of the 15 minutes that a function may run, so that
    there is time left to say what became of the recording. `probe_seconds` bounds each look at a file.
    `memory_bytes` is address space per child; decoding 4K takes 3 GB of it. `packet_list_bytes` bounds how many
    packets a file may have: 64 MB of text are a million, two hours at 60 pictures a second are 800,000.
    """

    seconds: float = 780
    probe_seconds: float = 60
    memory_bytes: int = 4096 * _MEBI
    packet_list_bytes: int = 64 * _MEBI


class Deadline:
    """A moment on the monotonic clock by which all the work must be over."""

    def __init__(self, seconds: float) -> None:
        """Set it `seconds` from now."""
        self._ends_at = time.monotonic() + seconds

    def left(self, at_most: float | None = None) -> float:
        """Seconds until then, `at_most` so many, never negative."""
        left = max(0.0, self._ends_at - time.monotonic())
        return left if at_most is None else min(left, at_most)
