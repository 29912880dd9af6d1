"""What the routes of billing take and answer."""

from datetime import date
from typing import Annotated

import msgspec

from chalicelib.billing.model import FEE_TITLE, InvoiceState, Minor, Note, Title
from chalicelib.foundation.ids import ClientId, InvoiceId, SubscriptionId
from chalicelib.foundation.money import Money


class SetFee(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    minor: Minor
    from_on: date
    """Not more than 31 days back: every period that has begun is invoiced at once, at most two."""
    title: Title = FEE_TITLE
    """It stands on the invoice: nothing about anybody's health."""


class FeeView(msgspec.Struct, frozen=True, kw_only=True):
    subscription_id: SubscriptionId
    amount: Money
    from_on: date
    title: str
    next_on: date | None
    """The first day of the next period that will be invoiced; none once the fee has ended."""
    ended_on: date | None
    version: int
    """What If-Match names when the fee is ended."""


class InvoiceView(msgspec.Struct, frozen=True, kw_only=True):
    invoice_id: InvoiceId
    number: str
    title: str
    period_from_on: date
    period_to_on: date
    issued_on: date
    due_on: date
    amount: Money
    state: InvoiceState
    paid_on: date | None
    pdf_ready: bool


class ClientInvoices(msgspec.Struct, frozen=True, kw_only=True):
    client_name: str
    fees: list[FeeView]
    invoices: list[InvoiceView]
    """Newest first."""


class OwnersInvoice(InvoiceView, frozen=True, kw_only=True):
    client_id: ClientId
    client_name: str
    note: str
    """What the owner wrote beside the payment; the client does not see it."""


class PracticeInvoices(msgspec.Struct, frozen=True, kw_only=True):
    invoices: list[OwnersInvoice]
    after: str | None


class NotePayment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    paid_on: date
    note: Annotated[str, Note] = ""


class PdfLink(msgspec.Struct, frozen=True, kw_only=True):
    url: str
    """Good for five minutes."""
