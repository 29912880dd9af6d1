"""What became of a scenario of `make load`."""

from collections.abc import Sequence
from typing import NamedTuple


class Outcome(NamedTuple):
    """How many were to be done, and what came of them."""

    name: str
    wanted: int
    done: int
    failed: int = 0
    doubled: int = 0
    seconds: float = 0.0
    """From the moment when they were due to the last one done."""
    error: str = ""
    """The first one, in words."""

    @property
    def is_good(self) -> bool:
        """Whether all was done, once."""
        return self.done == self.wanted and not self.failed and not self.doubled


def table(outcomes: Sequence[Outcome]) -> str:
    """Write outcomes under each other."""
    width = max(len(one.name) for one in outcomes)
    lines = [f"{'what':{width}}  {'many':>5} {'done':>5} {'failed':>6} {'doubled':>7} {'seconds':>7}  first error"]
    lines += [
        f"{one.name:{width}}  {one.wanted:5} {one.done:5} {one.failed:6} {one.doubled:7} {one.seconds:7.1f}  "
        f"{one.error or '–'}"
        for one in outcomes
    ]
    return "\n".join(lines)
