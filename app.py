"""The Chalice app: blueprints for people, triggers for everything else; nothing is decided here.

Triggers stand here and not on the blueprints: a blueprint's handler is deployed under its own module
and would start without what this file sets up.
"""
# ruff: noqa: E402 - what is imported stays, so looking through it for rubbish is put off: a twelfth of a start

import gc

gc.disable()

from typing import Any

from chalice import Chalice, Rate
from chalice.app import CloudWatchEvent, DynamoDBEvent, SQSEvent

from chalicelib import triggers
from chalicelib.billing import routes as billing
from chalicelib.care import routes as care
from chalicelib.contact import routes as contact
from chalicelib.curriculum import routes as curriculum
from chalicelib.foundation.http import in_our_words
from chalicelib.media import routes as media
from chalicelib.practice import routes as practice
from chalicelib.privacy import routes as privacy

app = Chalice(app_name="meanwhile", configure_logs=False)  # else it would silence our logger of that name
app.register_middleware(in_our_words, "http")
for context in (practice, media, curriculum, contact, care, billing, privacy):
    app.register_blueprint(context.ROUTES)


@app.on_dynamodb_record(stream_arn="arn:aws:dynamodb:::table/set-by-the-template", batch_size=100)
def relay(event: DynamoDBEvent) -> None:
    """Pass on what transactions put into the outbox."""
    triggers.relay(event.to_dict())


@app.on_sqs_message(queue="work", batch_size=10)
def worker(event: SQSEvent) -> Any:  # noqa: ANN401 - the partial batch answer of Lambda
    """Let subscribers react, and do what has fallen due."""
    return _each(event, triggers.work)


@app.on_sqs_message(queue="documents", batch_size=1)
def documents(event: SQSEvent) -> Any:  # noqa: ANN401
    """Render what is to be printed."""
    return _each(event, triggers.render)


@app.on_sqs_message(queue="uploads", batch_size=1)
def video(event: SQSEvent) -> Any:  # noqa: ANN401
    """Make what was uploaded playable."""
    return _each(event, lambda body: triggers.process(body, event.context), triggers.soon_again)


@app.schedule(Rate(1, unit=Rate.MINUTES))
def tick(event: CloudWatchEvent) -> None:
    """Look for what has fallen due."""
    triggers.tick(event.to_dict())


@app.lambda_function()
def operate(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Do what only the operator of a deployment may: found a practice."""
    return triggers.operate(event)


def _each(event: SQSEvent, handle: triggers.Handle, failed: triggers.Failed | None = None) -> Any:  # noqa: ANN401
    # Of no use to the API, whose start it would slow down by a tenth.
    from aws_lambda_powertools.utilities.batch import (  # noqa: PLC0415
        BatchProcessor,
        EventType,
        process_partial_response,
    )

    def one(record: Any) -> None:  # noqa: ANN401 - the processor passes it by this name
        triggers.attempt(handle, record, failed)

    # Raising for a batch of failures would put the words of each into the log; that they failed is told either way.
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event=event.to_dict(), record_handler=one, processor=processor, context=None)


gc.freeze()
gc.enable()
