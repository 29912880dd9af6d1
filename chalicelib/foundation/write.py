"""One write: rows, the events that they cause, the audit lines and the answer, in one transaction."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.foundation import places
from chalicelib.foundation.actor import Actor
from chalicelib.foundation.clock import stamp
from chalicelib.foundation.erased import ClientErased, whose
from chalicelib.foundation.errors import Conflict, DomainError, StaleWrite, TooLarge
from chalicelib.foundation.events import AUDIT, OUTBOX, Entry, Event
from chalicelib.foundation.ids import ClientId, EventId, new_id
from chalicelib.foundation.kinds import Kind
from chalicelib.foundation.once import DONE, KEPT, Done, Once, Repeated
from chalicelib.foundation.table import Key, Row, Stored, Table

MOST_ROWS = 100
"""DynamoDB's limit for one transaction (2026)."""

_CARD = "card"
"""The kind of a client's card, which the practice context declares. A tombstone is of another kind."""

type Refusal = Callable[[], DomainError]


class Write:
    """Collects what belongs together and commits it with one TransactWriteItems, or nothing of it.

    Rows that are added must not exist; rows that are replaced or removed must still have the version
    that was read. What a failed condition means is said beside it (`otherwise`). A row of a client who was
    erased meanwhile is refused as ClientErased, whatever else the write holds.
    """

    def __init__(self, table: Table, actor: Actor, now: datetime, once: Once | None, correlation_id: str) -> None:
        """Bind the write to a practice, to who makes it and when, and to what must take effect once."""
        self._table, self._actor, self._now, self._once = table, actor, now, once
        self._correlation_id = correlation_id
        self._removals: list[tuple[Row, Condition | None, Refusal]] = []
        self._puts: list[tuple[Row, Condition | None, Refusal]] = []
        self._checks: list[tuple[Key, Condition, Refusal]] = []
        self._added_to: set[ClientId] = set()
        self._standing: set[ClientId] = set()
        """Clients of whom the write holds a row that must still be there, and would not after their erasure."""

    def add[T: msgspec.Struct](
        self,
        kind: Kind[T],
        key: Key,
        value: T,
        *,
        due_at: datetime | None = None,
        expires_at: datetime | None = None,
        otherwise: Refusal = Conflict,
    ) -> None:
        """Add a row that must not exist yet."""
        row = self._row(kind, key, value, 1, due_at, expires_at)
        self._puts.append((row, Row.pk.does_not_exist(), otherwise))
        self._note_added(kind, key, value)

    def replace[T: msgspec.Struct](
        self,
        stored: Stored[T],
        value: T,
        *,
        due_at: datetime | None = None,
        expires_at: datetime | None = None,
        otherwise: Refusal = StaleWrite,
    ) -> None:
        """Replace a row that must still be as it was read. `due_at` None takes it out of the due index."""
        row = self._row(stored.kind, stored.key, value, stored.version + 1, due_at, expires_at)
        self._puts.append((row, Row.version == stored.version, otherwise))
        self._note_standing(stored)

    def bury[T: msgspec.Struct](self, stored: Stored[Any], kind: Kind[T], value: T, *, otherwise: Refusal) -> None:
        """Replace a row that must still be as it was read by one of another kind."""
        self.replace(Stored(kind, stored.key, stored.version, value), value, otherwise=otherwise)

    def put[T: msgspec.Struct](
        self, kind: Kind[T], key: Key, value: T, *, due_at: datetime | None = None, expires_at: datetime | None = None
    ) -> None:
        """Write a row whatever was there: for rows that say the same however often they are written."""
        row = self._row(kind, key, value, 1, due_at, expires_at)
        self._puts.append((row, None, Conflict))
        self._note_added(kind, key, value)

    def _row[T: msgspec.Struct](
        self, kind: Kind[T], key: Key, value: T, version: int, due_at: datetime | None, expires_at: datetime | None
    ) -> Row:
        """Build a row, which deletes itself when its kind says so, if not before."""
        if expires_at is None and kind.handling.keep_days is not None:
            expires_at = self._now + timedelta(days=kind.handling.keep_days)
        return self._table.row(kind, key, value, version, due_at=due_at, expires_at=expires_at)

    def remove(self, stored: Stored[Any], *, otherwise: Refusal = StaleWrite) -> None:
        """Remove a row that must still be as it was read."""
        row = Row(self._table.pk(stored.key.part), stored.key.sk)
        self._removals.append((row, Row.version == stored.version, otherwise))
        self._note_standing(stored)

    def discard(self, key: Key) -> None:
        """Remove a row if it is there."""
        row = Row(self._table.pk(key.part), key.sk)
        self._removals.append((row, None, Conflict))

    def unchanged(self, stored: Stored[Any], *, otherwise: Refusal = StaleWrite) -> None:
        """Commit only if a row that was read, and is not written, is still as it was."""
        self._checks.append((stored.key, Row.version == stored.version, otherwise))
        self._note_standing(stored)

    def absent(self, key: Key, *, otherwise: Refusal) -> None:
        """Commit only if there is no row in a place."""
        self._checks.append((key, Row.pk.does_not_exist(), otherwise))

    def _note_added[T: msgspec.Struct](self, kind: Kind[T], key: Key, value: T) -> None:
        client_id = whose(kind, key, value)
        if client_id and key == places.card(client_id):
            self._standing.add(client_id)
        elif client_id:
            self._added_to.add(client_id)

    def _note_standing(self, stored: Stored[Any]) -> None:
        # Rows of theirs elsewhere may go later than the record itself; only those in it prove that it stands.
        client_id = places.client_in(stored.key.part)
        if client_id and (whose(stored.kind, stored.key, stored.value) or stored.key == places.card(client_id)):
            self._standing.add(client_id)

    def tell(self, event_type: str, **ids: str) -> EventId:
        """Put an event into the outbox. `ids` are identifiers, never words of a person."""
        event_id = EventId(new_id(self._now))
        event = Event(
            event_id=event_id,
            type=event_type,
            practice_id=self._table.practice_id,
            at=self._now,
            ids=ids,
            correlation_id=self._correlation_id,
        )
        self.add(OUTBOX, Key(f"outbox#{event_id[-2:]}", event_id), event)
        return event_id

    def record(self, action: str, **ids: str) -> None:
        """Add an entry to the audit trail: what was done, to what. One that is about a client names `client_id`."""
        entry = Entry(at=self._now, person_id=self._actor.person_id, action=action, ids=ids)
        part = places.audit(ClientId(ids["client_id"]) if "client_id" in ids else None)
        self.add(AUDIT, Key(part, f"{stamp(self._now)}#{new_id(self._now)}"), entry)

    def commit[A](self, answer: A = None) -> A:  # type: ignore[assignment]
        """Write everything or nothing, and return the answer.

        Raise Repeated if the request or event has already taken effect, and the error of the first
        condition that failed. A lost reply is asked again by botocore with the same token and applies once.
        """
        if self._once:
            text = msgspec.json.encode(answer).decode()
            done = Done(fingerprint=self._once.fingerprint, answer=text, client_id=self._once.client_id)
            self.add(DONE, self._once.key, done, expires_at=self._now + KEPT)
        for client_id in sorted(self._added_to - self._standing):
            self._checks.append((places.card(client_id), Row.kind == _CARD, ClientErased))
        if len(self._checks) + len(self._removals) + len(self._puts) > MOST_ROWS:
            raise TooLarge
        if not self._checks + self._removals + self._puts:
            return answer
        try:
            self._transact()
        except TransactWriteError as error:
            self._refuse(error)
        return answer

    def _transact(self) -> None:
        # botocore adds a ClientRequestToken that its own retries repeat.
        with TransactWrite(connection=_connection()) as transaction:
            for key, condition, _ in self._checks:
                transaction.condition_check(Row, self._table.pk(key.part), key.sk, condition)
            for row, version, _ in self._removals:
                transaction.delete(row, version)
            for row, version, _ in self._puts:
                transaction.save(row, version)

    def _refuse(self, error: TransactWriteError) -> None:
        # PynamoDB sends the checks first, then the removals, then the puts; the reasons come in that order.
        refusals = [entry[-1] for entry in (*self._checks, *self._removals, *self._puts)]
        failed = [
            index
            for index, reason in enumerate(error.cancellation_reasons)
            if reason is not None and reason.code == "ConditionalCheckFailed"
        ]
        if self._once and len(refusals) - 1 in failed:
            done = self._table.get(DONE, self._once.key)
            if done:
                raise Repeated(done.value) from error
        if failed:
            refusal = refusals[failed[0]]
            raise refusal() from error
        if any(reason and reason.code == "TransactionConflict" for reason in error.cancellation_reasons):
            raise StaleWrite from error
        raise error


def _connection() -> Connection:
    return Row._get_connection().connection  # noqa: SLF001 - one client for reads and transactions
