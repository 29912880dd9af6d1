"""What kind of file it is, by its first bytes and never by its name."""

import enum
import struct
from pathlib import Path

HEAD_BYTES = 64

_ISO_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
# A photo in the same boxes as a film: choosing one by mistake is common on phones.
_STILL_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis", b"jpeg")
_EBML = b"\x1a\x45\xdf\xa3"
_HEAD, _LARGE_HEAD, _LARGE = 8, 16, 1
_MOST_BOXES = 1000
_MPEG_SYNC = 0xE0
_MPEG_LAYER = 0x06
_MPEG_LAYER_3 = 0x02


class Container(enum.StrEnum):
    """A kind of file that is opened; the value is ffmpeg's name of the one demuxer that may read it."""

    ISO = "mov"
    EBML = "matroska"
    AVI = "avi"
    OGG = "ogg"
    WAV = "wav"
    MP3 = "mp3"


FOR_VIDEO = frozenset({Container.ISO, Container.EBML, Container.AVI})
FOR_AUDIO = frozenset(Container)


def recognise(head: bytes) -> Container | None:
    """The container that a file beginning with `head` (64 bytes are enough) claims to be; None for any other."""
    if head[4:8] in _ISO_BOXES:
        return None if head[4:12] in {b"ftyp" + brand for brand in _STILL_BRANDS} else Container.ISO
    if head.startswith(_EBML):
        return Container.EBML
    if head.startswith(b"RIFF"):
        return {b"AVI ": Container.AVI, b"WAVE": Container.WAV}.get(head[8:12])
    if head.startswith(b"OggS"):
        return Container.OGG
    return Container.MP3 if head.startswith(b"ID3") or _is_mpeg_audio(head) else None


def ends_in_a_box(path: Path) -> bool:
    """Whether an ISO file is shorter than one of its outermost boxes says (ISO/IEC 14496-12, 2022, 4.2)."""
    size, at = path.stat().st_size, 0
    with path.open("rb") as file:
        for _ in range(_MOST_BOXES):
            file.seek(at)
            head = file.read(_LARGE_HEAD)
            if len(head) < _HEAD:
                break
            (length,) = struct.unpack_from(">I", head)
            if length == _LARGE and len(head) == _LARGE_HEAD:
                (length,) = struct.unpack_from(">Q", head, _HEAD)
            if at + length > size:
                return True
            if length < _HEAD:  # it reaches to the end of the file, or makes no sense
                break
            at += length
    return False


def _is_mpeg_audio(head: bytes) -> bool:
    return (
        len(head) > 1
        and head[0] == 0xFF  # noqa: PLR2004 - the sync word of an MPEG audio frame
        and head[1] & _MPEG_SYNC == _MPEG_SYNC
        and head[1] & _MPEG_LAYER == _MPEG_LAYER_3
    )
