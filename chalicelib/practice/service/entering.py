"""Signing in: a password, and for staff a code of their authenticator, which they set up the first time."""

from datetime import timedelta
from typing import NamedTuple
from urllib.parse import quote

import msgspec

from chalicelib.foundation import throttle
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import Conflict, DomainError, SignedOut
from chalicelib.foundation.ids import PersonId, PracticeId, new_secret
from chalicelib.foundation.source import pseudonym
from chalicelib.foundation.table import Stored
from chalicelib.foundation.write import Write
from chalicelib.practice import accounts
from chalicelib.practice.accounts import Account, Challenge, Tokens
from chalicelib.practice.model import Person, Practice, is_staff, same_address
from chalicelib.practice.model.passwords import same_password
from chalicelib.practice.model.sessions import (
    STEP,
    STEP_LASTS,
    USED_CODES,
    Step,
    StepKind,
    UsedCodes,
    parts_of,
    token_of,
    using,
)
from chalicelib.practice.service.people import put_person
from chalicelib.practice.service.session import begin_session, cookie, on_behalf_of, session_of
from chalicelib.practice.shapes import Entrance, NextStep, SignIn
from chalicelib.practice.store import PracticeStore, SignInPage, step_key, used_codes_key

STEP_COOKIE = "mw_step"
_CODES_KEPT = timedelta(days=1)


class NotMatching(SignedOut):
    """Address and password do not match. The words are the same whatever the reason: they give nobody away."""

    type = "sign-in-failed"
    title = (
        "This address and password do not match. If you were invited, open the link in that mail first. "
        'If the password is lost, ask for a new one under "Forgotten password".'
    )


class StepOver(SignedOut):
    """The step between password and code is over, and its cookie goes with it."""

    type = "step-over"
    title = "This took longer than ten minutes, or was done elsewhere. Nothing was changed; please sign in once more."

    def __init__(self) -> None:
        """Take the cookie away."""
        super().__init__()
        self.cookies = (cookie(STEP_COOKIE, "", timedelta()),)


class Entered(NamedTuple):
    """How far somebody has come, and the cookies with which they go on."""

    entrance: Entrance
    cookies: tuple[str, ...]


class Whose(NamedTuple):
    """Who is coming, and a call on their behalf."""

    call: Call
    practice: Practice
    person: Stored[Person]


# NIST SP 800-63B (rev. 4, 2025), 3.2.2, allows 100 failures in a row. Two counters, so that nobody shuts somebody
# else out: who guesses from one address waits there, and elsewhere the right password comes in; guesses from very
# many addresses make everybody of that account wait, a quarter of an hour at most.
_FROM_ONE_ADDRESS = throttle.Doubling("sign-in", 5, timedelta(minutes=1), timedelta(hours=1))
_FROM_ANYWHERE = throttle.Doubling("account", 50, timedelta(minutes=1), timedelta(minutes=15))


def sign_in(call: Call, given: SignIn, device: str, source: str) -> Entered:
    """Sign in with address and password, or come as far as the code. Raise NotMatching, or TooMany.

    An address that nobody has is counted, and asked for at Cognito, as any other.
    """
    email = same_address(given.email)
    try:
        throttle.take(call.now, *tries(email, source))
        entered = enter(call, accounts.sign_in(email, same_password(given.password)), device)
    except DomainError as refusal:
        refusal.aimed_at = pseudonym(email)
        raise
    if entered.entrance.session:
        throttle.forget(call.now, *tries(email, source))
    return entered


def tries(email: str, source: str) -> tuple[throttle.Counted, throttle.Counted]:
    """Name the counters of tries at an address's password and codes, from one place and from anywhere."""
    return (_FROM_ONE_ADDRESS, f"{email} {source}"), (_FROM_ANYWHERE, email)


def enter(call: Call, came: Tokens | Challenge | None, device: str) -> Entered:
    """Go on from a password: to the code, to setting up an authenticator, or in. Raise NotMatching."""
    found = came and whose(call, came.account)
    if not came or not found:
        raise NotMatching
    if isinstance(came, Challenge):
        return _one_step_more(found, _step(found, StepKind.CODE, device, came.proof))
    if is_staff(found.person.value):
        return _set_up(found, came, device)
    before = PracticeStore(found.call.table).signing_in(came.account.person_id).sessions
    write = found.call.write()
    kept = begin_session(found.call, write, found.person.value, came, device, before, with_code=False)
    write.commit()
    return Entered(Entrance(session=session_of(found.practice, found.person.value, came)), (kept,))


def whose(call: Call, account: Account) -> Whose | None:
    """Read who is coming; None for somebody who has no part in the practice any more."""
    theirs = on_behalf_of(call, account)
    practice, people = PracticeStore(theirs.table).practice_and_people([account.person_id])
    if practice is None or not people or not people[0].value.roles:
        return None
    return Whose(on_behalf_of(call, account, people[0].value.name), practice, people[0])


