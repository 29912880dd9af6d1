"""An event for every function of the template, by what triggers it: the first that a fresh one has to do.

Each asks AWS at least once where the function lives from asking. A function with a trigger of a new sort, or a
queue of its own, fails on the sample until it is given one here.
"""

import json
from collections.abc import Mapping
from typing import Any

PRACTICE = CLIENT = PERSON = RECORDING = "01k0000000000000000000000a"
_AT = "2026-05-14T09:00:00.000Z"


def _told(event_type: str, **ids: str) -> dict[str, Any]:
    """Return an event of the outbox."""
    return {"event_id": PERSON, "type": event_type, "practice_id": PRACTICE, "at": _AT, "ids": ids}


_MESSAGES: Mapping[str, dict[str, Any]] = {
    "WorkQueue": _told("lesson.submitted", client_id=CLIENT),
    "DocumentsQueue": _told("invoice.issued", client_id=CLIENT, invoice_number="2026-0001"),
    "UploadsQueue": {
        "detail": {
            "bucket": {"name": "UPLOADS_BUCKET"},
            "object": {"key": f"{PRACTICE}/{CLIENT}/{PERSON}/{RECORDING}", "size": 1000},
        }
    },
}

_SCHEDULED = {
    "version": "0",
    "id": PERSON,
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "000000000000",
    "time": _AT,
    "region": "eu-central-1",
    "resources": [],
    "detail": {},
}

_REQUEST = {
    "httpMethod": "GET",
    "headers": {},
    "pathParameters": {"client_id": CLIENT},
    "multiValueQueryStringParameters": None,
    "requestContext": {
        "httpMethod": "GET",
        "resourcePath": "/api/clients/{client_id}/today",
        "path": f"/api/clients/{CLIENT}/today",
        "authorizer": {
            "claims": {
                "custom:practice_id": PRACTICE,
                "custom:person_id": PERSON,
                "cognito:groups": "client",
                "name": "Somebody",
            }
        },
    },
    "body": None,
    "stageVariables": None,
}


def sample(function: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event for a function as the template describes it (its Properties)."""
    for source in function.get("Events", {}).values():
        match source["Type"]:
            case "SQS":
                return {"Records": [_record(json.dumps(source["Properties"]["Queue"]))]}
            case "DynamoDB":
                body = json.dumps(_told("lesson.submitted", client_id=CLIENT))
                return {
                    "Records": [
                        {"eventID": "1", "dynamodb": {"NewImage": {"kind": {"S": "outbox"}, "body": {"S": body}}}}
                    ]
                }
            case "Schedule":
                return _SCHEDULED
            case _:
                break
    if function["Handler"] == "app.app":
        return _REQUEST
    return {
        "do": "found_practice",
        "name": "A practice",
        "time_zone": "Europe/Lisbon",
        "currency": "EUR",
        "owner_name": "Somebody",
        "owner_email": "somebody@example.org",
    }


def _record(queue: str) -> dict[str, Any]:
    body = next((message for name, message in _MESSAGES.items() if name in queue), {})
    return {
        "messageId": "1",
        "receiptHandle": "1",
        "body": json.dumps(body),
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:000000000000:bench",
        "awsRegion": "eu-central-1",
    }
