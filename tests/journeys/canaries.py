"""Whether anything that people wrote can be read where it has no business: logs, queues, addresses, mail.

The canaries are not listed by hand. Whatever text is in the table, in a row of somebody's, is one: what a new page
lets people write joins by itself.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from chalicelib import triggers  # noqa: F401 - every kind is declared
from chalicelib.foundation.kinds import KINDS, Erase, Export
from infra.parked import parked
from infra.stack import Stack

OURS = frozenset({"contact_line", "audit", "review_link", "review_session", "door", "door_log", "done"})
"""Kinds whose words are ours, and not what somebody wrote."""
NO_WORDS = frozenset(
    {"key", "poster_key", "upload_id", "content_type", "time_zone", "reason", "says", "device", "fingerprint"}
)
"""Fields that hold no words of a person's."""
_CODE = re.compile(r"[0-9A-Za-z_:.+-]*|[0-9a-z]{26}(/.*)?")
_SHORTEST = 6


def entered(rows: Iterable[dict[str, Any]]) -> set[str]:
    """Return the texts that people have written into rows: of several words, or with signs in them."""
    found: set[str] = set()
    for row in rows:
        kind = KINDS.get(row["kind"]["S"])
        if kind is None or kind.name in OURS:
            continue
        if (
            kind.handling.export is not Export.NEVER
            or kind.handling.erase is not Erase.NOTHING
            or kind.name == "lesson"
        ):
            found |= {text for text in _texts(json.loads(row["body"]["S"])) if _is_somebodys(text)}
    return found


def _texts(value: Any, field: str = "") -> Iterator[str]:
    if isinstance(value, str) and field not in NO_WORDS:
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _texts(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, field)


def _is_somebodys(text: str) -> bool:
    return len(text) >= _SHORTEST and not _CODE.fullmatch(text)


def rows_of(stack: Stack) -> list[dict[str, Any]]:
    """Every row of a stack's table."""
    pages = stack.account.client("dynamodb").get_paginator("scan")
    return [row for page in pages.paginate(TableName=stack.outputs["Table"]) for row in page["Items"]]


def overheard(stack: Stack, rows: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Go through what can be read beside the table: where, and the text.

    Messages of queues are the outbox's rows and the ticks' (ids alone). The emulator's own log has what functions
    wrote to it; it also says to whom it was asked to send mail.
    """
    logs = stack.account.client("logs")
    for page in logs.get_paginator("filter_log_events").paginate(logGroupName=stack.outputs["LogGroup"]):
        for event in page["events"]:
            yield "log", event["message"]
    lines = stack.log.read_text(errors="replace").splitlines()
    yield "log of the emulator", "\n".join(line for line in lines if "SESv2 SendEmail" not in line)
    for row in rows:
        if row["kind"]["S"] == "outbox":
            yield "message", row["body"]["S"]
    for message in parked(stack.account, stack.outputs):
        yield "parked message", message.body
    for mail in stack.mail():
        yield "subject", mail["subject"]
        yield "mail", f"{mail['text']}\n{mail['html']}"
