"""What billing does: fees, their invoices, the documents and letters that follow, and payments."""

from chalicelib.billing.service.documents import announce_invoice, render_invoice, send_invoice
from chalicelib.billing.service.fees import end_fee, set_fee
from chalicelib.billing.service.invoices import client_invoices, invoice_pdf, note_payment, practice_invoices
from chalicelib.billing.service.issuing import issue_due

__all__ = [
    "announce_invoice",
    "client_invoices",
    "end_fee",
    "invoice_pdf",
    "issue_due",
    "note_payment",
    "practice_invoices",
    "render_invoice",
    "send_invoice",
    "set_fee",
]
