"""Captions: a therapist's file is read, and written anew from the times and words that were understood in it."""

import html
import re
from typing import NamedTuple

from chalicelib.foundation.errors import Invalid

LARGEST_CAPTIONS = 100_000
"""Characters of a file that is taken: some hours of speech."""

_STAMP = r"(?:(\d{1,4}):)?([0-5]\d):([0-5]\d)[.,](\d{3})"
_TIMES = re.compile(rf"\s*{_STAMP}\s*-->\s*{_STAMP}(?:\s.*)?")
_NOT_SAID = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
# A letter of a long line can be taken in one way only: where there are several, a line costs its square.
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^\s<>][^<>]*)>")
_TAG = re.compile(r"<[^<>]*>")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


class Cue(NamedTuple):
    """What is said from one moment to another, in milliseconds, as lines of plain text."""

    begins_ms: int
    ends_ms: int
    lines: tuple[str, ...]


def read_captions(text: str) -> tuple[Cue, ...]:
    """Read WebVTT (W3C, 2019) or SubRip, earliest first; raise Invalid with the line that is not understood.

    Who speaks is kept as words. Styles, regions, places, notes and every other tag are left out.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cues = [cue for number, block in _blocks(lines) if (cue := _cue(number, block))]
    if not cues:
        message = "There are no captions in this file: a WebVTT file (.vtt) is needed. Nothing was changed."
        raise Invalid(message, type="captions-unreadable")
    return tuple(sorted(cues))


def write_captions(cues: tuple[Cue, ...]) -> str:
    """Write WebVTT that holds times and plain text, and nothing else."""
    told = (
        f"{_stamp(cue.begins_ms)} --> {_stamp(cue.ends_ms)}\n"
        + "".join(f"{html.escape(line, quote=False)}\n" for line in cue.lines)
        for cue in cues
    )
    return "\n".join(("WEBVTT\n", *told))


def _blocks(lines: list[str]) -> list[tuple[int, list[str]]]:
    """Cut a file at its empty lines; each part comes with the number of its first line."""
    found: list[tuple[int, list[str]]] = []
    inside = False
    for number, line in enumerate(lines, 1):
        if not line.strip():
            inside = False
        elif inside:
            found[-1][1].append(line)
        else:
            found.append((number, [line]))
            inside = True
    return found


def _cue(number: int, block: list[str]) -> Cue | None:
    """Read one part of a file; None where nothing is said in it."""
    if (number == 1 and re.match(r"WEBVTT(?:\s|$)", block[0])) or _NOT_SAID.match(block[0]):
        return None
    # A name or a number may stand above the times.
    at = 1 if "-->" not in block[0] and "-->" in "".join(block[1:2]) else 0
    times = _TIMES.fullmatch(block[at])
    if times is None:
        raise _unread(number + at, "from when to when something is said, as in 00:01.000 --> 00:04.000")
    begins, ends = _ms(*times.group(1, 2, 3, 4)), _ms(*times.group(5, 6, 7, 8))
    if ends <= begins:
        raise _unread(number + at, "an end that comes after its beginning")
    said = tuple(line for raw in block[at + 1 :] if (line := _plain(raw)))
    return Cue(begins, ends, said) if said else None


def _plain(raw: str) -> str:
    bare = _TAG.sub("", _VOICE.sub(r"\1: ", raw))
    return " ".join(_UNSEEN.sub(" ", html.unescape(bare)).split())


def _unread(number: int, wanted: str) -> Invalid:
    message = f"Line {number} of this file could not be read: it should say {wanted}. Nothing was changed."
    return Invalid(message, type="captions-unreadable")


def _ms(hours: str | None, minutes: str, seconds: str, thousandths: str) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(thousandths)


def _stamp(ms: int) -> str:
    seconds, thousandths = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandths:03}"
