"""The people of a practice and what they are to each other."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from chalicelib.foundation.actor import Role
from chalicelib.foundation.ids import ClientId, PersonId, PracticeId
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind
from chalicelib.foundation.money import Currency

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Email = Annotated[str, msgspec.Meta(pattern=r"^[^@\s]{1,64}@[^@\s]+\.[^@\s]+$", max_length=254)]
TimeZone = Annotated[str, msgspec.Meta(max_length=64, description="IANA name, such as Europe/Lisbon")]


class Practice(msgspec.Struct, frozen=True, kw_only=True):
    """A practice and what it has settled for all its clients."""

    practice_id: PracticeId
    name: Name
    time_zone: TimeZone
    currency: Currency
    answer_within_hours: int = 48
    """The turnaround that therapists promise; the client sees the moment it ends."""
    review_links_need_sign_in: bool = False


class Relation(StrEnum):
    """What a person is to a client's record."""

    SELF = "self"
    GUARDIAN = "guardian"
    THERAPIST = "therapist"
    OWNER = "owner"


class Named(msgspec.Struct, frozen=True):
    """A person by id and name, as other records carry them."""

    person_id: PersonId
    name: str


class ActsFor(msgspec.Struct, frozen=True, kw_only=True):
    """A client whom a person may act for: themself, or somebody in their care."""

    client_id: ClientId
    name: str
    relation: Relation


class PersonState(StrEnum):
    """Whether a person has opened their invitation."""

    INVITED = "invited"
    ACTIVE = "active"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who signs in."""

    person_id: PersonId
    name: Name
    email: Email
    roles: frozenset[Role]
    state: PersonState = PersonState.INVITED
    clients: tuple[ActsFor, ...] = ()
    since: datetime


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A client's card: who they are and who has to do with them. Every permission is read off it."""

    client_id: ClientId
    name: Name
    time_zone: TimeZone
    therapists: tuple[Named, ...]
    """The first is the one who answers; the others may."""
    guardians: tuple[Named, ...] = ()
    own: Named | None = None
    """The client's own sign-in, if they have one; a small child has not."""
    since: datetime


PRACTICE = Kind("practice", Practice, Handling(Export.NEVER, Erase.NOTHING, keep_days=None))
PERSON = Kind("person", Person, Handling(Export.PERSON, Erase.REMOVE, keep_days=None))
CARD = Kind("card", Card, Handling(Export.CLIENT, Erase.REMOVE, keep_days=None))
