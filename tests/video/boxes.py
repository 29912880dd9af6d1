"""An MP4 file read by the standard alone (ISO/IEC 14496-12 and -15), with nothing of ours and nothing of ffmpeg's."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, chain, repeat
from pathlib import Path

_HOLDERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"udta"}
_UPRIGHT = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_HEAD = 8


@dataclass(frozen=True)
class Box:
    """One box: its path of names, where its content begins in the file, and the content."""

    path: tuple[str, ...]
    at: int
    content: bytes


@dataclass(frozen=True)
class Track:
    """One track. Times are in seconds on the film's clock, edits applied, in the order in which they are shown."""

    sort: str
    handler: str
    coding: str
    setup: bytes
    times: tuple[float, ...]
    ends: float
    samples: tuple[bytes, ...]
    width: int
    height: int
    upright: bool
    dates: tuple[int, ...]
    edits: int

    @property
    def is_picture(self) -> bool:
        """Whether it is seen."""
        return self.sort == "vide"

    def units(self) -> Iterator[int]:
        """The types of the units that an H.264 picture is made of (ITU-T H.264, 2024, table 7-1)."""
        for sample in self.samples:
            at = 0
            while at < len(sample):
                size = int.from_bytes(sample[at : at + 4], "big")
                yield sample[at + 4] & 31
                at += 4 + size


@dataclass(frozen=True)
class Film:
    """A whole file: its boxes in order, its tracks, and the dates in its header."""

    boxes: list[Box]
    tracks: list[Track]
    dates: tuple[int, ...]

    @property
    def names(self) -> list[str]:
        """The paths of all boxes, `moov/trak/tkhd`."""
        return ["/".join(box.path) for box in self.boxes]

    @property
    def picture(self) -> Track | None:
        """The one that is seen."""
        return next((track for track in self.tracks if track.is_picture), None)

    @property
    def sound(self) -> Track | None:
        """The one that is heard."""
        return next((track for track in self.tracks if track.sort == "soun"), None)


def read(file: Path) -> Film:
    """Read a file that is as it should be; anything else fails."""
    content = file.read_bytes()
    boxes = list(_boxes(content, 0, len(content), ()))
    [header] = [box.content for box in boxes if box.path == ("moov", "mvhd")]
    scale = _scale(header)
    starts = [place for place, box in enumerate(boxes) if box.path == ("moov", "trak")]
    parts = [boxes[begin:end] for begin, end in zip(starts, [*starts[1:], len(boxes)], strict=True)]
    return Film(boxes, [_track(part, content, scale) for part in parts], _dates(header))


def _boxes(content: bytes, at: int, end: int, path: tuple[str, ...]) -> Iterator[Box]:
    while at < end:
        size, name = struct.unpack_from(">I4s", content, at)
        head = _HEAD
        if size == 1:
            size, head = struct.unpack_from(">Q", content, at + _HEAD)[0], 16
        assert head <= size <= end - at, f"{name!r} says {size} at {at} of {end}"
        here = (*path, name.decode("latin-1"))
        yield Box(here, at + head, content[at + head : at + size])
        if name in _HOLDERS:
            yield from _boxes(content, at + head, at + size, here)
        at += size


def _dates(header: bytes) -> tuple[int, int]:
    created, changed = struct.unpack_from(">QQ" if header[0] else ">II", header, 4)
    return created, changed


def _scale(header: bytes) -> int:
    return int(struct.unpack_from(">I", header, 20 if header[0] else 12)[0])


def _track(boxes: list[Box], content: bytes, scale: int) -> Track:
    own = {box.path[-1]: box.content for box in reversed(boxes)}
    head, media, table = own["tkhd"], own["mdhd"], own["stsd"]
    unit = _scale(media)
    durations = list(chain.from_iterable(repeat(every, count) for count, every in _rows(own["stts"], ">II")))
    decoded = [0, *accumulate(durations)]
    later = chain.from_iterable(repeat(by, count) for count, by in _rows(own.get("ctts", b""), ">Ii"))
    shown = [when + by for when, by in zip(decoded, [*later] or repeat(0), strict=False)][: len(durations)]
    delay, begin, edits = 0.0, 0, 0
    for length, start, *_ in _rows(own.get("elst", b""), ">Qqhh" if own.get("elst", b"\0")[0] else ">Iihh"):
        edits += 1
        if start == -1:
            delay += length / scale
        else:
            begin = start
    times = sorted((time - begin) / unit + delay for time in shown)
    # A sample's duration is how much later the next is decoded; all of them are how long the track is shown.
    ends = (min(shown) + decoded[-1] - begin) / unit + delay
    matrix = head[52:88] if head[0] else head[40:76]
    return Track(
        sort=own["hdlr"][8:12].decode("latin-1"),
        handler=own["hdlr"][24:].rstrip(b"\0").decode("latin-1"),
        coding=table[12:16].decode("latin-1"),
        setup=table[16:],
        times=tuple(times),
        ends=ends,
        samples=tuple(_samples(own, content)),
        width=struct.unpack_from(">I", head, len(head) - 8)[0] >> 16,
        height=struct.unpack_from(">I", head, len(head) - 4)[0] >> 16,
        upright=matrix == _UPRIGHT,
        dates=(*_dates(head), *_dates(media)),
        edits=edits,
    )


def _rows(table: bytes, layout: str) -> Iterator[tuple[int, ...]]:
    size = struct.calcsize(layout)
    for place in range(int.from_bytes(table[4:8], "big")):
        yield struct.unpack_from(layout, table, _HEAD + place * size)


def _samples(own: dict[str, bytes], content: bytes) -> Iterator[bytes]:
    same, count = struct.unpack_from(">II", own["stsz"], 4)
    sizes = [same] * count if same else list(struct.unpack_from(f">{count}I", own["stsz"], 12))
    wide = "co64" in own
    chunks = [row[0] for row in _rows(own["co64" if wide else "stco"], ">Q" if wide else ">I")]
    runs = list(_rows(own["stsc"], ">III"))
    place = 0
    for run, (first, each, _) in enumerate(runs):
        last = runs[run + 1][0] if run + 1 < len(runs) else len(chunks) + 1
        for chunk in chunks[first - 1 : last - 1]:
            at = chunk
            for size in sizes[place : place + each]:
                yield content[at : at + size]
                at += size
            place += each
