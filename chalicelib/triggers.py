"""What the events of AWS lead to: each takes an event apart and makes one call.

Above the contexts because it knows them all; `app.py` binds these to the stack.
"""

import contextlib
from collections.abc import Callable, Sequence
from itertools import batched
from typing import TYPE_CHECKING, Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.billing import reactions as _billing  # noqa: F401 - importing a context's reactions enters them
from chalicelib.care import reactions as _care  # noqa: F401
from chalicelib.contact import reactions as _contact  # noqa: F401
from chalicelib.foundation import aws, clock, due, outbox
from chalicelib.foundation.events import AUDIT, OUTBOX
from chalicelib.foundation.log import log
from chalicelib.foundation.settings import settings
from chalicelib.media import reactions as _media  # noqa: F401
from chalicelib.practice import reactions as _practice  # noqa: F401
from chalicelib.practice.service import audit
from chalicelib.privacy import reactions as _privacy  # noqa: F401

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

type Handle = Callable[[str], None]
type Failed = Callable[["SQSRecord"], None]

_AGAIN_AFTER_S = 60
"""Seconds, for each time that a message was received. What breaks an upload's processing is mostly over by then."""


class _Message(msgspec.Struct, frozen=True):
    event_id: str = ""
    id: str = ""


def attempt(handle: Handle, message: "SQSRecord", failed: Failed | None = None) -> None:
    """Do one message. What fails is logged by its type and place: its words may quote a person, or their file."""
    try:
        handle(message.body)
    except Exception as error:
        known = _read(message.body)
        if not known.event_id:  # a subscriber's failure has been logged with its name
            name, event_id = type(error).__name__, known.id or message.message_id
            log("message failed", failed=True, trace=True, event_id=event_id, error=name)
        if failed:
            failed(message)
        raise


def soon_again(message: "SQSRecord") -> None:
    """Let an upload's message that failed come again in a minute or two, not when its queue would let it: that
    waits for six times the longest processing. How often it may come again stays as it is."""
    times = int(message.attributes.approximate_receive_count)
    with contextlib.suppress(ClientError, BotoCoreError):  # then it comes when its queue lets it
        aws.client("sqs").change_message_visibility(
            QueueUrl=settings().uploads_queue_url,
            ReceiptHandle=message.receipt_handle,
            VisibilityTimeout=_AGAIN_AFTER_S * times,
        )


def _read(body: str) -> _Message:
    try:
        return msgspec.json.decode(body, type=_Message)
    except msgspec.DecodeError:
        return _Message()


def relay(event: dict[str, Any]) -> None:
    """Send new outbox rows of a stream batch to the queues whose subscribers want them, and new entries of the
    audit trail to where they are chained.

    Raises where SQS did not take everything, so that the batch comes again.
    """
    images = [record["dynamodb"]["NewImage"] for record in event["Records"]]
    outbox.relay([image["body"]["S"] for image in images if image["kind"]["S"] == OUTBOX.name], _send)
    for message in audit.to_be_linked(image for image in images if image["kind"]["S"] == AUDIT.name):
        _send(outbox.WORK, [msgspec.json.encode(message).decode()])


def work(body: str) -> None:
    """Do one message of the work queue: an event for its subscribers, a row that has fallen due, or entries of the
    audit trail to be chained."""
    match msgspec.json.decode(body).get("type"):
        case "due":
            due.do_due(msgspec.json.decode(body, type=due.Due), clock.now())
        case "audit":
            audit.link(msgspec.json.decode(body, type=audit.Unlinked), clock.now())
        case _:
            outbox.deliver(body, outbox.WORK, clock.now())


def render(body: str) -> None:
    """Do one message of the documents queue."""
    outbox.deliver(body, outbox.DOCUMENTS, clock.now())


_MB_OF_A_CORE = 1769
"""Memory with which a function has one core to itself, and of the same share more of them (AWS Lambda, 2026)."""


def process(body: str, context: Any) -> None:  # noqa: ANN401 - what Lambda tells a function of itself
    """Process one upload that S3 has told of, in the time that the function has left."""
    from chalicelib.media import intake  # noqa: PLC0415 - ffmpeg's wrapper is of no use to the API's start

    room = None
    if context is not None:
        room = intake.Room(
            left_s=lambda: context.get_remaining_time_in_millis() / 1000,
            cores=int(context.memory_limit_in_mb) / _MB_OF_A_CORE,
        )
    intake.process_upload(body, clock.now(), room=room)


def tick(event: dict[str, Any]) -> None:
    """Send one message for each row that has fallen due, while it looks for more: what one that dies has sent is sent.

    On the local stage the moment is the event's, so that a month can pass in a minute.
    """
    now = clock.parse(event["time"]) if settings().tick_time_from_event else clock.now()
    count = late_s = 0
    for some in batched(due.found_due(now), outbox.BATCH, strict=False):
        _send(outbox.WORK, [msgspec.json.encode(one).decode() for one in some])
        count, late_s = count + len(some), max(late_s, *(one.late_s for one in some))
    # An alarm listens to how late the oldest was (infra/resources/watch.yaml).
    log("tick", count=count, due_at=clock.stamp(now), late_s=late_s)


def operate(event: dict[str, Any]) -> dict[str, Any]:
    """Do an operator's command. Raise msgspec.ValidationError where it is not understood."""
    from chalicelib.practice import founding  # noqa: PLC0415 - once in the life of a deployment

    return founding.command(event, clock.now())


def _send(queue: str, messages: Sequence[str]) -> None:
    urls = {outbox.WORK: settings().work_queue_url, outbox.DOCUMENTS: settings().documents_queue_url}
    entries = [{"Id": str(index), "MessageBody": message} for index, message in enumerate(messages)]
    answer = aws.client("sqs").send_message_batch(QueueUrl=urls[queue], Entries=entries)
    if answer.get("Failed"):
        message = f"{len(answer['Failed'])} of {len(messages)} messages were not taken."
        raise OSError(message)
