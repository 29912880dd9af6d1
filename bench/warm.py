"""Warm requests: processor time in the handler beside the same AWS calls made with bare botocore.

Both get recorded answers right below botocore, so that neither a network nor a server is in the figure. Signing
an address makes no call: it is in ours and not in the other's.
"""

import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.client import BaseClient

from app import app
from bench.house import House, Person
from bench.loop import Practice
from bench.rows import Row
from bench.wire import Wire

MOMENTS = ("today", "lesson", "submit", "review", "feedback")
ROUNDS, TIMES = 15, 40
AT_MOST = 1.5


class Tape(NamedTuple):
    """A request as API Gateway hands it over, the calls that it makes, and what AWS answers to them."""

    event: Mapping[str, Any]
    calls: Sequence[tuple[str, str, Mapping[str, Any]]]
    """Service, operation, arguments."""
    answers: Sequence[AWSResponse]


class Recorder(Wire):
    """A wire that keeps what it answers, and can say the same again."""

    def __init__(self) -> None:
        """Answer from the table at first."""
        super().__init__(House().wire.depot)
        self.answers: list[AWSResponse] = []
        self.again: Iterator[AWSResponse] | None = None

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Answer from the table, or what was answered before."""
        if self.again:
            kept = next(self.again)
            kept.raw.seek(0)
            # botocore keeps what it has read at the response: a new one has it still to read.
            return AWSResponse(kept.url, kept.status_code, kept.headers, kept.raw)  # type: ignore[arg-type] # its own
        answer = super().send(request)
        self.answers.append(answer)
        return answer


def warm_requests() -> list[Row]:
    """Measure the five moments of the loop."""
    wire = Recorder()
    with wire.strung():
        tapes = _record(wire)
        return [
            Row(
                name=f"warm request: {name}",
                value=round(_ratio(wire, tape), 3),
                beside="the same AWS calls made with bare botocore",
                at_most=AT_MOST,
                unit="ratio of CPU",
            )
            for name, tape in tapes.items()
        ]


def _record(wire: Recorder) -> dict[str, Tape]:
    """Go round the loop, and keep the last of each moment."""
    house, tapes = House(wire), {}
    client = Practice(house).client()
    with _listening(house, wire) as heard:
        client.do_program()
    for name in MOMENTS:
        tapes[name] = next(tape for step, tape in reversed(heard) if step == name)
    return tapes


@contextmanager
def _listening(house: House, wire: Recorder) -> Iterator[list[tuple[str, Tape]]]:
    """Keep every request of the block as a tape, with the name of its step."""
    heard: list[tuple[str, Tape]] = []
    calls: list[tuple[str, str, Mapping[str, Any]]] = []
    call, step, event = BaseClient._make_api_call, house.step, Person.event  # type: ignore[attr-defined]  # noqa: SLF001

    def making(client: Any, operation: str, arguments: Mapping[str, Any]) -> Any:
        calls.append((client.meta.service_model.service_name, operation, arguments))
        return call(client, operation, arguments)

    @contextmanager
    def stepping(name: str) -> Iterator[Any]:
        with step(name) as took:
            calls.clear()
            wire.answers.clear()
            yield took
            heard.append((name, Tape(asked[-1], list(calls), list(wire.answers))))

    asked: list[Mapping[str, Any]] = []

    def asking(person: Person, *words: Any) -> Any:
        asked.append(event(person, *words))
        return asked[-1]

    places: tuple[tuple[Any, str, Any, Any], ...] = (
        (BaseClient, "_make_api_call", making, call),
        (Person, "event", asking, event),
        (house, "step", stepping, step),
    )
    for owner, name, stand_in, _ in places:
        setattr(owner, name, stand_in)
    try:
        yield heard
    finally:
        for owner, name, _, real in places:
            setattr(owner, name, real)


def _ratio(wire: Recorder, tape: Tape) -> float:
    """Run the handler and the bare calls in turns, and return the least that one costs beside the least of the other.

    Whatever else this machine does only ever adds to either.
    """
    session = botocore.session.get_session()
    clients = {service: session.create_client(service) for service, _, _ in tape.calls}
    bare = [(getattr(clients[service], _method(operation)), arguments) for service, operation, arguments in tape.calls]

    def handle() -> None:
        answer = app(tape.event, None)
        if answer["statusCode"] >= 400:  # noqa: PLR2004 - where refusals begin
            raise AssertionError(answer["body"])

    def call() -> None:
        for make, arguments in bare:
            make(**arguments)

    def cost(act: Callable[[], None]) -> float:
        began = time.thread_time()
        for _ in range(TIMES):
            wire.again = itertools.cycle(tape.answers)
            act()
        wire.again = None
        return time.thread_time() - began

    rounds = [(cost(handle), cost(call)) for _ in range(ROUNDS)]
    return min(ours for ours, _ in rounds) / min(theirs for _, theirs in rounds)


def _method(operation: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation).lstrip("_")
