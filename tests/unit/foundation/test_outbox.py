"""What a transaction tells reaches its subscribers, once each, whatever happens on the way."""

from collections.abc import Iterator, Sequence

import msgspec
import pytest

from chalicelib.foundation import outbox
from chalicelib.foundation.call import Call
from chalicelib.foundation.events import OUTBOX, Event
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind
from chalicelib.foundation.table import Key

from ..conftest import NOW, CallAs

pytestmark = pytest.mark.usefixtures("stack")


class Seen(msgspec.Struct, frozen=True):
    times: int


SEEN = Kind("test seen", Seen, Handling(Export.NEVER, Erase.NOTHING, keep_days=None))


class Listener:
    """Counts in the table how often it took effect, and fails as often as it was told to."""

    def __init__(self, name: str, failures: int = 0) -> None:
        self.__name__, self.__module__ = name, "chalicelib.test"
        self.failures = failures
        self.asked = 0

    def __call__(self, call: Call, event: Event) -> None:
        self.asked += 1
        if self.failures:
            self.failures -= 1
            message = "not now"
            raise OSError(message)
        write = call.write()
        write.add(SEEN, Key("seen", f"{self.__name__}#{event.ids['thing_id']}"), Seen(1))
        write.commit()


@pytest.fixture
def listeners() -> Iterator[tuple[Listener, Listener, Listener]]:
    before = dict(outbox._SUBSCRIBERS)
    steady, shaky, printer = Listener("steady"), Listener("shaky", failures=1), Listener("printer")
    outbox.on("thing.happened")(steady)
    outbox.on("thing.happened")(shaky)
    outbox.on("thing.happened", queue=outbox.DOCUMENTS)(printer)
    yield steady, shaky, printer
    outbox._SUBSCRIBERS.clear()
    outbox._SUBSCRIBERS.update(before)


def _told(call: Call) -> str:
    write = call.write()
    event_id = write.tell("thing.happened", thing_id="a")
    write.commit()
    (row,) = call.table.under(f"outbox#{event_id[-2:]}", "").all(OUTBOX)
    return msgspec.json.encode(row.value).decode()


def test_an_event_goes_to_every_queue_where_somebody_waits(
    call_as: CallAs, listeners: tuple[Listener, Listener, Listener]
) -> None:
    assert listeners
    body = _told(call_as())
    sent: list[tuple[str, int]] = []

    def send(queue: str, messages: Sequence[str]) -> None:
        sent.append((queue, len(messages)))

    outbox.relay([body] * 12, send)
    assert sorted(sent) == [("documents", 2), ("documents", 10), ("work", 2), ("work", 10)]


@pytest.mark.parametrize("unreadable", ['{"event": 2}', "my knee hurts"])
def test_a_row_that_nobody_can_read_is_left_to_the_work_queue_and_the_others_go_on(
    call_as: CallAs, listeners: tuple[Listener, Listener, Listener], unreadable: str
) -> None:
    assert listeners
    body = _told(call_as())
    sent: list[tuple[str, list[str]]] = []

    def send(queue: str, messages: Sequence[str]) -> None:
        sent.append((queue, list(messages)))

    outbox.relay([unreadable, body], send)
    assert sorted(sent) == [("documents", [body]), ("work", [unreadable, body])]


def test_one_that_fails_does_not_hold_up_the_others_and_is_asked_again(
    call_as: CallAs, listeners: tuple[Listener, Listener, Listener]
) -> None:
    steady, shaky, printer = listeners
    call = call_as()
    body = _told(call)
    with pytest.raises(OSError, match="not now"):
        outbox.deliver(body, outbox.WORK, NOW)
    for _ in range(3):
        outbox.deliver(body, outbox.WORK, NOW)
    assert (steady.asked, shaky.asked, printer.asked) == (1, 2, 0)
    assert [row.value.times for row in call.table.under("seen", "").all(SEEN)] == [1, 1]


def test_two_deliveries_at_once_take_effect_once(
    call_as: CallAs, listeners: tuple[Listener, Listener, Listener]
) -> None:
    call = call_as()
    event = msgspec.json.decode(_told(call), type=Event)
    subscriber = outbox.Subscriber("test.steady", outbox.WORK, listeners[0])

    def meanwhile(_call: Call, _event: Event) -> None:
        outbox._deliver_to(subscriber, event, NOW)
        listeners[0](_call, _event)

    outbox._deliver_to(subscriber._replace(react=meanwhile), event, NOW)
    assert len(call.table.under("seen", "").all(SEEN)) == 1
