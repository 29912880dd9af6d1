"""What follows from an invoice: its PDF, and the letters that say it is there."""

from collections.abc import Callable

from msgspec import structs

from chalicelib.billing.model import Invoice
from chalicelib.billing.service.invoices import pdf_key, replace_invoice
from chalicelib.billing.store import BillingStore
from chalicelib.contact.service import Addressee, Letter, keep_line, not_sent, write_to_side
from chalicelib.foundation.aws import client
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import NotFound
from chalicelib.foundation.ids import ClientId, PersonId
from chalicelib.foundation.settings import settings
from chalicelib.practice import service as practice
from chalicelib.practice.model import Person, Practice, Relation

_WHAT = "Invoice"

type Render = Callable[[Invoice], bytes]


def render_invoice(call: Call, client_id: ClientId, number: str, render: Render) -> None:
    """Make an invoice's PDF and note that it is there. Doing it again writes the same file.

    Raise StaleWrite where a payment is noted at the same moment; the queue tries again.
    """
    stored = BillingStore(call.table).invoice(client_id, number)
    if stored is None:
        raise NotFound
    client("s3").put_object(
        Bucket=settings().media_bucket,
        Key=pdf_key(call.actor.practice_id, stored.value),
        Body=render(stored.value),
        ContentType="application/pdf",
    )
    write = call.write()
    replace_invoice(write, stored, structs.replace(stored.value, pdf_ready=True))
    write.tell("invoice.rendered", client_id=client_id, invoice_number=number)
    write.commit()


def announce_invoice(call: Call, client_id: ClientId, number: str) -> None:
    """Have a letter sent to each guardian or, where there is none, to the client: whoever pays.

    Each letter is an event of its own, so that one that fails is tried again without the others.
    """
    side = practice.addressees(call, client_id).client_side
    write = call.write()
    for person in _payers(side, client_id):
        write.tell("invoice.announced", client_id=client_id, invoice_number=number, person_id=person.person_id)
    if not side:
        why = "Nobody signs in for this client, so nobody was told. The invoice is in the list."
        keep_line(write, client_id, not_sent(call, f"{_WHAT} {number}", "", why))
    write.commit()


def _payers(side: tuple[Person, ...], client_id: ClientId) -> tuple[Person, ...]:
    """Return who pays: somebody in another's care is not sent their own invoices."""
    guardians = tuple(
        person
        for person in side
        if any(one.client_id == client_id and one.relation is Relation.GUARDIAN for one in person.clients)
    )
    return guardians or side


def send_invoice(call: Call, client_id: ClientId, number: str, person_id: PersonId) -> None:
    """Tell one person that an invoice is ready, and note in the client's log what came of it."""

    def letter(person: Person, at: Practice) -> Letter:
        return Letter(
            to=Addressee(name=person.name, email=person.email),
            what=f"{_WHAT} {number}",
            subject=f"Invoice {number} from {at.name}",
            lines=(f"An invoice is ready: {number}.", "You can read it, and take the PDF, when you have signed in."),
            button_label="Look at the invoice",
            button_url=f"{settings().site_origin}/invoices/{number}?for={client_id}",
            why=f"You get this because invoices of {at.name} go to you.",
        )

    write_to_side(call, client_id, person_id, f"{_WHAT} {number}", letter)
