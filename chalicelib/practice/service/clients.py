"""Clients, and the people who act for them."""

import dataclasses
from collections.abc import Iterable, Sequence

import msgspec

from chalicelib.foundation import places
from chalicelib.foundation.actor import Role
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import Conflict, Invalid, NotFound, StaleWrite
from chalicelib.foundation.ids import ClientId, PersonId, new_id
from chalicelib.foundation.table import Key, Stored
from chalicelib.foundation.write import Write
from chalicelib.practice.model import (
    CARD,
    CLIENT_LINE,
    MOST_GUARDIANS,
    ActsFor,
    Card,
    ClientLine,
    Named,
    Person,
    Relation,
    acting_for,
    is_own_record,
    knowing_as,
    no_longer_acting_for,
    ways_in,
)
from chalicelib.practice.permissions import Action, permit
from chalicelib.practice.service.people import known, named, put_person, reachable, somebody_new
from chalicelib.practice.service.settings import known_zone
from chalicelib.practice.shapes import ClientChange, ClientDetails, ClientPage, ClientView, GuardianDetails
from chalicelib.practice.store import PracticeStore, line_keys


def list_clients(call: Call, after: str | None) -> ClientPage:
    """Return a page of clients by name: the practice's for an owner, their own for a therapist. One read."""
    store = PracticeStore(call.table)
    if Role.OWNER in call.actor.roles:
        lines, more = store.clients(after)
    else:
        lines, more = store.clients_of(call.actor.person_id, after)
    return ClientPage(clients=lines, after=more)


def see_client(call: Call, client_id: ClientId) -> tuple[ClientView, int]:
    """Return a client's card and its version. One read."""
    stored = _permitted(call, client_id, Action.SEE_CARD)
    return _view(stored.value), stored.version


def add_client(call: Call, details: ClientDetails) -> ClientView:
    """Add a client and invite who signs in for them; somebody whom the practice knows by their address is
    linked instead. A therapist who names nobody treats the client themself."""
    own_email = reachable(details.email) if details.email else None
    guardians = {reachable(one.email): one.name for one in details.guardians}
    if len(guardians) < len(details.guardians) or own_email in guardians:
        message = "Each person needs a mail address of their own, and one of them is there twice. Nothing was changed."
        raise Invalid(message)
    if not own_email and not guardians:
        message = "Somebody has to sign in: give the client's mail address or a guardian's. Nothing was changed."
        raise Invalid(message, type="no-way-in")
    name, zone = named(details.name), known_zone(details.time_zone)
    people = known(call, [*([own_email] if own_email else []), *guardians], _wanted(call, details.therapist_ids))
    client_id = ClientId(new_id(call.now))
    write = call.write()
    linked = _Linking(call, write, people.by_email, client_id, name)
    own = linked.link(own_email, name, Relation.SELF) if own_email else None
    card = Card(
        client_id=client_id,
        name=name,
        time_zone=zone,
        therapists=_therapists(people.by_id, _wanted(call, details.therapist_ids)),
        guardians=tuple(linked.link(email, theirs, Relation.GUARDIAN) for email, theirs in guardians.items()),
        own=own,
        since=call.now,
    )
    write.add(CARD, places.card(client_id), card)
    _put_lines(write, card, before=())
    write.record("added a client", client_id=client_id)
    return write.commit(_view(card))


def change_client(call: Call, client_id: ClientId, change: ClientChange) -> tuple[ClientView, int]:
    """Change a card, and everything that repeats what stands on it, in one transaction.

    Raise StaleWrite with both where somebody else has changed it since, unless to the very same.
    """
    stored = _permitted(call, client_id, Action.CHANGE_CARD)
    before = stored.value
    name, zone = named(change.name), known_zone(change.time_zone)
    own_side = [one.person_id for one in ((before.own,) if before.own else ()) + before.guardians]
    people = known(call, [], [*change.therapist_ids, *own_side]).by_id
    own = before.own and Named(before.own.person_id, name if name != before.name else before.own.name)
    card = msgspec.structs.replace(
        before, name=name, time_zone=zone, therapists=_therapists(people, change.therapist_ids), own=own
    )
    if stored.version != call.version:
        if card == before:
            return _view(card), stored.version
        raise StaleWrite(current=_view(before), yours=change)
    write = call.write()
    write.replace(stored, card, otherwise=lambda: _stale(call, client_id, change))
    if name != before.name:
        for person_id in own_side:
            person = people[person_id]
            put_person(write, person, knowing_as(person.value, client_id, name))
    _put_lines(write, card, before=line_keys(before))
    write.tell("client.changed", client_id=client_id)
    write.record("changed the card", client_id=client_id)
    return write.commit(_view(card)), stored.version + 1


