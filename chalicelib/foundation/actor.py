"""Who is calling: a signed-in person, the bearer of a review link, or the practice's own clockwork."""

from enum import StrEnum

import msgspec

from chalicelib.foundation.ids import ClientId, PersonId, PracticeId, SubmissionId


class Role(StrEnum):
    """What somebody is in a practice; a person may be several."""

    OWNER = "owner"
    THERAPIST = "therapist"
    CLIENT = "client"
    GUARDIAN = "guardian"


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """The one on whose behalf a call is made.

    `review` and `client` are set for the bearer of a review link, who is `person_id` for that one
    submission of that client and nobody for anything else.
    """

    practice_id: PracticeId
    person_id: PersonId
    name: str
    roles: frozenset[Role] = frozenset()
    review: SubmissionId | None = None
    client: ClientId | None = None


def clockwork(practice_id: PracticeId) -> Actor:
    """Return the actor of work that nobody pressed a button for."""
    return Actor(practice_id=practice_id, person_id=PersonId("clockwork"), name="Meanwhile")
