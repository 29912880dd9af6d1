"""Fees by the month, the periods that they are for, and the invoices that ask for them."""

import calendar
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from chalicelib.foundation.ids import ClientId, InvoiceId, SubscriptionId
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind
from chalicelib.foundation.money import Money

FEE_TITLE = "Monthly program fee"
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Minor = Annotated[int, msgspec.Meta(ge=1, le=100_000_000, description="cents, or what the currency's smallest unit is")]
Note = msgspec.Meta(max_length=200)

DUE_WITHIN = timedelta(days=14)
LONGEST_BACK = timedelta(days=31)
"""How far back a fee may begin: at most two invoices are issued at once."""
LONGEST_AHEAD = timedelta(days=366)


class Period(msgspec.Struct, frozen=True):
    """What one invoice is for: from the first day to the last, both included."""

    from_on: date
    to_on: date


def period(from_on: date, n: int) -> Period:
    """Return the n-th monthly period (from 0) of a fee that began on a day.

    Each is computed from that first day, not from the period before: one that began on the 31st begins on
    the last day of shorter months and on the 31st again after them.
    """
    return Period(_month_after(from_on, n), _month_after(from_on, n + 1) - timedelta(days=1))


def _month_after(on: date, months: int) -> date:
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    return date(year, month + 1, min(on.day, calendar.monthrange(year, month + 1)[1]))


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """A monthly fee of a client. `next_period` counts the periods that have been invoiced."""

    subscription_id: SubscriptionId
    client_id: ClientId
    amount: Money
    title: Title
    from_on: date
    next_period: int = 0
    ended_on: date | None = None

    @property
    def next(self) -> Period | None:
        """The period that is invoiced next; None where the fee ended before it would begin."""
        coming = period(self.from_on, self.next_period)
        return None if self.ended_on and coming.from_on >= self.ended_on else coming


class InvoiceState(StrEnum):
    """Whether somebody has noted the payment."""

    DUE = "due"
    PAID = "paid"


class Invoice(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice as it was issued: names and amounts stay as they were on that day.

    `issued_on` is the day on which it was really issued, and numbers follow each other in that order; what it is
    for is the period (Directive 2006/112/EC, article 226, points 1, 2 and 7).
    """

    invoice_id: InvoiceId
    number: str
    client_id: ClientId
    subscription_id: SubscriptionId
    practice_name: str
    client_name: str
    payers: tuple[str, ...]
    """Who it goes to where that is not the client: the guardians' names."""
    title: str
    period: Period
    issued_on: date
    due_on: date
    amount: Money
    paid_on: date | None = None
    note: str = ""
    pdf_ready: bool = False

    @property
    def state(self) -> InvoiceState:
        """Whether it has been paid."""
        return InvoiceState.PAID if self.paid_on else InvoiceState.DUE


class Counter(msgspec.Struct, frozen=True, kw_only=True):
    """How many invoices a practice has issued in a year: the last number given."""

    year: int
    last: int = 0


def number_of(year: int, count: int) -> str:
    """Write an invoice's number: `2026-0143`."""
    return f"{year}-{count:04}"


_LOGGED = frozenset({"invoice_id"})
SUBSCRIPTION = Kind("subscription", Subscription, Handling(Export.CLIENT, Erase.REMOVE, keep_days=None))
INVOICE = Kind("invoice", Invoice, Handling(Export.CLIENT, Erase.KEEP, keep_days=None, log=_LOGGED))
# The same again, for the practice's list.
INVOICE_LINE = Kind("invoice_line", Invoice, Handling(Export.NEVER, Erase.KEEP, keep_days=None, log=_LOGGED))
COUNTER = Kind("invoice_counter", Counter, Handling(Export.NEVER, Erase.NOTHING, keep_days=None))
