"""People: found by their address or made, and written with what follows from it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from chalicelib.foundation.actor import Role
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import Conflict, DomainError, Invalid, NotFound, TooMany
from chalicelib.foundation.http import Nothing
from chalicelib.foundation.ids import PersonId, new_id
from chalicelib.foundation.table import Stored
from chalicelib.foundation.write import Refusal, Write
from chalicelib.practice import accounts
from chalicelib.practice.model import (
    EMAIL,
    PERSON,
    STAFF_LINE,
    AtAddress,
    DoorLog,
    Person,
    PersonState,
    Purpose,
    StaffLine,
    another_door,
    is_reachable,
    is_staff,
    same_address,
    tidy,
)
from chalicelib.practice.shapes import PersonView, StaffInvitation
from chalicelib.practice.store import PracticeStore, email_key, person_key, staff_key


def named(name: str) -> str:
    """Return a name as we keep it; raise Invalid where nothing of it is left."""
    kept = tidy(name)
    if not kept:
        message = "Please give a name. Nothing was changed."
        raise Invalid(message)
    return kept


def reachable(email: str) -> str:
    """Return an address as we keep it; raise Invalid where no mail can be sent to it."""
    kept = same_address(email)
    if not is_reachable(kept):
        message = (
            "Mail cannot be sent to this address. Before the @ it may have letters without accents, digits and signs "
            "such as . _ + and -, after it a domain such as example.org. Nothing was changed."
        )
        raise Invalid(message, type="address-unreachable")
    return kept


class People(NamedTuple):
    """Who is known of those whom a write is about."""

    by_id: dict[PersonId, Stored[Person]]
    by_email: dict[str, Stored[Person]]


def known(call: Call, emails: Sequence[str], person_ids: Iterable[PersonId] = ()) -> People:
    """Read people by address and by id: two calls, one where no address is asked for."""
    store = PracticeStore(call.table)
    by_id = store.people(dict.fromkeys([*person_ids, *store.people_at(emails)]))
    return People(by_id, {row.value.email: row for row in by_id.values()})


def somebody_new(call: Call, name: str, email: str) -> Person:
    """Make a person without roles. Raise AddressTaken where the address signs in at another practice.

    Cognito is asked before the write, so that whoever invites learns of it at once; two practices that invite
    one address within the same seconds are found out when the account is made.
    """
    if accounts.find(email):
        raise accounts.AddressTaken
    return Person(
        person_id=PersonId(new_id(call.now)), name=named(name), email=email, roles=frozenset(), since=call.now
    )


def put_person(
    write: Write, stored: Stored[Person] | None, person: Person, *, otherwise: Refusal | None = None
) -> None:
    """Add what is to be written of a person: the row, the address, the staff's line, and who is told."""
    if stored is None:
        write.add(PERSON, person_key(person.person_id), person)
        write.add(
            EMAIL,
            email_key(person.email),
            AtAddress(person_id=person.person_id),
            otherwise=accounts.AddressTaken,
        )
        write.tell("person.invited", person_id=person.person_id)
    else:
        write.replace(stored, person, otherwise=otherwise or _moved)
        if (stored.value.roles, stored.value.name) != (person.roles, person.name):
            write.tell("person.changed", person_id=person.person_id)
    if is_staff(person) or (stored and is_staff(stored.value)):
        # Only ever written together with the person's row, whose version guards both. Of somebody who was taken out
        # it stays: what they have left behind is found by it when a client is erased.
        write.put(STAFF_LINE, staff_key(person.person_id), _staff_line(person))


def _moved() -> DomainError:
    return Conflict(
        "Somebody else changed one of these people at the same moment. Nothing was changed; please try again."
    )


def _staff_line(person: Person) -> StaffLine:
    return StaffLine(
        person_id=person.person_id,
        name=person.name,
        email=person.email,
        roles=tuple(sorted(person.roles)),
        state=person.state,
        has_authenticator=person.has_authenticator,
        invitation_trouble=person.invitation_trouble,
    )


def view(person: Person | StaffLine) -> PersonView:
    """Show a person to the staff."""
    return PersonView(
        person_id=person.person_id,
        name=person.name,
        email=person.email,
        roles=tuple(sorted(person.roles)),
        state=person.state,
        has_authenticator=person.has_authenticator,
        invitation_trouble=person.invitation_trouble,
    )


def invite_staff(call: Call, invitation: StaffInvitation) -> PersonView:
    """Invite an owner or therapist, or give a role more to somebody whom the practice knows by this address."""
    email = reachable(invitation.email)
    roles = frozenset(Role(role) for role in invitation.roles)
    stored = known(call, [email]).by_email.get(email)
    person = stored.value if stored else somebody_new(call, invitation.name, email)
    if roles <= person.roles:
        message = f"{person.name} has this role already. Nothing was changed."
        raise Conflict(message, type="already-here")
    person = msgspec.structs.replace(person, roles=person.roles | roles)
    write = call.write()
    put_person(write, stored, person)
    write.record("invited to the staff", person_id=person.person_id)
    return write.commit(view(person))


def invite_again(call: Call, person_id: PersonId) -> Nothing:
    """Have an invitation sent again. Raise Conflict where it has been opened, TooMany at the fourth in an hour."""
    store = PracticeStore(call.table)
    stored = store.person(person_id)
    if stored is None:
        raise NotFound
    if stored.value.state is PersonState.ACTIVE:
        message = (
            f"{stored.value.name} has opened the invitation and chosen a password. "
            "If it is lost, a new one can be asked for on the sign-in page."
        )
        raise Conflict(message, type="already-active")
    log = store.door_log(person_id)
    if another_door(log.value if log else DoorLog(), Purpose.INVITATION, call.now) is None:
        message = f"{stored.value.name} was sent three invitations within the hour. Please wait before sending another."
        raise TooMany(message)
    write = call.write()
    write.tell("person.invited", person_id=person_id)
    write.record("sent the invitation again", person_id=person_id)
    return write.commit(Nothing())


def note_invitation(call: Call, write: Write, person_id: PersonId, trouble: str) -> None:
    """Add to a write what came of an invitation: why it could not be sent, or nothing. Nobody who is gone is noted."""
    stored = PracticeStore(call.table).person(person_id)
    if stored and stored.value.invitation_trouble != trouble:
        put_person(write, stored, msgspec.structs.replace(stored.value, invitation_trouble=trouble))
