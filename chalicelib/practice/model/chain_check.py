"""Holding a practice's audit trail against its chain and its seals."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

import msgspec

from chalicelib.foundation.events import Entry
from chalicelib.foundation.ids import PracticeId
from chalicelib.practice.model.chain import Head, Image, Link, Seal, entry_hash, link_hash, part_of

ON_ITS_WAY = timedelta(minutes=15)
"""An entry is linked within a second or two, from the table's stream. What waits longer was never seen there."""
SEALED_WITHIN = timedelta(days=2)
"""A day is sealed at midnight UTC; an outage of a day is caught up by itself."""


class Trail(NamedTuple):
    """All that is kept of a practice's audit trail. Held in memory: about a kilobyte an entry."""

    practice_id: PracticeId
    entries: Sequence[Image]
    links: Sequence[Link]
    head: Head | None
    seals: Sequence[Seal]


class Checked(NamedTuple):
    """What was found: nothing wrong where `faults` is empty."""

    linked: int
    waiting: int
    """Entries of the last minutes that have no link yet."""
    sealed: date | None
    """The last day that is sealed."""
    faults: tuple[str, ...]


def check(trail: Trail, now: datetime) -> Checked:
    """Find every entry that was changed, dropped, reordered or put in, and a chain that was cut or forged.

    What is not found: an entry taken out before the stream's reader had linked it while that reader stood still for
    the 24 hours that a stream keeps (DynamoDB, 2026); an end of the chain that was forged whole since the last seal.
    """
    links = sorted(trail.links, key=lambda link: link.seq)
    waiting = list(_unlinked(trail))
    late = [image for image in waiting if not _is_new(image, now)]
    faults = (
        *_chain(trail.practice_id, links, trail.head),
        *_entries(trail),
        *(f"The entry {_place(trail.practice_id, image)} is not in the chain." for image in late),
        *_seals(trail, links, now),
    )
    days = [seal.day for seal in trail.seals]
    return Checked(len(links), len(waiting) - len(late), max(days, default=None), faults)


def _chain(practice_id: PracticeId, links: Sequence[Link], head: Head | None) -> Iterator[str]:
    before = Head()
    for link in links:
        if link.hash != link_hash(practice_id, link):
            yield f"Link {link.seq} ({link.part} {link.sk}) was changed."
        elif link.seq != before.seq + 1:
            yield f"Link {link.seq} follows link {before.seq}: what was between them is gone, or it was put in twice."
        elif link.previous != before.hash:
            yield f"Link {link.seq} was not made after the link {before.seq} that is there now."
        before = Head(seq=link.seq, hash=link.hash)
    if (head or Head()) != before:
        yield f"The chain should end at link {(head or Head()).seq} and ends at link {before.seq}."


def _entries(trail: Trail) -> Iterator[str]:
    there = {(part_of(trail.practice_id, image), image["sk"]["S"]): image for image in trail.entries}
    for link in trail.links:
        image = there.get((link.part, link.sk))
        if image is None:
            yield f"The entry {link.part} {link.sk} (link {link.seq}) is gone."
        elif entry_hash(image) != link.entry:
            yield f"The entry {link.part} {link.sk} (link {link.seq}) was changed."


def _unlinked(trail: Trail) -> Iterator[Image]:
    linked = {(link.part, link.sk) for link in trail.links}
    for image in trail.entries:
        if (part_of(trail.practice_id, image), image["sk"]["S"]) not in linked:
            yield image


def _is_new(image: Image, now: datetime) -> bool:
    try:
        at = msgspec.json.decode(image["body"]["S"], type=Entry).at
    except (KeyError, msgspec.MsgspecError):
        return False
    return now - ON_ITS_WAY <= at <= now + ON_ITS_WAY


def _place(practice_id: PracticeId, image: Image) -> str:
    return f"{part_of(practice_id, image)} {image['sk']['S']}"


def _seals(trail: Trail, links: Sequence[Link], now: datetime) -> Iterator[str]:
    by_seq = {link.seq: link for link in links}
    seals = sorted(trail.seals, key=lambda seal: seal.day)
    for seal in seals:
        link = by_seq.get(seal.seq)
        if seal.practice_id != trail.practice_id:
            yield f"The seal of {seal.day} is another practice's."
        elif link is None:
            yield f"The seal of {seal.day} says that link {seal.seq} is there, and it is not: the chain was cut."
        elif link.hash != seal.hash:
            yield f"Link {seal.seq} is not the one that was sealed on {seal.day}: the chain was forged."
    for earlier, later in pairwise(seals):
        if later.seq < earlier.seq:
            yield f"The chain was longer on {earlier.day} than on {later.day}."
    began = links[0].at if links else now
    wanted = _days(began.date(), (now - SEALED_WITHIN).date())
    missing = sorted(set(wanted) - {seal.day for seal in seals})
    yield from (f"There is no seal for {day}." for day in missing)


def _days(first: date, until: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((until - first).days))
