"""The bad day that the embedded AWS does not make: transactions that meet at an item and are refused for it.

The functions run in as many threads as Lambda would run copies, against the bench's table with two habits of
DynamoDB: a call takes a while, and transactions that meet at an item are refused with TransactionConflict. A message
that fails comes again, five times at most; then it is parked, and somebody has to look.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from bench.depot import Depot
from bench.house import House
from bench.loop import Client, Practice
from bench.outcome import Outcome
from bench.wire import Wire
from chalicelib import triggers
from infra.steps import said

AT_ONCE = 50
"""Copies of the worker."""
CLIENTS = 200
MINUTES = 30
MOST_RECEIVES = 5
_LATENCY_S = 0.004


class Busy(Wire):
    """A table that many reach at once."""

    def __init__(self, depot: Depot) -> None:
        """Hold no key yet."""
        super().__init__(depot)
        self._lock = threading.Lock()
        self._held: set[tuple[str, str]] = set()
        self.busy = False
        self.conflicts = 0

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Take a while where it is busy."""
        if self.busy:
            time.sleep(_LATENCY_S)
        with self._lock:
            return super().send(request)

    def _table(self, request: AWSPreparedRequest, operation: str, asked: dict[str, Any]) -> AWSResponse:
        if not self.busy or operation != "TransactWriteItems":
            return super()._table(request, operation, asked)
        items = [next(iter(action.values())) for action in asked["TransactItems"]]
        keys = [(item.get("Item") or item["Key"]) for item in items]
        mine = [(key["pk"]["S"], key["sk"]["S"]) for key in keys]
        met = [key in self._held for key in mine]
        if any(met):
            self.conflicts += 1
            reasons = [{"Code": "TransactionConflict" if one else "None"} for one in met]
            body = {"__type": "TransactionCanceledException", "CancellationReasons": reasons, "message": "conflict"}
            return self.refuse(request, body)
        self._held.update(mine)
        self._lock.release()
        time.sleep(_LATENCY_S)
        self._lock.acquire()
        self._held.difference_update(mine)
        return super()._table(request, operation, asked)


def _work(bodies: Sequence[tuple[str, str]], at_once: int) -> Counter[str]:
    """Let copies of the functions take messages until there are none, and return how often what came of them."""
    received: Counter[str] = Counter()
    came: Counter[str] = Counter()
    waiting = list(bodies)

    def take(message: tuple[str, str]) -> tuple[tuple[str, str], bool]:
        try:
            (triggers.work if message[0] == "work" else triggers.render)(message[1])
        except Exception as error:  # noqa: BLE001 - as SQS sees it
            came[type(error).__name__] += 1
            return message, False
        return message, True

    with ThreadPoolExecutor(at_once) as pool:
        while waiting:
            again: list[tuple[str, str]] = []
            for message, done in pool.map(take, waiting):
                received[message[1]] += 1
                if not done and received[message[1]] < MOST_RECEIVES:
                    again.append(message)
                elif not done:
                    came["parked"] += 1
            waiting = again
    return came


def invoices(clients: int = CLIENTS, at_once: int = AT_ONCE) -> Outcome:
    """A practice whose clients' invoices all fall due in the same minute."""
    house, wire, practice = _practice()
    with wire.strung():
        for number in range(clients):
            practice.client(f"Client {number}")
        at = datetime.now(UTC) + timedelta(days=9)
        return _minutes("invoices at once", house, wire, at, clients, at_once, _count("invoice_line"))


def submissions(clients: int = CLIENTS // 4, at_once: int = AT_ONCE) -> Outcome:
    """Clients of one practice who all send a lesson at the same moment."""
    _, wire, practice = _practice()
    with wire.strung():
        people = [practice.client(f"Client {number}") for number in range(clients)]
        lessons = [(one, one.enrol(practice.program)) for one in people]
        wire.busy = True
        with ThreadPoolExecutor(at_once) as pool:
            done = sum(pool.map(_sends, lessons))
        return Outcome(f"lessons at once, {wire.conflicts} transactions refused", clients, done)


def _sends(one: tuple[Client, str]) -> int:
    client, enrolment_id = one
    lesson = f"{client.home}/enrolments/{enrolment_id}/lessons/1"
    did = {"sets": 3, "reps": 8, "pain": 3, "note": ""}
    client.self.put(f"{lesson}/answers/knee", {"value": did}, 0)
    revision = client.self.get(lesson)["revision"]
    client.self.post(f"{lesson}/submission", {"comment": "", "revision": revision})
    return 1


def _practice() -> tuple[House, Busy, Practice]:
    wire = Busy(Depot())
    house = House(wire)
    with wire.strung():
        return house, wire, Practice(house)


def _count(kind: str) -> Callable[[House], int]:
    return lambda house: sum(item["kind"]["S"] == kind for item in house.wire.depot.items().values())


def _minutes(
    name: str, house: House, wire: Busy, at: datetime, wanted: int, at_once: int, done: Callable[[House], int]
) -> Outcome:
    """Let a minute pass after the other until all is done."""
    parked, minute = 0, 0
    for minute in range(1, MINUTES + 1):
        wire.busy = False
        triggers.tick({"time": (at + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")})
        bodies, wire.queued = wire.queued, []
        wire.busy = True
        came = _work(bodies, at_once)
        parked += came["parked"]
        said(f"{name}: minute {minute}, {len(bodies)} messages, {done(house)} done, {dict(came)}")
        if done(house) == wanted:
            break
    return Outcome(f"{name}, {wire.conflicts} transactions refused, {minute} ticks", wanted, done(house), parked)
