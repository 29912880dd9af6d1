"""Time. Below the routes and triggers it is always an argument; this is where those take it from."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones


def now() -> datetime:
    """Return the present moment as an aware UTC datetime of whole milliseconds."""
    at = datetime.now(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def stamp(at: datetime) -> str:
    """Write a moment so that text order is time order: `2026-05-14T18:00:00.000Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def parse(text: str) -> datetime:
    """Read an ISO 8601 moment with its zone; raise ValueError for anything else."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        message = "A moment needs its zone."
        raise ValueError(message)
    try:
        return at.astimezone(UTC)
    except OverflowError as error:  # the last evening of the year 9999, west of Greenwich
        message = "There is no such moment in UTC."
        raise ValueError(message) from error


_NOWHERE = frozenset({"Factory", "localtime"})
"""What the list has too: no place, and whatever the machine is set to."""


@cache  # the list of names is read from the disk each time
def zone(name: str) -> ZoneInfo:
    """Return the IANA time zone of that name; raise ValueError where there is none."""
    if name not in available_timezones() or name in _NOWHERE:
        message = f"There is no time zone {name!r}."
        raise ValueError(message)
    return ZoneInfo(name)
