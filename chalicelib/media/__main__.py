"""Processing on a local file: `python -m chalicelib.media FILE OUT_DIR [--limit-seconds N] [--audio]`.

Prints one JSON object. Exit 0: accepted, 2: rejected, 1: a fault of ours or of the call, said in one sentence. Stopped
by a signal, it takes what it started and what it had begun to write with it.
"""

import argparse
import functools
import math
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import msgspec

from chalicelib.media.processing import Kind, Outcome, Rejected, ToolFault, look_through, process

_ACCEPTED, _OUR_FAULT, _REJECTED = 0, 1, 2


class _Words(argparse.ArgumentParser):
    """Says what is wrong with the call, and keeps exit 2 for what it means here."""

    def error(self, message: str) -> NoReturn:
        self.exit(_OUR_FAULT, f"{self.format_usage()}{message[:1].upper()}{message[1:]}.\n")


def main(arguments: Sequence[str]) -> int:
    """Make one file playable as the video function does, damage that shows only later included."""
    parser = _Words(prog="python -m chalicelib.media", description="Make a recording playable.")
    parser.add_argument("file", type=Path)
    parser.add_argument("out_dir", type=Path)
    parser.add_argument("--limit-seconds", type=_seconds, help="how long the recording may be")
    parser.add_argument("--audio", action="store_true", help="only the sound is asked for")
    asked = parser.parse_args(arguments)
    try:
        asked.out_dir.mkdir(parents=True, exist_ok=True)
        kind: Kind = "audio" if asked.audio else "video"
        make = functools.partial(process, asked.file, asked.out_dir, kind=kind, longest_s=asked.limit_seconds)
        outcome = make()
        if not isinstance(outcome, Rejected) and outcome.copied_video and look_through(outcome).damaged:
            outcome = make(copy=False)
    except ToolFault as fault:
        return _fail(str(fault))
    except OSError as fault:
        return _fail(f"{fault.filename or asked.file}: {fault.strerror or fault}.")
    try:
        print(msgspec.json.encode(_report(outcome)).decode(), flush=True)  # noqa: T201 - what it is called for
    except OSError as fault:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or what is left over is written at the end
        return _fail(f"What became of it could not be printed: {fault.strerror}.")
    return _REJECTED if isinstance(outcome, Rejected) else _ACCEPTED


def _seconds(word: str) -> int:
    try:
        seconds = math.ceil(float(word))
    except (ValueError, OverflowError):
        seconds = 0
    if seconds < 1:
        message = f"{word} is no number of seconds"
        raise argparse.ArgumentTypeError(message)
    return seconds


def _fail(sentence: str) -> int:
    sys.stderr.write(sentence.encode(errors="replace").decode() + "\n")
    return _OUR_FAULT


def _report(outcome: Outcome) -> dict[str, object]:
    taken = None if isinstance(outcome, Rejected) else outcome
    made = (taken.rendition, taken.poster, taken.sprite, taken.timeline) if taken else ()
    return {
        "verdict": "accepted" if taken else "rejected",
        "reason": outcome.reason if isinstance(outcome, Rejected) else None,
        "damaged": taken.damaged if taken else None,
        "copied_video": taken.copied_video if taken else None,
        "copied_audio": taken.copied_audio if taken else None,
        "duration_s": round(taken.duration_s, 3) if taken else None,
        "width": taken.width if taken else None,
        "height": taken.height if taken else None,
        "loudness_lufs": taken.loudness_lufs if taken else None,
        "outputs": [os.fsencode(path).decode(errors="replace") for path in made if path is not None],
    }


def _stop(number: int, _: object) -> NoReturn:
    sys.exit(128 + number)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    sys.exit(main(sys.argv[1:]))
