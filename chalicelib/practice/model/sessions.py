"""Sessions, the step between password and code, and codes that were used."""

import base64
import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

import msgspec

from chalicelib.foundation.actor import Role
from chalicelib.foundation.ids import PersonId, digest, is_id
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind
from chalicelib.practice.model import STAFF_ROLES, Person, is_staff
from chalicelib.practice.model.passkeys import PasskeyId

SessionId = NewType("SessionId", str)

SESSION_LASTS = timedelta(days=30)
"""As long as Cognito keeps a refresh token (infra/resources/people.yaml)."""
STAFF_IDLE = timedelta(hours=8)
"""A working day: whoever left a browser open in the evening signs in again in the morning, and nobody has to between
two clients. Clients are not asked: a parent's phone is their own (HIPAA 164.312(a)(2)(iii); ASVS 5.0, 2025, 7.3.1)."""
STAFF_USE_NOTED = timedelta(minutes=30)
"""How exactly it is known when staff were there last; each note is a write."""
STEP_LASTS = timedelta(minutes=10)
"""Time enough to install an authenticator. Cognito's own challenge is over after `AuthSessionValidity`."""
CODE_COUNTS_FOR = timedelta(minutes=3)
"""No authenticator's code is taken for longer than this (RFC 6238, 2011: a step of 30 s, one before and one after)."""
MOST_SESSIONS = 20
_ID = 26


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody signed in at a browser. The browser has a secret of ours; Cognito's token never leaves the table."""

    session_id: SessionId
    person_id: PersonId
    device: str
    """In words: "Chromium on Linux"."""
    since: datetime
    last_used_at: datetime
    secret_hash: str
    refresh_token: str
    with_code: bool
    """Whether an authenticator's code was asked for."""
    passkey_id: PasskeyId | None = None
    """The passkey that was shown in place of a password and a code."""


class StepKind(StrEnum):
    """What is still missing after the password."""

    CODE = "code"
    SET_UP = "set_up"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whose password was right, and who still has to show a code. It is found by its secret's hash."""

    kind: StepKind
    person_id: PersonId
    device: str
    proof: str
    """What Cognito wants back: the session of its challenge, or at a set-up the access token."""
    refresh_token: str = ""
    expires_at: datetime


class UsedCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code that has signed somebody in."""

    code_hash: str
    at: datetime


class UsedCodes(msgspec.Struct, frozen=True, kw_only=True):
    """A person's codes that might still be shown and count no more: one code, one sign-in (RFC 6238, 5.2)."""

    codes: tuple[UsedCode, ...] = ()


# None of these leaves with an export: they hold secrets, and of a person only on which devices they sign in.
SIGNED_IN = Kind("signed_in", SignedIn, Handling(Export.NEVER, Erase.REMOVE, keep_days=SESSION_LASTS.days))
STEP = Kind("sign_in_step", Step, Handling(Export.NEVER, Erase.REMOVE, keep_days=1))
USED_CODES = Kind("used_codes", UsedCodes, Handling(Export.NEVER, Erase.REMOVE, keep_days=1))


def granted(person: Person) -> frozenset[Role]:
    """Return the roles that a person's tokens may carry: nobody is staff without an authenticator."""
    return person.roles if person.authenticator_at else person.roles - STAFF_ROLES


def goes_on(session: SignedIn, person: Person, secret: str, now: datetime) -> bool:
    """Tell whether a session goes on: its browser's, of somebody with a role; of staff only with their present
    authenticator, and while it is used."""
    if session.secret_hash != digest(secret) or not person.roles:
        return False
    if not is_staff(person):
        return True
    if idle(session, now):
        return False
    two_factors = session.with_code or session.passkey_id is not None
    return two_factors and person.authenticator_at is not None and session.since >= person.authenticator_at


def idle(session: SignedIn, now: datetime) -> bool:
    """Tell whether a session was left alone for longer than one of staff may be."""
    return now - session.last_used_at >= STAFF_IDLE


def use_is_news(session: SignedIn, person: Person, now: datetime) -> bool:
    """Tell whether it is worth a write that a session is used now: once a day, for staff more often."""
    if session.last_used_at.date() < now.date():
        return True
    return is_staff(person) and now - session.last_used_at >= STAFF_USE_NOTED


def using(used: UsedCodes, code: str, now: datetime) -> UsedCodes | None:
    """Return the used codes with one more, or None where this one was used."""
    lately = tuple(one for one in used.codes if now - one.at < CODE_COUNTS_FOR)
    if any(one.code_hash == digest(code) for one in lately):
        return None
    return UsedCodes(codes=(*lately, UsedCode(code_hash=digest(code), at=now)))


def too_many(sessions: list[SignedIn]) -> list[SignedIn]:
    """Return the sessions that have to make room for one more: those that were not used for longest."""
    newest_first = sorted(sessions, key=lambda one: (one.last_used_at, one.since), reverse=True)
    return newest_first[MOST_SESSIONS - 1 :]


def token_of(*parts: str) -> str:
    """Write ids and a secret as one token of letters, digits, - and _."""
    return base64.urlsafe_b64encode("".join(parts).encode()).decode().rstrip("=")


def parts_of(token: str, ids: int) -> tuple[list[str], str] | None:
    """Take a token apart into so many ids and the secret, or None where it is not one of ours."""
    try:
        text = base64.b64decode(token + "=" * (-len(token) % 4), altchars="-_", validate=True).decode("ascii")
    except ValueError:
        return None
    found = [text[at : at + _ID] for at in range(0, ids * _ID, _ID)]
    return (found, text[ids * _ID :]) if all(map(is_id, found)) else None


_BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("Mac", r"Mac OS X|Macintosh"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux"),
)


def device(user_agent: str) -> str:
    """Name a browser as its owner knows it, by what it says of itself: "Firefox on Windows". It is not checked."""
    browser = next((name for name, sign in _BROWSERS if re.search(sign, user_agent)), "A browser")
    system = next((name for name, sign in _SYSTEMS if re.search(sign, user_agent)), "")
    return f"{browser} on {system}" if system else browser
