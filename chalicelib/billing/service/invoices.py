"""Invoices as the client and the owner see them, and the payment that the owner notes."""

from msgspec import structs

from chalicelib.billing.model import INVOICE, INVOICE_LINE, Invoice
from chalicelib.billing.service.fees import fee_view
from chalicelib.billing.shapes import (
    ClientInvoices,
    InvoiceView,
    NotePayment,
    OwnersInvoice,
    PdfLink,
    PracticeInvoices,
)
from chalicelib.billing.store import BillingStore, Setting, invoice_key, is_number, line_key
from chalicelib.foundation.actor import Role
from chalicelib.foundation.aws import signed_url
from chalicelib.foundation.call import Call
from chalicelib.foundation.clock import zone
from chalicelib.foundation.errors import Conflict, Invalid, NotFound
from chalicelib.foundation.ids import ClientId, PracticeId
from chalicelib.foundation.insisting import insist
from chalicelib.foundation.local_time import day_of
from chalicelib.foundation.settings import settings
from chalicelib.foundation.table import Stored
from chalicelib.foundation.write import Write
from chalicelib.practice.permissions import Action, permit

_LINK_SECONDS = 300


def pdf_key(practice_id: PracticeId, invoice: Invoice) -> str:
    """Return where an invoice's PDF lies in the media bucket: the same however often it is made."""
    return f"{practice_id}/invoices/{invoice.client_id}/{invoice.invoice_id}.pdf"


def invoice_view(invoice: Invoice) -> InvoiceView:
    """Show an invoice to whom it is for."""
    return InvoiceView(
        invoice_id=invoice.invoice_id,
        number=invoice.number,
        title=invoice.title,
        period_from_on=invoice.period.from_on,
        period_to_on=invoice.period.to_on,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        amount=invoice.amount,
        state=invoice.state,
        paid_on=invoice.paid_on,
        pdf_ready=invoice.pdf_ready,
    )


def _owners_view(invoice: Invoice) -> OwnersInvoice:
    return OwnersInvoice(
        **structs.asdict(invoice_view(invoice)),
        client_id=invoice.client_id,
        client_name=invoice.client_name,
        note=invoice.note,
    )


def client_invoices(call: Call, client_id: ClientId) -> ClientInvoices:
    """Return a client's fees, and their invoices, newest first."""
    card, fees, invoices = BillingStore(call.table).client_page(client_id)
    return ClientInvoices(
        client_name=permit(call.actor, Action.SEE_INVOICES, card).name,
        fees=[fee_view(fee.value, fee.version) for fee in fees],
        invoices=[invoice_view(invoice) for invoice in invoices],
    )


def practice_invoices(call: Call, after: str | None) -> PracticeInvoices:
    """Return a page of the practice's invoices, newest first."""
    invoices, cursor = BillingStore(call.table).practice_page(after)
    return PracticeInvoices(invoices=[_owners_view(invoice) for invoice in invoices], after=cursor)


def invoice_pdf(call: Call, client_id: ClientId, number: str) -> PdfLink:
    """Return an address of the PDF that is good for five minutes. Raise Conflict while it is being made."""
    if not is_number(number):
        raise NotFound
    found = BillingStore(call.table).setting(client_id, invoice_key(client_id, number))
    stored = found.rows.one(INVOICE)
    _permit(call, Action.SEE_INVOICES, found, stored)
    if stored is None:
        raise NotFound
    if not stored.value.pdf_ready:
        message = "The PDF is being made. The invoice itself is here already; try again in a minute."
        raise Conflict(message, type="pdf-not-ready")
    url = signed_url(
        settings().media_bucket,
        pdf_key(call.actor.practice_id, stored.value),
        expires_s=_LINK_SECONDS,
        content_type="application/pdf",
        content_disposition=f'inline; filename="invoice-{stored.value.number}.pdf"',
    )
    return PdfLink(url=url)


def _permit(call: Call, action: Action, found: Setting, stored: Stored[Invoice] | None) -> None:
    """Let the owner come to the invoice of a client who was erased: it is kept, and may still be unpaid."""
    if not (stored and found.card is None and Role.OWNER in call.actor.roles):
        permit(call.actor, action, found.card)


def note_payment(call: Call, client_id: ClientId, number: str, payment: NotePayment) -> InvoiceView:
    """Note that an invoice was paid on a day. Raise Conflict if another payment is noted already."""
    if not is_number(number):
        raise NotFound

    def act() -> InvoiceView:
        found = BillingStore(call.table).setting(client_id, invoice_key(client_id, number))
        stored = found.rows.one(INVOICE)
        _permit(call, Action.SET_FEES, found, stored)
        if stored is None or found.practice is None:
            raise NotFound
        if stored.value.paid_on:
            message = f"A payment on {stored.value.paid_on} is noted already. Nothing was changed."
            raise Conflict(message, type="paid-already")
        if payment.paid_on > day_of(call.now, zone(found.practice.time_zone)):
            message = "A payment is noted on the day on which it came, or later. Nothing was changed."
            raise Invalid(message)
        paid = structs.replace(stored.value, paid_on=payment.paid_on, note=payment.note)
        write = call.write()
        replace_invoice(write, stored, paid)
        write.record("noted a payment", client_id=client_id, invoice_number=stored.value.number)
        return write.commit(invoice_view(paid))

    return insist(act)  # its PDF may be noted at the same moment


def replace_invoice(write: Write, stored: Stored[Invoice], invoice: Invoice) -> None:
    """Replace an invoice and its line in the practice's list, which says the same."""
    write.replace(stored, invoice)
    write.put(INVOICE_LINE, line_key(invoice.number), invoice)
