"""Invoices fall due by the month: each period's once, in order, with numbers that leave no gap."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from botocore.exceptions import ClientError

from chalicelib.billing import service
from chalicelib.billing.model import COUNTER, SUBSCRIPTION, Invoice, period
from chalicelib.billing.service import issuing
from chalicelib.billing.service.issuing import issue_due
from chalicelib.billing.shapes import FeeView, SetFee
from chalicelib.billing.store import BillingStore, counter_key, fee_key
from chalicelib.foundation import due, places
from chalicelib.foundation.events import AUDIT
from chalicelib.foundation.ids import ClientId, new_id
from chalicelib.foundation.local_time import first_moment
from chalicelib.practice.model import CARD

from ..contact.house import House, Killed, Wire

MIDNIGHT = datetime(2026, 5, 13, 23, 0, tzinfo=UTC)
"""The first moment of 14 May 2026 in Dublin."""
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def give_fee(house: House, from_on: date = date(2026, 5, 14), client_id: ClientId | None = None) -> FeeView:
    # Given on the day before, so that it is the tick that brings the first invoice.
    call = house.as_ana(MIDNIGHT - timedelta(hours=12))
    return service.set_fee(call, client_id or house.client_id, SetFee(minor=14_800, from_on=from_on))


def another_client(house: House) -> ClientId:
    client_id = ClientId(new_id(MIDNIGHT))
    write = house.clockwork(MIDNIGHT).write()
    write.add(CARD, places.card(client_id), house.card(client_id, "Mara"))
    write.commit()
    return client_id


def issued(house: House) -> list[Invoice]:
    """The practice's invoices, oldest first, each found at its client too."""
    lines, _ = BillingStore(house.table).practice_page(None)
    for line in lines:
        stored = BillingStore(house.table).invoice(line.client_id, line.number)
        assert stored is not None
        assert stored.value == line
    return lines[::-1]


def numbers(house: House) -> list[str]:
    return [invoice.number for invoice in issued(house)]


def test_the_first_invoice_is_issued_at_the_first_moment_of_the_first_day_at_the_practice(house: House) -> None:
    give_fee(house)
    house.tick(MIDNIGHT - timedelta(milliseconds=1))
    assert issued(house) == []
    house.tick(MIDNIGHT)
    (invoice,) = issued(house)
    assert (invoice.number, invoice.client_name, invoice.payers, invoice.practice_name) == (
        "2026-0001",
        "Theo",
        ("Dana Brenner",),
        "Hazel Lane Therapy",
    )
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 5, 14), date(2026, 5, 28))
    assert (invoice.period.from_on, invoice.period.to_on) == (date(2026, 5, 14), date(2026, 6, 13))
    assert str(invoice.amount) == "148.00 €"


def test_a_year_brings_twelve_invoices_and_a_new_year_begins_with_one(house: House) -> None:
    give_fee(house, date(2026, 5, 31))
    for n in range(12):
        begins = first_moment(period(date(2026, 5, 31), n).from_on, ZoneInfo("Europe/Dublin"))
        house.tick(begins - MINUTE)
        assert len(issued(house)) == n
        house.tick(begins)
    assert numbers(house) == [f"2026-{n:04}" for n in range(1, 9)] + [f"2027-{n:04}" for n in range(1, 5)]
    assert [invoice.issued_on for invoice in issued(house)] == [invoice.period.from_on for invoice in issued(house)]
    assert [invoice.period.from_on.day for invoice in issued(house)] == [31, 30, 31, 31, 30, 31, 30, 31, 31, 28, 31, 30]


def test_a_run_repeated_issues_nothing_more(house: House) -> None:
    give_fee(house)
    found = [*due.found_due(MIDNIGHT), *due.found_due(MIDNIGHT)]
    for one in found:
        due.do_due(one, one.at)
    for minutes in range(3):
        house.tick(MIDNIGHT + minutes * MINUTE)
    assert numbers(house) == ["2026-0001"]
    assert len([event for event in house.events() if event.type == "invoice.issued"]) == 1


