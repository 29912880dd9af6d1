"""What can go wrong in a way that the caller can act on.

A use case raises one of these; the endpoint decorator turns it into RFC 9457 problem+json
(2023) with the same words. Each says what happened, what is safe and what to do next.
"""

from collections.abc import Mapping
from typing import ClassVar

import msgspec

from chalicelib.foundation.ids import LessonId


class Flaw(msgspec.Struct, frozen=True, kw_only=True):
    """One of several things that stand in the way of a request, and where: in which lesson, in which part of it."""

    lesson_id: LessonId | None = None
    block_id: str | None = None
    says: str


class DomainError(Exception):
    """A refusal with a stable type, an HTTP status and a sentence for a person."""

    status: ClassVar[int] = 400
    type: ClassVar[str] = "bad-request"
    title: ClassVar[str] = "That could not be done."
    cookies: tuple[str, ...] = ()
    """Set-Cookie headers that go with the refusal, as when a session is over and its cookie with it."""
    aimed_at: str = ""
    """A keyed hash of whose account was tried, for the log alone (`pseudonym` in foundation/source.py)."""

    def __init__(self, detail: str = "", /, *, type: str | None = None, **extra: object) -> None:  # noqa: A002 - the field's name in RFC 9457
        """Take the sentence, a more exact type where the class's is too wide, and extension members."""
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.problem_type = type or self.__class__.type
        self.extra: Mapping[str, object] = extra


class Invalid(DomainError):
    """The request is not of the form that was asked for."""

    status = 422
    type = "invalid"
    title = "Something in the request is not as it should be."


class WrongForm(DomainError):
    """A request whose body is not JSON, or does not say so; no form of another site can send what is."""

    status = 415
    type = "not-json"
    title = "The request is not JSON. Nothing was changed."


class SignedOut(DomainError):
    """Nobody is signed in, or no longer."""

    status = 401
    type = "signed-out"
    title = "Please sign in again."


class Forbidden(DomainError):
    """This person may never do this; saying so gives nothing away."""

    status = 403
    type = "not-yours-to-do"
    title = "Your role does not allow this."


class NotFound(DomainError):
    """There is no such thing, or it is somebody else's: the two look the same."""

    status = 404
    type = "not-found"
    title = "There is nothing here that you can open."


class Conflict(DomainError):
    """The state of things does not allow this now."""

    status = 409
    type = "conflict"
    title = "Things have changed in the meantime."


class StaleWrite(Conflict):
    """Somebody else wrote first; `current` and `yours` carry both, so that nothing is lost.

    Without them two writes have merely met, and the same once more goes through.
    """

    type = "changed-meanwhile"
    title = "Somebody else changed this first."

    def __init__(self, detail: str = "", /, *, type: str | None = None, **extra: object) -> None:  # noqa: A002
        """Say what is there to choose from; a narrower refusal has words of its own."""
        if not detail and self.title == StaleWrite.title:
            detail = "Two changes met here at the same moment. Nothing was saved; please try once more."
            if extra.get("current") is not None:
                kept = "Both texts are kept below." if extra.get("yours") is not None else "Nothing was saved."
                detail = f"{self.title} {kept}"
        super().__init__(detail, type=type, **extra)


class Gone(DomainError):
    """A link that has been used, has expired or was withdrawn."""

    status = 410
    type = "link-over"
    title = "This link is no longer valid."


class TooLarge(DomainError):
    """More than one record can hold."""

    status = 413
    type = "too-large"
    title = "This is too long to keep in one piece. Please shorten it."


class TooMany(DomainError):
    """Too many tries in too short a time."""

    status = 429
    type = "too-many-tries"
    title = "Too many tries. Please wait a few minutes."


class PreconditionMissing(DomainError):
    """An update that does not say which version it changes."""

    status = 428
    type = "if-match-missing"
    title = "Say which version you are changing, in If-Match."
