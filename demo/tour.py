"""The tour: the whole loop over HTTP against the running stack, with real video files.

`python -m demo.tour` says at every step what it did and what came back, and ends with
`tour: N steps, all passed`, or with the step that failed and exit 1. It founds a practice of its own,
so it can be taken as often as one likes.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from demo.clips import Clips, make_clips
from demo.tour_care import (
    author,
    do_first_lesson,
    enrol,
    look_back,
    review_from_the_link,
    second_round,
    send_first_lesson,
)
from demo.tour_office import invoices, nothing_parked, reminders, strangers
from demo.tour_people import clients, people, staff
from demo.tour_privacy import copy, erasure
from demo.walk import StepFailedError, Walk
from infra.running import find_stack
from infra.stack import Stack
from infra.steps import Trouble


def take(stack: Stack, clips: Clips | None = None, before_the_end: Callable[[], object] = lambda: None) -> int:
    """Take the tour on a stack; return the number of steps, or raise StepFailedError.

    `before_the_end` is called while everything that was written is still there: the last chapter erases it.
    """
    with tempfile.TemporaryDirectory() as folder:
        walk = Walk(stack, clips or make_clips(Path(folder)))
        for chapter in (
            people,
            staff,
            clients,
            author,
            enrol,
            do_first_lesson,
            send_first_lesson,
            review_from_the_link,
            second_round,
            look_back,
            reminders,
            invoices,
            copy,
            strangers,
        ):
            chapter(walk)
        before_the_end()
        erasure(walk)
        nothing_parked(walk)
    return walk.steps


def main() -> int:
    """Take the tour on the stack of `make run`."""
    began = time.monotonic()
    try:
        steps = take(find_stack())
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except StepFailedError as failed:
        print(f"\ntour: step {failed.number} failed: {failed.name}\n  {failed.__cause__!r}", file=sys.stderr)
        return 1
    print(f"\ntour: {steps} steps, all passed ({time.monotonic() - began:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
