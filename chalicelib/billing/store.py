"""Where fees, invoices and the count of a year's invoices lie."""

import re
from typing import NamedTuple

from chalicelib.billing.model import INVOICE, INVOICE_LINE, SUBSCRIPTION, Invoice, Subscription
from chalicelib.foundation import places
from chalicelib.foundation.ids import ClientId, SubscriptionId
from chalicelib.foundation.table import Key, Rows, Stored, Table
from chalicelib.practice.model import CARD, PRACTICE, Card, Practice

_NUMBER = re.compile(r"\d{4}-\d{4,6}", re.ASCII)
_MOST_OF_A_CLIENT = 600
"""Rows of a client's page; with a fee a month, more than anybody's lifetime."""


def is_number(text: str) -> bool:
    """Tell whether a text has the form of an invoice's number."""
    return _NUMBER.fullmatch(text) is not None


def _in_order(number: str) -> str:
    # The ten-thousandth invoice of a year must not sort between the first and the second.
    year, _, count = number.partition("-")
    return f"{year}-{int(count):06}"


def fee_key(client_id: ClientId, subscription_id: SubscriptionId) -> Key:
    """Return where a client's fee lies."""
    return Key(places.client(client_id), f"{places.FEE}{subscription_id}")


def invoice_key(client_id: ClientId, number: str) -> Key:
    """Return where a client's invoice lies."""
    return Key(places.client(client_id), f"{places.INVOICE}{_in_order(number)}")


def line_key(number: str) -> Key:
    """Return where an invoice's line in the practice's list lies."""
    return Key(places.INVOICES, _in_order(number))


def counter_key(year: int) -> Key:
    """Return where the count of a year's invoices lies."""
    return Key(places.INVOICES, f"counter#{year}")


class Setting(NamedTuple):
    """What a fee or an invoice stands in: the practice, and the client's card unless they were erased."""

    practice: Practice | None
    card: Card | None
    rows: Rows


class BillingStore:
    """Fees and invoices of one practice."""

    def __init__(self, table: Table) -> None:
        """Look at the table of one practice."""
        self._table = table

    def setting(self, client_id: ClientId, *keys: Key) -> Setting:
        """Read the practice, a client's card and whatever else is named, with one call."""
        rows = self._table.get_many([places.PRACTICE, places.card(client_id), *keys])
        practice, card = rows.one(PRACTICE), rows.one(CARD)
        return Setting(practice.value if practice else None, card.value if card else None, rows)

    def client_page(self, client_id: ClientId) -> tuple[Card | None, list[Stored[Subscription]], list[Invoice]]:
        """Read a client's card, fees and invoices (newest first) with one query."""
        part = places.client(client_id)
        rows = self._table.query(part, places.INVOICE, places.CARD, newest_first=True, limit=_MOST_OF_A_CLIENT)
        card = rows.one(CARD)
        invoices = [row.value for row in rows.all(INVOICE)]
        return (card.value if card else None), rows.all(SUBSCRIPTION)[::-1], invoices

    def practice_page(self, after: str | None) -> tuple[list[Invoice], str | None]:
        """Read a page of the practice's invoices, newest first, and the cursor of the next."""
        rows = self._table.query(places.INVOICES, "0", "9\uffff", newest_first=True, after=after)
        return [row.value for row in rows.all(INVOICE_LINE)], rows.after

    def invoice(self, client_id: ClientId, number: str) -> Stored[Invoice] | None:
        """Read one invoice."""
        return self._table.get(INVOICE, invoice_key(client_id, number))
