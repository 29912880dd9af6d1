"""How a command tells what it does: one line a step, with its time; one sentence when it cannot."""

from __future__ import annotations

import errno
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Trouble(Exception):
    """Something that the person at the keyboard can mend; its text says how."""


@contextmanager
def step(doing: str) -> Iterator[None]:
    """Print `doing` at once, and after the block how long it took."""
    print(f"  {doing} …", end="", flush=True)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(f" {time.monotonic() - began:.1f} s", flush=True)


def said(text: str) -> None:
    """Print something between steps."""
    print(f"  {text}", flush=True)


def run_command(command: Callable[[], int | None]) -> None:
    """Run a command's main function and leave the process as a shell expects.

    Trouble becomes its sentence on standard error and status 1, and so does a full disk; Ctrl-C is status 130.
    """
    try:
        sys.exit(command())
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print("\nThe disk is full. Make room, then do this again.", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(130)
