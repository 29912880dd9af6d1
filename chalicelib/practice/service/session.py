"""Signing in, going on, signing out. The refresh token is only ever in the cookie."""

import dataclasses
from datetime import timedelta

from chalicelib.foundation.actor import Actor
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import SignedOut
from chalicelib.foundation.settings import settings
from chalicelib.practice import accounts
from chalicelib.practice.accounts import Account, Tokens
from chalicelib.practice.model import Person, Practice, same_address, same_password
from chalicelib.practice.shapes import Me, MyPractice, Session, SignIn
from chalicelib.practice.store import PracticeStore

COOKIE = "mw_refresh"
_KEPT = timedelta(days=30)
"""As long as Cognito keeps a refresh token (infra/resources/people.yaml)."""


class NotMatching(SignedOut):
    """Address and password do not match. The words are the same whatever the reason: they give nobody away."""

    type = "sign-in-failed"
    title = (
        "This address and password do not match. If you were invited, open the link in that mail first. "
        'If the password is lost, ask for a new one under "Forgotten password".'
    )


class SessionOver(SignedOut):
    """The session that the cookie kept is over; the cookie goes with it."""

    title = "You have been signed out. What you had sent is safe; please sign in again."

    def __init__(self) -> None:
        """Take the cookie away."""
        super().__init__()
        self.cookies = (cookie_with(""),)


def cookie_with(refresh_token: str) -> str:
    """Write the Set-Cookie header that keeps a session, or forgets it where there is none."""
    kept = int(_KEPT.total_seconds()) if refresh_token else 0
    secure = "; Secure" if settings().secure_cookies else ""
    return f"{COOKIE}={refresh_token}; HttpOnly; SameSite=Strict; Path=/api/session; Max-Age={kept}{secure}"


def on_behalf_of(call: Call, account: Account, name: str = "") -> Call:
    """Return the call as one of that account, whose practice it then sees."""
    actor = Actor(practice_id=account.practice_id, person_id=account.person_id, name=name)
    return dataclasses.replace(call, actor=actor)


def sign_in(call: Call, given: SignIn) -> tuple[Session, str]:
    """Sign in; return the session and the cookie that keeps it. Raise NotMatching, or TooMany as Cognito says."""
    tokens = accounts.sign_in(same_address(given.email), same_password(given.password))
    session = tokens and _session(call, tokens)
    if not tokens or not session:
        raise NotMatching
    theirs = on_behalf_of(call, tokens.account, session.person.name)
    write = theirs.write()
    write.record("signed in", person_id=tokens.account.person_id)
    write.commit()
    return session, cookie_with(tokens.refresh_token or "")


def refresh_session(call: Call, refresh_token: str) -> tuple[Session, tuple[str, ...]]:
    """Go on with the session of a cookie. Raise SessionOver, which takes the cookie away."""
    tokens = accounts.refresh(refresh_token) if refresh_token else None
    session = tokens and _session(call, tokens)
    if not tokens or not session:
        raise SessionOver
    # Cognito gives a new refresh token only where rotation is switched on.
    return session, (cookie_with(tokens.refresh_token),) if tokens.refresh_token else ()


def sign_out(_call: Call, refresh_token: str) -> str:
    """End the session of a cookie, if there is one; return the header that forgets it."""
    if refresh_token:
        accounts.revoke(refresh_token)
    return cookie_with("")


def sign_out_everywhere(call: Call) -> str:
    """End every session of the one who calls; return the header that forgets the cookie."""
    accounts.sign_out_everywhere(call.actor.person_id)
    write = call.write()
    write.record("signed out everywhere", person_id=call.actor.person_id)
    return write.commit(cookie_with(""))


def _session(call: Call, tokens: Tokens) -> Session | None:
    """Put a session together with one read; None for somebody who has no part in the practice any more."""
    table = on_behalf_of(call, tokens.account).table
    practice, people = PracticeStore(table).practice_and_people([tokens.account.person_id])
    if practice is None or not people or not people[0].value.roles:
        return None
    return session_of(practice, people[0].value, tokens)


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
