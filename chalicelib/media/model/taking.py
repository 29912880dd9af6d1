"""What may be sent, in parts of which size, and what its first bytes say that it is."""

import re

from chalicelib.foundation.errors import Invalid, TooLarge
from chalicelib.media.model.recording import MediaKind

LARGEST = 2 * 1024**3
"""Bytes of one upload."""
PART = 8 * 1024**2
"""Bytes of one part of a multipart upload, the last excepted (S3 asks for at least 5 MiB, 2026)."""
MOST_PARTS = LARGEST // PART


_MEGABYTE = 1024**2
LARGEST_OF: dict[MediaKind, int] = {
    MediaKind.VIDEO: LARGEST,
    MediaKind.AUDIO: LARGEST,
    MediaKind.IMAGE: 10 * _MEGABYTE,
    MediaKind.DOCUMENT: 50 * _MEGABYTE,
}
"""Bytes that are taken of each kind. Documents are handed on as they are."""

_WORDS = {
    MediaKind.VIDEO: ("a video", "2 GB"),
    MediaKind.AUDIO: ("a recording", "2 GB"),
    MediaKind.IMAGE: ("a picture", "10 MB"),
    MediaKind.DOCUMENT: ("a document", "50 MB"),
}
_UNSAID = "application/octet-stream"
# A blank belongs to the value before it and to nothing else: were there two ways, each would double the work.
_CONTENT_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+ *(?:; *[a-z]+=[\w.,\" -]+)*", re.IGNORECASE | re.ASCII)
_WRAPPERS = frozenset({_UNSAID, "application/mp4", "application/ogg", "application/x-matroska"})
_MAY_BE: dict[MediaKind, tuple[str, ...]] = {
    MediaKind.VIDEO: ("video/",),
    # Browsers name a file of sound alone after its container, which they know from videos.
    MediaKind.AUDIO: ("audio/", "video/"),
    MediaKind.IMAGE: ("image/",),
    MediaKind.DOCUMENT: ("application/pdf",),
}


def accepted_type(kind: MediaKind, content_type: str, size: int) -> str:
    """Return the content type to keep for a file that may be sent; raise Invalid or TooLarge where it may not.

    What the sender says is checked only for what it rules out: the bytes are looked at when they are there.
    """
    thing, limit = _WORDS[kind]
    if size <= 0:
        message = "The file is empty. Please choose it again."
        raise Invalid(message, type="empty-file")
    if size > LARGEST_OF[kind]:
        message = f"This file is larger than {limit}, which is more than we can take of {thing}. Nothing was sent."
        raise TooLarge(message)
    said = content_type.strip() or _UNSAID
    if not _CONTENT_TYPE.fullmatch(said):
        said = _UNSAID
    main = said.partition(";")[0].strip().lower()
    if main not in _WRAPPERS and not main.startswith(_MAY_BE[kind]):
        message = f"This file is not {thing}. Please choose another one; nothing was sent."
        raise Invalid(message, type="wrong-kind-of-file")
    return said


def parts_of(size: int) -> int:
    """Return into how many parts a file of so many bytes is cut."""
    return -(-size // PART)


def part_length(size: int, number: int) -> int:
    """Return how many bytes the part of that number (from 1) has."""
    return min(PART, size - (number - 1) * PART)


def is_recorded_here(content_type: str) -> bool:
    """Tell whether the camera of the page made it, so that no copy lies on the phone.

    Only MediaRecorder names the codecs in the type, and phones make no WebM of their own.
    """
    said = content_type.lower()
    return "codecs=" in said or said.startswith(("video/webm", "audio/webm"))


_PDF_WITHIN = 1024
_RIFF_NAME = slice(8, 12)


def sniff(head: bytes) -> str | None:
    """Return the content type of a picture or document by its first 1024 bytes, whatever it is called."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"RIFF") and head[_RIFF_NAME] == b"WEBP":
        return "image/webp"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    # Readers take a PDF whose mark does not stand at its very beginning (ISO 32000-1:2008, annex H).
    return "application/pdf" if b"%PDF-" in head[:_PDF_WITHIN] else None
