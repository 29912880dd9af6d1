"""Issuing the invoices that have fallen due: each period's once, with numbers that leave no gap."""

from datetime import datetime, timedelta

from msgspec import structs

from chalicelib.billing.model import (
    COUNTER,
    DUE_WITHIN,
    INVOICE,
    INVOICE_LINE,
    SUBSCRIPTION,
    Counter,
    Invoice,
    Subscription,
    number_of,
    period,
)
from chalicelib.billing.service.fees import due_at
from chalicelib.billing.store import BillingStore, counter_key, invoice_key, line_key
from chalicelib.foundation.call import Call
from chalicelib.foundation.clock import zone
from chalicelib.foundation.errors import Conflict, StaleWrite
from chalicelib.foundation.ids import InvoiceId, new_id
from chalicelib.foundation.local_time import day_of
from chalicelib.foundation.table import Key, Stored
from chalicelib.practice.model import Card, Practice

_TRIES = 30
"""Invoices of one practice take their numbers one after the other, however many copies of the worker there are."""
_AT_ONCE = 24
"""Invoices that one claim issues at most; the next tick goes on."""


class NumberTaken(Conflict):
    """Another invoice of the practice took the number first."""

    type = "number-taken"


def issue_due(call: Call, stored: Stored[Subscription]) -> None:
    """Issue one invoice for each period of a fee that has begun by `call.now`, in their order.

    Each is one transaction: number, invoice, its line in the list, the fee moved on, the event. A run that
    is repeated finds the fee moved on; one that is killed has done nothing or whole invoices. Where other
    invoices of the practice are faster each time, the fee stays due, and the next tick finds it. Raise
    StaleWrite if somebody else moved the fee on.
    """
    store, issued, refused = BillingStore(call.table), 0, 0
    while issued < _AT_ONCE and refused < _TRIES:
        found = store.setting(stored.value.client_id, stored.key, *_counters(call))
        here = found.rows.one(SUBSCRIPTION)
        due = due_at(stored.value, found.practice) if found.practice and found.card else None
        if found.practice is None or found.card is None or due is None or due > call.now:
            if not issued:
                _put_back(call, stored, due)
            return
        if here is None or here.version != stored.version:
            raise StaleWrite
        try:
            stored = _issue(call, stored, found.practice, found.card, found.rows.all(COUNTER))
        except (NumberTaken, StaleWrite):  # DynamoDB does not say whether they met at the count or at the fee
            refused += 1
        else:
            issued, refused = issued + 1, 0


def _counters(call: Call) -> list[Key]:
    # The year at the practice is known only with its zone; that zone is less than a day away from UTC.
    years = {(call.now + timedelta(days=days)).year for days in (-1, 1)}
    return [counter_key(year) for year in sorted(years)]


def _put_back(call: Call, stored: Stored[Subscription], due: datetime | None) -> None:
    """Put a fee that was found due and is not (the practice moved, the client was erased) where it belongs."""
    write = call.write()
    write.replace(stored, stored.value, due_at=due)
    write.commit()


def _issue(
    call: Call, stored: Stored[Subscription], practice: Practice, card: Card, counters: list[Stored[Counter]]
) -> Stored[Subscription]:
    """Issue the invoice of a fee's next period, and return the fee moved on by it."""
    fee, issued_on = stored.value, day_of(call.now, zone(practice.time_zone))
    counter = next((row for row in counters if row.value.year == issued_on.year), None)
    count = counter.value.last + 1 if counter else 1
    invoice = Invoice(
        invoice_id=InvoiceId(new_id(call.now)),
        number=number_of(issued_on.year, count),
        client_id=fee.client_id,
        subscription_id=fee.subscription_id,
        practice_name=practice.name,
        client_name=card.name,
        payers=tuple(guardian.name for guardian in card.guardians),
        title=fee.title,
        period=period(fee.from_on, fee.next_period),
        issued_on=issued_on,
        due_on=issued_on + DUE_WITHIN,
        amount=fee.amount,
    )
    moved_on = structs.replace(fee, next_period=fee.next_period + 1)
    write = call.write()
    write.replace(stored, moved_on, due_at=due_at(moved_on, practice))
    if counter:
        write.replace(counter, structs.replace(counter.value, last=count), otherwise=NumberTaken)
    else:
        write.add(COUNTER, counter_key(issued_on.year), Counter(year=issued_on.year, last=1), otherwise=NumberTaken)
    write.add(INVOICE, invoice_key(invoice.client_id, invoice.number), invoice)
    write.add(INVOICE_LINE, line_key(invoice.number), invoice)
    write.tell("invoice.issued", client_id=invoice.client_id, invoice_number=invoice.number)
    write.record("issued an invoice", client_id=invoice.client_id, invoice_number=invoice.number)
    write.commit()
    return stored._replace(version=stored.version + 1, value=moved_on)
