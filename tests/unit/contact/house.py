"""A practice with a family, the clockwork that drives it, and the wire to AWS that a test may cut."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
import pytest
from botocore.client import BaseClient

from chalicelib.billing import reactions as _billing  # noqa: F401 - entering the subscribers
from chalicelib.contact import reactions as _contact  # noqa: F401
from chalicelib.contact.model import CONTACT_LINE, ContactLine
from chalicelib.foundation import due, outbox, places
from chalicelib.foundation.actor import Actor, Role, clockwork
from chalicelib.foundation.call import Call
from chalicelib.foundation.events import OUTBOX, Event
from chalicelib.foundation.ids import ClientId, PersonId, PracticeId, new_id
from chalicelib.foundation.once import Once
from chalicelib.foundation.table import Row, Table
from chalicelib.practice.model import CARD, PERSON, PRACTICE, ActsFor, Card, Named, Person, Practice, Relation
from chalicelib.practice.store import person_key

from ..conftest import NOW


class Killed(BaseException):
    """The process is gone: nothing in it can catch this."""


type Hook = Callable[[int, str], None]


def _nothing(_number: int, _operation: str) -> None:
    pass


class Wire:
    """Every call of AWS passes here. `before` and `after` are told its number and name, and may cut it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.before: Hook = _nothing
        self.after: Hook = _nothing
        self.count = 0
        self.sent: list[dict[str, Any]] = []
        self.refuse_mail: Exception | None = None
        real = BaseClient._make_api_call  # type: ignore[attr-defined]

        def call(client: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
            if operation == "Scan":  # only the tests look at the whole table
                return real(client, operation, parameters)
            self.count += 1
            number = self.count
            self.before(number, operation)
            if operation == "SendEmail" and self.refuse_mail:
                raise self.refuse_mail
            answer = real(client, operation, parameters)
            if operation == "SendEmail":
                self.sent.append(parameters)
            self.after(number, operation)
            return answer

        monkeypatch.setattr(BaseClient, "_make_api_call", call)

    def watch(self, *, before: Hook = _nothing, after: Hook = _nothing) -> None:
        """Count from the next call on, with these hooks."""
        self.count, self.before, self.after = 0, before, after

    def kill(self, number: int, *, applied: bool) -> None:
        """Kill the process at a call: before it is applied, or after it was and before its answer is read."""

        def hook(at: int, _operation: str) -> None:
            if at == number:
                raise Killed

        self.watch(**{"after" if applied else "before": hook})

    def subjects(self) -> list[tuple[str, str]]:
        """Who was written to about what."""
        return [(one["Destination"]["ToAddresses"][0], _simple(one)["Subject"]["Data"]) for one in self.sent]

    def texts(self) -> list[str]:
        return [_simple(one)["Body"]["Text"]["Data"] for one in self.sent]


def _simple(parameters: dict[str, Any]) -> dict[str, Any]:
    simple: dict[str, Any] = parameters["Content"]["Simple"]
    return simple


@dataclass
class House:
    """Hazel Lane Therapy in Dublin: Ana owns it, Ines treats Theo, for whom Dana acts."""

    practice_id: PracticeId = field(default_factory=lambda: PracticeId(new_id(NOW)))
    client_id: ClientId = field(default_factory=lambda: ClientId(new_id(NOW)))
    ana: PersonId = field(default_factory=lambda: PersonId(new_id(NOW)))
    ines: PersonId = field(default_factory=lambda: PersonId(new_id(NOW)))
    dana: PersonId = field(default_factory=lambda: PersonId(new_id(NOW)))
    delivered: set[str] = field(default_factory=set)

    @property
    def table(self) -> Table:
        return Table(self.practice_id)

    def found(self) -> None:
        """Put everybody there."""
        write = self.clockwork(NOW).write()
        practice = Practice(
            practice_id=self.practice_id, name="Hazel Lane Therapy", time_zone="Europe/Dublin", currency="EUR"
        )
        write.add(PRACTICE, places.PRACTICE, practice)
        card = self.card(self.client_id, "Theo", self.dana)
        write.add(CARD, places.card(self.client_id), card)
        acts = ActsFor(client_id=self.client_id, name="Theo", relation=Relation.GUARDIAN)
        for person_id, name, roles, clients in (
            (self.ana, "Ana Lind", {Role.OWNER}, ()),
            (self.ines, "Ines Rocha", {Role.THERAPIST}, ()),
            (self.dana, "Dana Brenner", {Role.GUARDIAN}, (acts,)),
        ):
            email = f"{name.split()[0].lower()}@example.org"
            person = Person(
                person_id=person_id, name=name, email=email, roles=frozenset(roles), clients=clients, since=NOW
            )
            write.add(PERSON, person_key(person_id), person)
        write.commit()

    def move_to(self, zone: str) -> None:
        """Move the practice to another time zone."""
        stored = self.table.get(PRACTICE, places.PRACTICE)
        assert stored is not None
        write = self.clockwork(NOW).write()
        write.replace(stored, msgspec.structs.replace(stored.value, time_zone=zone))
        write.commit()

    def be_own(self, person_id: PersonId) -> None:
        """Make somebody the client themself."""
        stored = self.table.get(PERSON, person_key(person_id))
        assert stored is not None
        acts = ActsFor(client_id=self.client_id, name="Theo", relation=Relation.SELF)
        write = self.clockwork(NOW).write()
        write.replace(stored, msgspec.structs.replace(stored.value, clients=(acts,)))
        write.commit()

    def card(self, client_id: ClientId, name: str, *guardians: PersonId, own: PersonId | None = None) -> Card:
        return Card(
            client_id=client_id,
            name=name,
            time_zone="Europe/Dublin",
            therapists=(Named(self.ines, "Ines Rocha"),),
            own=Named(own, "Theo") if own else None,
            guardians=tuple(Named(one, "Dana Brenner") for one in guardians),
            since=NOW,
        )

    def change_card(self, card: Card) -> None:
        """Put another card in the place of the client's."""
        stored = self.table.get(CARD, places.card(card.client_id))
        assert stored is not None
        write = self.clockwork(NOW).write()
        write.replace(stored, card)
        write.commit()

    def clockwork(self, at: datetime) -> Call:
        return Call(clockwork(self.practice_id), at)

    def as_dana(self, at: datetime = NOW, *, if_match: int | None = None) -> Call:
        return self._as(self.dana, "Dana Brenner", Role.GUARDIAN, at, if_match)

    def as_ines(self, at: datetime = NOW, *, if_match: int | None = None) -> Call:
        return self._as(self.ines, "Ines Rocha", Role.THERAPIST, at, if_match)

    def as_ana(self, at: datetime = NOW, *, if_match: int | None = None, key: str | None = None) -> Call:
        return self._as(self.ana, "Ana Lind", Role.OWNER, at, if_match, key)

    def _as(
        self, person_id: PersonId, name: str, role: Role, at: datetime, if_match: int | None, key: str | None = None
    ) -> Call:
        actor = Actor(practice_id=self.practice_id, person_id=person_id, name=name, roles=frozenset({role}))
        return Call(actor, at, Once(part=person_id, name=key) if key else None, if_match)

    def empty(self) -> None:
        """Forget everything, so that the next house stands alone."""
        with Row.batch_write() as batch:
            for row in Row.scan():
                batch.delete(row)

    def events(self) -> list[Event]:
        """What lies in the outbox, in order."""
        rows = Row.scan(Row.kind == OUTBOX.name)
        return sorted((msgspec.json.decode(row.body, type=Event) for row in rows), key=lambda one: one.event_id)

    def deliver(self, event: Event, at: datetime) -> None:
        """Deliver one event to every queue."""
        for queue in outbox.queues_for(event):
            outbox.deliver(msgspec.json.encode(event).decode(), queue, at)

    def settle(self, at: datetime) -> None:
        """Deliver what has happened until nothing more follows."""
        while new := [event for event in self.events() if event.event_id not in self.delivered]:
            for event in new:
                self.deliver(event, at)
                self.delivered.add(event.event_id)

    def tick(self, at: datetime) -> None:
        """Do everything that is due."""
        for found in list(due.found_due(at)):
            due.do_due(found, found.at)

    def pass_time(self, at: datetime) -> None:
        """A tick, and all that follows from it."""
        self.tick(at)
        self.settle(at)

    def log(self) -> list[ContactLine]:
        """The client's log, oldest first."""
        rows = self.table.under(places.client(self.client_id), places.CONTACT)
        return [row.value for row in rows.all(CONTACT_LINE)]
