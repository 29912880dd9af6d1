"""One's own password: asked for before a sign-in is changed, and changed while signed in."""

import msgspec

from chalicelib.foundation import throttle
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import Conflict, DomainError, Invalid, NotFound
from chalicelib.foundation.http import Nothing
from chalicelib.practice import accounts
from chalicelib.practice.common_passwords import is_listed
from chalicelib.practice.model import Person
from chalicelib.practice.model.passwords import password_refusal, same_password
from chalicelib.practice.service.entering import tries
from chalicelib.practice.service.people import put_person
from chalicelib.practice.service.session import Kept, of_cookie
from chalicelib.practice.shapes import PasswordChange
from chalicelib.practice.store import PracticeStore


class PasswordNotTheirs(Invalid):
    """Not the password of whoever is signed in."""

    type = "password-wrong"
    title = "This is not your password. Nothing was changed; please write it once more."


class NotSignedInHere(Conflict):
    """The caller's token is good, and the session that it came from is over."""

    type = "not-signed-in-here"
    title = "Your session here is over. Nothing was changed; please sign in again, and then try once more."


def signed_in_here(call: Call, kept: str) -> Kept:
    """Return the session at this browser, which has to be the caller's. Raise NotSignedInHere."""
    here = of_cookie(call, kept)
    if here is None or here.person.person_id != call.actor.person_id:
        raise NotSignedInHere
    return here


def is_password_of(call: Call, person: Person, password: str, source: str) -> bool:
    """Tell whether a password is somebody's; a wrong one counts as a wrong one at the sign-in. Raise TooMany."""
    counted = tries(person.email, source)
    throttle.take(call.now, *counted)
    if accounts.sign_in(person.email, same_password(password)) is None:
        return False
    throttle.forget(call.now, *counted)
    return True


def change_password(call: Call, change: PasswordChange, kept: str, source: str) -> Nothing:
    """Change the caller's password, with the present one; end their other sessions, close links to a new password
    that were sent before, and write to them. Their passkeys stay. Raise PasswordNotTheirs, PasswordRefused, TooMany,
    NotSignedInHere.

    The password is set before anything is written: after a crash in between, the same request brings the rest to its
    end, for it is also taken from whoever has the new password already.
    """
    here = signed_in_here(call, kept)
    store = PracticeStore(call.table)
    stored = store.person(call.actor.person_id)
    if stored is None:
        raise NotFound
    person, chosen = stored.value, same_password(change.new_password)
    refusal = password_refusal(chosen, person.email, here.practice.name, is_listed)
    if chosen == same_password(change.password):
        refusal = "This is the password that you have. Please choose another."
    if refusal:
        raise accounts.PasswordRefused(refusal)
    if not any(is_password_of(call, person, one, source) for one in (change.password, chosen)):
        raise PasswordNotTheirs
    accounts.choose_password(person.person_id, chosen)
    write = call.write()
    for row in store.signing_in(person.person_id).sessions:
        if row.key != here.session.key:
            accounts.revoke(row.value.refresh_token)
            write.discard(row.key)
    put_person(write, stored, msgspec.structs.replace(person, opened_at=call.now), otherwise=_once_more)
    write.tell("password.changed", person_id=person.person_id)
    write.record("changed the password", person_id=person.person_id)
    return write.commit(Nothing())


def _once_more() -> DomainError:
    return Conflict("Something else changed at the same moment. Please press the button again.")