def add_guardian(call: Call, client_id: ClientId, details: GuardianDetails) -> tuple[ClientView, int]:
    """Let somebody act for a client: invited, or linked where the practice knows their address."""
    stored = _permitted(call, client_id, Action.CHANGE_CARD)
    card = stored.value
    if len(card.guardians) >= MOST_GUARDIANS:
        message = f"{card.name} has {MOST_GUARDIANS} guardians, which is the most. Nothing was changed."
        raise Conflict(message, type="too-many-guardians")
    email = reachable(details.email)
    by_email = known(call, [email]).by_email
    there = by_email.get(email)
    if there and any(one.client_id == client_id for one in there.value.clients):
        message = f"{there.value.name} can act for {card.name} already. Nothing was changed."
        raise Conflict(message, type="already-guardian")
    write = call.write()
    guardian = _Linking(call, write, by_email, client_id, card.name).link(email, details.name, Relation.GUARDIAN)
    card = msgspec.structs.replace(card, guardians=(*card.guardians, guardian))
    write.replace(stored, card)
    write.record("let a guardian in", client_id=client_id, person_id=guardian.person_id)
    return write.commit(_view(card)), stored.version + 1


def remove_guardian(call: Call, client_id: ClientId, person_id: PersonId) -> tuple[ClientView, int]:
    """End somebody's acting for a client. Every permission is read off the card, so it ends with this write.

    Whoever had read the card while they were on it, and finds them gone, is answered with the card as it is.
    """
    stored = _permitted(call, client_id, Action.CHANGE_CARD)
    card, stale = stored.value, stored.version != call.version
    left = tuple(one for one in card.guardians if one.person_id != person_id)
    if len(left) == len(card.guardians):
        if stale:
            return _view(card), stored.version
        raise NotFound
    if stale:
        raise StaleWrite(current=_view(card), yours=None)
    if ways_in(card) == 1:
        message = f"Nobody else could open {card.name}'s record. Add another guardian first. Nothing was changed."
        raise Conflict(message, type="last-way-in")
    people = known(call, [], [person_id]).by_id
    card = msgspec.structs.replace(card, guardians=left)
    write = call.write()
    write.replace(stored, card, otherwise=lambda: _stale(call, client_id, None))
    person = people[person_id]
    put_person(write, person, no_longer_acting_for(person.value, client_id))
    write.record("removed a guardian", client_id=client_id, person_id=person_id)
    return write.commit(_view(card)), stored.version + 1


@dataclasses.dataclass(frozen=True)
class _Linking:
    """Links people to one client in one write."""

    call: Call
    write: Write
    by_email: dict[str, Stored[Person]]
    client_id: ClientId
    client_name: str

    def link(self, email: str, name: str, relation: Relation) -> Named:
        """Link whoever has an address; make them where nobody has it."""
        stored = self.by_email.get(email)
        person = stored.value if stored else somebody_new(self.call, name, email)
        if relation is Relation.SELF and is_own_record(person):
            message = "This address already signs in another client of the practice. Nothing was changed."
            raise Conflict(message, type="address-taken")
        acts = ActsFor(client_id=self.client_id, name=self.client_name, relation=relation)
        put_person(self.write, stored, acting_for(person, acts))
        return Named(person.person_id, person.name)


def _permitted(call: Call, client_id: ClientId, action: Action) -> Stored[Card]:
    stored = PracticeStore(call.table).card(client_id)
    if stored is None:
        raise NotFound
    permit(call.actor, action, stored.value)
    return stored


def _stale(call: Call, client_id: ClientId, yours: ClientChange | None) -> StaleWrite:
    return StaleWrite(current=see_client(call, client_id)[0], yours=yours)


def _wanted(call: Call, therapist_ids: Sequence[PersonId]) -> Sequence[PersonId]:
    if not therapist_ids and Role.THERAPIST in call.actor.roles:
        return (call.actor.person_id,)
    return therapist_ids


def _therapists(people: dict[PersonId, Stored[Person]], wanted: Sequence[PersonId]) -> tuple[Named, ...]:
    chosen = [people[one].value for one in dict.fromkeys(wanted) if one in people]
    if not chosen or len(chosen) < len(set(wanted)) or any(Role.THERAPIST not in one.roles for one in chosen):
        message = "Choose one therapist of the practice at least, and nobody else. Nothing was changed."
        raise Invalid(message, type="not-a-therapist")
    return tuple(Named(one.person_id, one.name) for one in chosen)


def _put_lines(write: Write, card: Card, *, before: Iterable[Key]) -> None:
    # The card's version guards its lines: nobody else writes them.
    line = ClientLine(
        client_id=card.client_id, name=card.name, therapist_name=card.therapists[0].name, since=card.since
    )
    keys = line_keys(card)
    for key in before:
        if key not in keys:
            write.discard(key)
    for key in keys:
        write.put(CLIENT_LINE, key, line)


def _view(card: Card) -> ClientView:
    return ClientView(
        client_id=card.client_id,
        name=card.name,
        time_zone=card.time_zone,
        therapists=card.therapists,
        guardians=card.guardians,
        own=card.own,
        since=card.since,
    )
