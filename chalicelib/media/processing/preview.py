"""What stands beside a rendition, all made from it in one run: poster, sprite, loudness and the sound's shape."""

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.media.processing.container import Container
from chalicelib.media.processing.contents import Contents
from chalicelib.media.processing.probe import Source, open_safely
from chalicelib.media.processing.streams import Audio
from chalicelib.media.processing.timeline import Tiles

POSTER, SPRITE = "poster.jpg", "sprite.jpg"
MOST_TILES = 100
TILE_SIDE = 160
"""Pixels of a tile's longer side."""
PEAKS = 800

_COLUMNS = 10
_CLOSEST_S = 0.5
_FEW_KEYS = 4
_POSTER_AFTER = 0.2
_POSTER_FROM = 8
_TILE_TIMES, _PEAK_LEVELS = "tiles.txt", "peaks.txt"
_SHOWN_AT = re.compile(r"pts_time:(-?[\d.]+)")
_PEAK = re.compile(r"pts_time:(-?[\d.]+)\s+lavfi\S+Peak_level=(-?[\d.]+|-inf|nan)")
_LOUDNESS = re.compile(r"Integrated loudness:\s+I: +(-?[\d.]+|-inf|nan) LUFS")
# EBU R 128 measures nothing below this gate, and says the gate itself for silence.
_SILENCE_LUFS = -70.0
_JPEG = ("-frames:v", "1", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-f", "image2", "-update", "1")
_FORGET = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact")


@dataclass(frozen=True, slots=True)
class Sight:
    """How the pictures of a rendition are looked at: which of them are decoded, and which become tiles."""

    every_picture: bool
    apart_s: float
    tiles: int
    width: int
    height: int
    poster_from_s: float

    @property
    def columns(self) -> int:
        """Tiles in a row."""
        return min(self.tiles, _COLUMNS)

    @property
    def rows(self) -> int:
        """Rows of tiles."""
        return math.ceil(self.tiles / self.columns)


def sight_of(made: Contents) -> Sight | None:
    """How to look at `made`; None where it has no picture.

    Key pictures alone are decoded, at a tenth of the cost: the rest only where there are hardly any.
    """
    if made.video is None:
        return None
    track = made.video_track
    every = len(track.keys_ms) < _FEW_KEYS
    times_s = [time / 1000 for time in (track.times_ms if every else track.keys_ms)]
    apart_s = max(_CLOSEST_S, track.duration_s / MOST_TILES)
    scale = min(1, TILE_SIDE / max(made.video.width, made.video.height))
    late = [time for time in times_s if time >= track.duration_s * _POSTER_AFTER]
    return Sight(
        every_picture=every,
        apart_s=apart_s,
        tiles=max(1, min(MOST_TILES, _count(times_s, apart_s))),
        width=max(2, 2 * round(made.video.width * scale / 2)),
        height=max(2, 2 * round(made.video.height * scale / 2)),
        poster_from_s=late[0] if late else 0,
    )


def _count(times_s: list[float], apart_s: float) -> int:
    count, latest = 0, -math.inf
    for time in times_s:
        if time - latest >= apart_s:
            count, latest = count + 1, time
    return count


def preview_command(ffmpeg: Path, rendition: Path, made: Contents, sight: Sight | None) -> list[str]:
    """Makes, in the folder that it runs in, everything that `read_preview` reads."""
    # A graph each, for one graph is worked through by one thread.
    outputs: list[str] = []
    if sight is not None:
        outputs += ["-filter_complex", ";".join(_picture_graph(sight))]
        outputs += ["-map", "[sprite]", *_JPEG, "-q:v", "6", *_FORGET, "-y", SPRITE]
        outputs += ["-map", "[poster]", *_JPEG, "-q:v", "4", *_FORGET, "-y", POSTER]
    if made.audio is not None and made.audio_track.packets:
        graph = (
            f"[0:a]ebur128=framelog=quiet,asetnsamples=n={_samples(made, made.audio)}:p=0,"
            "astats=metadata=1:reset=1:measure_perchannel=none:measure_overall=Peak_level,"
            f"ametadata=mode=print:key=lavfi.astats.Overall.Peak_level:file={_PEAK_LEVELS}[heard]"
        )
        outputs += ["-filter_complex", graph, "-map", "[heard]", "-f", "null", "-"]
    # Key pictures lie too far apart to be decoded side by side: more threads would only wait, and hold memory.
    skipped = [] if sight is None or sight.every_picture else ["-skip_frame", "nokey", "-threads", "1"]
    return [
        *(str(ffmpeg), "-hide_banner", "-nostdin", "-nostats", "-loglevel", "repeat+verbose", *skipped),
        *open_safely(Source(rendition, Container.ISO)),
        *outputs,
    ]


def _samples(made: Contents, audio: Audio) -> int:
    """How many samples one peak stands for."""
    return max(1, math.ceil(made.duration_s * audio.rate_hz / PEAKS))


def _picture_graph(sight: Sight) -> list[str]:
    return [
        "[0:v]split[often][once]",
        (
            f"[often]select='isnan(prev_selected_t)+gte(t-prev_selected_t,{sight.apart_s:.6f})',"
            f"scale={sight.width}:{sight.height}:flags=area:out_range=full,"
            f"metadata=mode=add:key=at:value=1,metadata=mode=print:key=at:file={_TILE_TIMES},"
            f"tile={sight.columns}x{sight.rows}[sprite]"
        ),
        # The first picture of a phone's video is often the floor, or black: the most typical of some later ones.
        (
            f"[once]select='gte(t,{sight.poster_from_s - 0.001:.3f})',thumbnail=n={_POSTER_FROM},"
            "scale=out_range=full[poster]"
        ),
    ]


@dataclass(frozen=True, slots=True)
class Preview:
    """What was seen and heard. `peaks` are 0 to 100; `loudness_lufs` is None for silence and without sound."""

    tiles: Tiles | None
    peaks: tuple[int, ...]
    loudness_lufs: float | None


def read_preview(folder: Path, said: str, made: Contents, sight: Sight | None) -> Preview:
    """What a run of `preview_command` in `folder` found; `said` is its report."""
    tiles = None
    if sight is not None:
        times = tuple(round(float(found) * 1000) for found in _found(folder / _TILE_TIMES, _SHOWN_AT))
        tiles = Tiles(
            columns=sight.columns, width=sight.width, height=sight.height, times_ms=times[: sight.columns * sight.rows]
        )
    return Preview(tiles, _peaks(folder, made), _loudness(said))


def _peaks(folder: Path, made: Contents) -> tuple[int, ...]:
    levels = _found(folder / _PEAK_LEVELS, _PEAK)
    if made.audio is None or not levels:
        return ()
    # Sound may begin later than the picture, end earlier, or miss a piece: each peak goes where it is heard.
    piece_s = _samples(made, made.audio) / made.audio.rate_hz
    peaks = [0] * math.ceil(made.duration_s / piece_s)
    for at_s, level_db in levels:
        place = round(float(at_s) / piece_s)
        if 0 <= place < len(peaks):
            peaks[place] = max(peaks[place], _percent(float(level_db)))
    return tuple(peaks)


def _found(path: Path, pattern: re.Pattern[str]) -> list[Any]:
    return pattern.findall(path.read_text(encoding="ascii", errors="replace")) if path.exists() else []


def _percent(level_db: float) -> int:
    return 0 if math.isnan(level_db) else max(0, min(100, round(100 * 10 ** (level_db / 20))))


def _loudness(said: str) -> float | None:
    found = _LOUDNESS.findall(said)
    lufs = float(found[-1]) if found else math.nan
    return lufs if math.isfinite(lufs) and lufs > _SILENCE_LUFS else None
