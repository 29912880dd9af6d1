"""How fast somebody who is signed in may ask: much, not endlessly, and nobody at another's cost."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

import app
from chalicelib.foundation.errors import TooMany
from chalicelib.foundation.http import ENDPOINTS
from chalicelib.foundation.pace import MOST_PEOPLE, Pace
from chalicelib.foundation.throttle import Bucket

NOW = datetime(2026, 5, 14, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def _passes(pace: Pace, bucket: Bucket, who: str, now: datetime) -> bool:
    try:
        pace.keep(bucket, who, now)
    except TooMany:
        return False
    return True


@given(
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from("ab")), max_size=120),
    st.integers(1, 10),
    st.integers(1, 10),
)
def test_nobody_gets_more_than_at_once_and_what_has_run_out_since(
    asked: list[tuple[int, str]], most: int, each: int
) -> None:
    pace, bucket = Pace(), Bucket("x", most, each * SECOND)
    passed: dict[str, list[datetime]] = {"a": [], "b": []}
    for seconds, who in sorted(asked):
        now = NOW + seconds * SECOND
        if _passes(pace, bucket, who, now):
            passed[who].append(now)
    for times in passed.values():
        for first, begin in enumerate(times):
            for last in range(first, len(times)):
                assert last - first + 1 <= most + (times[last] - begin) / (each * SECOND) + 1e-6


def test_who_asks_too_fast_waits_and_what_was_refused_makes_it_no_longer() -> None:
    pace, bucket = Pace(), Bucket("x", 3, 60 * SECOND)
    assert [_passes(pace, bucket, "a", NOW) for _ in range(10)] == [True] * 3 + [False] * 7
    assert _passes(pace, bucket, "b", NOW)
    assert not _passes(pace, bucket, "a", NOW + 59 * SECOND)
    assert _passes(pace, bucket, "a", NOW + 60 * SECOND)


def test_a_clock_that_goes_back_lets_nobody_through_sooner() -> None:
    pace, bucket = Pace(), Bucket("x", 1, 60 * SECOND)
    assert _passes(pace, bucket, "a", NOW)
    assert not _passes(pace, bucket, "a", NOW - 3600 * SECOND)
    assert not _passes(pace, bucket, "a", NOW + 59 * SECOND)


def test_a_container_remembers_only_so_many_people() -> None:
    pace, bucket = Pace(), Bucket("x", 1, 60 * SECOND)
    for number in range(MOST_PEOPLE + 1):
        assert _passes(pace, bucket, str(number), NOW)
    assert not _passes(pace, bucket, str(MOST_PEOPLE), NOW)
    assert _passes(pace, bucket, "0", NOW)  # forgotten, and nothing is lost by it


def test_what_goes_on_to_cost_by_itself_says_so() -> None:
    assert app
    assert {f"{spec.method} {spec.path}" for spec in ENDPOINTS if spec.starts} == {
        "POST /api/clients",
        "POST /api/clients/{client_id}/copies",
        "POST /api/clients/{client_id}/enrolments/{enrolment_id}/lessons/{number}/recordings",
        "POST /api/clients/{client_id}/guardians",
        "POST /api/people",
        "POST /api/people/{person_id}/invitation",
        "POST /api/resources",
    }
