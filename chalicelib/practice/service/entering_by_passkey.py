"""Signing in with a passkey: one step in place of the password, and for staff of the code too."""

from datetime import timedelta
from urllib.parse import urlsplit

import msgspec

from chalicelib.foundation import throttle
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import NotFound, SignedOut
from chalicelib.foundation.ids import PersonId, PracticeId, new_secret
from chalicelib.foundation.settings import settings
from chalicelib.foundation.table import Stored
from chalicelib.practice import accounts
from chalicelib.practice.accounts import Account, Tokens
from chalicelib.practice.model import Person, same_address
from chalicelib.practice.model.passkeys import ASKED_LASTS, PASSKEY_STEP, Passkey, PasskeyStep, counts, recognised
from chalicelib.practice.model.sessions import parts_of, token_of
from chalicelib.practice.service.entering import Entered, Whose, whose
from chalicelib.practice.service.session import begin_session, cookie, on_behalf_of, session_of
from chalicelib.practice.shapes import Entrance, PasskeyOptions, SignInWays, WithPasskey
from chalicelib.practice.store import PracticeStore, SignInPage, passkey_step_key

PASSKEY_COOKIE = "mw_passkey"
_NOBODY = Account(PracticeId("0" * 26), PersonId("0" * 26))

# Nobody guesses a signature: what is held back is the asking.
_FROM_ONE_ADDRESS = throttle.Doubling("passkey", 10, timedelta(minutes=1), timedelta(hours=1))
_FROM_ANYWHERE = throttle.Doubling("passkey account", 50, timedelta(minutes=1), timedelta(minutes=15))


class PasskeyRefused(SignedOut):
    """No passkey of this address. The words are the same whatever the reason: they give nobody away."""

    type = "passkey-refused"
    title = (
        "This passkey does not open this address. It may belong to another address, or have been removed. "
        "Nothing was changed; your password works as before."
    )

    def __init__(self) -> None:
        """Take the cookie away."""
        super().__init__()
        self.cookies = (cookie(PASSKEY_COOKIE, "", timedelta()),)


class _Data(msgspec.Struct, frozen=True):
    authenticator: str = msgspec.field(name="authenticatorData")


class _Signed(msgspec.Struct, frozen=True):
    id: str
    response: _Data


def ways() -> SignInWays:
    """Say how one can sign in here."""
    return SignInWays(passkeys=settings().passkeys)


def ask_for_passkey(call: Call, given: WithPasskey, source: str) -> tuple[PasskeyOptions, str]:
    """Ask for a passkey of an address; return what the browser is to sign, and the cookie that goes with it.

    An address that nobody has, or nobody with a passkey, is answered alike, after the same calls. No passkey is named:
    a browser knows which ones it has. Raise TooMany; NotFound where passkeys are not offered.
    """
    if not settings().passkeys:
        raise NotFound
    email = same_address(given.email)
    throttle.take(call.now, *_tries(email, source))
    account = accounts.find(email) or _NOBODY
    asked = accounts.ask_for_passkey(account.person_id)
    secret = new_secret()
    practice_id, person_id = account if asked else _NOBODY
    step = PasskeyStep(
        practice_id=practice_id,
        person_id=person_id,
        proof=asked.proof if asked else "",
        expires_at=call.now + ASKED_LASTS,
    )
    write = on_behalf_of(call, _NOBODY).write()
    write.add(PASSKEY_STEP, passkey_step_key(secret), step, expires_at=step.expires_at)
    write.commit()
    challenge = asked.challenge if asked else new_secret()
    return PasskeyOptions(options=_options(challenge)), cookie(PASSKEY_COOKIE, token_of(secret), ASKED_LASTS)


def _options(challenge: str) -> str:
    options = {
        "challenge": challenge,
        "rpId": urlsplit(settings().site_origin).hostname,
        "timeout": int(ASKED_LASTS.total_seconds() * 1000),
        "userVerification": "required",
    }
    return msgspec.json.encode(options).decode()


def _tries(email: str, source: str) -> tuple[throttle.Counted, throttle.Counted]:
    return (_FROM_ONE_ADDRESS, f"{email} {source}"), (_FROM_ANYWHERE, email)


def show_passkey(call: Call, credential: str, kept: str, device: str, source: str) -> Entered:
    """Come in with what a passkey signed. Raise PasskeyRefused, after which it has to be asked for anew.

    The step is used up before Cognito is asked: what a crash loses is asked for again.
    """
    step = _use_up(call, kept)
    found = whose(call, Account(step.practice_id, step.person_id)) if step.proof else None
    if found is None:
        raise PasskeyRefused
    person = found.person.value
    tokens = accounts.answer_with_passkey(person.person_id, step.proof, credential)
    page = PracticeStore(found.call.table).signing_in(person.person_id)
    used = _that_counts(page, person, credential) if tokens else None
    if not tokens or not used:
        _note_refused(found, tokens)
        raise PasskeyRefused
    write = found.call.write()
    passkey = msgspec.structs.replace(used.value, last_used_on=call.now.date())
    write.replace(used, passkey, otherwise=PasskeyRefused)
    session = begin_session(found.call, write, person, tokens, device, page.sessions, passkey_id=passkey.passkey_id)
    write.commit()
    throttle.forget(call.now, *_tries(person.email, source))
    entrance = Entrance(session=session_of(found.practice, person, tokens))
    return Entered(entrance, (session, cookie(PASSKEY_COOKIE, "", timedelta())))


def _use_up(call: Call, kept: str) -> PasskeyStep:
    parts = parts_of(kept, 0)
    nowhere = on_behalf_of(call, _NOBODY)
    stored = PracticeStore(nowhere.table).passkey_step(parts[1]) if parts else None
    if stored is None or call.now >= stored.value.expires_at:
        raise PasskeyRefused
    write = nowhere.write()
    write.remove(stored, otherwise=PasskeyRefused)
    write.commit()
    return stored.value


def _that_counts(page: SignInPage, person: Person, credential: str) -> Stored[Passkey] | None:
    try:
        signed = msgspec.json.decode(credential, type=_Signed)
    except msgspec.DecodeError:
        return None
    if not recognised(signed.response.authenticator):
        return None
    named = (row for row in page.passkeys if row.value.credential_id == signed.id)
    return next((row for row in named if counts(row.value, person)), None)


def _note_refused(found: Whose, tokens: Tokens | None) -> None:
    if tokens:
        accounts.revoke(tokens.refresh_token or "")
    write = found.call.write()
    write.record("showed a passkey that does not count", person_id=found.person.value.person_id)
    write.commit()
