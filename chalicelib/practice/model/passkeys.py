"""Passkeys: Cognito keeps and checks them; which of them count is said by what lies here."""

import base64
from datetime import date, datetime, timedelta
from typing import NewType

import msgspec

from chalicelib.foundation.ids import PersonId, PracticeId
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind
from chalicelib.practice.model import Person, is_staff

PasskeyId = NewType("PasskeyId", str)

MOST_PASSKEYS = 10
ASKED_LASTS = timedelta(minutes=3)
"""Time enough to take a phone out of a bag; Cognito's own challenge is over by then too."""
_FLAGS_AT, _VERIFIED = 32, 0x04


class Passkey(msgspec.Struct, frozen=True, kw_only=True):
    """A passkey of a person. One that Cognito knows and that has no such row opens nothing."""

    passkey_id: PasskeyId
    person_id: PersonId
    credential_id: str
    device: str
    """Where it was added, in words: "Chrome on Android"."""
    added_at: datetime
    last_used_on: date | None = None


class PasskeyStep(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody was asked for a passkey. It is found by its secret's hash, and lies in no practice: whose it is must not
    show before the answer. It is nobody's, and its proof empty, where the address has no passkey."""

    practice_id: PracticeId
    person_id: PersonId
    proof: str
    expires_at: datetime


# Neither leaves with an export: they hold secrets, and of a person only on which devices they sign in.
PASSKEY = Kind("passkey", Passkey, Handling(Export.NEVER, Erase.REMOVE, keep_days=None))
PASSKEY_STEP = Kind("passkey_step", PasskeyStep, Handling(Export.NEVER, Erase.NOTHING, keep_days=1))


def counts(passkey: Passkey, person: Person) -> bool:
    """Tell whether a passkey signs its person in: of staff, one that came after their present authenticator."""
    if not is_staff(person):
        return True
    return person.authenticator_at is not None and passkey.added_at >= person.authenticator_at


def recognised(authenticator_data: str) -> bool:
    """Tell whether an authenticator says that it recognised its person, by a finger, a face or a code of its own: with
    that it is two factors (WebAuthn level 2, 2021, 6.1: bit 2 of the flags; NIST SP 800-63B-4, 2025, 3.1.7).

    `authenticator_data` is base64url, and signed: ask only once the signature was checked.
    """
    try:
        data = base64.b64decode(authenticator_data + "=" * (-len(authenticator_data) % 4), altchars="-_", validate=True)
    except ValueError:
        return False
    return len(data) > _FLAGS_AT and bool(data[_FLAGS_AT] & _VERIFIED)
