"""A client leaves the practice for good: their card, their lines, and the sign-ins that were for them alone."""

from collections.abc import Sequence

from chalicelib.foundation import places
from chalicelib.foundation.call import Call
from chalicelib.foundation.erased import TOMBSTONE, Tombstone
from chalicelib.foundation.errors import Conflict, DomainError
from chalicelib.foundation.ids import PersonId
from chalicelib.foundation.table import Stored
from chalicelib.foundation.write import Write
from chalicelib.practice.model import Card, no_longer_acting_for
from chalicelib.practice.service.people import known, put_person
from chalicelib.practice.store import PracticeStore, email_key, line_keys, parts_of_people


def parts_to_walk(call: Call, card: Card, gone: Sequence[PersonId]) -> list[str]:
    """Name the parts, beside the client's own, in which the people around a client may have left something of them."""
    page = PracticeStore(call.table).page()
    staff = [line.person_id for line in page.staff] if page else []
    staff += [one.person_id for one in card.therapists if one.person_id not in staff]
    theirs = [one.person_id for one in ((card.own,) if card.own else ()) + card.guardians]
    others = [one for one in dict.fromkeys([*staff, *theirs]) if one not in gone]
    return [*(places.therapist(one) for one in staff), *parts_of_people(gone, others)]


def take_leave(call: Call, write: Write, stored: Stored[Card]) -> tuple[PersonId, ...]:
    """Put a tombstone in the place of a client's card, in the caller's write, with all that repeats what stood on it.

    Nobody can open the record from that write on. Return the people who signed in for this client only: their
    rows go too, and their accounts follow (`person.changed`). Others lose this client and keep the rest.
    """
    card = stored.value
    theirs = [one.person_id for one in ((card.own,) if card.own else ()) + card.guardians]
    write.bury(stored, TOMBSTONE, Tombstone(at=call.now, by=call.actor.person_id), otherwise=_changed)
    for key in line_keys(card):
        write.discard(key)
    gone: list[PersonId] = []
    for person_id, row in known(call, [], theirs).by_id.items():
        left = no_longer_acting_for(row.value, card.client_id)
        if left.roles:
            put_person(write, row, left)
            continue
        write.remove(row, otherwise=_changed)
        write.discard(email_key(row.value.email))
        write.tell("person.changed", person_id=person_id)
        gone.append(person_id)
    return tuple(gone)


def _changed() -> DomainError:
    message = "The record changed at the same moment. Nothing was erased; please look at it and try again."
    return Conflict(message, type="changed-meanwhile")
