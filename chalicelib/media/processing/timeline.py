"""What a player needs beside the rendition itself: where the pictures lie, small ones to look at, the sound's shape."""

from itertools import pairwise

import msgspec

from chalicelib.media.processing.packets import Track

TIMELINE = "timeline.json"


class Tiles(msgspec.Struct, frozen=True, kw_only=True):
    """The sprite: `times_ms` of its tiles, row by row, `columns` to a row, each `width` × `height` pixels.

    A time is that of the very picture that the tile shows, in milliseconds on the player's clock.
    """

    columns: int
    width: int
    height: int
    times_ms: tuple[int, ...]


class Timeline(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The JSON beside a rendition.

    `frame_ms` is the time of the first picture in milliseconds, then how much later each next one is shown.
    `peaks` are the loudest samples of equal pieces of the whole, 0 to 100, in order: 0 where nothing is heard. What
    does not exist is left out.
    """

    duration_ms: int
    frame_ms: tuple[int, ...] = ()
    tiles: Tiles | None = None
    peaks: tuple[int, ...] = ()


def steps(track: Track) -> tuple[int, ...]:
    """The `frame_ms` of a track of pictures."""
    times = track.times_ms
    return (*times[:1], *(later - earlier for earlier, later in pairwise(times)))
