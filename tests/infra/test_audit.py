"""`make verify-audit` against the stack: the chain that stream, relay and worker make, and the seal of a day."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.foundation.ids import PracticeId
from infra import verify_audit
from infra.stack import Stack
from infra.steps import Trouble
from infra.verify_audit import Kept, told

from .conftest import eventually

FOUND = {
    "do": "found_practice",
    "name": "Praxis Lind",
    "time_zone": "Europe/Lisbon",
    "currency": "EUR",
    "owner_name": "Ada Lind",
    "owner_email": "ada@lind.example",
}


@pytest.fixture
def kept(stack: Stack) -> Kept:
    return Kept(stack.account, stack.outputs["Table"], stack.outputs["AuditBucket"])


def test_a_changed_row_is_found_in_a_trail_that_was_chained_and_sealed(stack: Stack, kept: Kept) -> None:
    practice_id = PracticeId(stack.operate(FOUND)["practice_id"])
    now = datetime.now(UTC)
    eventually(lambda: kept.verify(practice_id, now).linked)
    stack.tick(f"{now + timedelta(days=1):%Y-%m-%dT00:00:00Z}")
    eventually(lambda: kept.verify(practice_id, now).sealed)
    found = kept.verify(practice_id, now)
    assert found.faults == ()
    assert practice_id in kept.practices()
    assert f"{practice_id}: 1 entries chained, sealed to {now.date()}: as it was written" in told(practice_id, found)

    dynamodb, table = stack.account.client("dynamodb"), kept.table
    entries: Any = dynamodb.query(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"{practice_id}#audit"}},
    )
    (entry,) = entries["Items"]
    body = json.loads(entry["body"]["S"]) | {"person_id": "somebody else"}
    dynamodb.put_item(TableName=table, Item={**entry, "body": {"S": json.dumps(body)}})
    (fault,) = kept.verify(practice_id, now).faults
    assert fault.endswith("(link 1) was changed.")
    dynamodb.put_item(TableName=table, Item=entry)

    s3 = stack.account.client("s3")
    s3.put_object(Bucket=kept.bucket, Key=f"{practice_id}/{now.date()}.json", Body=b"{}", ChecksumAlgorithm="SHA256")
    (fault,) = kept.verify(practice_id, now).faults
    assert "was covered by another" in fault


def test_a_practice_of_which_there_is_nothing_is_not_found_to_be_as_it_was_written(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify_audit, "find", lambda _: (stack.account, stack.outputs))
    monkeypatch.setattr("sys.argv", ["command", "--practice", "nobody"])
    with pytest.raises(Trouble, match="There is nothing here of a practice nobody"):
        verify_audit.main()
