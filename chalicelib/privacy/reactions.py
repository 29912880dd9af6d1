"""What follows when a copy was asked for, and what is done about keeping when it has fallen due."""

from chalicelib.foundation.call import Call
from chalicelib.foundation.due import when_due
from chalicelib.foundation.events import Event
from chalicelib.foundation.ids import ClientId
from chalicelib.foundation.outbox import DOCUMENTS, on
from chalicelib.foundation.table import Stored
from chalicelib.privacy import service
from chalicelib.privacy.model import DATA_COPY, ERASURE, RETENTION, DataCopy, Erasure, Retention


@on("copy.asked", queue=DOCUMENTS)
def plan_copy(call: Call, event: Event) -> None:
    """Settle which files a copy has."""
    service.plan_copy(call, ClientId(event.ids["client_id"]), event.ids["copy_id"])


@on("copy.planned", queue=DOCUMENTS)
def make_file(call: Call, event: Event) -> None:
    """Pack one file of a copy."""
    from chalicelib.privacy.store.archive import pack  # noqa: PLC0415 - of no use to the API's start

    service.make_file(call, ClientId(event.ids["client_id"]), event.ids["copy_id"], int(event.ids["number"]), pack)


@on("copy.ready")
def say_copy_is_ready(call: Call, event: Event) -> None:
    """Tell the one who asked."""
    service.say_copy_is_ready(call, ClientId(event.ids["client_id"]), event.ids["copy_id"])


@when_due(DATA_COPY)
def let_copy_go(call: Call, stored: Stored[DataCopy]) -> None:
    """Let a copy go whose seven days are over."""
    service.let_copy_go(call, stored)


@when_due(ERASURE)
def go_on_erasing(call: Call, stored: Stored[Erasure]) -> None:
    """Remove what is left of an erased client."""
    service.go_on_erasing(call, stored)


@when_due(RETENTION)
def keep_no_longer(call: Call, stored: Stored[Retention]) -> None:
    """Make the day's round."""
    service.keep_no_longer(call, stored)