def test_what_three_days_missed_is_issued_on_the_day_it_is_caught_up(house: House) -> None:
    give_fee(house)
    house.tick(MIDNIGHT + 3 * DAY)
    house.tick(MIDNIGHT + 3 * DAY + MINUTE)
    (invoice,) = issued(house)
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 5, 17), date(2026, 5, 31))
    assert invoice.period.from_on == date(2026, 5, 14)


def test_three_months_missed_bring_each_its_own_invoice_in_order(house: House) -> None:
    give_fee(house)
    house.tick(MIDNIGHT + 75 * DAY)
    house.tick(MIDNIGHT + 75 * DAY)
    assert numbers(house) == ["2026-0001", "2026-0002", "2026-0003"]
    assert [invoice.period.from_on for invoice in issued(house)] == [
        date(2026, 5, 14),
        date(2026, 6, 14),
        date(2026, 7, 14),
    ]
    assert {invoice.issued_on for invoice in issued(house)} == {date(2026, 7, 28)}


def test_a_very_long_outage_is_caught_up_by_several_ticks(house: House) -> None:
    give_fee(house)
    late = MIDNIGHT + 365 * 3 * DAY
    house.tick(late)
    assert len(issued(house)) == 24
    house.tick(late + MINUTE)
    assert len(issued(house)) == 36
    assert len({invoice.period.from_on for invoice in issued(house)}) == 36


def test_each_issue_is_in_the_audit_trail(house: House) -> None:
    give_fee(house)
    house.tick(MIDNIGHT)
    actions = [row.value.action for row in house.table.under(places.audit(house.client_id), "").all(AUDIT)]
    assert actions == ["set a monthly fee", "issued an invoice"]


def test_a_fee_that_was_ended_is_not_invoiced_again(house: House) -> None:
    fee = give_fee(house)
    house.tick(MIDNIGHT)
    service.end_fee(house.as_ana(MIDNIGHT + DAY, if_match=2), house.client_id, fee.subscription_id)
    house.tick(MIDNIGHT + 40 * DAY)
    assert numbers(house) == ["2026-0001"]
    assert list(due.found_due(MIDNIGHT + 400 * DAY)) == []


def test_a_period_that_had_begun_before_the_end_still_gets_its_invoice(house: House) -> None:
    fee = give_fee(house)
    ended = service.end_fee(house.as_ana(MIDNIGHT + 40 * DAY, if_match=1), house.client_id, fee.subscription_id)
    assert ended.next_on == date(2026, 5, 14)
    house.tick(MIDNIGHT + 100 * DAY)
    assert [invoice.period.from_on for invoice in issued(house)] == [date(2026, 5, 14), date(2026, 6, 14)]


def test_a_practice_that_moved_is_invoiced_at_its_new_midnight(house: House) -> None:
    give_fee(house)
    house.move_to("America/Lima")
    house.tick(MIDNIGHT)
    assert issued(house) == []
    house.tick(MIDNIGHT + timedelta(hours=6))
    assert numbers(house) == ["2026-0001"]


def test_the_year_of_a_number_is_the_years_at_the_practice(house: House) -> None:
    house.move_to("Pacific/Auckland")
    give_fee(house, date(2026, 6, 1))
    house.tick(datetime(2026, 12, 31, 10, 59, tzinfo=UTC))
    assert numbers(house)[-1] == "2026-0007"
    house.tick(datetime(2026, 12, 31, 11, 0, tzinfo=UTC))
    assert numbers(house)[-1] == "2027-0001"


def test_a_client_who_is_gone_is_not_invoiced_and_not_asked_about_again(house: House) -> None:
    give_fee(house)
    card = house.table.get(CARD, places.card(house.client_id))
    assert card is not None
    write = house.clockwork(MIDNIGHT).write()
    write.remove(card)
    write.commit()
    house.tick(MIDNIGHT)
    assert issued(house) == []
    assert list(due.found_due(MIDNIGHT + DAY)) == []


# Two at once


