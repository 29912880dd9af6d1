"""What is seen and heard in a file, read back from its pixels and samples."""

import functools
import subprocess
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chalicelib.media.processing import find_ffmpeg
from chalicelib.media.processing.timeline import Tiles
from tests.video.corpus.filming import COLUMNS, ROWS, Colour

_FINE = 3
"""Pixels to a side of a cell: the one in the middle is not mixed with its neighbours."""
_HEARD = 0.05
_RATE_HZ = 48_000
_STEP = 24
_QUIET_S = 0.3
_BRIGHT = 128


@dataclass(frozen=True)
class Seen:
    """One picture, as the colours of its cells."""

    cells: tuple[Colour, ...]

    def at(self, row: int, column: int) -> Colour:
        """The colour of one cell."""
        return self.cells[row * COLUMNS + column]

    @property
    def number(self) -> int:
        """What it says of itself: its place in the film, modulo 256."""
        return sum((sum(self.at(3, place)) > 3 * _BRIGHT) << (COLUMNS - 1 - place) for place in range(COLUMNS))

    @property
    def flashes(self) -> bool:
        """Whether the film beeps now."""
        return sum(self.at(5, 3)) > 3 * _BRIGHT

    def hides(self) -> bool:
        """Whether anything of the colour is seen that was hidden: much more red and blue than green."""
        return any(min(red, blue) - green > 100 for red, green, blue in self.cells)


@functools.cache
def pictures(file: Path, *words: str) -> tuple[Seen, ...]:
    """All pictures of a file, hidden ones too with `-ignore_editlist 1`, in the order in which they are shown."""
    width, height = COLUMNS * _FINE, ROWS * _FINE
    look = f"scale={width}:{height}:flags=area,format=rgb24"
    raw = _ffmpeg(
        *words, "-i", f"file:{file}", "-map", "0:v:0", "-vf", look, "-fps_mode", "passthrough", "-f", "rawvideo"
    )
    size = width * height * 3
    return tuple(_seen(raw[at : at + size]) for at in range(0, len(raw), size))


def _seen(raw: bytes) -> Seen:
    middles = [
        ((row * _FINE + 1) * COLUMNS * _FINE + column * _FINE + 1) * 3
        for row in range(ROWS)
        for column in range(COLUMNS)
    ]
    return Seen(tuple((raw[at], raw[at + 1], raw[at + 2]) for at in middles))


def tiles(sprite: Path, layout: Tiles) -> list[Seen]:
    """What the tiles of a sprite show, in order."""
    width, height = layout.width, layout.height
    raw = _ffmpeg("-i", f"file:{sprite}", "-f", "rawvideo", "-pix_fmt", "rgb24")
    across = width * layout.columns
    shown = []
    for place in range(len(layout.times_ms)):
        left, top = place % layout.columns * width, place // layout.columns * height
        middles = [
            ((top + height * (2 * row + 1) // (2 * ROWS)) * across + left + width * (2 * column + 1) // (2 * COLUMNS))
            * 3
            for row in range(ROWS)
            for column in range(COLUMNS)
        ]
        shown.append(Seen(tuple((raw[at], raw[at + 1], raw[at + 2]) for at in middles)))
    return shown


def beeps(file: Path) -> list[float]:
    """When sound begins after a pause, in seconds on the film's clock."""
    words = (
        "-map",
        "0:a:0",
        "-af",
        "aresample=48000:async=1:first_pts=0",
        "-ac",
        "1",
        "-f",
        "s16le",
        "-c:a",
        "pcm_s16le",
    )
    samples = array("h", _ffmpeg("-i", f"file:{file}", *words))
    loud = [
        at / _RATE_HZ
        for at in range(0, len(samples), _STEP)
        if max(map(abs, samples[at : at + _STEP])) > _HEARD * 32768
    ]
    return [when for place, when in enumerate(loud) if place == 0 or when - loud[place - 1] > _QUIET_S]


def flashes(seen: Sequence[Seen], times: tuple[float, ...]) -> list[float]:
    """When the picture begins to flash, in seconds."""
    return [
        times[place]
        for place, picture in enumerate(seen)
        if picture.flashes and (place == 0 or not seen[place - 1].flashes)
    ]


def _ffmpeg(*words: str) -> bytes:
    command = [str(find_ffmpeg()), "-hide_banner", "-nostdin", "-v", "error", *words, "pipe:1"]
    return subprocess.run(command, capture_output=True, check=True).stdout
