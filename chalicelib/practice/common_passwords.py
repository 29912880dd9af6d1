"""The list of common passwords, beside this module: made by `infra/common_passwords.py`, which says from what.

Sorted digests, each the first bytes of SHA-256, so that nobody has to read the words. It is opened when somebody
chooses a password, and at no start.
"""

import functools
import hashlib
from pathlib import Path

FILE = Path(__file__).with_name("common-passwords.bin")
DIGEST_SIZE = 5
"""Bytes. Of two million passwords that are in no list, less than one is refused by chance."""


def digest(letters: str) -> bytes:
    """Return how something in lower case, without signs, stands in the list."""
    return hashlib.sha256(letters.encode()).digest()[:DIGEST_SIZE]


def is_listed(letters: str) -> bool:
    """Whether something in lower case, without signs, is among the commonest passwords."""
    return stands_in(_listed(), digest(letters))


def stands_in(listed: bytes, wanted: bytes) -> bool:
    """Whether a digest is in sorted digests, one after the other."""
    low, high = 0, len(listed) // DIGEST_SIZE
    while low < high:
        middle = (low + high) // 2
        at = listed[middle * DIGEST_SIZE : (middle + 1) * DIGEST_SIZE]
        if at == wanted:
            return True
        low, high = (middle + 1, high) if at < wanted else (low, middle)
    return False


@functools.cache
def _listed() -> bytes:
    return FILE.read_bytes()
