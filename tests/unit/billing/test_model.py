"""Periods: contiguous, without a gap, each computed from the first day."""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.billing.model import Period, Subscription, number_of, period
from chalicelib.billing.store import invoice_key, is_number, line_key
from chalicelib.foundation.ids import ClientId, SubscriptionId
from chalicelib.foundation.money import Money

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
COUNTS = st.integers(0, 600)


@given(DAYS, COUNTS)
def test_each_period_begins_on_the_day_after_the_one_before_has_ended(from_on: date, n: int) -> None:
    assert period(from_on, n + 1).from_on == period(from_on, n).to_on + timedelta(days=1)
    assert period(from_on, n).from_on <= period(from_on, n).to_on


@given(DAYS, COUNTS)
def test_it_begins_on_the_first_periods_day_or_on_the_last_of_a_shorter_month(from_on: date, n: int) -> None:
    begins = period(from_on, n).from_on
    assert begins.day == min(from_on.day, calendar.monthrange(begins.year, begins.month)[1])
    assert (begins.year * 12 + begins.month) - (from_on.year * 12 + from_on.month) == n


@given(DAYS, st.integers(0, 400))
def test_every_day_lies_in_exactly_one_period(from_on: date, days: int) -> None:
    on = from_on + timedelta(days=days)
    holding = [n for n in range(16) if period(from_on, n).from_on <= on <= period(from_on, n).to_on]
    assert len(holding) == 1


def test_a_fee_from_the_31st() -> None:
    starts = [period(date(2027, 12, 31), n).from_on for n in range(5)]
    assert starts == [date(2027, 12, 31), date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31), date(2028, 4, 30)]
    assert period(date(2027, 12, 31), 1) == Period(date(2028, 1, 31), date(2028, 2, 28))


@pytest.mark.parametrize(
    ("ended_on", "next_on"),
    [(None, date(2026, 6, 14)), (date(2026, 6, 15), date(2026, 6, 14)), (date(2026, 6, 14), None)],
)
def test_no_period_that_begins_when_the_fee_has_ended_is_invoiced(ended_on: date | None, next_on: date | None) -> None:
    fee = Subscription(
        subscription_id=SubscriptionId("s"),
        client_id=ClientId("c"),
        amount=Money(14_800, "EUR"),
        title="Monthly program fee",
        from_on=date(2026, 5, 14),
        next_period=1,
        ended_on=ended_on,
    )
    assert (fee.next.from_on if fee.next else None) == next_on


@given(st.integers(2000, 2100), st.lists(st.integers(1, 120_000), min_size=2, max_size=2, unique=True))
def test_numbers_lie_in_their_order(year: int, counts: list[int]) -> None:
    low, high = (number_of(year, count) for count in sorted(counts))
    assert is_number(low)
    assert line_key(low).sk < line_key(high).sk < "a"
    assert invoice_key(ClientId("c"), low).sk < invoice_key(ClientId("c"), high).sk


@pytest.mark.parametrize(
    "text", ["", "2026-143", "2026-0143\n", "2026-01430000", "٢٠٢٦-0143", "2026/0143", "counter#2026"]
)
def test_what_is_no_number_is_known(text: str) -> None:
    assert not is_number(text)
    assert is_number("2026-0143")
