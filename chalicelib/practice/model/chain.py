"""The chain over the audit trail: each entry's hash and each link's are in the next link's.

An entry is a row of kind `audit`. Its hash is the SHA-256 of all that DynamoDB holds of it, as the JSON of its typed
attributes with sorted names and no spaces:

    pk       <practice_id>#audit, or <practice_id>#audit#<client_id> for what is about a client
    sk       <moment>#<id>; for a look at a record, which is written once an hour, <begin of the hour>#<id>
    kind     audit
    version  1
    body     {"at": moment, "person_id": who, "action": words, "ids": {"client_id": …, "enrolment_id": …, …}}

A link's hash is the SHA-256 of the JSON, written in the same way, of

    practice_id, seq (counted from 1), part and sk (which entry), entry (its hash), previous (the link's before), at

and the first link's `previous` is empty. A link lies under its entry's sort key, so that no entry has two and the
links of a practice are its entries by time. Nothing here holds a name or a word of a person, only ids: erasing a
client takes nothing out of the chain, and entries stay for the six years that HIPAA asks for (45 CFR
164.316(b)(2)(i)) and longer.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from chalicelib.foundation.ids import PracticeId
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind

type Image = Mapping[str, Mapping[str, str]]
"""A row as DynamoDB's stream and its own API give it: `{"pk": {"S": "…"}, …}`."""

_OURS = Handling(Export.NEVER, Erase.KEEP, keep_days=None)


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """What ties one entry to all that were written before it."""

    seq: int
    part: str
    sk: str
    entry: str
    previous: str
    at: datetime
    hash: str


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """Where a practice's chain ends."""

    seq: int = 0
    hash: str = ""


class Sealing(msgspec.Struct, frozen=True, kw_only=True):
    """The first day, in UTC, whose seal is still to be set. Due when that day is over."""

    day: date


class Seal(msgspec.Struct, frozen=True, kw_only=True):
    """A head as it is put where nobody can change it: the trail may grow after it, and do nothing else."""

    practice_id: PracticeId
    day: date
    seq: int
    hash: str
    sealed_at: datetime


LINK = Kind("link", Link, _OURS)
HEAD = Kind("head", Head, _OURS)
SEALING = Kind("sealing", Sealing, _OURS)


def entry_hash(image: Image) -> str:
    """Return the hash of an entry: any attribute of its row that is changed, added or taken away makes another."""
    return _hash(image)


def link_hash(practice_id: PracticeId, link: Link) -> str:
    """Return the hash that a link must have."""
    return _hash({**msgspec.to_builtins(link), "hash": None, "practice_id": practice_id})


def follow(practice_id: PracticeId, head: Head, entries: Iterable[Image], at: datetime) -> list[Link]:
    """Return the links that tie entries, in their order, to where a chain ends."""
    links = []
    for image in entries:
        link = Link(
            seq=head.seq + 1,
            part=part_of(practice_id, image),
            sk=image["sk"]["S"],
            entry=entry_hash(image),
            previous=head.hash,
            at=at,
            hash="",
        )
        link = msgspec.structs.replace(link, hash=link_hash(practice_id, link))
        head = Head(seq=link.seq, hash=link.hash)
        links.append(link)
    return links


def part_of(practice_id: PracticeId, image: Image) -> str:
    """Return in which part of its practice a row lies."""
    return image["pk"]["S"].removeprefix(f"{practice_id}#")


def _hash(value: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    return hashlib.sha256(msgspec.json.encode(value, order="sorted")).hexdigest()
