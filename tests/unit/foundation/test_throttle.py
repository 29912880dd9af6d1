"""Tries before anybody is signed in: how long one waits, and whose tries they are."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.foundation import throttle
from chalicelib.foundation.errors import TooMany
from chalicelib.foundation.settings import settings
from chalicelib.foundation.source import source
from chalicelib.foundation.throttle import Bucket, Doubling, Tries

from ..conftest import NOW

MINUTE = timedelta(minutes=1)
BUCKET = Bucket("address", 3, MINUTE)
DOUBLING = Doubling("sign-in", 2, MINUTE, timedelta(hours=1))


def _pass(limit: throttle.Limit, seconds: list[int]) -> list[bool]:
    """Which tries pass, so many seconds after one another."""
    tries, now, passed = Tries(at=NOW), NOW, []
    for pause in seconds:
        now += timedelta(seconds=pause)
        passed.append(not limit.wait(tries, now))
        if passed[-1]:
            tries = Tries(count=limit.count(tries, now) + 1, at=now)
    return passed


def test_a_bucket_lets_some_pass_at_once_and_then_one_at_a_time() -> None:
    assert _pass(BUCKET, [0, 0, 0, 0, 59, 1, 0, 60]) == [True, True, True, False, False, True, False, True]


def test_each_try_waits_twice_as_long_as_the_one_before() -> None:
    assert _pass(DOUBLING, [0, 0, 0, 60, 119, 1, 239, 1]) == [True, True, False, True, False, True, False, True]


@given(st.lists(st.integers(0, 7200), max_size=60))
def test_whoever_waits_as_long_as_was_said_is_let_through(pauses: list[int]) -> None:
    for limit in (BUCKET, DOUBLING):
        tries, now = Tries(at=NOW), NOW
        for pause in pauses:
            now += timedelta(seconds=pause)
            wait = limit.wait(tries, now)
            assert timedelta() <= wait <= timedelta(hours=1)
            now += wait
            assert limit.wait(tries, now) <= timedelta(microseconds=1)
            tries = Tries(count=limit.count(tries, now) + 1, at=now)


@given(st.integers(0, 3000))
def test_nobody_guesses_faster_than_the_limit_says(seconds: int) -> None:
    assert sum(_pass(BUCKET, [1] * seconds)) <= 3 + seconds // 60
    assert sum(_pass(DOUBLING, [1] * seconds)) <= 2 + 1 + seconds // 60


@pytest.mark.usefixtures("stack")
def test_tries_are_counted_by_who_and_the_wait_is_told_in_minutes() -> None:
    counted = (DOUBLING, "ada"), (BUCKET, "192.0.2.1")
    throttle.take(NOW, *counted)
    throttle.take(NOW, *counted)
    with pytest.raises(TooMany, match="in a minute"):
        throttle.take(NOW, *counted)
    throttle.take(NOW, (DOUBLING, "eva"), (BUCKET, "192.0.2.1"))
    with pytest.raises(TooMany):
        throttle.take(NOW, (DOUBLING, "ida"), (BUCKET, "192.0.2.1"))
    throttle.take(NOW + MINUTE, *counted)
    with pytest.raises(TooMany, match="in 2 minutes"):
        throttle.take(NOW + MINUTE, (DOUBLING, "ada"))
    throttle.forget(NOW, (DOUBLING, "ada"))
    throttle.take(NOW + MINUTE, (DOUBLING, "ada"))


@pytest.mark.usefixtures("stack")
def test_an_hour_is_called_an_hour() -> None:
    slow = Doubling("slow", 0, timedelta(hours=1), timedelta(hours=1))
    throttle.take(NOW - timedelta(hours=1), (Doubling("slow", 1, MINUTE, timedelta(hours=9)), "ada"))
    throttle.take(NOW, (slow, "ada"))
    with pytest.raises(TooMany, match="in an hour"):
        throttle.take(NOW, (slow, "ada"))


def _context(address: str) -> dict[str, Any]:
    return {"identity": {"sourceIp": address}}


def test_the_list_of_hops_is_believed_only_from_our_cloudfront(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORIGIN_KEY", "the-key")
    settings.cache_clear()
    forwarded = {"x-forwarded-for": "10.9.9.9, 192.0.2.7, 198.51.100.1"}
    edge = _context("198.51.100.1")
    assert source(edge, forwarded | {"x-origin-key": "the-key"}) == "192.0.2.7"
    assert source(edge, forwarded | {"x-origin-key": "a guess"}) == "198.51.100.1"
    assert source(edge, forwarded) == "198.51.100.1"
    assert source(edge, {"x-forwarded-for": "10.9.9.9", "x-origin-key": "the-key"}) == "198.51.100.1"
    settings.cache_clear()


def test_what_a_viewer_writes_before_is_nobodys_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORIGIN_KEY", "the-key")
    settings.cache_clear()
    for lie in ("1.1.1.1", "1.1.1.1, 2.2.2.2", "", "é"):
        headers = {"x-forwarded-for": f"{lie}, 192.0.2.7, 198.51.100.1", "x-origin-key": "the-key"}
        assert source(_context("198.51.100.1"), headers) == "192.0.2.7"
    settings.cache_clear()


@pytest.mark.parametrize("address", ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9"])
def test_an_ipv6_address_is_counted_by_its_network(address: str) -> None:
    assert source(_context(address), {}) == "2001:db8:1:2::/64"


def test_without_a_context_everybody_is_one() -> None:
    assert source({}, {"x-forwarded-for": "1.1.1.1"}) == ""
