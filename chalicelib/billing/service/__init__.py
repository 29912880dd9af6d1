"""What billing does: fees, their invoices, the documents and letters that follow, and payments."""

from chalicelib.billing.service.fees import end_fee, set_fee
from chalicelib.billing.service.invoices import client_invoices, invoice_pdf, note_payment, practice_invoices
from chalicelib.billing.service.issuing import issue_due

__all__ = [
    "client_invoices",
    "end_fee",
    "invoice_pdf",
    "issue_due",
    "note_payment",
    "practice_invoices",
    "set_fee",
]
