"""`python -m infra.restore [--stage prod] [--at 2026-12-01T08:00:00Z] [--keep] [--tell-again]`: the restore drill.

The table as it was at a moment comes back beside the one in use, is held against everything else that is kept, and
is removed again. Nothing in use is touched, but that `--tell-again` sends messages. docs/runbooks/restore.md says
what to do with what it finds.
"""

import argparse
import itertools
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from chalicelib import triggers  # noqa: F401 - entering who waits for which event
from chalicelib.foundation import clock, outbox
from chalicelib.foundation.events import Event
from chalicelib.foundation.once import KEPT

from infra.aws_calls import Account
from infra.deploy.refusals import in_sentences
from infra.running import find
from infra.steps import Trouble, run_command, said, step
from infra.verify_audit import Kept, told

WAITS_S = 5
MOST_WAITS = 12 * 60 * 60 // WAITS_S  # AWS restores in minutes; a large table may take hours
SHOWN = 20


@dataclass(frozen=True)
class Place:
    """Where a stack keeps what a drill reads."""

    account: Account
    table: str
    uploads: str
    media: str
    audit: str


@dataclass
class Found:
    """What a table holds, and where it and the buckets disagree."""

    kinds: Counter[str] = field(default_factory=Counter)
    unsent: list[dict[str, Any]] = field(default_factory=list)
    """Events of which some subscriber has not taken note."""
    without_files: list[str] = field(default_factory=list)
    """Recordings that should play, or wait to be looked at, and whose file is not there."""
    without_recordings: list[str] = field(default_factory=list)
    """Files of which no row knows."""
    erased_since: list[str] = field(default_factory=list)
    """Clients who have come back: the table in use has their tombstone, this one their card."""


def restore(place: Place, at: datetime | None, now: datetime) -> str:
    """Let the table come back beside the one in use, as it was at a moment or lately; return its name."""
    dynamodb, target = place.account.client("dynamodb"), f"{place.table}-drill-{now:%Y%m%d%H%M%S}"
    moment: dict[str, Any] = {"RestoreDateTime": at} if at else {"UseLatestRestorableTime": True}
    try:
        dynamodb.restore_table_to_point_in_time(SourceTableName=place.table, TargetTableName=target, **moment)
    except dynamodb.exceptions.ClientError as error:
        raise Trouble(
            f"The table cannot be restored: {error.response['Error']['Message']} Nothing was changed."
        ) from error
    waiter = dynamodb.get_waiter("table_exists")
    waiter.wait(TableName=target, WaiterConfig={"Delay": WAITS_S, "MaxAttempts": MOST_WAITS})
    return target


def remove(place: Place, table: str) -> None:
    """Remove a table that a drill has made."""
    place.account.client("dynamodb").delete_table(TableName=table)


def reconcile(place: Place, table: str, now: datetime) -> Found:
    """Hold a table against the buckets and against the table in use. It reads each once, and changes nothing."""
    found = Found()
    marks: set[tuple[str, str]] = set()
    events: list[dict[str, Any]] = []
    files: dict[str, str] = {}
    playing: dict[str, str] = {}
    cards: set[str] = set()
    for row in _rows(place, table):
        kind, pk, sk = row["kind"]["S"], row["pk"]["S"], row["sk"]["S"]
        found.kinds[kind] += 1
        if kind == "done":
            marks.add((pk, sk))
        elif kind == "outbox":
            events.append(json.loads(row["body"]["S"]))
        elif kind == "recording":
            recording = json.loads(row["body"]["S"])
            files[recording["key"]] = recording["state"]
            if recording["state"] == "ready":
                playing[recording["key"]] = recording["rendition"]["key"]
        elif kind == "card":
            cards.add(pk)
    found.unsent = [event for event in events if _is_unsent(event, marks, cards, now)]
    sent, made = _keys(place, place.uploads), _keys(place, place.media)
    for key, state in sorted(files.items()):
        missing = (state == "ready" and playing[key] not in made) or (state in _ARRIVED and key not in sent)
        if missing:
            found.without_files.append(key)
    known = set(files)
    orphans = {key for key in sent if key not in known} | {key for key in made if _recording_of(key) not in known}
    found.without_recordings = sorted(key for key in orphans if _is_recording(key))
    found.erased_since = sorted(
        row["pk"]["S"] for row in _rows(place, place.table, only="tombstone") if row["pk"]["S"] in cards
    )
    return found


_ARRIVED = frozenset({"uploaded", "processing", "parked"})


def _is_recording(key: str) -> bool:
    return key.split("/")[1:2] in (["client"], ["library"])


def _recording_of(key: str) -> str:
    """Whatever is made of an upload lies below its key: of a client's, below its version."""
    parts = key.split("/")
    return "/".join(parts[: 5 if parts[1:2] == ["client"] else 3])


