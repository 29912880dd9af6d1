"""Processing on a local file: `python -m chalicelib.media FILE OUT_DIR [--limit-seconds N] [--audio]`.

Prints one JSON object. Exit 0: accepted, 2: rejected, 1: a fault of ours.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from chalicelib.media.processing import Budget, Outcome, Rejected, ToolFault, process

_ACCEPTED, _OUR_FAULT, _REJECTED = 0, 1, 2


def main(arguments: Sequence[str]) -> int:
    """Run processing as the video function does; the limit is on its wall time, in seconds."""
    parser = argparse.ArgumentParser(prog="python -m chalicelib.media", description="Make a recording playable.")
    parser.add_argument("file", type=Path)
    parser.add_argument("out_dir", type=Path)
    parser.add_argument("--limit-seconds", type=float, default=Budget().seconds)
    parser.add_argument("--audio", action="store_true", help="only the sound is asked for")
    asked = parser.parse_args(arguments)
    try:
        asked.out_dir.mkdir(parents=True, exist_ok=True)
        outcome = process(
            asked.file,
            asked.out_dir,
            kind="audio" if asked.audio else "video",
            longest_s=None,
            budget=Budget(seconds=asked.limit_seconds),
        )
    except (ToolFault, OSError) as fault:
        sys.stderr.write(f"{fault}\n")
        return _OUR_FAULT
    sys.stdout.write(msgspec.json.encode(_report(outcome)).decode() + "\n")
    return _REJECTED if isinstance(outcome, Rejected) else _ACCEPTED


def _report(outcome: Outcome) -> dict[str, object]:
    if isinstance(outcome, Rejected):
        return {"verdict": "rejected", "reason": outcome.reason, "outputs": []}
    made = (outcome.rendition, outcome.poster, outcome.sprite, outcome.timeline)
    return {
        "verdict": "accepted",
        "reason": None,
        "copied_video": outcome.copied_video,
        "copied_audio": outcome.copied_audio,
        "duration_s": round(outcome.duration_s, 3),
        "width": outcome.width,
        "height": outcome.height,
        "outputs": [str(path) for path in made if path is not None],
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