def test_two_fees_that_are_invoiced_at_once_get_numbers_without_a_gap(house: House, wire: Wire) -> None:
    give_fee(house)
    give_fee(house, client_id=another_client(house))
    first, second = due.found_due(MIDNIGHT)

    def second_meanwhile(_number: int, operation: str) -> None:
        if operation == "TransactWriteItems":
            wire.watch()
            due.do_due(second, second.at)

    wire.watch(before=second_meanwhile)
    due.do_due(first, first.at)
    assert numbers(house) == ["2026-0001", "2026-0002"]
    assert len({invoice.client_id for invoice in issued(house)}) == 2


def test_two_workers_with_the_same_message_issue_one_invoice(house: House, wire: Wire) -> None:
    give_fee(house)
    (found,) = due.found_due(MIDNIGHT)

    def the_same_meanwhile(_number: int, operation: str) -> None:
        if operation == "TransactWriteItems":
            wire.watch()
            due.do_due(found, found.at)

    wire.watch(before=the_same_meanwhile)
    due.do_due(found, found.at)
    assert numbers(house) == ["2026-0001"]


def test_where_others_are_always_faster_the_next_tick_goes_on(
    house: House, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuing, "_TRIES", 8)
    fee = give_fee(house)
    stored = BillingStore(house.table).setting(house.client_id, fee_key(house.client_id, fee.subscription_id))
    (row,) = stored.rows.all(SUBSCRIPTION)
    clients = [another_client(house) for _ in range(9)]
    for client_id in clients:
        give_fee(house, client_id=client_id)
    others = [one for one in due.found_due(MIDNIGHT) if house.client_id not in one.pk]
    busy = False

    def another_meanwhile(_number: int, operation: str) -> None:
        nonlocal busy
        if operation == "TransactWriteItems" and not busy:
            busy = True
            other = others.pop()
            due.do_due(other, other.at)
            busy = False

    wire.watch(before=another_meanwhile)
    issue_due(house.clockwork(MIDNIGHT), row)
    wire.watch()
    assert len(numbers(house)) == 8
    house.tick(MIDNIGHT)
    assert numbers(house) == [f"2026-{n:04}" for n in range(1, 11)]


def test_where_two_transactions_meet_the_invoice_is_issued_in_the_same_run(house: House, wire: Wire) -> None:
    give_fee(house)
    met: list[int] = []

    def meet_once(number: int, operation: str) -> None:
        if operation == "TransactWriteItems" and not met:
            met.append(number)
            reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
            told = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
            raise ClientError(told, operation)  # type: ignore[arg-type]

    wire.watch(before=meet_once)
    (found,) = due.found_due(MIDNIGHT)
    due.do_due(found, found.at)
    assert met
    assert numbers(house) == ["2026-0001"]


# A process that dies


@pytest.mark.parametrize("applied", [False, True])
def test_a_death_at_every_call_of_a_run_gives_the_same_invoices_once_each(wire: Wire, *, applied: bool) -> None:
    """Two fees, two periods each: whichever call the process dies at, the next tick ends the same."""
    number, died = 0, True
    while died:
        number += 1
        house = House()
        house.found()
        give_fee(house)
        give_fee(house, client_id=another_client(house))
        found = list(due.found_due(MIDNIGHT + 40 * DAY))
        wire.kill(number, applied=applied)
        try:
            for one in found:
                due.do_due(one, one.at)
        except Killed:
            pass
        else:
            died = False
        wire.watch()
        house.tick(MIDNIGHT + 40 * DAY)
        _assert_all_of_it(house)
        house.empty()
    assert number > 10


def _assert_all_of_it(house: House) -> None:
    assert numbers(house) == ["2026-0001", "2026-0002", "2026-0003", "2026-0004"]
    counter = house.table.get(COUNTER, counter_key(2026))
    assert counter is not None
    assert counter.value.last == 4
    of_each: dict[ClientId, list[date]] = {}
    for invoice in issued(house):
        of_each.setdefault(invoice.client_id, []).append(invoice.period.from_on)
    assert list(of_each.values()) == [[date(2026, 5, 14), date(2026, 6, 14)]] * 2
    told = [event.ids["invoice_number"] for event in house.events() if event.type == "invoice.issued"]
    assert sorted(told) == numbers(house)
