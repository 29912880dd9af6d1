"""Doors: links of single use behind which somebody chooses their password."""

import contextlib
import dataclasses
from datetime import timedelta
from typing import NamedTuple

import msgspec

from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import Conflict, DomainError, Gone, NotFound, SignedOut, TooMany
from chalicelib.foundation.ids import PersonId, PracticeId, new_secret
from chalicelib.foundation.once import Repeated, once_for_request
from chalicelib.foundation.table import Stored
from chalicelib.practice import accounts
from chalicelib.practice.accounts import Account
from chalicelib.practice.common_passwords import is_listed
from chalicelib.practice.model import (
    DOOR,
    DOOR_LOG,
    OPEN_FOR,
    Door,
    DoorLog,
    Person,
    PersonState,
    Practice,
    Purpose,
    another_door,
    email_hint,
    opens,
    same_address,
)
from chalicelib.practice.model.passwords import password_refusal, same_password
from chalicelib.practice.model.sessions import parts_of, token_of
from chalicelib.practice.service import reading
from chalicelib.practice.service.entering import Entered, enter
from chalicelib.practice.service.passkeys import discard_passkeys
from chalicelib.practice.service.people import put_person
from chalicelib.practice.service.session import end_every_session, on_behalf_of
from chalicelib.practice.shapes import DoorView
from chalicelib.practice.store import PracticeStore, door_key, door_log_key

_ID = 26
_LOG_KEPT = timedelta(days=1)
_NOBODY = Account(PracticeId("0" * _ID), PersonId("0" * _ID))
_UNKNOWN = (
    "This link is not complete, or no longer kept. Please copy the whole link from the mail, "
    'or ask for a new one under "Forgotten password" on the sign-in page.'
)
_USED = (
    "This link has been used, or a newer one has. If that was you, sign in with the password you chose. "
    'If not, ask for a new one under "Forgotten password" on the sign-in page.'
)
_LATE = {
    Purpose.INVITATION: "This invitation was open for 7 days and is over. "
    'Ask your practice to send it again, or use "Forgotten password" on the sign-in page.',
    Purpose.RESET: "This link was open for 2 hours and is over. "
    'Your password is as it was; ask for a new link under "Forgotten password" on the sign-in page.',
}


def ensure_sign_in(call: Call, person_id: PersonId) -> Person:
    """Make sure that a person has an account with their address, name and roles. Safe to repeat.

    Raise NotFound where there is no such person, AddressTaken where the address signs in elsewhere;
    trying either again does not help. Somebody who was erased meanwhile has no account when this is over.
    """
    try:
        accounts.ensure(call.actor.practice_id, reading.person(call, person_id))
        return reading.person(call, person_id)
    except NotFound:
        accounts.remove(person_id)
        raise


def bring_account_up_to_date(call: Call, person_id: PersonId) -> None:
    """Let the account follow its person, who may be gone; end every session of somebody who has no role left."""
    write = call.write()
    try:
        person = ensure_sign_in(call, person_id)
    except NotFound:
        write.commit()
        return
    if not person.roles:
        end_every_session(call, write, person_id)
    write.commit()


def make_door(call: Call, person_id: PersonId, purpose: Purpose) -> str:
    """Make a door and return the secret that opens it, of which we keep the hash only.

    Raise TooMany at the fourth reset within an hour; anybody may ask for those. Invitations are counted
    too, for whoever presses "send again", but one that has been promised is made. Carries no once-mark:
    whoever sends the secret marks the event after sending, and an event that comes again makes another door.
    """
    log = PracticeStore(call.table).door_log(person_id)
    before = log.value if log else DoorLog()
    made = another_door(before, purpose, call.now)
    if made is None and purpose is Purpose.RESET:
        raise TooMany
    secret = new_secret()
    until = call.now + OPEN_FOR[purpose]
    write = dataclasses.replace(call, once=None).write()
    write.add(DOOR, door_key(secret), Door(person_id=person_id, purpose=purpose, made_at=call.now, expires_at=until))
    if log:
        write.replace(log, made or before, expires_at=call.now + _LOG_KEPT)
    else:
        write.add(DOOR_LOG, door_log_key(person_id), made or before)
    write.commit()
    return token_of(call.actor.practice_id, secret)


