"""Sessions: begun, gone on with, listed, ended. The browser has a secret of ours in a cookie, never Cognito's token."""

import contextlib
import dataclasses
from datetime import timedelta

import msgspec

from chalicelib.foundation.actor import Actor
from chalicelib.foundation.call import Call
from chalicelib.foundation.cookies import set_cookie
from chalicelib.foundation.errors import NotFound, SignedOut, StaleWrite
from chalicelib.foundation.http import Nothing
from chalicelib.foundation.ids import PersonId, PracticeId, digest, new_id, new_secret
from chalicelib.foundation.table import Stored
from chalicelib.foundation.write import Write
from chalicelib.practice import accounts
from chalicelib.practice.accounts import Account, Tokens
from chalicelib.practice.model import Person, Practice
from chalicelib.practice.model.passkeys import PasskeyId
from chalicelib.practice.model.sessions import (
    SESSION_LASTS,
    SIGNED_IN,
    SessionId,
    SignedIn,
    goes_on,
    idle,
    parts_of,
    token_of,
    too_many,
    use_is_news,
)
from chalicelib.practice.permissions import STAFF
from chalicelib.practice.shapes import Me, MyPractice, Session, SessionLine, SessionList
from chalicelib.practice.store import PracticeStore, session_key

COOKIE = "mw_session"
_AT_ONCE = timedelta()


class SessionOver(SignedOut):
    """The session that the cookie kept is over; the cookie goes with it."""

    title = "You have been signed out. What you had sent is safe; please sign in again."

    def __init__(self) -> None:
        """Take the cookie away."""
        super().__init__()
        self.cookies = (cookie(COOKIE, "", _AT_ONCE),)


def cookie(name: str, value: str, kept: timedelta) -> str:
    """Write the Set-Cookie header that keeps a secret for sign-in, or forgets it where it is kept for no time."""
    return set_cookie(name, value, "/api/session", kept)


def on_behalf_of(call: Call, account: Account, name: str = "") -> Call:
    """Return the call as one of that account, whose practice it then sees."""
    actor = Actor(practice_id=account.practice_id, person_id=account.person_id, name=name)
    return dataclasses.replace(call, actor=actor)


def begin_session(
    call: Call,
    write: Write,
    person: Person,
    tokens: Tokens,
    device: str,
    before: list[Stored[SignedIn]],
    *,
    with_code: bool = False,
    passkey_id: PasskeyId | None = None,
) -> str:
    """Add a session of the caller to a write; return the cookie that keeps it.

    `with_code` and `passkey_id` say what was shown. Of `before`, those that were not used for longest make room where
    there are many.
    """
    session_id, secret, person_id = SessionId(new_id(call.now)), new_secret(), person.person_id
    session = SignedIn(
        session_id=session_id,
        person_id=person_id,
        device=device,
        since=call.now,
        last_used_at=call.now,
        secret_hash=digest(secret),
        refresh_token=tokens.refresh_token or "",
        with_code=with_code,
        passkey_id=passkey_id,
    )
    write.add(SIGNED_IN, session_key(person_id, session_id), session, expires_at=call.now + SESSION_LASTS)
    for one in too_many([row.value for row in before]):
        write.discard(session_key(person_id, one.session_id))
    write.record("signed in with a passkey" if passkey_id else "signed in", person_id=person_id, session_id=session_id)
    _note_presence(write, person)
    return cookie(COOKIE, token_of(call.actor.practice_id, person_id, session_id, secret), SESSION_LASTS)


def _note_presence(write: Write, person: Person) -> None:
    """Enter at each client whom somebody is or acts for that they were here, once a session and day: what they look
    at in the record is their own, and not entered page by page."""
    for one in person.clients:
        write.record("was signed in", client_id=one.client_id)


def refresh_session(call: Call, kept: str) -> Session:
    """Go on with the session of a cookie. Raise SessionOver, which takes the cookie away. One read, and one write a
    day; for staff one in half an hour."""
    found = of_cookie(call, kept)
    tokens = found and accounts.refresh(found.person.person_id, found.session.value.refresh_token)
    if not found or not tokens:
        raise SessionOver
    session = found.session.value
    if use_is_news(session, found.person, call.now):
        write = found.call.write()
        used = msgspec.structs.replace(session, last_used_at=call.now)
        write.replace(found.session, used, expires_at=session.since + SESSION_LASTS)
        if session.last_used_at.date() < call.now.date():
            _note_presence(write, found.person)
        with contextlib.suppress(StaleWrite):  # another tab of this browser was faster, or the session was just ended
            write.commit()
    return session_of(found.practice, found.person, tokens)


@dataclasses.dataclass(frozen=True)
class Kept:
    """A session that goes on, with whose it is, and a call on their behalf."""

    call: Call
    session: Stored[SignedIn]
    practice: Practice
    person: Person


