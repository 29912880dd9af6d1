"""Founding a practice: the operator's one order."""

from datetime import datetime

import msgspec

from chalicelib.foundation.actor import Actor, Role
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import DomainError, Invalid
from chalicelib.foundation.ids import PersonId, PracticeId, digest
from chalicelib.foundation.once import DONE, Done, Once, Repeated
from chalicelib.foundation.places import PRACTICE as PRACTICE_KEY
from chalicelib.practice.model import PRACTICE, Practice, same_address
from chalicelib.practice.service.people import named, put_person, reachable, somebody_new
from chalicelib.practice.service.settings import known_zone
from chalicelib.practice.shapes import Founded, FoundPractice

_OPERATOR = PersonId("operator")


def found_practice(now: datetime, order: FoundPractice) -> Founded:
    """Found a practice and invite its owner. The ids are made from the order's key, so that an order which
    is given again finds what it founded; the same key with another order is Invalid."""
    key = order.key or digest(f"{order.name}\n{same_address(order.owner_email)}")
    practice_id = PracticeId(_id("practice", key))
    once = Once(part=_OPERATOR, name=digest(key), fingerprint=digest(msgspec.json.encode(order).decode()))
    call = Call(Actor(practice_id=practice_id, person_id=_OPERATOR, name="Operator"), now, once)
    before = call.table.get(DONE, once.key)
    if before:
        return _again(before.value, once)
    try:
        return _found(call, order, PersonId(_id("owner", key)))
    except Repeated as repeated:
        return _again(repeated.done, once)


def _found(call: Call, order: FoundPractice, owner_id: PersonId) -> Founded:
    practice_id = call.actor.practice_id
    practice = Practice(
        practice_id=practice_id,
        name=named(order.name),
        time_zone=known_zone(order.time_zone),
        currency=order.currency,
    )
    owner = msgspec.structs.replace(
        somebody_new(call, order.owner_name, reachable(order.owner_email)),
        person_id=owner_id,
        roles=frozenset({Role.OWNER}),
    )
    write = call.write()
    write.add(PRACTICE, PRACTICE_KEY, practice, otherwise=_another_order)
    put_person(write, None, owner)
    write.record("founded the practice", person_id=owner_id)
    return write.commit(Founded(practice_id=practice_id, owner_id=owner_id))


def _again(done: Done, once: Once) -> Founded:
    if done.fingerprint != once.fingerprint:
        raise _another_order()
    return msgspec.json.decode(done.answer, type=Founded)


def _another_order() -> DomainError:
    return Invalid("Another practice was founded with this key. Nothing was changed.", type="idempotency-key-reused")


def _id(what: str, key: str) -> str:
    # Hexadecimal digits are letters of our ids; 104 bits of them do not meet.
    return digest(f"{what}\n{key}")[:26]
