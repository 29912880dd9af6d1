"""Logs: JSON lines with a correlation id that follows an event through the queues, and no field
that is not on the list."""

from typing import Any

from aws_lambda_powertools import Logger

_ALLOWED = frozenset(
    {
        "correlation_id", "event_id", "event_type", "subscriber", "route", "method", "status", "problem", "error",
        "practice_id", "person_id", "client_id", "submission_id", "recording_id", "invoice_id", "kind", "count",
        "due_at", "late_s", "queue", "took_ms", "reason", "stage", "source", "aimed_at",
    }
)  # fmt: skip

_logger = Logger(service="meanwhile")


def log(message: str, *, failed: bool = False, trace: bool = False, **fields: Any) -> None:  # noqa: ANN401 - a log takes what JSON takes
    """Write one line. A field that is not on the list is a mistake of ours and raises TypeError.

    `trace` adds the stack of the exception being handled, without its message: it may quote a person.
    """
    strange = fields.keys() - _ALLOWED
    if strange:
        text = f"Not on the list of fields that a log may show: {sorted(strange)}"
        raise TypeError(text)
    if trace:
        fields["stack"] = _stack()
    (_logger.error if failed else _logger.info)(message, extra=fields)


def _stack() -> list[str]:
    import sys  # noqa: PLC0415 - only when something has failed
    import traceback  # noqa: PLC0415

    frames = traceback.extract_tb(sys.exc_info()[2])
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
