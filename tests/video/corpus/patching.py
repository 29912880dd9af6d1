"""Bytes changed in place, where no encoder makes what a phone or an attacker does."""

import random
from collections.abc import Mapping
from pathlib import Path


def replaced(file: Path, words: Mapping[bytes, bytes]) -> None:
    """Put other bytes of the same length wherever these stand; at least one of them must be there."""
    content = file.read_bytes()
    assert any(word in content for word in words), f"{file.name} has none of {list(words)}"
    for word, other in words.items():
        assert len(word) == len(other), word
        content = content.replace(word, other)
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
