"""Identifiers and secrets."""

import hashlib
import re
import secrets
from datetime import datetime
from typing import NewType

import msgspec

PracticeId = NewType("PracticeId", str)
PersonId = NewType("PersonId", str)
ClientId = NewType("ClientId", str)
ProgramId = NewType("ProgramId", str)
LessonId = NewType("LessonId", str)
ResourceId = NewType("ResourceId", str)
EnrolmentId = NewType("EnrolmentId", str)
SubmissionId = NewType("SubmissionId", str)
RecordingId = NewType("RecordingId", str)
InvoiceId = NewType("InvoiceId", str)
SubscriptionId = NewType("SubscriptionId", str)
EventId = NewType("EventId", str)

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ID_PATTERN = "[0-9a-hjkmnp-tv-z]{26}"
_ID = re.compile(ID_PATTERN)
NO_LONGER_THAN_AN_ID = msgspec.Meta(max_length=26)
"""For ids in a request: they become part of keys, which DynamoDB takes up to 1024 bytes (2026)."""


def new_id(at: datetime) -> str:
    """Make a 26-character id whose text order is the order of creation (the ULID layout)."""
    number = int(at.timestamp() * 1000) << 80 | secrets.randbits(80)
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def newest_first(made: str) -> str:
    """Return a text for an id of ours whose order is the other way round."""
    return "".join(_ALPHABET[-1 - _ALPHABET.index(letter)] for letter in made)


def is_id(text: str) -> bool:
    """Tell whether a text has the form of an id of ours."""
    return _ID.fullmatch(text) is not None


def new_secret() -> str:
    """Make a secret of 256 random bits for a link or a cookie."""
    return secrets.token_urlsafe(32)


def digest(text: str) -> str:
    """Return the SHA-256 of a text in hexadecimal: what we store of a secret."""
    return hashlib.sha256(text.encode()).hexdigest()
