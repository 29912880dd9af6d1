"""What the routes of contact take and answer."""

from datetime import datetime
from typing import Annotated

import msgspec

from chalicelib.contact.model import LineState, TimeOfDay, Weekday
from chalicelib.practice.model import TimeZone


class LogLine(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    what: str
    to_name: str
    state: LineState
    why: str


class Reminders(msgspec.Struct, frozen=True, kw_only=True):
    on: bool
    weekdays: tuple[Weekday, ...]
    at: TimeOfDay
    time_zone: TimeZone
    next_at: datetime | None
    mails_to: str
    """The name of who gets them; empty until somebody has chosen."""
    log: list[LogLine]
    """The last twenty letters, newest first."""


class ChangeReminders(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    on: bool
    weekdays: Annotated[tuple[Weekday, ...], msgspec.Meta(max_length=7)]
    at: TimeOfDay
    time_zone: TimeZone


class Unsubscribe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    token: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]


class Unsubscribed(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    """The practice's name: whose reminders have stopped."""
