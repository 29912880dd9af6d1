"""From the outbox to the subscribers: transaction → stream → relay → queue → worker.

A subscriber is a function of (call, event). The call carries the mark of (event, subscriber), so that
its first write takes effect once however often the message comes; a subscriber that acts outside the
table is asked only where the mark is missing.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from chalicelib.foundation.actor import clockwork
from chalicelib.foundation.call import Call
from chalicelib.foundation.erased import is_erased
from chalicelib.foundation.events import Event
from chalicelib.foundation.ids import ClientId
from chalicelib.foundation.log import log
from chalicelib.foundation.once import DONE, Once, Repeated
from chalicelib.foundation.table import Table

WORK = "work"
DOCUMENTS = "documents"
BATCH = 10
"""Messages that one SendMessageBatch takes (SQS, 2026)."""

type Reaction = Callable[[Call, Event], None]


class Subscriber(NamedTuple):
    """Who wants an event, and in which queue's function it runs."""

    name: str
    queue: str
    react: Reaction


_SUBSCRIBERS: dict[str, list[Subscriber]] = {}


def on(event_type: str, *, queue: str = WORK) -> Callable[[Reaction], Reaction]:
    """Subscribe a function to a type of event. Its module and name are its identity: renaming replays."""

    def enter(react: Reaction) -> Reaction:
        name = f"{react.__module__.removeprefix('chalicelib.')}.{react.__name__}"
        _SUBSCRIBERS.setdefault(event_type, []).append(Subscriber(name, queue, react))
        return react

    return enter


def queues_for(event: Event) -> list[str]:
    """Name the queues in which somebody waits for an event."""
    return sorted({subscriber.queue for subscriber in _SUBSCRIBERS.get(event.type, [])})


def waiting_for(event_type: str) -> list[str]:
    """Name the subscribers that wait for a type of event, as their marks do."""
    return [subscriber.name for subscriber in _SUBSCRIBERS.get(event_type, [])]


def relay(bodies: Iterable[str], send: Callable[[str, Sequence[str]], None]) -> None:
    """Pass outbox rows (their JSON bodies) on to the queues that want them, in batches.

    `send` takes a queue's name and up to ten messages and raises unless all were taken.
    A row that cannot be read goes to the work queue: there it fails and is parked alone, while in the stream it
    would hold up every row behind it.
    """
    waiting: dict[str, list[str]] = {}
    for body in bodies:
        for queue in _queues_for_row(body):
            waiting.setdefault(queue, []).append(body)
    for queue, messages in waiting.items():
        for start in range(0, len(messages), BATCH):
            send(queue, messages[start : start + BATCH])


def _queues_for_row(body: str) -> list[str]:
    try:
        return queues_for(msgspec.json.decode(body, type=Event))
    except msgspec.DecodeError:
        return [WORK]


def deliver(body: str, queue: str, now: datetime) -> None:
    """Run the subscribers of one event that live in this queue. Whatever one raises comes out, after
    the others have had their turn, so that the message is tried again."""
    event = msgspec.json.decode(body, type=Event)
    failures: list[Exception] = []
    for subscriber in _SUBSCRIBERS.get(event.type, []):
        if subscriber.queue == queue:
            try:
                _deliver_to(subscriber, event, now)
            except Exception as error:  # noqa: BLE001 - collected and raised below
                log(
                    "subscriber failed",
                    failed=True,
                    trace=True,
                    subscriber=subscriber.name,
                    event_type=event.type,
                    event_id=event.event_id,
                    correlation_id=event.correlation_id,
                    error=type(error).__name__,
                )
                failures.append(error)
    if failures:
        raise failures[0]


def _deliver_to(subscriber: Subscriber, event: Event, now: datetime) -> None:
    once = Once(part=event.event_id, name=subscriber.name)
    if Table(event.practice_id).get(DONE, once.key):
        return
    # Nothing follows before its cause, whatever two clocks say; the local stage's tick may run months ahead.
    at = max(now, event.at)
    call = Call(clockwork(event.practice_id), at, once=once, correlation_id=event.correlation_id or event.event_id)
    try:
        subscriber.react(call, event)
    except Repeated:
        return
    except Exception:
        # Nothing can follow any more for a client who was erased; trying again would only park it.
        if not is_erased(call.table, ClientId(event.ids["client_id"]) if "client_id" in event.ids else None):
            raise
        log("came after the erasure", subscriber=subscriber.name, event_type=event.type, event_id=event.event_id)
