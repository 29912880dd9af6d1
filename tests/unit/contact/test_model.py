"""When a reminder falls due: in every zone, through every change of clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.contact.model import (
    DAYS_KEPT,
    Schedule,
    next_occurrence,
    occurrences,
    practised_already,
    with_practice,
)
from chalicelib.foundation.ids import ClientId
from chalicelib.foundation.local_time import first_moment, moment

DAILY = tuple(range(7))
ZONES = st.sampled_from(sorted(available_timezones()))
# Zones with something odd about them come up more often than one in six hundred.
ODD = st.sampled_from(
    ["Europe/Dublin", "America/Nuuk", "Pacific/Apia", "Australia/Lord_Howe", "Africa/Casablanca", "America/Sao_Paulo"]
)
TIMES = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds it


def schedule(zone: str, at: str, weekdays: tuple[int, ...] = DAILY) -> Schedule:
    return Schedule(client_id=ClientId("c"), on=True, weekdays=weekdays, at=at, time_zone=zone)


def exists(on: date, at: time, zone: ZoneInfo) -> bool:
    """Whether a local time is ever shown by a clock: it survives the way to UTC and back (PEP 495, 2015)."""
    local = datetime.combine(on, at, zone)
    return local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None)


def has_noon_or_midnight(on: date, zone: ZoneInfo) -> bool:
    return any(exists(on, time(hour), zone) for hour in range(24))


@given(
    st.one_of(ODD, ZONES),
    TIMES,
    st.lists(st.integers(0, 6), min_size=1, unique=True).map(tuple),
    MOMENTS,
)
def test_it_is_strictly_later_on_a_chosen_weekday_at_the_chosen_time(
    name: str, at: str, weekdays: tuple[int, ...], after: datetime
) -> None:
    falls = next_occurrence(schedule(name, at, weekdays), after)
    assert falls is not None
    assert falls > after
    zone, wanted = ZoneInfo(name), time.fromisoformat(at)
    local = falls.astimezone(zone)
    if local.time() == wanted:
        assert local.weekday() in weekdays
        assert local.fold == 0  # the first of two
        return
    # The time was skipped: the clock jumped over it at this very moment.
    before = (falls - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
    on = before.date() if datetime.combine(before.date(), wanted) > before else before.date() + timedelta(days=1)
    assert before < datetime.combine(on, wanted) < local.replace(tzinfo=None)
    assert on.weekday() in weekdays


@settings(deadline=None, max_examples=40)  # each example is a year
@given(st.one_of(ODD, ZONES), TIMES, st.integers(2000, 2036))
def test_a_daily_reminder_falls_due_exactly_once_on_every_local_day_of_a_year(name: str, at: str, year: int) -> None:
    zone, wanted = ZoneInfo(name), time.fromisoformat(at)
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    there = [on for on in days if has_noon_or_midnight(on, zone)]
    begin = first_moment(there[0], zone) - timedelta(seconds=1)
    fallen: list[datetime] = []
    while len(fallen) < len(there):
        falls = next_occurrence(schedule(name, at), fallen[-1] if fallen else begin)
        assert falls is not None
        fallen.append(falls)
    assert fallen == [moment(on, wanted, zone) for on in there]
    for on, falls in zip(there, fallen, strict=True):
        if exists(on, wanted, zone):
            assert falls.astimezone(zone).replace(tzinfo=None) == datetime.combine(on, wanted)


@given(st.one_of(ODD, ZONES), TIMES, MOMENTS, st.integers(0, 60 * 60 * 30))
def test_none_is_lost_whenever_one_asks(name: str, at: str, after: datetime, seconds: int) -> None:
    first = next_occurrence(schedule(name, at), after)
    assert first is not None
    asked = after + timedelta(seconds=seconds)
    second = next_occurrence(schedule(name, at), asked)
    assert second is not None
    assert second == first if asked < first else second > first


@pytest.mark.parametrize(
    ("zone", "at", "after", "falls"),
    [
        # Dublin skips 01:00 to 02:00 on 29 March 2026, and has 01:00 to 02:00 twice on 25 October.
        ("Europe/Dublin", "01:30", "2026-03-28T12:00Z", "2026-03-29T01:00Z"),
        ("Europe/Dublin", "01:30", "2026-10-24T12:00Z", "2026-10-25T00:30Z"),
        ("Europe/Dublin", "01:30", "2026-10-25T00:30Z", "2026-10-26T01:30Z"),
        # Nuuk jumps from 23:00 to midnight: the first moment after the gap is the next day's.
        ("America/Nuuk", "23:30", "2025-03-29T12:00Z", "2025-03-30T01:00Z"),
        ("America/Nuuk", "23:30", "2025-03-30T01:00Z", "2025-03-31T00:30Z"),
        # Samoa had no 30 December 2011.
        ("Pacific/Apia", "17:30", "2011-12-30T03:30Z", "2011-12-31T03:30Z"),
        # Cairo skips midnight itself.
        ("Africa/Cairo", "00:00", "2025-04-24T12:00Z", "2025-04-24T22:00Z"),
    ],
)
def test_known_changes_of_clocks(zone: str, at: str, after: str, falls: str) -> None:
    assert next_occurrence(schedule(zone, at), datetime.fromisoformat(after)) == datetime.fromisoformat(falls)


def test_nothing_falls_due_where_reminders_are_off_or_no_day_is_chosen() -> None:
    now = datetime(2026, 5, 14, tzinfo=UTC)
    assert next_occurrence(schedule("UTC", "17:30", ()), now) is None
    assert next_occurrence(Schedule(client_id=ClientId("c"), time_zone="UTC", weekdays=DAILY), now) is None


def test_what_was_missed_is_listed_in_order() -> None:
    first = datetime(2026, 5, 11, 17, 30, tzinfo=UTC)
    until = first + timedelta(days=3)
    found = occurrences(schedule("UTC", "17:30"), first, until)
    assert found == [first + timedelta(days=n) for n in range(4)]
    assert occurrences(schedule("UTC", "17:30"), first, first - timedelta(seconds=1)) == []


@given(st.permutations([date(2026, 5, 1) + timedelta(days=n) for n in range(DAYS_KEPT + 3)]))
def test_days_of_practice_are_kept_whatever_the_order_in_which_they_are_told(days: list[date]) -> None:
    noted = schedule("Pacific/Kiritimati", "06:00")
    for on in [*days, *days[:3]]:
        # 14 hours ahead of UTC: its midnight is at ten in the morning of the day before.
        noted = with_practice(noted, datetime.combine(on - timedelta(days=1), time(10), UTC))
    newest = sorted(days, reverse=True)[:DAYS_KEPT]
    assert list(noted.practised) == newest
    # 06:00 on the 11th in Kiritimati is still the 10th in UTC.
    assert practised_already(noted, datetime(2026, 5, 10, 16, 0, tzinfo=UTC)) == (date(2026, 5, 11) in newest)
    assert not practised_already(noted, datetime(2026, 5, 11, 16, 0, tzinfo=UTC))
