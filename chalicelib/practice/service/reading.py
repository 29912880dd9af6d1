"""Reads that other contexts ask for."""

from typing import NamedTuple

from chalicelib.foundation.actor import Role
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import Forbidden, NotFound
from chalicelib.foundation.ids import ClientId, PersonId
from chalicelib.practice.model import Card, Person, Practice
from chalicelib.practice.store import PracticeStore


def person(call: Call, person_id: PersonId) -> Person:
    """Return a person of the practice; raise NotFound where there is none. One read."""
    found = PracticeStore(call.table).person(person_id)
    if found is None:
        raise NotFound
    return found.value


def stand_as_owner(call: Call) -> None:
    """Raise Forbidden where the caller is no owner any more, whatever their token says. One read."""
    found = PracticeStore(call.table).person(call.actor.person_id)
    if found is None or Role.OWNER not in found.value.roles:
        raise Forbidden


def practice(call: Call) -> Practice:
    """Return the practice. One read."""
    found = PracticeStore(call.table).practice()
    if found is None:
        raise NotFound
    return found.value


def card(call: Call, client_id: ClientId) -> Card:
    """Return a client's card, for work that nobody pressed a button for: it asks for no permission. One read."""
    found = PracticeStore(call.table).card(client_id)
    if found is None:
        raise NotFound
    return found.value


class Addressees(NamedTuple):
    """Everybody who may be written to about a client."""

    practice: Practice
    card: Card
    client_side: tuple[Person, ...]
    """The client, where they have a sign-in of their own, then their guardians."""
    therapists: tuple[Person, ...]
    """The one who answers comes first."""


def addressees(call: Call, client_id: ClientId) -> Addressees:
    """Return the practice, the card and the people on it with their addresses. Two reads."""
    of = card(call, client_id)
    theirs = [one.person_id for one in ((of.own,) if of.own else ()) + of.guardians]
    team = [one.person_id for one in of.therapists]
    found, people = PracticeStore(call.table).practice_and_people([*theirs, *team])
    if found is None:
        raise NotFound
    by_id = {row.value.person_id: row.value for row in people}
    return Addressees(
        found,
        of,
        tuple(by_id[one] for one in theirs if one in by_id),
        tuple(by_id[one] for one in team if one in by_id),
    )
