"""Work that falls due is found when its moment has come, and done once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.foundation import due
from chalicelib.foundation.call import Call
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind
from chalicelib.foundation.table import Key, Stored

from ..conftest import NOW, CallAs

pytestmark = pytest.mark.usefixtures("stack")


class Bell(msgspec.Struct, frozen=True):
    rung: int = 0


BELL = Kind("test bell", Bell, Handling(Export.NEVER, Erase.NOTHING, keep_days=None))
PLACE = Key("bells", "a")
DAY = timedelta(days=1)


@pytest.fixture
def daily() -> Iterator[list[datetime]]:
    rung: list[datetime] = []

    def ring(call: Call, stored: Stored[Any]) -> None:
        write = call.write()
        write.replace(stored, Bell(stored.value.rung + 1), due_at=call.now + DAY)
        write.commit()
        rung.append(call.now)

    due.when_due(BELL)(ring)
    yield rung
    del due._HANDLERS[BELL.name]


def _hang(call: Call) -> None:
    write = call.write()
    write.add(BELL, PLACE, Bell(), due_at=NOW)
    write.commit()


def test_nothing_is_found_before_its_moment(call_as: CallAs) -> None:
    _hang(call_as())
    assert not list(due.found_due(NOW - timedelta(seconds=1)))
    assert [found.sk for found in due.found_due(NOW)] == ["a"]


def test_a_row_that_two_ticks_found_is_done_once(call_as: CallAs, daily: list[datetime]) -> None:
    _hang(call_as())
    found = [*due.found_due(NOW), *due.found_due(NOW)]
    for one in found:
        due.do_due(one, one.at)
    assert daily == [NOW]


def test_a_tick_that_was_missed_is_caught_up_by_the_next(call_as: CallAs, daily: list[datetime]) -> None:
    _hang(call_as())
    late = NOW + 3 * DAY
    for one in due.found_due(late):
        due.do_due(one, one.at)
    assert daily == [late]
    assert not list(due.found_due(late))


def test_a_row_that_was_claimed_by_another_is_left_alone(call_as: CallAs, daily: list[datetime]) -> None:
    call = call_as()
    _hang(call)
    (found,) = due.found_due(NOW)
    ring = due._HANDLERS[BELL.name]

    def overtaken(inner: Call, stored: Stored[Any]) -> None:
        ring(inner, stored)
        ring(inner, stored)

    due._HANDLERS[BELL.name] = overtaken
    due.do_due(found, found.at)
    assert daily == [NOW]


def test_what_was_parked_for_days_is_done_now_and_not_then(call_as: CallAs, daily: list[datetime]) -> None:
    _hang(call_as())
    (found,) = due.found_due(NOW)
    due.do_due(found, NOW + 9 * DAY)
    assert daily == [NOW + 9 * DAY]


def test_a_row_that_has_gone_is_nothing_to_do(call_as: CallAs, daily: list[datetime]) -> None:
    call = call_as()
    _hang(call)
    (found,) = due.found_due(NOW)
    write = call.write()
    write.discard(PLACE)
    write.commit()
    due.do_due(found, found.at)
    assert daily == []