def of_cookie(call: Call, kept: str) -> Kept | None:
    """Read the session of a cookie; None where it does not go on."""
    parts = parts_of(kept, 3)
    if parts is None:
        return None
    (practice_id, person_id, session_id), secret = parts
    theirs = on_behalf_of(call, Account(PracticeId(practice_id), PersonId(person_id)))
    found = PracticeStore(theirs.table).session(PersonId(person_id), SessionId(session_id))
    if found.session is None or found.practice is None or found.person is None:
        return None
    if not goes_on(found.session.value, found.person, secret, call.now):
        return None
    theirs = on_behalf_of(theirs, Account(PracticeId(practice_id), PersonId(person_id)), found.person.name)
    return Kept(theirs, found.session, found.practice, found.person)


def sign_out(call: Call, kept: str) -> str:
    """End the session of a cookie, if there is one; return the header that forgets it."""
    found = of_cookie(call, kept)
    if found:
        _end(found.call, found.session, "signed out")
    return cookie(COOKIE, "", _AT_ONCE)


def end_earlier(call: Call, kept: str) -> None:
    """End the session that a browser had before it signed in anew, whosever it was: it has no cookie any more."""
    found = of_cookie(call, kept)
    if found:
        _end(found.call, found.session, "signed in anew")


def _end(call: Call, session: Stored[SignedIn], action: str) -> None:
    accounts.revoke(session.value.refresh_token)
    write = call.write()
    write.discard(session.key)
    write.record(action, person_id=session.value.person_id, session_id=session.value.session_id)
    write.commit()


def list_sessions(call: Call, kept: str) -> SessionList:
    """Return where the caller is signed in: this browser first, then what was used last."""
    here = _id_in(kept)
    rows = [row.value for row in PracticeStore(call.table).signing_in(call.actor.person_id).sessions]
    if call.actor.roles & STAFF:
        rows = [one for one in rows if not idle(one, call.now)]
    rows.sort(key=lambda one: (one.session_id == here, one.last_used_at, one.since), reverse=True)
    return SessionList(
        sessions=tuple(
            SessionLine(
                session_id=one.session_id,
                device=one.device,
                since=one.since,
                last_used_on=one.last_used_at.date(),
                here=one.session_id == here,
            )
            for one in rows
        )
    )


def end_session(call: Call, session_id: SessionId) -> None:
    """End one of the caller's sessions: it cannot go on at once, and its id token is over within minutes."""
    found = call.table.get(SIGNED_IN, session_key(call.actor.person_id, session_id))
    if found is None:
        raise NotFound
    _end(call, found, "ended a session")


def end_other_sessions(call: Call, kept: str) -> None:
    """End all of the caller's sessions but this browser's."""
    here = _id_in(kept)
    others = [
        row
        for row in PracticeStore(call.table).signing_in(call.actor.person_id).sessions
        if row.value.session_id != here
    ]
    write = call.write()
    for row in others:
        accounts.revoke(row.value.refresh_token)
        write.discard(row.key)
    write.record("ended all other sessions", person_id=call.actor.person_id)
    write.commit()


def _id_in(kept: str) -> SessionId | None:
    # Who calls has a token already: the cookie only says which of their own sessions this is.
    parts = parts_of(kept, 3)
    return SessionId(parts[0][2]) if parts else None


def sign_out_everywhere(call: Call) -> str:
    """End every session of the one who calls; return the header that forgets the cookie."""
    write = call.write()
    end_every_session(call, write, call.actor.person_id)
    write.record("signed out everywhere", person_id=call.actor.person_id)
    return write.commit(cookie(COOKIE, "", _AT_ONCE))


def end_sessions_of(call: Call, person_id: PersonId) -> Nothing:
    """End every session of somebody of the practice, as an owner; the trail of each client whom they act for says so.

    Safe to repeat: where nobody is signed in nothing is written. Their passkeys stay, which a new password takes away.
    """
    store = PracticeStore(call.table)
    stored = store.person(person_id)
    if stored is None:
        raise NotFound
    if not store.signing_in(person_id).sessions:
        return Nothing()
    write = call.write()
    end_every_session(call, write, person_id)
    for about in [{"client_id": one.client_id} for one in stored.value.clients] or [{}]:
        write.record("signed somebody out everywhere", person_id=person_id, **about)
    return write.commit(Nothing())


def end_every_session(call: Call, write: Write, person_id: PersonId) -> None:
    """End a person's sessions, at Cognito at once and in our list with a write."""
    accounts.sign_out_everywhere(person_id)
    for row in PracticeStore(call.table).signing_in(person_id).sessions:
        write.discard(row.key)


def session_of(practice: Practice, person: Person, tokens: Tokens) -> Session:
    """Show a session to its person."""
    return Session(
        id_token=tokens.id_token,
        expires_in_s=tokens.expires_in_s,
        person=Me(
            person_id=person.person_id,
            name=person.name,
            email=person.email,
            roles=tuple(sorted(person.roles)),
            practice=MyPractice(
                practice_id=practice.practice_id,
                name=practice.name,
                time_zone=practice.time_zone,
                currency=practice.currency,
            ),
            clients=person.clients,
        ),
    )
