"""An authenticator that is lost: somebody else takes it away, and its person sets up another at the next sign-in."""

from datetime import datetime

import msgspec

from chalicelib.foundation.actor import Actor, Role
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import Conflict, NotFound
from chalicelib.foundation.http import Nothing
from chalicelib.foundation.ids import PersonId
from chalicelib.foundation.table import Stored
from chalicelib.practice import accounts
from chalicelib.practice.model import Person, same_address
from chalicelib.practice.service import reading
from chalicelib.practice.service.passkeys import discard_passkeys
from chalicelib.practice.service.people import put_person, view
from chalicelib.practice.service.session import end_every_session
from chalicelib.practice.shapes import PersonView, ResetAuthenticator
from chalicelib.practice.store import PracticeStore


def reset_authenticator(call: Call, person_id: PersonId) -> PersonView:
    """Take a therapist's authenticator away, as an owner. No session of theirs goes on, and they get a letter.

    Raise Conflict for an owner: what one owner could take from another, a thief of one sign-in could take from all.
    """
    stored = PracticeStore(call.table).person(person_id)
    if stored is None:
        raise NotFound
    if Role.OWNER in stored.value.roles:
        message = (
            f"{stored.value.name} is an owner. Whoever runs this deployment can reset an owner's authenticator. "
            "Nothing was changed."
        )
        raise Conflict(message, type="is-an-owner")
    return view(_reset(call, stored))


def reset_by_operator(now: datetime, order: ResetAuthenticator) -> Nothing:
    """Take the authenticator of somebody away whom the operator knows, an owner's too. Raise NotFound, Conflict."""
    actor = Actor(practice_id=order.practice_id, person_id=PersonId("operator"), name="Operator")
    call = Call(actor, now)
    store = PracticeStore(call.table)
    person_id = store.at_address(same_address(order.email))
    stored = store.person(person_id) if person_id else None
    if stored is None:
        raise NotFound
    _reset(call, stored)
    return Nothing()


def _reset(call: Call, stored: Stored[Person]) -> Person:
    if not stored.value.has_authenticator:
        message = f"{stored.value.name} has no authenticator; the next sign-in asks for one. Nothing was changed."
        raise Conflict(message, type="no-authenticator")
    person = msgspec.structs.replace(stored.value, authenticator_at=None)
    write = call.write()
    put_person(write, stored, person)
    discard_passkeys(call, write, person.person_id)
    write.tell("authenticator.reset", person_id=person.person_id)
    write.record("reset an authenticator", person_id=person.person_id)
    return write.commit(person)


def forget_authenticator(call: Call, person_id: PersonId) -> None:
    """Let the account follow a reset: no staff's roles, no codes, no session. Nothing where there is a new one."""
    person = reading.person(call, person_id)
    write = call.write()
    if not person.has_authenticator:
        accounts.ensure(call.actor.practice_id, person)
        end_every_session(call, write, person_id)
        accounts.forget_authenticator(person_id)
    write.commit()
