"""What the events of AWS lead to, from the handlers that Lambda calls."""

import gc
import json
import time
from typing import Any

import pytest
from botocore.client import BaseClient
from moto.backends import get_backend

import app
from chalicelib.contact.model import SCHEDULE, Schedule
from chalicelib.foundation.ids import ClientId
from chalicelib.foundation.settings import settings
from chalicelib.foundation.table import Key

from .conftest import NOW, CallAs

MESSAGE = "5f1c7a52"


def batch(body: Any, *, receipt: str = "r", times: int = 1) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": MESSAGE,
                "receiptHandle": receipt,
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {"ApproximateReceiveCount": str(times)},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-central-1:000000000000:work",
                "awsRegion": "eu-central-1",
            }
        ]
    }


SCHEDULED = {"version": "0", "id": "e1", "detail-type": "Scheduled Event", "source": "aws.events", "account": "0"} | {
    "region": "eu-central-1",
    "resources": [],
    "detail": {},
}
QUOTING = {"event_id": "e1", "type": "x", "practice_id": "p", "at": "my knee hurts", "ids": {}}


@pytest.mark.usefixtures("stack")
@pytest.mark.parametrize(
    ("handler", "body", "known_as"),
    [
        (app.worker, "my knee hurts", MESSAGE),
        (app.documents, QUOTING | {"event_id": ""}, MESSAGE),
        (app.video, {"id": "of-eventbridge", "detail": "my knee hurts"}, "of-eventbridge"),
    ],
)
def test_a_message_that_fails_comes_again_and_its_words_stay_out_of_the_log(
    handler: Any, body: Any, known_as: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = handler(batch(body), None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": MESSAGE}]}
    (line,) = [vars(record) for record in caplog.records if record.levelname == "ERROR"]
    assert (line["event_id"], line["error"]) == (known_as, line["error"])
    assert line["stack"]
    assert "knee" not in str([vars(record) for record in caplog.records])


def test_a_failure_at_a_subscriber_is_told_once(caplog: pytest.LogCaptureFixture, stack: dict[str, Any]) -> None:
    assert stack
    ids = {"client_id": "c", "submission_id": "s", "recording_id": "r", "occurrence_at": "no moment"}
    event = {"event_id": "e1", "type": "reminder.due", "practice_id": "p", "at": NOW.isoformat(), "ids": ids}
    assert app.worker(batch(event), None)["batchItemFailures"]
    (line,) = [vars(record) for record in caplog.records if record.levelname == "ERROR"]
    assert line["subscriber"] == "contact.reactions.send_reminder"


def test_a_tick_sends_what_it_has_found_before_it_looks_for_more(
    stack: dict[str, Any], call_as: CallAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = call_as().table
    for number in range(40):
        schedule = Schedule(client_id=ClientId(f"c{number}"), time_zone="UTC")
        table.row(SCHEDULE, Key("somewhere", f"{number:02}"), schedule, 1, due_at=NOW).save()
    made: list[str] = []
    real = vars(BaseClient)["_make_api_call"]

    def make(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        made.append(operation)
        return real(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", make)
    app.tick(SCHEDULED | {"time": NOW.isoformat()}, None)
    assert (made.count("Query"), made.count("SendMessageBatch")) == (8, 4)
    assert made.index("SendMessageBatch") < len(made) - made[::-1].index("Query")
    queue = stack["sqs"].get_queue_attributes(QueueUrl=settings().work_queue_url, AttributeNames=["All"])
    assert queue["Attributes"]["ApproximateNumberOfMessages"] == "40"


def _hidden_for_s(url: str) -> float:
    account, name = url.split("/")[-2:]
    (message,) = get_backend("sqs")[account]["eu-central-1"].queues[name]._messages
    return float(message.visible_at / 1000 - time.time())


@pytest.mark.parametrize(("times", "after_s"), [(1, 60), (2, 120)])
def test_an_upload_whose_processing_failed_comes_again_in_a_minute_or_two(
    stack: dict[str, Any], times: int, after_s: int
) -> None:
    sqs, url = stack["sqs"], settings().uploads_queue_url
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "5400"})
    sqs.send_message(QueueUrl=url, MessageBody="{}")
    (received,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert app.video(batch("{}", receipt=received["ReceiptHandle"], times=times), None)["batchItemFailures"]
    assert after_s - 30 < _hidden_for_s(url) <= after_s


def test_a_message_of_another_queue_is_left_to_that_queue(stack: dict[str, Any]) -> None:
    sqs, url = stack["sqs"], settings().uploads_queue_url
    sqs.send_message(QueueUrl=url, MessageBody="{}")
    (received,) = sqs.receive_message(QueueUrl=url, VisibilityTimeout=5)["Messages"]
    assert app.worker(batch("{}", receipt=received["ReceiptHandle"]), None)["batchItemFailures"]
    assert _hidden_for_s(url) <= 5


def test_rubbish_is_collected_again_once_the_app_has_started() -> None:
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
