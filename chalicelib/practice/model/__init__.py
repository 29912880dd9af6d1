"""The people of a practice and what they are to each other."""

import re
import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from chalicelib.foundation.actor import Role
from chalicelib.foundation.ids import ClientId, PersonId, PracticeId
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind
from chalicelib.foundation.money import Currency

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Email = Annotated[str, msgspec.Meta(pattern=r"^[^@\s]{1,64}@[^@\s]+\.[^@\s]+$", max_length=254)]
_LOCAL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
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
    longest_recording_minutes: int = 20
    """The most that a lesson may ask for, and that a file of the library may last."""


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
    opened_at: datetime | None = None
    """When this person last chose a password; doors that are older open no more."""
    authenticator_at: datetime | None = None
    """When this person set up the authenticator that they have now. Staff can do nothing without one."""
    invitation_trouble: str = ""
    """Why the last invitation could not be sent, as a sentence."""

    @property
    def has_authenticator(self) -> bool:
        """Whether codes are asked for."""
        return self.authenticator_at is not None


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


class ClientLine(msgspec.Struct, frozen=True, kw_only=True):
    """A client as a line of a list."""

    client_id: ClientId
    name: str
    therapist_name: str
    """The one who answers."""
    since: datetime


class StaffLine(msgspec.Struct, frozen=True, kw_only=True):
    """An owner or therapist as a line of the practice's page."""

    person_id: PersonId
    name: str
    email: str
    roles: tuple[Role, ...]
    state: PersonState
    has_authenticator: bool = False
    invitation_trouble: str = ""


class AtAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Whose a mail address is; it is found by the address's hash."""

    person_id: PersonId


class Purpose(StrEnum):
    """What a door is for."""

    INVITATION = "invitation"
    RESET = "reset"


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """A link of single use behind which somebody chooses their password. It is found by its secret's hash."""

    person_id: PersonId
    purpose: Purpose
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class DoorMade(msgspec.Struct, frozen=True):
    """That a door was made, when, and what for."""

    purpose: Purpose
    at: datetime


class DoorLog(msgspec.Struct, frozen=True, kw_only=True):
    """The doors that were lately made for a person, so that nobody's mailbox is flooded."""

    made: tuple[DoorMade, ...] = ()


MOST_GUARDIANS = 8
DOORS_AN_HOUR = 3
OPEN_FOR = {Purpose.INVITATION: timedelta(days=7), Purpose.RESET: timedelta(hours=2)}
_LONGEST_SORT_NAME = 200
STAFF_ROLES = frozenset({Role.OWNER, Role.THERAPIST})
_ROLE_OF = {Relation.SELF: Role.CLIENT, Relation.GUARDIAN: Role.GUARDIAN}


def tidy(name: str) -> str:
    """Return a name on one line, without spaces around it; it may become empty."""
    printable = "".join(sign if sign.isprintable() else " " for sign in unicodedata.normalize("NFC", name))
    return " ".join(printable.split())


def same_address(email: str) -> str:
    """Return the form of a mail address in which two spellings of one address are equal."""
    return email.strip().lower()


def is_reachable(email: str) -> bool:
    """Tell whether SES takes an address: ASCII, without what reads as a second address, a name or a comment.

    The form is that of HTML's `type=email` (living standard, 2026) with a domain of two parts or more; an address with
    accents is no fault of its owner, but no mail reaches it (SES, 2026).
    """
    return re.fullmatch(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})+", email) is not None


def sort_name(name: str) -> str:
    """Return the text by which a name is ordered: without case and accents, and short enough for a key.

    One sign may become eighteen (the ligature ﷺ), and three bytes each.
    """
    parts = unicodedata.normalize("NFKD", name).casefold()
    return "".join(sign for sign in parts if not unicodedata.combining(sign))[:_LONGEST_SORT_NAME]


def email_hint(email: str) -> str:
    """Return as much of an address as its owner needs to know it by: `i•••s@example.org`."""
    local, _, domain = email.partition("@")
    return f"{local[0]}•••{local[-1] if len(local) > 2 else ''}@{domain}"  # noqa: PLR2004 - a short one would be told whole


def acting_for(person: Person, client: ActsFor) -> Person:
    """Return the person as one who also acts for a client, with the role that this brings."""
    others = tuple(one for one in person.clients if one.client_id != client.client_id)
    return _with_clients(person, (*others, client))


def no_longer_acting_for(person: Person, client_id: ClientId) -> Person:
    """Return the person without a client, and without the role that no other client gives them."""
    return _with_clients(person, tuple(one for one in person.clients if one.client_id != client_id))


def knowing_as(person: Person, client_id: ClientId, name: str) -> Person:
    """Return the person with a client's new name, which is their own where they are that client."""
    renamed = tuple(
        msgspec.structs.replace(one, name=name) if one.client_id == client_id else one for one in person.clients
    )
    own = any(one.client_id == client_id and one.relation is Relation.SELF for one in person.clients)
    return msgspec.structs.replace(person, clients=renamed, name=name if own else person.name)


def _with_clients(person: Person, clients: tuple[ActsFor, ...]) -> Person:
    roles = (person.roles & STAFF_ROLES) | {_ROLE_OF[one.relation] for one in clients}
    return msgspec.structs.replace(person, clients=clients, roles=roles)


def is_own_record(person: Person) -> bool:
    """Tell whether the person is a client of the practice themself; nobody is two of them."""
    return any(one.relation is Relation.SELF for one in person.clients)


def is_staff(person: Person) -> bool:
    """Tell whether the person is an owner or a therapist."""
    return bool(person.roles & STAFF_ROLES)


def ways_in(card: Card) -> int:
    """Count the people who can reach the record from the client's side."""
    return len(card.guardians) + (card.own is not None)


def another_door(log: DoorLog, purpose: Purpose, now: datetime) -> DoorLog | None:
    """Return the log with one door more, or None where a person has had enough of them for this hour."""
    lately = tuple(made for made in log.made if now - made.at < timedelta(hours=1))
    if sum(made.purpose is purpose for made in lately) >= DOORS_AN_HOUR:
        return None
    return DoorLog(made=(*lately, DoorMade(purpose, now)))


def opens(door: Door, person: Person, now: datetime) -> bool:
    """Tell whether a door still opens: unused, in time, and no newer password was chosen."""
    in_time = now < door.expires_at
    return door.used_at is None and in_time and (person.opened_at is None or person.opened_at < door.made_at)


PRACTICE = Kind("practice", Practice, Handling(Export.NEVER, Erase.NOTHING, keep_days=None))
PERSON = Kind("person", Person, Handling(Export.PERSON, Erase.REMOVE, keep_days=None))
CARD = Kind("card", Card, Handling(Export.CLIENT, Erase.REMOVE, keep_days=None))
CLIENT_LINE = Kind("client_line", ClientLine, Handling(Export.NEVER, Erase.REMOVE, keep_days=None))
STAFF_LINE = Kind("staff_line", StaffLine, Handling(Export.NEVER, Erase.NOTHING, keep_days=None))
EMAIL = Kind("email", AtAddress, Handling(Export.NEVER, Erase.REMOVE, keep_days=None))
DOOR = Kind("door", Door, Handling(Export.NEVER, Erase.REMOVE, keep_days=30))
DOOR_LOG = Kind("door_log", DoorLog, Handling(Export.NEVER, Erase.REMOVE, keep_days=1))
