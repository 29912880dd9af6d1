"""Review links: a letter's way to exactly one submission, for one therapist.

The secret stands in the fragment of the address, which no server is sent, and is exchanged by a
deliberate press for a session of one browser. We keep hashes of both, never the secrets.
"""

import base64
import hmac
import re
import secrets
from datetime import datetime, timedelta

import msgspec

from chalicelib.foundation.errors import Gone, SignedOut
from chalicelib.foundation.ids import ClientId, PracticeId, SubmissionId, is_id
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind
from chalicelib.practice.model import Named

SESSION = timedelta(minutes=30)
_ID = 26
_SECRET = 32
_TOKEN = re.compile(r"^[A-Za-z0-9_-]{78}$")


class ReviewLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link: whom it is for and what it opens. `session` is the hash of the browser's that opened it."""

    client_id: ClientId
    submission_id: SubmissionId
    therapist: Named
    made_at: datetime
    expires_at: datetime
    session: str = ""


class ReviewSession(msgspec.Struct, frozen=True, kw_only=True):
    """What one browser may do for half an hour."""

    client_id: ClientId
    submission_id: SubmissionId
    therapist: Named
    expires_at: datetime


REVIEW_LINK = Kind("review_link", ReviewLink, Handling(Export.NEVER, Erase.REMOVE, keep_days=30))
REVIEW_SESSION = Kind("review_session", ReviewSession, Handling(Export.NEVER, Erase.REMOVE, keep_days=1))


class LinkOver(Gone):
    """A link that does not open anything any more. What it pointed to is where it was."""

    title = "This link is no longer valid. Nothing is lost: sign in, and everything that waits for you is there."


class SignInToReview(SignedOut):
    """A link that may not be opened here without signing in."""

    type = "sign-in-to-review"
    title = "Please sign in to open this review."


def new_token(practice_id: PracticeId) -> str:
    """Make a secret of 256 random bits that says in which practice to look for its hash."""
    return _token(practice_id, secrets.token_bytes(_SECRET))


def token_of_press(practice_id: PracticeId, link: str, press: str) -> str:
    """Return the secret of the session that a press opens: the same again for the same press.

    It takes both, what the mail has and what that browser made by chance, to come to it (HMAC, RFC 2104, 1997).
    """
    return _token(practice_id, hmac.digest(link.encode(), press.encode(), "sha256"))


def _token(practice_id: PracticeId, secret: bytes) -> str:
    return base64.urlsafe_b64encode(practice_id.encode() + secret).decode().rstrip("=")


def practice_of(token: str) -> PracticeId | None:
    """Return the practice that a token names; None where it is not one of our tokens."""
    if not _TOKEN.match(token):
        return None
    named = base64.urlsafe_b64decode(token + "==")[:_ID].decode("ascii", "replace")
    return PracticeId(named) if is_id(named) else None
