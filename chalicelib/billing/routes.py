"""Fees and invoices over HTTP."""

from chalice.app import Blueprint

from chalicelib.billing import service
from chalicelib.billing.shapes import (
    ClientInvoices,
    FeeView,
    InvoiceView,
    NotePayment,
    PdfLink,
    PracticeInvoices,
    SetFee,
)
from chalicelib.foundation.call import Call
from chalicelib.foundation.http import Answer, endpoint
from chalicelib.foundation.ids import ClientId, SubscriptionId
from chalicelib.practice.permissions import OWNERS, Action, roles_for

ROUTES = Blueprint(__name__)


@endpoint(
    ROUTES,
    "POST",
    "/api/clients/{client_id}/fees",
    takes=SetFee,
    answers=FeeView,
    roles=roles_for(Action.SET_FEES),
    status=201,
    creates=True,
)
def set_fee(call: Call, fee: SetFee, client_id: str) -> Answer:
    """Give a client a monthly fee from a day on."""
    view = service.set_fee(call, ClientId(client_id), fee)
    return Answer(view, version=view.version)


@endpoint(
    ROUTES,
    "DELETE",
    "/api/clients/{client_id}/fees/{subscription_id}",
    answers=FeeView,
    roles=roles_for(Action.SET_FEES),
    updates=True,
)
def end_fee(call: Call, client_id: str, subscription_id: str) -> Answer:
    """End a fee today: what was issued stays, no period that begins from today on is invoiced."""
    view = service.end_fee(call, ClientId(client_id), SubscriptionId(subscription_id))
    return Answer(view, version=view.version)


@endpoint(
    ROUTES,
    "GET",
    "/api/clients/{client_id}/invoices",
    answers=ClientInvoices,
    roles=roles_for(Action.SEE_INVOICES),
    sees="the invoices",
)
def client_invoices(call: Call, client_id: str) -> ClientInvoices:
    """List a client's fees and invoices."""
    return service.client_invoices(call, ClientId(client_id))


@endpoint(
    ROUTES,
    "GET",
    "/api/clients/{client_id}/invoices/{number}/pdf",
    answers=PdfLink,
    roles=roles_for(Action.SEE_INVOICES),
    sees="an invoice",
)
def invoice_pdf(call: Call, client_id: str, number: str) -> PdfLink:
    """Get an address of an invoice's PDF, good for five minutes."""
    return service.invoice_pdf(call, ClientId(client_id), number)


@endpoint(
    ROUTES,
    "POST",
    "/api/clients/{client_id}/invoices/{number}/payment",
    takes=NotePayment,
    answers=InvoiceView,
    roles=roles_for(Action.SET_FEES),
    creates=True,
)
def note_payment(call: Call, payment: NotePayment, client_id: str, number: str) -> InvoiceView:
    """Note that an invoice was paid."""
    return service.note_payment(call, ClientId(client_id), number, payment)


@endpoint(ROUTES, "GET", "/api/invoices", answers=PracticeInvoices, roles=OWNERS, query=("after",))
def practice_invoices(call: Call, after: str | None) -> PracticeInvoices:
    """List the practice's invoices, newest first."""
    return service.practice_invoices(call, after)