def _step(found: Whose, kind: StepKind, device: str, proof: str, refresh_token: str = "") -> Step:
    return Step(
        kind=kind,
        person_id=found.person.value.person_id,
        device=device,
        proof=proof,
        refresh_token=refresh_token,
        expires_at=found.call.now + STEP_LASTS,
    )


def _one_step_more(found: Whose, step: Step, key: str | None = None, uri: str | None = None) -> Entered:
    secret = new_secret()
    write = found.call.write()
    write.add(STEP, step_key(secret), step, expires_at=step.expires_at)
    write.commit()
    kept = cookie(STEP_COOKIE, token_of(found.call.actor.practice_id, secret), STEP_LASTS)
    return Entered(Entrance(step=NextStep(kind=step.kind, until=step.expires_at, key=key, uri=uri)), (kept,))


def _set_up(found: Whose, tokens: Tokens, device: str) -> Entered:
    key = accounts.new_authenticator(tokens.access_token)
    step = _step(found, StepKind.SET_UP, device, tokens.access_token, tokens.refresh_token or "")
    issuer, name = quote(found.practice.name), quote(found.person.value.email)
    return _one_step_more(found, step, key, f"otpauth://totp/{issuer}:{name}?secret={key}&issuer={issuer}")


def show_code(call: Call, code: str, kept: str, source: str) -> Entered:
    """Come in with a code: the one that was asked for, or the first of a new authenticator.

    Raise CodeWrong, CodeUsed, TooMany, or StepOver, after which the password is asked for again. A code that
    Cognito took and that a crash lost is followed by the next one, 30 seconds later.
    """
    found, stored = _at_step(call, kept)
    step, person = stored.value, found.person.value
    throttle.take(call.now, *tries(person.email, source))
    page = PracticeStore(found.call.table).signing_in(person.person_id)
    used = using(page.codes.value if page.codes else UsedCodes(), code, call.now)
    if used is None:
        raise accounts.CodeUsed
    tokens = _shown(found, step, code) if step.kind is StepKind.CODE else _confirmed(found, step, code)
    if step.kind is StepKind.CODE and is_staff(person) and not person.has_authenticator:
        # The authenticator was reset a moment ago, or its set-up broke off: there has to be a new one.
        return _set_up(found, tokens, step.device)
    write = found.call.write()
    write.remove(stored, otherwise=StepOver)
    _keep_used(found, write, page, used)
    if step.kind is StepKind.SET_UP:
        person = _with_authenticator(found)
        put_person(write, found.person, person, otherwise=_once_more)
        write.record("set up an authenticator", person_id=person.person_id)
        for earlier in page.ways_in:
            write.discard(earlier)
        page = page._replace(sessions=[])
    session = begin_session(found.call, write, person, tokens, step.device, page.sessions, with_code=True)
    write.commit()
    throttle.forget(call.now, *tries(person.email, source))
    entrance = Entrance(session=session_of(found.practice, person, tokens))
    return Entered(entrance, (session, cookie(STEP_COOKIE, "", timedelta())))


def _at_step(call: Call, kept: str) -> tuple[Whose, Stored[Step]]:
    parts = parts_of(kept, 1)
    if parts is None:
        raise StepOver
    (practice_id,), secret = parts
    stored = PracticeStore(on_behalf_of(call, Account(PracticeId(practice_id), PersonId(""))).table).step(secret)
    if stored is None or call.now >= stored.value.expires_at:
        raise StepOver
    found = whose(call, Account(PracticeId(practice_id), stored.value.person_id))
    if found is None:
        raise StepOver
    return found, stored


def _shown(found: Whose, step: Step, code: str) -> Tokens:
    try:
        tokens = accounts.answer_challenge(step.person_id, step.proof, code)
    except accounts.CodeWrong:
        write = found.call.write()
        write.record("showed a wrong code", person_id=step.person_id)
        write.commit()
        raise
    if tokens is None:
        raise StepOver
    return tokens


def _confirmed(found: Whose, step: Step, code: str) -> Tokens:
    if not accounts.confirm_authenticator(step.person_id, step.proof, code):
        raise StepOver
    # The roles of staff come with the authenticator, and tokens made from now on carry them.
    accounts.ensure(found.practice.practice_id, _with_authenticator(found))
    tokens = accounts.refresh(step.person_id, step.refresh_token)
    if tokens is None:
        raise StepOver
    return tokens._replace(refresh_token=step.refresh_token)


def _with_authenticator(found: Whose) -> Person:
    return msgspec.structs.replace(found.person.value, authenticator_at=found.call.now)


def _keep_used(found: Whose, write: Write, page: SignInPage, used: UsedCodes) -> None:
    until = found.call.now + _CODES_KEPT
    if page.codes:
        write.replace(page.codes, used, expires_at=until, otherwise=accounts.CodeUsed)
    else:
        key = used_codes_key(found.person.value.person_id)
        write.add(USED_CODES, key, used, expires_at=until, otherwise=accounts.CodeUsed)


def _once_more() -> DomainError:
    return Conflict("Something else changed at the same moment. Please sign in once more.")
