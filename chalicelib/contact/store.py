"""Where schedules and the log of letters lie."""

from typing import NamedTuple

from chalicelib.contact.model import CONTACT_LINE, SCHEDULE, ContactLine, Schedule
from chalicelib.foundation import places
from chalicelib.foundation.clock import stamp
from chalicelib.foundation.ids import ClientId, new_id
from chalicelib.foundation.table import Key, Stored, Table
from chalicelib.practice.model import CARD, PRACTICE, Card

LOG_LINES = 20


def schedule_key(client_id: ClientId) -> Key:
    """Return where a client's schedule lies."""
    return Key(places.client(client_id), places.SCHEDULE)


def line_key(client_id: ClientId, line: ContactLine) -> Key:
    """Return a new place in a client's log."""
    return Key(places.client(client_id), f"{places.CONTACT}{stamp(line.at)}#{new_id(line.at)}")


class Page(NamedTuple):
    """What the reminders page shows of the practice and the client."""

    card: Card | None
    schedule: Stored[Schedule] | None
    practice_name: str


class ContactStore:
    """Schedules and the log of one practice."""

    def __init__(self, table: Table) -> None:
        """Look at the table of one practice."""
        self._table = table

    def page(self, client_id: ClientId) -> Page:
        """Read the card, the schedule and the practice's name with one call."""
        rows = self._table.get_many([places.PRACTICE, places.card(client_id), schedule_key(client_id)])
        practice, card = rows.one(PRACTICE), rows.one(CARD)
        return Page(card.value if card else None, rows.one(SCHEDULE), practice.value.name if practice else "")

    def log(self, client_id: ClientId) -> list[ContactLine]:
        """Read the last lines of a client's log, newest first."""
        rows = self._table.under(places.client(client_id), places.CONTACT, newest_first=True, limit=LOG_LINES)
        return [row.value for row in rows.all(CONTACT_LINE)]
