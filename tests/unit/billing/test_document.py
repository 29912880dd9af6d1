"""The PDF: accessible, the same whenever it is made, and nothing in it that a person could run."""

import re
import zlib
from datetime import date

import pytest
from msgspec.structs import replace

from chalicelib.billing.document import payer, render, written_period
from chalicelib.billing.model import Invoice, Period, period
from chalicelib.foundation.ids import ClientId, InvoiceId, SubscriptionId
from chalicelib.foundation.money import Money

INVOICE = Invoice(
    invoice_id=InvoiceId("i"),
    number="2026-0143",
    client_id=ClientId("c"),
    subscription_id=SubscriptionId("s"),
    practice_name="Hazel Lane Therapy",
    client_name="Theo",
    payers=("Dana Brenner",),
    title="Monthly program fee",
    period=period(date(2026, 5, 14), 0),
    issued_on=date(2026, 5, 14),
    due_on=date(2026, 5, 28),
    amount=Money(14_800, "EUR"),
)


def inside(pdf: bytes) -> bytes:
    """The PDF with its compressed streams opened."""
    parts = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            parts.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(parts)


def test_it_is_the_same_file_whenever_it_is_made() -> None:
    assert render(INVOICE) == render(INVOICE)


def test_it_is_an_accessible_pdf_with_a_title_a_language_and_tags() -> None:
    said = inside(render(INVOICE))
    assert b"pdfuaid" in said
    assert b"Invoice 2026-0143, Hazel Lane Therapy" in said
    for sign in (b"/Lang", b"/MarkInfo", b"/StructTreeRoot", b"/Table", b"/H1"):
        assert sign in said


def test_it_carries_our_font_and_is_small() -> None:
    pdf = render(INVOICE)
    assert b"AtkinsonHyperlegibleNext" in inside(pdf)
    assert len(pdf) < 60_000


@pytest.mark.parametrize(
    "text", ['#panic("x")', "*bold* $x$ _y_", '#import "/etc/passwd"', "<b>&amp;", "\\u{41}", "Ж Ω"]
)
def test_what_a_person_wrote_is_not_run(text: str) -> None:
    assert render(replace(INVOICE, client_name=text, title=text, practice_name=text)).startswith(b"%PDF-")


def test_a_name_in_letters_that_no_font_has_still_gets_an_invoice() -> None:
    assert render(replace(INVOICE, client_name="山田")).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("payers", "said"),
    [
        ((), "For Theo."),
        (("Dana",), "For Dana, on behalf of Theo."),
        (("Dana", "Kit"), "For Dana and Kit, on behalf of Theo."),
        (("Dana", "Kit", "Lou"), "For Dana, Kit and Lou, on behalf of Theo."),
    ],
)
def test_it_says_whom_it_is_for(payers: tuple[str, ...], said: str) -> None:
    assert payer(replace(INVOICE, payers=payers)) == said


def test_a_period_over_new_year_names_both_years() -> None:
    assert written_period(Period(date(2026, 12, 14), date(2027, 1, 13))) == "14 December 2026 to 13 January 2027"
    assert written_period(INVOICE.period) == "14 May to 13 June 2026"
