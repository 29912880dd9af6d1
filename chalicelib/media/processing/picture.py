"""Writes a picture anew, so that nothing of what a camera or a program put beside the pixels is left.

Place, time, device, thumbnails, comments and colour profiles go; what the profile says of the colours goes with it,
so wide colours come out a little paler. A picture that a phone turned by a mark is turned for good.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from chalicelib.media.processing import child
from chalicelib.media.processing.budget import Budget
from chalicelib.media.processing.outcome import Reason, Rejected
from chalicelib.media.processing.tools import find_ffmpeg

LONGEST_SIDE = 2560
"""Pixels. A larger picture is made smaller, and no picture larger."""
MOST_PIXELS = 8192 * 6144
_SECONDS = 60
_LARGEST_FILE = 64 * 1024 * 1024
_FLAGS, _ANIMATION = 20, 0x02
_TOO_LARGE = "exceeds specified max pixel count"
# ffmpeg turns the picture upright before the first filter and keeps the rest of EXIF beside the frame, whatever
# -map_metadata says: the last filter takes it away.
_FILTERS = (
    f"scale=w='min(iw,{LONGEST_SIDE})':h='min(ih,{LONGEST_SIDE})':force_original_aspect_ratio=decrease,"
    "sidedata=mode=delete"
)
_FORGET = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact")


@dataclass(frozen=True, slots=True)
class Picture:
    """A file that has pixels and nothing else, and its content type."""

    path: Path
    content_type: str


@dataclass(frozen=True, slots=True)
class _Way:
    """The one demuxer and the decoders that may read a type, and what is written for it."""

    demuxer: str
    decoders: str
    writes: tuple[str, ...]
    content_type: str


_ONE = ("-frames:v", "1", "-f", "image2", "-update", "1")
_MOVES = ("-c:v", "libwebp_anim", "-quality", "85", "-loop", "0", "-f", "webp")
_MOVING_WEBP = _Way("webp_anim", "webp_anim,webp,vp8", _MOVES, "image/webp")
_WAYS = {
    "image/jpeg": _Way("jpeg_pipe", "mjpeg", ("-c:v", "mjpeg", "-q:v", "3", *_ONE), "image/jpeg"),
    "image/png": _Way("png_pipe", "png", ("-c:v", "png", *_ONE), "image/png"),
    "image/webp": _Way("webp_pipe", "webp,vp8", ("-c:v", "libwebp", "-quality", "85", *_ONE), "image/webp"),
    # What moves goes on moving, but for a PNG, which hardly ever does.
    "image/gif": _Way("gif", "gif", _MOVES, "image/webp"),
}


def write_anew(
    source: Path, out_dir: Path, content_type: str, *, budget: Budget | None = None, ffmpeg: Path | None = None
) -> Picture | Rejected:
    """Write the picture `source` anew into `out_dir`, upright and at most 2560 pixels long, or say why not.

    `content_type` is what its first bytes show: PNG, JPEG, WebP or GIF (which becomes WebP); KeyError for anything
    else. The source is only read. A bad file never raises; `ToolFault` and `OSError` are faults of ours and may be
    tried again.
    """
    way = _MOVING_WEBP if _is_moving_webp(source) else _WAYS[content_type]
    limits = budget or Budget(seconds=_SECONDS)
    with tempfile.TemporaryDirectory(dir=out_dir, prefix="making-") as name:
        folder = Path(name)
        made = folder / "picture"
        command = _command(ffmpeg or find_ffmpeg(), source, way, made)
        caps = child.Caps(limits.seconds, limits.memory_bytes, _LARGEST_FILE)
        finished = child.run(command, folder=folder, caps=caps)
        if finished.timed_out:
            return Rejected(Reason.OUT_OF_TIME)
        if _TOO_LARGE in finished.errors:
            return Rejected(Reason.STILL_TOO_LARGE)
        if not finished.ok or not made.exists() or made.stat().st_size == 0:
            return Rejected(Reason.WOULD_NOT_OPEN)
        return Picture(made.rename(out_dir / made.name), way.content_type)


def _is_moving_webp(source: Path) -> bool:
    # The header of the extended format and its flag for animation (RFC 9649, 2024, 2.7).
    with source.open("rb") as file:
        head = file.read(_FLAGS + 1)
    return head[8:16] == b"WEBPVP8X" and bool(head[_FLAGS:] and head[_FLAGS] & _ANIMATION)


def _command(ffmpeg: Path, source: Path, way: _Way, made: Path) -> list[str]:
    return [
        *(str(ffmpeg), "-hide_banner", "-nostdin", "-nostats", "-loglevel", "repeat+error"),
        *("-protocol_whitelist", "file", "-format_whitelist", way.demuxer, "-codec_whitelist", way.decoders),
        *("-max_pixels", str(MOST_PIXELS), "-f", way.demuxer, "-i", f"file:{source.absolute()}"),
        *("-map", "0:v:0", "-vf", _FILTERS, *_FORGET, *way.writes, "-y", f"file:{made.absolute()}"),
    ]
