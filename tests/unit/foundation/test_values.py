"""Ids, moments, money, logs: the small things that everything is made of."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.foundation import aws, clock, ids
from chalicelib.foundation.errors import StaleWrite
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind
from chalicelib.foundation.log import log
from chalicelib.foundation.money import Money
from chalicelib.foundation.once import DONE
from chalicelib.foundation.settings import settings

moments = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis adds the zone


@given(moments, moments)
def test_ids_sort_by_the_moment_they_were_made(one: datetime, other: datetime) -> None:
    if one + timedelta(milliseconds=1) <= other:
        assert ids.new_id(one) < ids.new_id(other)


@given(moments)
def test_ids_have_the_form_of_ids(at: datetime) -> None:
    assert ids.is_id(ids.new_id(at))


@pytest.mark.parametrize("text", ["", "1", "A" * 26, "i" * 26, "0" * 27, "0" * 26 + "\n"])
def test_other_texts_are_no_ids(text: str) -> None:
    assert not ids.is_id(text)


@given(moments)
def test_a_stamp_is_read_back_to_the_millisecond(at: datetime) -> None:
    assert clock.parse(clock.stamp(at)) == at.replace(microsecond=at.microsecond // 1000 * 1000)


@given(moments, moments)
def test_stamps_sort_as_moments_do(one: datetime, other: datetime) -> None:
    if one <= other:
        assert clock.stamp(one) <= clock.stamp(other)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        clock.parse("2026-05-14T18:00:00")


def test_zones_are_looked_up_by_name() -> None:
    assert clock.zone("Europe/Lisbon").key == "Europe/Lisbon"
    with pytest.raises(ValueError, match="Nowhere"):
        clock.zone("Mars/Nowhere")


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (14800, "EUR", "148.00 €"),
        (5, "USD", "0.05 $"),
        (123456789, "GBP", "1 234 567.89 £"),
        (900, "JPY", "900 ¥"),
        (-250, "CHF", "−2.50 CHF"),
        (1500, "KWD", "1.500 KWD"),
        (1500, "JOD", "1.500 JOD"),
        (9000, "XOF", "9 000 XOF"),
    ],
)
def test_money_is_written_as_people_read_it(minor: int, currency: str, words: str) -> None:
    assert str(Money(minor, currency)) == words


def test_a_log_shows_only_what_is_on_the_list(caplog: pytest.LogCaptureFixture) -> None:
    log("sent", event_id="e1")
    assert vars(caplog.records[-1])["event_id"] == "e1"
    with pytest.raises(TypeError, match="answer"):
        log("sent", answer="my knee hurts")


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_addresses_of_storage_are_on_the_host_that_the_site_allows(
    region: str, stack: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stack
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    made = aws.client.__wrapped__("s3")
    signed = made.generate_presigned_url("get_object", Params={"Bucket": "media", "Key": "a"})
    assert signed.startswith(f"https://s3.{region}.amazonaws.com/media/a?")


def test_two_kinds_of_one_name_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="done"):
        Kind(DONE.name, DONE.shape, Handling(Export.NEVER, Erase.NOTHING, keep_days=None))


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_ORIGIN", "https://meanwhile.test")
    monkeypatch.setenv("TICK_TIME_FROM_EVENT", "1")
    settings.cache_clear()
    assert settings().secure_cookies
    assert settings().tick_time_from_event
    settings.cache_clear()


@pytest.mark.parametrize(
    ("carried", "says"),
    [
        ({}, "Two changes met here at the same moment. Nothing was saved; please try once more."),
        ({"current": "theirs"}, "Somebody else changed this first. Nothing was saved."),
        ({"current": "theirs", "yours": None}, "Somebody else changed this first. Nothing was saved."),
        ({"current": "theirs", "yours": ""}, "Somebody else changed this first. Both texts are kept below."),
    ],
)
def test_a_stale_write_speaks_of_texts_only_where_there_are_any(carried: dict[str, Any], says: str) -> None:
    refused = StaleWrite(**carried)
    assert (refused.title, refused.detail) == ("Somebody else changed this first.", says)


def test_a_narrower_refusal_keeps_its_own_words() -> None:
    class Answered(StaleWrite):
        title = "Somebody else has answered this first."

    assert Answered().detail == Answered.title
    assert StaleWrite("Another computer was faster.").detail == "Another computer was faster."
