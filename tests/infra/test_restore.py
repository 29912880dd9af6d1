"""`make restore-drill` against the stack: the table comes back, and what does not fit together is named."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.restore import Place, drill, place_of, reconcile, remove, tell_again
from infra.stack import Stack

from .conftest import eventually

PRACTICE, CLIENT, ERASED = "1" * 26, "2" * 26, "3" * 26


@pytest.fixture
def place(stack: Stack) -> Place:
    return place_of(stack.account, stack.outputs)


def _put(place: Place, kind: str, part: str, sk: str, **body: Any) -> None:
    row = {"pk": f"{PRACTICE}#{part}", "sk": sk, "kind": kind, "body": json.dumps(body)}
    item = {name: {"S": value} for name, value in row.items()} | {"version": {"N": "1"}}
    place.account.client("dynamodb").put_item(TableName=place.table, Item=item)


def _recording(place: Place, name: str, state: str) -> str:
    key = f"{PRACTICE}/client/{CLIENT}/{'4' * 26}/{name * 26}"
    body = {"key": key, "state": state, "rendition": {"key": f"{key}/v1/play.mp4"} if state == "ready" else None}
    _put(place, "recording", f"client#{CLIENT}", f"65#recording#{name * 26}", **body)
    return key


def test_a_drill_brings_the_table_back_and_names_what_does_not_fit_together(stack: Stack, place: Place) -> None:
    s3, dynamodb = stack.account.client("s3"), stack.account.client("dynamodb")
    now = datetime.now(UTC)
    _put(place, "card", f"client#{CLIENT}", "20#card")
    whole, lost, waiting = (
        _recording(place, name, state) for name, state in (("a", "ready"), ("b", "ready"), ("c", "awaiting_upload"))
    )
    s3.put_object(Bucket=place.media, Key=f"{whole}/v1/play.mp4", Body=b"plays")
    s3.put_object(Bucket=place.media, Key=f"{lost}/v1/poster.jpg", Body=b"shows")
    orphan = f"{PRACTICE}/client/{CLIENT}/{'4' * 26}/{'d' * 26}"
    s3.put_object(Bucket=place.media, Key=f"{orphan}/v1/play.mp4", Body=b"plays")
    ids = {"client_id": CLIENT, "submission_id": "4" * 26, "recording_id": "e" * 26}
    for number, event_type in (("5", "recording.released"), ("6", "nobody.waits")):
        event = {
            "event_id": number * 26,
            "type": event_type,
            "practice_id": PRACTICE,
            "at": now.isoformat(),
            "ids": ids,
        }
        _put(place, "outbox", f"outbox#{number * 2}", number * 26, **event)
    # The stream has told of the first one; its mark is taken away, as if the relay had died before it.
    mark = {"pk": {"S": f"{PRACTICE}#once#{'5' * 26}"}, "sk": {"S": "media.reactions.note_release"}}
    eventually(lambda: "Item" in dynamodb.get_item(TableName=place.table, Key=mark))
    dynamodb.delete_item(TableName=place.table, Key=mark)

    found, lines = drill(place, None, now)
    assert found.kinds["recording"] == 3
    assert [event["type"] for event in found.unsent if event["practice_id"] == PRACTICE] == ["recording.released"]
    assert lost in found.without_files
    assert not {whole, waiting} & set(found.without_files)
    assert f"{orphan}/v1/play.mp4" in found.without_recordings
    assert f"{whole}/v1/play.mp4" not in found.without_recordings
    assert found.erased_since == []
    assert any("recording without its file" in line for line in lines)
    assert place.table in dynamodb.list_tables()["TableNames"]
    assert not [name for name in dynamodb.list_tables()["TableNames"] if "-drill-" in name]

    assert tell_again(place, stack.outputs, found.unsent) >= 1
    eventually(lambda: "Item" in dynamodb.get_item(TableName=place.table, Key=mark))


def test_a_client_who_was_erased_since_is_named(place: Place) -> None:
    _put(place, "card", f"client#{ERASED}", "20#card")
    target = f"{place.table}-drill-by-hand"
    dynamodb = place.account.client("dynamodb")
    dynamodb.restore_table_to_point_in_time(
        SourceTableName=place.table, TargetTableName=target, UseLatestRestorableTime=True
    )
    _put(place, "tombstone", f"client#{ERASED}", "20#card")
    try:
        found = reconcile(place, target, datetime.now(UTC))
    finally:
        remove(place, target)
    assert found.erased_since == [f"{PRACTICE}#client#{ERASED}"]
