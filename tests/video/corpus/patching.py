"""Bytes changed in place, where no encoder makes what a phone or an attacker does."""

import random
import re
import struct
from collections.abc import Mapping
from pathlib import Path

from tests.video import boxes

_LARGE = 300


def replaced(file: Path, words: Mapping[bytes, bytes]) -> None:
    """Put other bytes of the same length wherever these (regular expressions) stand; each must be there."""
    content = file.read_bytes()
    for pattern, other in words.items():
        changed, count = re.subn(pattern, other, content, flags=re.DOTALL)
        assert count, f"{file.name} has no {pattern!r}"
        assert len(changed) == len(content), pattern
        content = changed
    file.write_bytes(content)


def refer(file: Path, track: int, sort: bytes, to: int) -> None:
    """Say that a track (counted from 1) describes another one. The index must come last: what is behind it moves."""
    content = bytearray(file.read_bytes())
    moov = content.rindex(b"moov") - 4
    at = moov + 8
    for _ in range(track):
        at = content.index(b"trak", at + 8) - 4
    reference = struct.pack(">I4sI4sI", 20, b"tref", 12, sort, to)
    for box in (moov, at):
        struct.pack_into(">I", content, box, struct.unpack_from(">I", content, box)[0] + len(reference))
    end = at + struct.unpack_from(">I", content, at)[0] - len(reference)
    content[end:end] = reference
    file.write_bytes(content)


def cut(file: Path, part: float) -> None:
    """Keep this part of the file, from its beginning."""
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * part)])


def scratched(file: Path, begin: float, end: float, every: int = 400) -> None:
    """Change a byte in every so many between two places, as parts of the whole: the same ones each time."""
    content, dice = bytearray(file.read_bytes()), random.Random(4)  # noqa: S311 - the same each time
    for at in range(int(len(content) * begin), int(len(content) * end), every):
        content[at + dice.randrange(every)] ^= dice.randrange(1, 256)
    file.write_bytes(content)


def smeared(file: Path) -> None:
    """Change bytes in the middle of some pictures of an MP4: every length stays true, so only a decoder sees it."""
    content, picture = bytearray(file.read_bytes()), boxes.read(file).picture
    assert picture is not None
    large = [sample for sample in picture.samples if len(sample) > _LARGE]
    for sample in large[2:]:
        at = content.index(sample) + len(sample) // 2
        content[at : at + 40] = bytes(255 - value for value in content[at : at + 40])
    file.write_bytes(content)


def beheaded(file: Path, first: int, last: int) -> None:
    """Change the headers of some pictures of an MP4, counted from 0: a decoder cannot begin with them."""
    content, picture = bytearray(file.read_bytes()), boxes.read(file).picture
    assert picture is not None
    for sample in picture.samples[first:last]:
        at = content.index(sample) + 8
        content[at : at + 40] = bytes(255 - value for value in content[at : at + 40])
    file.write_bytes(content)
