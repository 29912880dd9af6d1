"""What is said to whom, when somebody wants to be reminded, and what came of it."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from chalicelib.foundation.clock import zone
from chalicelib.foundation.ids import ClientId
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind
from chalicelib.foundation.local_time import day_of, first_moment, moment
from chalicelib.practice.model import Email, Named, TimeZone

Weekday = Annotated[int, msgspec.Meta(ge=0, le=6, description="Monday is 0")]
TimeOfDay = Annotated[
    str, msgspec.Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", max_length=5, description="local time, 17:30")
]

TOO_LATE = timedelta(hours=2)
"""A reminder that is later than this is worse than none: after an outage nobody gets one at night."""
LINKS_KEPT = 40
"""Mails whose unsubscribe link still works: with one a day, more than a month's."""
DAYS_KEPT = 8
"""Days of practice that a schedule remembers: more than a late message can be late and still matter."""
SENDING = timedelta(minutes=5)
"""How long one worker may take over a mail; a message comes again after six minutes at the earliest."""


class Addressee(msgspec.Struct, frozen=True, kw_only=True):
    """Who a letter goes to. Anything with a name and an address will do."""

    name: str
    email: Email


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One letter, from which the plain text and the HTML are made.

    Nothing in it may say more than that there is something, and where: no health information, nobody's
    name but the practice's and staff's. The addressee is greeted by their first name.
    """

    to: Addressee
    what: str
    """What it is, for the log that the client and the therapist read: `A review is waiting`."""
    subject: str
    lines: tuple[str, ...]
    button_label: str
    button_url: str
    why: str
    """Why the addressee gets it, as a sentence."""
    unsubscribe_url: str | None = None


class LineState(StrEnum):
    """Whether a letter went out."""

    SENT = "sent"
    NOT_SENT = "not_sent"


class ContactLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the log: what went out to whom, or did not, and why."""

    at: datetime
    what: str
    to_name: str
    state: LineState
    why: str = ""


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """The unsubscribe link of one reminder: its secret's hash, the occurrence, when the sending began."""

    digest: str
    occurrence_at: datetime
    begun_at: datetime


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """When a client wants to be reminded. Revision 0 means that nobody has chosen anything yet.

    `revision` counts what people changed; the row's own version also counts what the clockwork notes.
    """

    client_id: ClientId
    time_zone: TimeZone
    on: bool = False
    weekdays: tuple[Weekday, ...] = ()
    at: TimeOfDay = "17:30"
    mails_to: Named | None = None
    revision: int = 0
    next_at: datetime | None = None
    practised: tuple[date, ...] = ()
    stops: tuple[Stop, ...] = ()


SCHEDULE = Kind("schedule", Schedule, Handling(Export.CLIENT, Erase.REMOVE, keep_days=None))
CONTACT_LINE = Kind("contact_line", ContactLine, Handling(Export.CLIENT, Erase.REMOVE, keep_days=None))


def next_occurrence(schedule: Schedule, after: datetime) -> datetime | None:
    """Return the first moment strictly after another at which a reminder falls due; None if never.

    A local time that is skipped when clocks go forward falls due at the first moment after the gap, one
    that is repeated falls due once, the first time. A day that a zone left out altogether (Samoa, 30
    December 2011) has no occurrence.
    """
    if not schedule.on or not schedule.weekdays:
        return None
    where, at = zone(schedule.time_zone), time.fromisoformat(schedule.at)
    # The gap may carry yesterday's occurrence over midnight.
    on = day_of(after, where) - timedelta(days=1)
    while True:
        if on.weekday() in schedule.weekdays and day_of(first_moment(on, where), where) == on:
            falls = moment(on, at, where)
            if falls > after:
                return falls
        on += timedelta(days=1)


def occurrences(schedule: Schedule, first: datetime, until: datetime) -> list[datetime]:
    """Return `first` and the occurrences that follow it up to `until`, in order."""
    found: list[datetime] = []
    falls: datetime | None = first
    while falls is not None and falls <= until:
        found.append(falls)
        falls = next_occurrence(schedule, falls)
    return found


def with_practice(schedule: Schedule, at: datetime) -> Schedule:
    """Note the local day of a moment of practice. The order in which moments are told does not matter."""
    days = sorted({*schedule.practised, day_of(at, zone(schedule.time_zone))}, reverse=True)[:DAYS_KEPT]
    return msgspec.structs.replace(schedule, practised=tuple(days))


def practised_already(schedule: Schedule, occurrence: datetime) -> bool:
    """Tell whether the client has practised on the local day of an occurrence."""
    return day_of(occurrence, zone(schedule.time_zone)) in schedule.practised
