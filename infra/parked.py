"""`python -m infra.parked [--replay] [--stage NAME]`: what failed too often, and sending it back. Shows ids only.

A queue's message goes back to its queue. What the relay could not pass on is read from the table's stream again,
where it stays for 24 hours, and given to the relay. A tick needs no replay: the next one catches up.

After that the records are gone, and the failure says only when they were written. The rows themselves stay in the table
for 30 days, so those of that moment are given to the relay anew: of whatever was done already, nothing is done again
(chalicelib/foundation/once.py).
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from infra.aws_calls import Account, invoke
from infra.deploy.refusals import in_sentences
from infra.running import find
from infra.steps import Trouble, run_command, said

QUEUES = ("Work", "Uploads", "Documents", "Relay", "Tick")
GONE = {"TrimmedDataAccessException", "ResourceNotFoundException"}
RELAYED = ("outbox", "audit")  # kinds of rows that the relay is told of
ABOUT = timedelta(minutes=1)  # AWS says roughly when a record came
HIDDEN_FOR = 30  # seconds that a message is ours while we look at it


@dataclass(frozen=True)
class Parked:
    """One message that failed too often."""

    queue: str
    id: str  # of the event where it has one, else of the message
    event: str
    sent_at: datetime
    why: str
    body: str
    receipt: str


def parked(account: Account, outputs: dict[str, str]) -> list[Parked]:
    """Every parked message, queue by queue, left where it is."""
    sqs, found = account.client("sqs"), list(_taken(account, outputs))
    for message in found:
        url = outputs[f"{message.queue}ParkedUrl"]
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message.receipt, VisibilityTimeout=0)
    return found


def replay(account: Account, outputs: dict[str, str]) -> list[Parked]:
    """Send everything that is parked back to where it failed; what was sent back."""
    sqs, sent = account.client("sqs"), []
    for message in _taken(account, outputs):
        if message.queue == "Relay":
            _replay_relay(account, outputs, message)
        elif message.queue != "Tick":
            sqs.send_message(QueueUrl=outputs[f"{message.queue}QueueUrl"], MessageBody=message.body)
        # Sent first, deleted after: twice is harmless, never is not.
        sqs.delete_message(QueueUrl=outputs[f"{message.queue}ParkedUrl"], ReceiptHandle=message.receipt)
        sent.append(message)
    return sent


def table(messages: list[Parked]) -> str:
    """The messages for people to read."""
    if not messages:
        return "Nothing is parked."
    rows = [("queue", "event", "when (UTC)", "id", "why")]
    rows += [(m.queue.lower(), m.event, f"{m.sent_at:%Y-%m-%d %H:%M:%S}", m.id, m.why) for m in messages]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _taken(account: Account, outputs: dict[str, str]) -> Iterator[Parked]:
    """Every parked message; each is hidden from others for half a minute."""
    sqs = account.client("sqs")
    for queue in QUEUES:
        seen: set[str] = set()
        while new := [m for m in _receive(sqs, outputs[f"{queue}ParkedUrl"]) if m["MessageId"] not in seen]:
            for message in new:
                seen.add(message["MessageId"])
                yield _described(account, outputs, queue, message)


def _receive(sqs: Any, url: str) -> list[dict[str, Any]]:
    answer = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        VisibilityTimeout=HIDDEN_FOR,
        MessageSystemAttributeNames=["All"],
    )
    return list(answer.get("Messages", ()))


def _described(account: Account, outputs: dict[str, str], queue: str, message: dict[str, Any]) -> Parked:
    sent_at = datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC)
    body = _read(message["Body"])
    event_id = str(body.get("event_id") or body.get("id") or message["MessageId"])
    return Parked(
        queue=queue,
        id=event_id,
        event=_event(body),
        sent_at=sent_at,
        why=_why(account, outputs["LogGroup"], event_id),
        body=message["Body"],
        receipt=message["ReceiptHandle"],
    )


def _read(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _event(body: dict[str, Any]) -> str:
    """What kind of event a body is; nothing else of it is shown."""
    if "DDBStreamBatchInfo" in body:
        return f"new rows × {body['DDBStreamBatchInfo']['batchSize']}"
    words = [str(body[name]) for name in ("type", "kind", "detail-type") if name in body]
    return " ".join(words) or "unreadable"


def _why(account: Account, group: str, event_id: str) -> str:
    """The kind of error that a function logged last for the event, if it did."""
    found = account.client("logs").filter_log_events(logGroupName=group, filterPattern=f'"{event_id}"')["events"]
    failures = [line for line in (_read(event["message"]) for event in found) if line.get("level") == "ERROR"]
    last = failures[-1] if failures else {}
    return " in ".join(str(last[name]) for name in ("error", "subscriber") if name in last)


def _replay_relay(account: Account, outputs: dict[str, str], message: Parked) -> None:
    """Give the relay again what a failure of it was about."""
    place = json.loads(message.body)["DDBStreamBatchInfo"]
    try:
        records = _from_stream(account, place)
    except ClientError as error:
        if error.response["Error"]["Code"] not in GONE:
            raise
        records = _from_table(account, outputs["Table"], place, message.sent_at)
    if not records:
        raise Trouble(
            f"What the relay could not pass on and parked at {message.sent_at:%Y-%m-%d %H:%M} UTC is in the table's\n"
            "stream no longer, and no row of that moment is in the outbox: it was erased, or is older than 30 days.\n"
            "Nothing was deleted. To let go of the message, delete it in the queue of the output RelayParkedUrl,\n"
            "then do this again."
        )
    answer = invoke(account, outputs["RelayName"], {"Records": records})
    if (answer or {}).get("batchItemFailures"):
        raise Trouble(
            "The relay failed again, and its message stays parked; what was sent back before it is on its way.\n"
            "Its log says why, by type and place. Once that is mended, do this again."
        )


def _from_stream(account: Account, place: dict[str, Any]) -> list[dict[str, Any]]:
    """The records that a failure names by their place in the stream. Raise ClientError when they are gone."""
    streams = account.client("dynamodbstreams")
    iterator = streams.get_shard_iterator(
        StreamArn=place["streamArn"],
        ShardId=place["shardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=place["startSequenceNumber"],
    )["ShardIterator"]
    records: list[dict[str, Any]] = []
    while iterator:
        page = streams.get_records(ShardIterator=iterator)
        records += [r for r in page["Records"] if _is_relayed(r) and _place(r) <= int(place["endSequenceNumber"])]
        if not page["Records"] or _place(page["Records"][-1]) >= int(place["endSequenceNumber"]):
            break
        iterator = page.get("NextShardIterator")
    return [_as_lambda_sees(record) for record in records]


def _from_table(account: Account, table: str, place: dict[str, Any], sent_at: datetime) -> list[dict[str, Any]]:
    """The rows that were written when a failure's were, as the stream would tell of them."""
    first, last = (place.get(f"approximateArrivalOf{which}Record") for which in ("First", "Last"))
    since = (datetime.fromisoformat(first) if first else sent_at - timedelta(days=1)) - ABOUT
    until = (datetime.fromisoformat(last) if last else sent_at) + ABOUT
    scan = account.client("dynamodb").get_paginator("scan")
    pages = scan.paginate(
        TableName=table,
        FilterExpression="kind IN (:outbox, :audit)",
        ExpressionAttributeValues={f":{kind}": {"S": kind} for kind in RELAYED},
    )
    return [
        {"eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": {"NewImage": row}}
        for page in pages
        for row in page["Items"]
        if since <= datetime.fromisoformat(json.loads(row["body"]["S"])["at"]) <= until
    ]


def _as_lambda_sees(record: dict[str, Any]) -> dict[str, Any]:
    """Without the one value that is no JSON, which nobody reads."""
    changed = {name: value for name, value in record["dynamodb"].items() if name != "ApproximateCreationDateTime"}
    return {**record, "dynamodb": changed}


def _is_relayed(record: dict[str, Any]) -> bool:
    kind = record["dynamodb"].get("NewImage", {}).get("kind", {}).get("S")
    return record["eventName"] == "INSERT" and kind in RELAYED


def _place(record: dict[str, Any]) -> int:
    return int(record["dynamodb"]["SequenceNumber"])


@in_sentences
def main() -> None:
    """Show, or send back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replay", action="store_true")
    parser.add_argument("--stage", default="", help="a stage that `make deploy` made; without one, that of `make run`")
    given = parser.parse_args()
    account, found = find(given.stage)
    if given.replay:
        sent = replay(account, found)
        said(f"Sent back: {len(sent)}.")
    else:
        print(table(parked(account, found)))


if __name__ == "__main__":
    run_command(main)
