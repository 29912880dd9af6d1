"""Nothing of a client who was erased comes back."""

import msgspec
import pytest

from chalicelib.foundation import outbox, places
from chalicelib.foundation.call import Call
from chalicelib.foundation.erased import TOMBSTONE, ClientErased, Tombstone, is_erased
from chalicelib.foundation.errors import StaleWrite
from chalicelib.foundation.events import Event
from chalicelib.foundation.ids import ClientId, EventId, PersonId, new_id
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind
from chalicelib.foundation.table import Key
from chalicelib.practice.model import CARD, Card, Named

from ..conftest import NOW, CallAs

pytestmark = pytest.mark.usefixtures("stack")
MIA = ClientId(new_id(NOW))


class Leaf(msgspec.Struct, frozen=True, kw_only=True):
    client_id: str = ""


LEAF = Kind("test leaf", Leaf, Handling(Export.CLIENT, Erase.REMOVE, keep_days=None))
IN_THEIR_PART, ELSEWHERE = Key(places.client(MIA), "99#leaf"), Key("leaves", "1")


@pytest.fixture
def call(call_as: CallAs) -> Call:
    call: Call = call_as()
    write = call.write()
    therapist = Named(PersonId(new_id(NOW)), "Ines Duarte")
    card = Card(client_id=MIA, name="Mia", time_zone="Europe/Berlin", therapists=(therapist,), since=NOW)
    write.add(CARD, places.card(MIA), card)
    write.commit()
    return call


def _erase(call: Call) -> None:
    stored = call.table.get(CARD, places.card(MIA))
    assert stored
    write = call.write()
    write.bury(stored, TOMBSTONE, Tombstone(at=NOW, by=PersonId("")), otherwise=StaleWrite)
    write.commit()


def test_an_erased_client_has_no_card_and_a_tombstone(call: Call) -> None:
    assert not is_erased(call.table, MIA)
    _erase(call)
    assert is_erased(call.table, MIA)
    assert call.table.get(CARD, places.card(MIA)) is None
    assert not is_erased(call.table, None)


@pytest.mark.parametrize(("key", "value"), [(IN_THEIR_PART, Leaf()), (ELSEWHERE, Leaf(client_id=MIA))])
def test_nothing_is_added_to_the_record_of_an_erased_client(call: Call, key: Key, value: Leaf) -> None:
    _erase(call)
    for how in ("add", "put"):
        write = call.write()
        getattr(write, how)(LEAF, key, value)
        with pytest.raises(ClientErased):
            write.commit()
    assert call.table.get(LEAF, key) is None


def test_a_row_that_is_still_there_proves_that_the_record_is_not_empty_yet(call: Call) -> None:
    write = call.write()
    write.add(LEAF, IN_THEIR_PART, Leaf())
    write.commit()
    stored = call.table.get(LEAF, IN_THEIR_PART)
    assert stored
    _erase(call)
    gone = call.write()
    gone.remove(stored)
    gone.commit()
    late = call.write()
    late.unchanged(stored)
    late.put(LEAF, ELSEWHERE, Leaf(client_id=MIA))
    with pytest.raises(StaleWrite):
        late.commit()


def test_what_fails_for_an_erased_client_is_not_tried_again(call: Call) -> None:
    asked = []

    def fail(_call: Call, event: Event) -> None:
        asked.append(event.event_id)
        raise ClientErased

    before = dict(outbox._SUBSCRIBERS)
    outbox.on("leaf.fell")(fail)
    event = Event(
        event_id=EventId(new_id(NOW)),
        type="leaf.fell",
        practice_id=call.actor.practice_id,
        at=NOW,
        ids={"client_id": MIA},
    )
    body = msgspec.json.encode(event).decode()
    try:
        with pytest.raises(ClientErased):
            outbox.deliver(body, outbox.WORK, NOW)
        _erase(call)
        outbox.deliver(body, outbox.WORK, NOW)
    finally:
        outbox._SUBSCRIBERS.clear()
        outbox._SUBSCRIBERS.update(before)
    assert len(asked) == 2
