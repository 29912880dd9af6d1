"""What the events of AWS lead to, from the handlers that Lambda calls."""

import json
from typing import Any

import pytest

import app

from .conftest import NOW

MESSAGE = "5f1c7a52"


def batch(body: Any) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": MESSAGE,
                "receiptHandle": "r",
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-central-1:000000000000:work",
                "awsRegion": "eu-central-1",
            }
        ]
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
