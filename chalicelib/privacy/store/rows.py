"""Rows of keeping, copies and erasures, and the walk through everything of a client."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from chalicelib.foundation import places
from chalicelib.foundation.ids import ClientId
from chalicelib.foundation.table import Key, Rows, Stored, Table
from chalicelib.practice.model import CARD, PRACTICE, Card, Practice
from chalicelib.privacy.model import (
    COPY_PART,
    DATA_COPY,
    ENDED,
    ERASURE,
    KEEPING,
    RETENTION,
    CopyPart,
    DataCopy,
    Ended,
    Erasure,
    Keeping,
    Retention,
)

_COPIES = 20
COUNTED = 100
"""Past so many of a sort nobody wants to wait for their number."""
RETENTION_KEY = Key("", "retention")
ENDED_PART = "ended"
_FILES = "#file#"


def keeping_key(client_id: ClientId) -> Key:
    """Return where it lies how long a client's record stays: behind the card."""
    return Key(places.client(client_id), places.KEEPING)


def ended_key(client_id: ClientId, ended_on: date) -> Key:
    """Return where a client stands among those whose care has ended."""
    return Key(ENDED_PART, f"{ended_on}#{client_id}")


def copy_key(client_id: ClientId, copy_id: str) -> Key:
    """Return where a copy lies."""
    return Key(places.client(client_id), f"{places.DATA_COPY}{copy_id}")


def part_key(client_id: ClientId, copy_id: str, number: int) -> Key:
    """Return where it lies what goes into one file of a copy."""
    return Key(places.client(client_id), f"{places.DATA_COPY}{copy_id}{_FILES}{number:03}")


def erasure_key(client_id: ClientId) -> Key:
    """Return where an erasure lies: not in the client's part, which it empties."""
    return Key("erasures", client_id)


class Desk(NamedTuple):
    """A client's card and what decides how long their record stays, with what the practice has settled."""

    practice: Practice | None
    card: Stored[Card] | None
    keeping: Stored[Keeping] | None
    retention: Stored[Retention] | None


class PrivacyStore:
    """Keeping, copies and erasures of one practice."""

    def __init__(self, table: Table) -> None:
        """Look at the table of one practice."""
        self._table = table

    def desk(self, client_id: ClientId) -> Desk:
        """Read what stands on a client's privacy page, with one call."""
        rows = self._table.get_many([places.PRACTICE, places.card(client_id), keeping_key(client_id), RETENTION_KEY])
        practice = rows.one(PRACTICE)
        return Desk(practice.value if practice else None, rows.one(CARD), rows.one(KEEPING), rows.one(RETENTION))

    def retention(self) -> Stored[Retention] | None:
        """Read for how long the practice keeps."""
        return self._table.get(RETENTION, RETENTION_KEY)

    def keepings(self, client_ids: list[ClientId]) -> dict[ClientId, Keeping]:
        """Read how long the records of up to a hundred clients stay."""
        rows = self._table.get_many([keeping_key(one) for one in client_ids])
        return {row.value.client_id: row.value for row in rows.all(KEEPING)}

    def ended(self, until: date, after: str | None) -> tuple[list[Ended], str | None]:
        """Read a page of the clients whose care ended by a day, earliest first."""
        rows = self._table.query(ENDED_PART, "0", f"{until}#\uffff", after=after)
        return [row.value for row in rows.all(ENDED)], rows.after

    def copies(self, client_id: ClientId) -> list[DataCopy]:
        """Read the newest copies of a client's record, newest first."""
        part = places.client(client_id)
        rows = self._table.under(part, places.DATA_COPY, newest_first=True, limit=_COPIES * 4)
        return [row.value for row in rows.all(DATA_COPY)][:_COPIES]

    def copy(self, client_id: ClientId, copy_id: str) -> Stored[DataCopy] | None:
        """Read a copy."""
        return self._table.get(DATA_COPY, copy_key(client_id, copy_id))

    def copy_part(self, client_id: ClientId, copy_id: str, number: int) -> CopyPart | None:
        """Read what goes into one file of a copy."""
        row = self._table.get(COPY_PART, part_key(client_id, copy_id, number))
        return row.value if row else None

    def parts_of_copy(self, client_id: ClientId, copy_id: str) -> list[Key]:
        """Name the rows that say what goes into a copy's files."""
        prefix = f"{places.DATA_COPY}{copy_id}{_FILES}"
        return [row.key for row in self._table.under(places.client(client_id), prefix).all(COPY_PART)]

    def erasure(self, client_id: ClientId) -> Stored[Erasure] | None:
        """Read an erasure."""
        return self._table.get(ERASURE, erasure_key(client_id))

    def everything(self, client_id: ClientId) -> Iterator[Stored[Any]]:
        """Go through all the rows of a client's part, and through what the audit trail says of them."""
        for part in (places.client(client_id), places.audit(client_id)):
            after: str | None = None
            while True:
                rows = self._table.under(part, "", after=after)
                yield from rows
                after = rows.after
                if not after:
                    break

    def beginning(self, client_id: ClientId) -> tuple[Rows, ...]:
        """Read the first hundred rows of each sort that somebody who erases wants to know the number of."""
        part = places.client(client_id)
        return (
            self._table.under(part, places.SUBMISSION, limit=2 * COUNTED),  # each with its feedback behind it
            self._table.under(part, places.RECORDING, limit=COUNTED),
            self._table.under(part, places.INVOICE, limit=COUNTED),
            self._table.under(places.audit(client_id), "", limit=COUNTED),
        )

    def page(self, part: str, after: str | None, limit: int) -> Rows:
        """Read some rows of a part, of whatever kind."""
        return self._table.under(part, "", after=after, limit=limit)
