"""A member of staff leaves: their roles, their ways in, their line. What they did stays theirs by name."""

import msgspec

from chalicelib.foundation.actor import Role
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import Conflict, Forbidden, NotFound
from chalicelib.foundation.http import Nothing
from chalicelib.foundation.ids import PersonId
from chalicelib.practice.model import STAFF_ROLES, is_staff
from chalicelib.practice.service.people import put_person
from chalicelib.practice.store import PracticeStore

_NAMED = 3


def take_out(call: Call, person_id: PersonId) -> Nothing:
    """Take somebody's roles of staff away, with every session and passkey; their account follows (`person.changed`).

    Raise Conflict for oneself, so that an owner is always left, and while they treat clients: somebody has to
    answer those, and a review link opens for whoever stands on the card. Safe to repeat.
    """
    store = PracticeStore(call.table)
    if person_id == call.actor.person_id:
        message = "Nobody takes themselves out; another owner can. Nothing was changed."
        raise Conflict(message, type="is-oneself")
    people = store.people([person_id, call.actor.person_id])
    stored, owner = people.get(person_id), people.get(call.actor.person_id)
    if stored is None:
        raise NotFound
    if owner is None or Role.OWNER not in owner.value.roles:  # a token may be older than its person's roles
        raise Forbidden
    person = stored.value
    if not is_staff(person):
        return Nothing()
    clients, more = store.clients_of(person_id, None)
    if clients:
        named = ", ".join(one.name for one in clients[:_NAMED])
        others = " and others" if more or len(clients) > _NAMED else ""
        message = (
            f"{person.name} treats {named}{others}. Choose another therapist on each client's page first. "
            "Nothing was changed."
        )
        raise Conflict(message, type="treats-clients")
    write = call.write()
    put_person(write, stored, msgspec.structs.replace(person, roles=person.roles - STAFF_ROLES))
    write.unchanged(owner)  # of two owners who take each other out, one stays
    for key in store.signing_in(person_id).ways_in:
        write.discard(key)
    write.record("took out of the staff", person_id=person_id)
    return write.commit(Nothing())
