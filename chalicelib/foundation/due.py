"""Work that falls due: rows in the sparse index, found by a tick, claimed by the worker.

A tick asks each shard for the rows whose moment has come, so a missed tick is caught up by the next one
and an idle minute costs one small query a shard. It sends one message a row; the worker's handler
claims the row by writing it under the version that it read, so a row that is found twice is done once.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.foundation.actor import clockwork
from chalicelib.foundation.call import Call
from chalicelib.foundation.clock import parse, stamp
from chalicelib.foundation.erased import ClientErased
from chalicelib.foundation.errors import StaleWrite
from chalicelib.foundation.ids import PracticeId
from chalicelib.foundation.kinds import KINDS, Kind
from chalicelib.foundation.table import DUE_SHARDS, Key, Row, Stored


class Due(msgspec.Struct, frozen=True, kw_only=True, tag="due"):
    """The message: which row has fallen due, and the moment up to which the tick looked."""

    pk: str
    sk: str
    kind: str
    at: datetime
    late_s: int = 0
    """Seconds since the row fell due; more than a minute or two says that work is not being done."""


type Handler = Callable[[Call, Stored[Any]], None]
_HANDLERS: dict[str, Handler] = {}


def when_due[T: msgspec.Struct](kind: Kind[T]) -> Callable[[Handler], Handler]:
    """Name the function that does what is due for a kind of row. It must claim the row by replacing it."""

    def enter(handler: Handler) -> Handler:
        _HANDLERS[kind.name] = handler
        return handler

    return enter


def found_due(now: datetime) -> Iterator[Due]:
    """Go through everything that is due by now, oldest first in each shard."""
    for shard in range(DUE_SHARDS):
        for row in Row.due.query(f"due#{shard}", Row.due_at <= stamp(now)):
            late = now - parse(str(row.due_at))
            yield Due(pk=row.pk, sk=row.sk, kind=row.kind, at=now, late_s=int(late.total_seconds()))


def do_due(due: Due, now: datetime) -> None:
    """Do what is due for one row, if it still is. One that somebody else claimed is left to them.

    One that cannot be read or done is put off, so that a tick sends no message a minute for it, and the failure comes
    out. It is done now, however long the message has waited or was parked; the local stage's tick may run
    months ahead.
    """
    practice_id, _, part = due.pk.partition("#")
    call = Call(clockwork(PracticeId(practice_id)), max(now, due.at))
    key = Key(part, due.sk)
    try:
        found = call.table.get_due(KINDS[due.kind], key, due.at)
        if found:
            _HANDLERS[due.kind](call, found)
    except (StaleWrite, ClientErased):
        return
    except Exception:
        call.table.put_off(due.kind, key, call.now)
        raise
