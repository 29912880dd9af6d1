"""An invoice as a PDF. Only the documents function imports this: no other zip carries Typst."""

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Literal

import msgspec
import typst

from chalicelib.billing.model import Invoice, Period

_HERE = Path(__file__).parent


def render(invoice: Invoice) -> bytes:
    """Return the invoice as a PDF: the same bytes for the same invoice, whenever it is made.

    It is PDF/UA-1 (ISO 14289-1:2014): a title, a language, tags in reading order.
    """
    words = {
        "document_title": f"Invoice {invoice.number}, {invoice.practice_name}",
        "practice_name": invoice.practice_name,
        "month": f"{invoice.period.from_on:%B} {invoice.period.from_on.year}",
        "number": invoice.number,
        "issued_on": written(invoice.issued_on),
        "due_on": written(invoice.due_on),
        "title": invoice.title,
        "period": written_period(invoice.period),
        "amount": str(invoice.amount),
        "payer": payer(invoice),
    }
    try:
        return _compile(words, invoice.issued_on, "ua-1")
    except typst.TypstError:
        # A name in letters that no font of ours has: still tagged, but no longer PDF/UA. Better than no invoice.
        return _compile(words, invoice.issued_on, "1.7")


def _compile(words: dict[str, str], issued_on: date, standard: Literal["ua-1", "1.7"]) -> bytes:
    midnight = datetime.combine(issued_on, time(), UTC)
    return typst.compile(
        str(_HERE / "invoice.typ"),
        root=str(_HERE),
        font_paths=[str(_HERE / "fonts")],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"invoice": msgspec.json.encode(words).decode()},
        pdf_standards=standard,
        timestamp=int(midnight.timestamp()),
    )


def written(on: date) -> str:
    """Write a day as our pages do: `14 May 2026`."""
    return f"{on.day} {on:%B} {on.year}"


def written_period(of: Period) -> str:
    """Write a period, with the first day's year only where it is another one."""
    first = written(of.from_on) if of.from_on.year != of.to_on.year else f"{of.from_on.day} {of.from_on:%B}"
    return f"{first} to {written(of.to_on)}"


def payer(invoice: Invoice) -> str:
    """Say whom the invoice is for: the guardians on behalf of the client, or the client."""
    if not invoice.payers:
        return f"For {invoice.client_name}."
    *others, last = invoice.payers
    names = f"{', '.join(others)} and {last}" if others else last
    return f"For {names}, on behalf of {invoice.client_name}."
