"""What was told: the outbox of a practice, in the order of the telling."""

from chalicelib.foundation.call import Call
from chalicelib.foundation.events import OUTBOX, Event
from chalicelib.foundation.table import Row


def told(call: Call) -> list[tuple[str, dict[str, str]]]:
    """Return the events of a call's practice, with their ids."""
    return [(event.type, event.ids) for event in _events(call)]


def _events(call: Call) -> list[Event]:
    rows = Row.scan(filter_condition=Row.kind == OUTBOX.name)
    parts = {row.pk.partition("#")[2] for row in rows if row.pk.startswith(f"{call.table.practice_id}#")}
    found = [row.value for part in parts for row in call.table.under(part, "").all(OUTBOX)]
    return sorted(found, key=lambda event: event.event_id)
