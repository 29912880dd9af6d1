"""What billing does when something has happened, or has fallen due."""

from chalicelib.billing import service
from chalicelib.billing.model import SUBSCRIPTION, Subscription
from chalicelib.foundation.call import Call
from chalicelib.foundation.due import when_due
from chalicelib.foundation.events import Event
from chalicelib.foundation.ids import ClientId, PersonId
from chalicelib.foundation.outbox import DOCUMENTS, on
from chalicelib.foundation.table import Stored


@when_due(SUBSCRIPTION)
def issue_due(call: Call, stored: Stored[Subscription]) -> None:
    """Issue the invoices of a fee whose periods have begun."""
    service.issue_due(call, stored)


@on("invoice.issued", queue=DOCUMENTS)
def render_invoice(call: Call, event: Event) -> None:
    """Make the PDF of a new invoice."""
    from chalicelib.billing.document import render  # noqa: PLC0415 - only the documents function carries Typst

    service.render_invoice(call, ClientId(event.ids["client_id"]), event.ids["invoice_number"], render)


@on("invoice.rendered")
def announce_invoice(call: Call, event: Event) -> None:
    """Find out who is told of an invoice."""
    service.announce_invoice(call, ClientId(event.ids["client_id"]), event.ids["invoice_number"])


@on("invoice.announced")
def send_invoice(call: Call, event: Event) -> None:
    """Tell one person that an invoice is ready."""
    person_id = PersonId(event.ids["person_id"])
    service.send_invoice(call, ClientId(event.ids["client_id"]), event.ids["invoice_number"], person_id)
