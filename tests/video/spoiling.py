"""A stranger's file from a seed: an honest one, spoilt. The same seed gives the same bytes."""

import random
import re
import struct
from collections.abc import Callable, Sequence

_HEAD = 2_048
_INTERESTING = (0, 1, 2, 3, 0x7F, 0x80, 0xFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
_TABLES = re.compile(
    rb"moov|trak|tkhd|mdhd|mvhd|elst|stsd|avcC|hvcC|esds|stts|ctts|stss|stsc|stsz|stco|moof|trun|tfhd|tfdt|strh|strf"
)


def spoilt(seed: int, honest: Sequence[bytes]) -> bytes:
    """One of the `honest` files with one to three things done to it."""
    dice = random.Random(seed)  # noqa: S311 - the same each time
    content = bytearray(dice.choice(honest))
    for _ in range(dice.randint(1, 3)):
        content = dice.choice(_WAYS)(content, dice, honest)
    return bytes(content)


def _flip(content: bytearray, dice: random.Random, __: Sequence[bytes]) -> bytearray:
    for _ in range(dice.randint(1, 16)):
        if content:
            content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    return content


def _head(content: bytearray, dice: random.Random, __: Sequence[bytes]) -> bytearray:
    """Bytes at the beginning, where EBML and most indexes are."""
    for _ in range(dice.randint(1, 6)):
        if content:
            content[dice.randrange(min(len(content), _HEAD))] = dice.choice(
                (0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256))
            )
    return content


def _number(content: bytearray, dice: random.Random, _: Sequence[bytes]) -> bytearray:
    """A number in a table, or the size of one, becomes one that nobody expects."""
    tables = [found.start() for found in _TABLES.finditer(content)]
    if tables:
        at = dice.choice(tables) + dice.choice((-4, *range(4, 40, 4)))
        if 0 <= at <= len(content) - 4:
            struct.pack_into(">I", content, at, dice.choice((*_INTERESTING, dice.randrange(2**32))))
    return content


def _name(content: bytearray, dice: random.Random, _: Sequence[bytes]) -> bytearray:
    """A table gets another one's name."""
    tables = list(_TABLES.finditer(content))
    if tables:
        at = dice.choice(tables).start()
        content[at : at + 4] = dice.choice(tables)[0]
    return content


def _cut(content: bytearray, dice: random.Random, _: Sequence[bytes]) -> bytearray:
    return content[: dice.randint(0, len(content))]


def _leave_out(content: bytearray, dice: random.Random, _: Sequence[bytes]) -> bytearray:
    begin = dice.randint(0, len(content))
    return content[:begin] + content[begin + dice.choice((1, 4, 16, 500)) :]


def _repeat(content: bytearray, dice: random.Random, _: Sequence[bytes]) -> bytearray:
    begin = dice.randint(0, len(content))
    piece = content[begin : begin + dice.choice((4, 64, 1_000))]
    return content[:begin] + piece * dice.randint(2, 6) + content[begin:]


def _splice(content: bytearray, dice: random.Random, honest: Sequence[bytes]) -> bytearray:
    """The beginning of one and the end of another, of the same kind or not."""
    other = dice.choice(honest)
    return content[: dice.randint(8, max(8, len(content)))] + other[dice.randint(0, len(other)) :]


def _noise(content: bytearray, dice: random.Random, _: Sequence[bytes]) -> bytearray:
    begin = dice.randint(0, len(content))
    return content[:begin] + dice.randbytes(dice.choice((4, 100, 3_000))) + content[begin:]


_WAYS: tuple[Callable[[bytearray, random.Random, Sequence[bytes]], bytearray], ...] = (
    *(_flip, _head, _head, _number, _number, _name, _cut, _leave_out, _repeat, _splice, _noise),
)