def forgot_password(call: Call, email: str, press: str | None = None) -> None:
    """Have a link sent to whoever signs in with this address, one for a `press` however often it comes. An address
    that nobody has costs the same calls: it writes an event that nobody waits for."""
    account = accounts.find(same_address(email))
    theirs = on_behalf_of(call, account or _NOBODY)
    once = once_for_request(theirs.actor.person_id, press, "forgotten") if press else None
    write = dataclasses.replace(theirs, once=once).write()
    write.tell("password.forgotten" if account else "password.forgotten_in_vain", person_id=theirs.actor.person_id)
    with contextlib.suppress(Repeated):
        write.commit()


class _Found(NamedTuple):
    call: Call
    door: Stored[Door]
    person: Stored[Person]
    practice: Practice


def _find(call: Call, token: str) -> _Found:
    parts = parts_of(token, 1)
    if parts is None:
        raise Gone(_UNKNOWN)
    practice_id, secret = PracticeId(parts[0][0]), parts[1]
    theirs = on_behalf_of(call, Account(practice_id, PersonId("")))
    store = PracticeStore(theirs.table)
    door = store.door(secret)
    if door is None:
        raise Gone(_UNKNOWN)
    practice, people = store.practice_and_people([door.value.person_id])
    if practice is None or not people:
        raise Gone(_UNKNOWN)
    person = people[0]
    if not opens(door.value, person.value, call.now):
        late = door.value.used_at is None and call.now >= door.value.expires_at
        raise Gone(_LATE[door.value.purpose] if late else _USED)
    account = Account(practice_id, person.value.person_id)
    return _Found(on_behalf_of(call, account, person.value.name), door, person, practice)


def look_at_door(call: Call, token: str) -> DoorView:
    """Show whose a door is. Raise Gone with what to do where it opens no more."""
    found = _find(call, token)
    return DoorView(
        purpose=found.door.value.purpose,
        practice_name=found.practice.name,
        name=found.person.value.name,
        email_hint=email_hint(found.person.value.email),
    )


def open_door(call: Call, token: str, password: str, device: str) -> Entered:
    """Set the password, use the door up, and sign in, or come as far as the authenticator.

    The password is set before the door is marked: after a crash in between the link still opens, and
    choosing again brings everything to its end.
    """
    found = _find(call, token)
    person = found.person.value
    chosen = same_password(password)
    refusal = password_refusal(chosen, person.email, found.practice.name, is_listed)
    if refusal:
        raise accounts.PasswordRefused(refusal)
    _choose_password(found, chosen)
    write = found.call.write()
    if found.door.value.purpose is Purpose.RESET:
        end_every_session(found.call, write, person.person_id)
        discard_passkeys(found.call, write, person.person_id)  # whoever had come in otherwise may have added one
    person = msgspec.structs.replace(person, state=PersonState.ACTIVE, opened_at=call.now)
    write.replace(
        found.door,
        msgspec.structs.replace(found.door.value, used_at=call.now),
        expires_at=call.now + OPEN_FOR[Purpose.INVITATION],
        otherwise=lambda: Gone(_USED),
    )
    put_person(write, found.person, person, otherwise=_press_again)
    write.record("chose a password", person_id=person.person_id)
    write.commit()
    came = accounts.sign_in(person.person_id, chosen)
    if came is None:
        message = "Your password is set. Please sign in with it."
        raise SignedOut(message)
    return enter(call, came, device)


def _choose_password(found: _Found, password: str) -> None:
    person = found.person.value
    try:
        accounts.choose_password(person.person_id, password)
    except accounts.AccountMissing:
        accounts.ensure(found.practice.practice_id, person)
        accounts.choose_password(person.person_id, password)


def _press_again() -> DomainError:
    return Conflict("Something else changed at the same moment. Please press the button again; the link still opens.")