def _is_unsent(event: dict[str, Any], marks: set[tuple[str, str]], cards: set[str], now: datetime) -> bool:
    """Tell whether somebody who waits for an event has left no mark of it. Marks are kept for 30 days."""
    practice_id, ids = event["practice_id"], event["ids"]
    if now - datetime.fromisoformat(event["at"]) > KEPT - timedelta(days=1):
        return False
    if "client_id" in ids and f"{practice_id}#client#{ids['client_id']}" not in cards:
        return False  # erased: nothing follows any more
    names = outbox.waiting_for(event["type"])
    return any((f"{practice_id}#once#{event['event_id']}", name) not in marks for name in names)


def tell_again(place: Place, of: dict[str, str], events: list[dict[str, Any]]) -> int:
    """Send events to the queues that want them; what has been done already is not done again."""
    sqs, sent = place.account.client("sqs"), 0
    urls = {outbox.WORK: of["WorkQueueUrl"], outbox.DOCUMENTS: of["DocumentsQueueUrl"]}
    for event in events:
        for queue in outbox.queues_for(msgspec.convert(event, Event)):
            sqs.send_message(QueueUrl=urls[queue], MessageBody=json.dumps(event))
            sent += 1
    return sent


def _rows(place: Place, table: str, only: str = "") -> Iterator[dict[str, Any]]:
    asked: dict[str, Any] = {"TableName": table, "ConsistentRead": True}
    if only:
        asked |= {
            "FilterExpression": "#kind = :kind",
            "ExpressionAttributeNames": {"#kind": "kind"},
            "ExpressionAttributeValues": {":kind": {"S": only}},
        }
    for page in place.account.client("dynamodb").get_paginator("scan").paginate(**asked):
        yield from page["Items"]


def _keys(place: Place, bucket: str) -> set[str]:
    pages = place.account.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {one["Key"] for page in pages for one in page.get("Contents", ())}


def in_words(live: Found, drill: Found) -> list[str]:
    """Say what was found, a line for each thing."""
    lines = [f"{drill.kinds.total():,} rows came back; in use are {live.kinds.total():,}."]
    lines += [
        f"  {kind}: {drill.kinds[kind]:,} came back, {live.kinds[kind]:,} in use"
        for kind in sorted(drill.kinds.keys() | live.kinds.keys())
        if drill.kinds[kind] != live.kinds[kind]
    ]
    lines += _list("event that somebody still waits for", [event["event_id"] for event in drill.unsent])
    lines += _list("recording without its file", drill.without_files)
    lines += _list("file without its recording", drill.without_recordings)
    lines += _list("part of a client who was erased since and has come back", drill.erased_since)
    return lines


def _list(one: str, found: list[str]) -> list[str]:
    more = [f"  and {len(found) - SHOWN:,} more"] if len(found) > SHOWN else []
    return [f"{len(found):,} × {one}{':' if found else ''}", *(f"  {each}" for each in found[:SHOWN]), *more]


def drill(place: Place, at: datetime | None, now: datetime, *, keep: bool = False) -> tuple[Found, list[str]]:
    """Restore, reconcile, check the audit trails, remove the restored table; return what was found, and in words."""
    with step("Restoring the table beside the one in use"):
        target = restore(place, at, now)
    try:
        with step("Holding it against the buckets and the table in use"):
            live, found = reconcile(place, place.table, now), reconcile(place, target, now)
        lines = in_words(live, found)
        with step("Checking the audit trails"):
            kept = Kept(place.account, target, place.audit)
            lines += [told(practice_id, kept.verify(practice_id, now)) for practice_id in kept.practices()]
    finally:
        if not keep:
            remove(place, target)
    return found, [*lines, f"The restored table {target} is {'kept' if keep else 'removed again'}."]


def place_of(account: Account, of: dict[str, str]) -> Place:
    """Where a deployed stack keeps what a drill reads."""
    return Place(account, of["Table"], of["UploadsBucket"], of["MediaBucket"], of["AuditBucket"])


@in_sentences
def main() -> int:
    """Make a drill, and say what was found. Status 1 where something does not fit together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", default=os.environ.get("STAGE", ""))
    parser.add_argument(
        "--at", default="", help="the moment to go back to, with its zone; without it the latest there is"
    )
    parser.add_argument("--keep", action="store_true", help="keep the restored table, to go on with it")
    parser.add_argument("--tell-again", action="store_true", help="send the events that somebody still waits for")
    given = parser.parse_args()
    try:
        at = clock.parse(given.at) if given.at else None
    except ValueError as error:
        raise Trouble(f"This is no moment: {given.at}. Write it as 2026-12-01T08:00:00Z.") from error
    account, of = find(given.stage)
    place = place_of(account, of)
    found, lines = drill(place, at, datetime.now(UTC), keep=given.keep)
    for line in itertools.chain.from_iterable(text.splitlines() for text in lines):
        said(line)
    if given.tell_again:
        said(f"{tell_again(place, of, found.unsent)} messages were sent again.")
    return 1 if found.without_files or found.erased_since or any("FINDINGS" in line for line in lines) else 0


if __name__ == "__main__":
    run_command(main)
