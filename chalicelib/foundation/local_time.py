"""Local days and times of day as moments: what a calendar says, in the zone that it says it in."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def moment(on: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the UTC moment of a local time of day.

    A time that is repeated when clocks go back is its first; one that is skipped when they go forward
    is the first moment after the gap (RFC 5545 would be as late as the gap is long; nobody asked for that).
    """
    local = datetime.combine(on, at, zone)
    late = local.replace(fold=0).astimezone(UTC)
    if late.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return late
    # Python reads a skipped time with the offset before the gap (fold=0) or after it (fold=1): the
    # moment at which the offset changes lies between the two readings (PEP 495, 2015).
    early = local.replace(fold=1).astimezone(UTC)
    before = early.astimezone(zone).utcoffset()
    while late - early > _SECOND:
        middle = early + (late - early) // 2 // _SECOND * _SECOND
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late


def first_moment(on: date, zone: ZoneInfo) -> datetime:
    """Return the moment at which a local day begins, which is not midnight where midnight is skipped."""
    return moment(on, time(), zone)


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """Return the local day on which a moment falls."""
    return at.astimezone(zone).date()
