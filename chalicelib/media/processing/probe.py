"""Opens a file in a child process and says what is in it, without decoding it."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from chalicelib.media.processing import child
from chalicelib.media.processing.container import Container, ends_in_a_box
from chalicelib.media.processing.contents import Contents
from chalicelib.media.processing.damage import is_damaged
from chalicelib.media.processing.outcome import Reason, RefusalError
from chalicelib.media.processing.packets import Track, read_tracks
from chalicelib.media.processing.streams import Audio, Video, read_listing

MAX_PIXELS = 4096 * 2304
_MAX_STREAMS = 32
# How far into a file its streams' first packets are looked for. A microphone that is allowed late begins after many
# seconds; where every stream begins at once, nothing of this is read.
_SOUGHT_US = 120 * 1_000_000
_SOUGHT_BYTES = 64 * 1024 * 1024
# Names of decoders. `mov_text` is there because phones add captions, and honest files would be refused.
_DECODERS = (
    "h264,hevc,libdav1d,av1,vp8,vp9,libvpx,libvpx-vp9,mpeg4,h263,mjpeg,mpeg2video,prores,"
    "aac,opus,libopus,vorbis,mp3,mp3float,flac,alac,ac3,eac3,amrnb,amrwb,libopencore_amrnb,libopencore_amrwb,"
    "pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_u8,pcm_s8,"
    "pcm_alaw,pcm_mulaw,mov_text"
)

_MAPPED = re.compile(r"^  Stream #0:(\d+) -> #0:(\d+) \(copy\)$", re.MULTILINE)
_LEVEL = re.compile(r" level_idc +[01]+ = (\d+)")
_FIRST_HEADERS = ("-map", "0:v", "-c", "copy", "-frames:v", "1", "-bsf:v", "trace_headers", "-f", "null", "-")
# With it every key picture says how it is coded, and not only where the container knows that this changes.
_SETUPS = ("-bsf:v", "h264_mp4toannexb,extract_extradata")
_UNFINISHED = "moov atom not found"
_TOO_LARGE = ("Picture size", "exceeds specified max pixel count")


@dataclass(frozen=True, slots=True)
class Source:
    """A file on this machine, and the one kind of container that it may be read as."""

    path: Path
    container: Container


def open_safely(source: Source) -> list[str]:
    """The words of an ffmpeg command that open `source`, and nothing that its content may point to.

    The protocol list alone does not do it: a playlist inside the file could name the next client's
    file. So only one demuxer may read it, and only the decoders of cameras and browsers may follow.
    """
    return [
        *("-protocol_whitelist", "file"),
        *("-format_whitelist", source.container.value),
        *("-codec_whitelist", _DECODERS),
        *("-max_streams", str(_MAX_STREAMS)),
        *("-analyzeduration", str(_SOUGHT_US), "-probesize", str(_SOUGHT_BYTES)),
        *("-max_pixels", str(MAX_PIXELS)),
        *("-f", source.container.value),
        *("-i", f"file:{source.path.absolute()}"),
    ]


def probe(ffmpeg: Path, source: Source, *, folder: Path, caps: child.Caps, pictures_are_h264: bool = False) -> Contents:
    """Look at `source`; the packet list is written to `folder` and removed again.

    The level of the picture, and a change of its size or coding that only its packets tell, is read only where the
    caller knows that `pictures_are_h264`. Raises `RefusalError` when the file cannot be opened or its packets fill
    more than `caps.file_bytes` of text.
    """
    listed = folder / "packets.txt"
    # One run: the report on stderr names the streams, the muxer's text lists every packet of them.
    command = [
        *(str(ffmpeg), "-hide_banner", "-nostdin", "-nostats", "-loglevel", "info"),
        *open_safely(source),
        *("-map", "0:v?", "-map", "0:a?", "-c", "copy", "-copyts"),
        *(_SETUPS if pictures_are_h264 else ()),
        *("-flush_packets", "0", "-f", "framecrc", "-y", f"file:{listed.absolute()}"),
        *(_FIRST_HEADERS if pictures_are_h264 else ()),
    ]
    finished = child.run(command, folder=folder, caps=caps)
    if finished.timed_out:
        raise RefusalError(Reason.OUT_OF_TIME)
    listing = read_listing(finished.errors)
    if not finished.ok and _is_cut(source, finished.errors):
        raise RefusalError(Reason.CUT_SHORT)
    if all(words in finished.errors for words in _TOO_LARGE):
        raise RefusalError(Reason.PICTURE_TOO_LARGE)
    if not finished.ok or not (listing.videos or listing.audios):
        raise RefusalError(Reason.WOULD_NOT_OPEN)
    tracks: dict[int, Track] = {}
    if listed.exists():
        with listed.open(encoding="ascii", errors="replace") as lines:
            tracks = read_tracks(lines)
        listed.unlink()
    places = {int(index): int(place) for index, place in _MAPPED.findall(finished.errors)}
    video, audio = listing.picture(), listing.sound()
    if video is not None and pictures_are_h264:
        video = replace(video, level=max((int(level) for level in _LEVEL.findall(finished.errors)), default=0))
    return Contents(
        listing.declared_s,
        video,
        _track_of(video, places, tracks),
        audio,
        _track_of(audio, places, tracks),
        damaged=is_damaged(finished.errors),
    )


def _is_cut(source: Source, said: str) -> bool:
    if source.container is not Container.ISO:
        return False
    return _UNFINISHED in said or ends_in_a_box(source.path)


def _track_of(stream: Video | Audio | None, places: dict[int, int], tracks: dict[int, Track]) -> Track:
    if stream is None:
        return Track()
    return tracks.get(places.get(stream.index, -1), Track())
