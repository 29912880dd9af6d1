"""Fees and invoices as the owner, the family and strangers see them; payments; what follows from an invoice."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.billing import service
from chalicelib.billing.model import Invoice, InvoiceState
from chalicelib.billing.service.documents import render_invoice
from chalicelib.billing.shapes import NotePayment, SetFee
from chalicelib.billing.store import BillingStore
from chalicelib.contact.model import LineState
from chalicelib.foundation import places
from chalicelib.foundation.errors import Conflict, Invalid, NotFound, PreconditionMissing, StaleWrite
from chalicelib.foundation.events import AUDIT
from chalicelib.foundation.ids import SubscriptionId
from chalicelib.foundation.once import Repeated
from chalicelib.foundation.settings import settings
from chalicelib.practice.model import CARD

from ..contact.house import House, Killed, Wire
from .test_issuing import MIDNIGHT, MINUTE, give_fee, issued

NUMBER = "2026-0001"
NOON = MIDNIGHT + timedelta(hours=12)
PAID = NotePayment(paid_on=date(2026, 5, 14), note="bank transfer")


@pytest.fixture
def invoiced(house: House) -> House:
    """The house on the day of its first invoice, with all that follows from it."""
    give_fee(house)
    house.pass_time(MIDNIGHT)
    return house


# Fees


@pytest.mark.parametrize(
    ("from_on", "fits"),
    [
        (date(2026, 4, 12), True),
        (date(2026, 4, 11), False),
        (date(2027, 5, 14), True),
        (date(2027, 5, 15), False),
        (date(9999, 12, 31), False),
        (date(1, 1, 1), False),
    ],
)
def test_a_fee_begins_at_most_31_days_back_and_a_year_ahead(house: House, from_on: date, *, fits: bool) -> None:
    wanted = SetFee(minor=100, from_on=from_on)
    if fits:
        assert service.set_fee(house.as_ana(MIDNIGHT - MINUTE), house.client_id, wanted).next_on == from_on
        house.tick(MIDNIGHT)
        assert len(issued(house)) <= 2
    else:
        with pytest.raises(Invalid):
            service.set_fee(house.as_ana(MIDNIGHT - MINUTE), house.client_id, wanted)


def test_a_fee_is_in_the_practices_currency_and_says_what_it_is_for(house: House) -> None:
    fee = give_fee(house)
    assert (str(fee.amount), fee.title, fee.ended_on) == ("148.00 €", "Monthly program fee", None)
    assert service.client_invoices(house.as_dana(), house.client_id).fees == [fee]


def test_a_request_that_comes_twice_sets_one_fee(house: House) -> None:
    wanted = SetFee(minor=100, from_on=date(2026, 5, 14))
    service.set_fee(house.as_ana(key="key-0001"), house.client_id, wanted)
    with pytest.raises(Repeated):
        service.set_fee(house.as_ana(key="key-0001"), house.client_id, wanted)
    assert len(service.client_invoices(house.as_ana(), house.client_id).fees) == 1


@pytest.mark.parametrize("who", ["as_dana", "as_ines"])
def test_only_an_owner_sets_and_ends_fees_and_notes_payments(invoiced: House, who: str) -> None:
    call = getattr(invoiced, who)(NOON, if_match=1)
    (fee,) = service.client_invoices(invoiced.as_ana(), invoiced.client_id).fees
    with pytest.raises(NotFound):
        service.set_fee(call, invoiced.client_id, SetFee(minor=100, from_on=date(2026, 5, 14)))
    with pytest.raises(NotFound):
        service.end_fee(call, invoiced.client_id, fee.subscription_id)
    with pytest.raises(NotFound):
        service.note_payment(call, invoiced.client_id, NUMBER, PAID)


def test_ending_names_the_version_and_may_be_repeated(invoiced: House) -> None:
    (fee,) = service.client_invoices(invoiced.as_ana(), invoiced.client_id).fees
    assert fee.version == 2
    with pytest.raises(PreconditionMissing):
        service.end_fee(invoiced.as_ana(NOON), invoiced.client_id, fee.subscription_id)
    with pytest.raises(StaleWrite) as stale:
        service.end_fee(invoiced.as_ana(NOON, if_match=1), invoiced.client_id, fee.subscription_id)
    assert stale.value.extra["current"] == fee
    ended = service.end_fee(invoiced.as_ana(NOON, if_match=2), invoiced.client_id, fee.subscription_id)
    assert (ended.ended_on, ended.next_on, ended.version) == (date(2026, 5, 14), None, 3)
    assert service.end_fee(invoiced.as_ana(NOON, if_match=2), invoiced.client_id, fee.subscription_id) == ended
    assert len(issued(invoiced)) == 1


def test_a_fee_or_client_that_is_not_there_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        service.end_fee(house.as_ana(if_match=1), house.client_id, SubscriptionId("0" * 26))
    stranger = House(client_id=house.client_id)
    with pytest.raises(NotFound):
        service.set_fee(stranger.as_ana(), house.client_id, SetFee(minor=100, from_on=date(2026, 5, 14)))
    with pytest.raises(NotFound):
        service.client_invoices(stranger.as_ana(), house.client_id)
    write = house.clockwork(NOON).write()
    write.discard(places.PRACTICE)
    write.commit()
    with pytest.raises(NotFound):
        service.set_fee(house.as_ana(), house.client_id, SetFee(minor=100, from_on=date(2026, 5, 14)))


# Seeing them


def test_the_family_and_the_owner_see_the_same_invoice(invoiced: House) -> None:
    seen = service.client_invoices(invoiced.as_dana(), invoiced.client_id)
    assert seen == service.client_invoices(invoiced.as_ana(), invoiced.client_id)
    assert seen.client_name == "Theo"
    (view,) = seen.invoices
    assert (view.number, view.state, view.pdf_ready) == (NUMBER, InvoiceState.DUE, True)
    (line,) = service.practice_invoices(invoiced.as_ana(), None).invoices
    assert (line.number, line.client_name, line.client_id) == (NUMBER, "Theo", invoiced.client_id)


def test_a_therapist_sees_no_invoices(invoiced: House) -> None:
    with pytest.raises(NotFound):
        service.client_invoices(invoiced.as_ines(), invoiced.client_id)
    with pytest.raises(NotFound):
        service.invoice_pdf(invoiced.as_ines(), invoiced.client_id, NUMBER)


def test_invoices_are_listed_newest_first(house: House) -> None:
    give_fee(house)
    house.tick(MIDNIGHT + timedelta(days=70))
    numbers = [view.number for view in service.client_invoices(house.as_dana(), house.client_id).invoices]
    assert numbers == ["2026-0003", "2026-0002", "2026-0001"]
    page = service.practice_invoices(house.as_ana(), None)
    assert [line.number for line in page.invoices] == numbers
    assert page.after is None


# Paying


def test_a_payment_is_noted_with_its_day_and_stands_in_the_audit_trail(invoiced: House) -> None:
    view = service.note_payment(invoiced.as_ana(NOON), invoiced.client_id, NUMBER, PAID)
    assert (view.state, view.paid_on) == (InvoiceState.PAID, date(2026, 5, 14))
    (line,) = service.practice_invoices(invoiced.as_ana(), None).invoices
    assert (line.state, line.note) == (InvoiceState.PAID, "bank transfer")
    (seen,) = service.client_invoices(invoiced.as_dana(), invoiced.client_id).invoices
    assert seen == view
    entries = [row.value for row in invoiced.table.under(places.audit(invoiced.client_id), "").all(AUDIT)]
    (noted,) = [entry for entry in entries if entry.action == "noted a payment"]
    assert noted.ids == {"client_id": invoiced.client_id, "invoice_number": NUMBER}


def test_a_second_payment_is_refused_and_the_first_stays(invoiced: House) -> None:
    service.note_payment(invoiced.as_ana(NOON), invoiced.client_id, NUMBER, PAID)
    with pytest.raises(Conflict) as refusal:
        service.note_payment(invoiced.as_ana(NOON), invoiced.client_id, NUMBER, PAID)
    assert refusal.value.problem_type == "paid-already"


def test_a_payment_cannot_be_of_tomorrow(invoiced: House) -> None:
    with pytest.raises(Invalid):
        service.note_payment(invoiced.as_ana(NOON), invoiced.client_id, NUMBER, NotePayment(paid_on=date(2026, 5, 15)))


@pytest.mark.parametrize("number", ["2026-0002", "x", "2026-0001\n"])
def test_an_invoice_that_is_not_there_is_not_found(invoiced: House, number: str) -> None:
    with pytest.raises(NotFound):
        service.note_payment(invoiced.as_ana(NOON), invoiced.client_id, number, PAID)
    with pytest.raises(NotFound):
        service.invoice_pdf(invoiced.as_dana(NOON), invoiced.client_id, number)


# The PDF and the letter


def test_the_pdf_lies_where_it_always_would_and_a_link_leads_to_it(invoiced: House, stack: dict[str, Any]) -> None:
    (invoice,) = issued(invoiced)
    key = f"{invoiced.practice_id}/invoices/{invoiced.client_id}/{invoice.invoice_id}.pdf"
    found = stack["s3"].get_object(Bucket=settings().media_bucket, Key=key)
    assert found["ContentType"] == "application/pdf"
    assert BytesIO(found["Body"].read()).read(5) == b"%PDF-"
    url = service.invoice_pdf(invoiced.as_dana(NOON), invoiced.client_id, NUMBER).url
    assert key in url
    assert "X-Amz-Expires=300" in url
    assert "invoice-2026-0001.pdf" in url
    assert "Theo" not in url


def test_while_the_pdf_is_being_made_the_link_says_so(house: House) -> None:
    give_fee(house)
    house.tick(MIDNIGHT)
    with pytest.raises(Conflict) as refusal:
        service.invoice_pdf(house.as_dana(NOON), house.client_id, NUMBER)
    assert refusal.value.problem_type == "pdf-not-ready"


def test_the_guardian_is_told_once_and_the_log_says_so(invoiced: House, wire: Wire) -> None:
    for event in invoiced.events():
        invoiced.deliver(event, NOON)
    assert wire.subjects() == [("dana@example.org", "Invoice 2026-0001 from Hazel Lane Therapy")]
    assert f"http://site.test/invoices/{NUMBER}?for={invoiced.client_id}" in wire.texts()[0]
    assert "Theo" not in wire.texts()[0]
    assert [(line.what, line.state) for line in invoiced.log()] == [("Invoice 2026-0001", LineState.SENT)]


def test_a_client_with_a_sign_in_and_no_guardian_is_told(house: House, wire: Wire) -> None:
    card = house.table.get(CARD, places.card(house.client_id))
    assert card is not None
    grown = house.card(house.client_id, "Theo", own=house.dana)
    write = house.clockwork(MIDNIGHT).write()
    write.replace(card, grown)
    write.commit()
    house.be_own(house.dana)
    give_fee(house)
    house.pass_time(MIDNIGHT)
    assert len(wire.sent) == 1
    assert issued(house)[0].payers == ()


def test_where_nobody_signs_in_the_log_says_that_nobody_was_told(house: House, wire: Wire) -> None:
    card = house.table.get(CARD, places.card(house.client_id))
    assert card is not None
    write = house.clockwork(MIDNIGHT).write()
    write.replace(card, house.card(house.client_id, "Theo"))
    write.commit()
    give_fee(house)
    house.pass_time(MIDNIGHT)
    assert wire.sent == []
    (line,) = house.log()
    assert (line.state, line.to_name) == (LineState.NOT_SENT, "")


def test_a_guardian_who_is_taken_off_the_card_before_the_letter_goes_gets_none(house: House, wire: Wire) -> None:
    give_fee(house)
    house.tick(MIDNIGHT)
    (issued_,) = [event for event in house.events() if event.type == "invoice.issued"]
    house.deliver(issued_, MIDNIGHT)
    (rendered,) = [event for event in house.events() if event.type == "invoice.rendered"]
    house.deliver(rendered, MIDNIGHT)
    house.change_card(house.card(house.client_id, "Theo"))
    house.settle(NOON)
    assert wire.sent == []
    (line,) = house.log()
    assert (line.what, line.state) == ("Invoice 2026-0001", LineState.NOT_SENT)


def test_an_address_that_is_refused_is_noted(house: House, wire: Wire) -> None:
    wire.refuse_mail = ClientError({"Error": {"Code": "MessageRejected", "Message": ""}}, "SendEmail")
    give_fee(house)
    house.pass_time(MIDNIGHT)
    (line,) = house.log()
    assert line.state is LineState.NOT_SENT


def test_a_payment_noted_while_the_pdf_is_made_is_not_lost(house: House) -> None:
    give_fee(house)
    house.tick(MIDNIGHT)

    def slow(_invoice: Invoice) -> bytes:
        service.note_payment(house.as_ana(NOON), house.client_id, NUMBER, PAID)
        return b"%PDF-1.7"

    with pytest.raises(StaleWrite):
        render_invoice(house.clockwork(NOON), house.client_id, NUMBER, slow)
    house.settle(NOON)
    (invoice,) = issued(house)
    assert (invoice.paid_on, invoice.pdf_ready) == (date(2026, 5, 14), True)


def test_a_payment_is_noted_though_the_pdf_is_ready_at_the_same_moment(house: House, wire: Wire) -> None:
    give_fee(house)
    house.tick(MIDNIGHT)

    def render_meanwhile(_number: int, operation: str) -> None:
        if operation == "TransactWriteItems":
            wire.watch()
            house.settle(NOON)

    wire.watch(before=render_meanwhile)
    assert service.note_payment(house.as_ana(NOON), house.client_id, NUMBER, PAID).state is InvoiceState.PAID
    (invoice,) = issued(house)
    assert (invoice.paid_on, invoice.pdf_ready) == (date(2026, 5, 14), True)


def test_an_invoice_that_is_not_there_cannot_be_rendered(house: House) -> None:
    with pytest.raises(NotFound):
        render_invoice(house.clockwork(NOON), house.client_id, NUMBER, lambda _invoice: b"")


@pytest.mark.parametrize("applied", [False, True])
def test_a_death_at_every_call_on_the_way_to_the_letter_ends_the_same(wire: Wire, *, applied: bool) -> None:
    number, died = 0, True
    while died:
        number += 1
        house = House()
        house.found()
        give_fee(house)
        house.tick(datetime(2026, 5, 14, tzinfo=UTC))
        sent = len(wire.sent)
        wire.kill(number, applied=applied)
        try:
            house.settle(NOON)
        except Killed:
            pass
        else:
            died = False
        wire.watch()
        house.settle(NOON)
        # A death between the mail and its line cannot be told from one before the mail: it goes again.
        assert len(wire.sent) - sent in ({1, 2} if died else {1})
        (invoice,) = issued(house)
        stored = BillingStore(house.table).invoice(house.client_id, NUMBER)
        assert stored is not None
        assert (invoice.pdf_ready, stored.version, len(house.log())) == (True, 2, 1)
        house.empty()
    assert number > 10
