"""One's own passkeys: listed, added with the password, removed."""

import msgspec

from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import Conflict, NotFound
from chalicelib.foundation.ids import PersonId, new_id
from chalicelib.foundation.settings import settings
from chalicelib.foundation.write import Write
from chalicelib.practice import accounts, credentials
from chalicelib.practice.accounts import Tokens
from chalicelib.practice.credentials import PasskeyNotMade
from chalicelib.practice.model.passkeys import MOST_PASSKEYS, PASSKEY, Passkey, PasskeyId, counts
from chalicelib.practice.service.own_password import (
    NotSignedInHere,
    PasswordNotTheirs,
    is_password_of,
    signed_in_here,
)
from chalicelib.practice.service.session import Kept, of_cookie
from chalicelib.practice.shapes import PasskeyLine, PasskeyList, PasskeyOptions
from chalicelib.practice.store import PracticeStore, passkey_key


class _Made(msgspec.Struct, frozen=True):
    id: str


def list_passkeys(call: Call) -> PasskeyList:
    """Return the passkeys that sign the caller in, newest first."""
    if not settings().passkeys:
        return PasskeyList(offered=False, passkeys=())
    stored = PracticeStore(call.table).person(call.actor.person_id)
    if stored is None:
        raise NotFound
    rows = PracticeStore(call.table).signing_in(call.actor.person_id).passkeys
    mine = [row.value for row in reversed(rows) if counts(row.value, stored.value)]
    return PasskeyList(offered=True, passkeys=tuple(_line(one) for one in mine))


def ask_for_new(call: Call, password: str, kept: str, source: str) -> PasskeyOptions:
    """Begin to add a passkey: return what the browser is to make it with. The password is asked for, so that nobody
    adds one at a page that was left open. Raise PasswordNotTheirs, TooMany, NotSignedInHere; Conflict at the eleventh.

    What Cognito still knows and does not count any more is forgotten there, so that its device may make another.
    """
    here, access_token = _here(call, kept)
    person = here.person
    if not is_password_of(call, person, password, source):
        raise PasswordNotTheirs
    rows = PracticeStore(call.table).signing_in(person.person_id).passkeys
    known = frozenset(row.value.credential_id for row in rows if counts(row.value, person))
    if len(known) >= MOST_PASSKEYS:
        message = f"You have {MOST_PASSKEYS} passkeys. Remove one that you no longer use. Nothing was changed."
        raise Conflict(message, type="passkeys-full")
    credentials.forget_all_but(access_token, known)
    options = credentials.ask_for_new(access_token)
    # A passkey is found by its browser without being named, so that an address gives none away; and it has to recognise
    # its person, as Cognito's pool asks too.
    chosen = {"residentKey": "required", "requireResidentKey": True, "userVerification": "required"}
    options["authenticatorSelection"] = {**options.get("authenticatorSelection", {}), **chosen}
    return PasskeyOptions(options=msgspec.json.encode(options).decode())


def add_passkey(call: Call, credential: str, kept: str, device: str) -> PasskeyLine:
    """Keep the passkey that a browser made, and write to its person. Raise PasskeyNotMade, NotSignedInHere.

    It counts once its row is there: of what a crash leaves with Cognito nothing is opened, and the next asking
    forgets it.
    """
    here, access_token = _here(call, kept)
    try:
        made = msgspec.json.decode(credential, type=_Made)
    except msgspec.DecodeError as error:
        raise PasskeyNotMade from error
    stored = PracticeStore(call.table).person(call.actor.person_id)
    if stored is None:
        raise NotFound
    credentials.keep(access_token, credential)
    passkey = Passkey(
        passkey_id=PasskeyId(new_id(call.now)),
        person_id=here.person.person_id,
        credential_id=made.id,
        device=device,
        added_at=call.now,
    )
    write = call.write()
    write.add(PASSKEY, passkey_key(passkey.person_id, passkey.passkey_id), passkey)
    write.unchanged(stored)  # whose authenticator is reset at this moment has none
    write.tell("passkey.added", person_id=passkey.person_id)
    write.record("added a passkey", person_id=passkey.person_id)
    return write.commit(_line(passkey))


def remove_passkey(call: Call, passkey_id: PasskeyId, kept: str) -> None:
    """Remove one of the caller's passkeys, and end what was begun with it elsewhere. Raise NotFound.

    Cognito forgets it by a token of this browser's session, or else when the next one is added; nothing opens by it.
    """
    page = PracticeStore(call.table).signing_in(call.actor.person_id)
    found = next((row for row in page.passkeys if row.value.passkey_id == passkey_id), None)
    if found is None:
        raise NotFound
    here = of_cookie(call, kept)
    tokens = _tokens(call, here)
    if tokens:
        credentials.forget(tokens.access_token, found.value.credential_id)
    write = call.write()
    write.remove(found)
    for row in page.sessions:
        if row.value.passkey_id == passkey_id and not (here and row.key == here.session.key):
            accounts.revoke(row.value.refresh_token)
            write.discard(row.key)
    write.record("removed a passkey", person_id=call.actor.person_id)
    write.commit()


def discard_passkeys(call: Call, write: Write, person_id: PersonId) -> None:
    """Let none of a person's passkeys count any more, from a write on."""
    for row in PracticeStore(call.table).signing_in(person_id).passkeys:
        write.discard(row.key)


def _here(call: Call, kept: str) -> tuple[Kept, str]:
    """The session at this browser, which has to be the caller's, and an access token of it."""
    if not settings().passkeys:
        raise NotFound
    here = signed_in_here(call, kept)
    tokens = _tokens(call, here)
    if not tokens:
        raise NotSignedInHere
    return here, tokens.access_token


def _tokens(call: Call, here: Kept | None) -> Tokens | None:
    if here is None or here.person.person_id != call.actor.person_id:
        return None
    return accounts.refresh(here.person.person_id, here.session.value.refresh_token)


def _line(passkey: Passkey) -> PasskeyLine:
    return PasskeyLine(
        passkey_id=passkey.passkey_id,
        device=passkey.device,
        added_on=passkey.added_at.date(),
        last_used_on=passkey.last_used_on,
    )
