"""Work that falls due is found when its moment has come, and done once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.foundation import due
from chalicelib.foundation.call import Call
from chalicelib.foundation.clock import stamp
from chalicelib.foundation.kinds import KINDS, Erase, Export, Handling, Kind
from chalicelib.foundation.table import Key, Row, Stored

from ..conftest import NOW, CallAs

pytestmark = pytest.mark.usefixtures("stack")


class Bell(msgspec.Struct, frozen=True):
    rung: int = 0


class Stuck(Exception):
    """What is due cannot be done."""


BELL = Kind("test bell", Bell, Handling(Export.NEVER, Erase.NOTHING, keep_days=None))
PLACE = Key("bells", "a")
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


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


def test_what_is_found_late_says_how_late(call_as: CallAs) -> None:
    _hang(call_as())
    assert [found.late_s for found in due.found_due(NOW)] == [0]
    assert [found.late_s for found in due.found_due(NOW + 7 * MINUTE)] == [420]


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


@pytest.fixture
def stuck() -> Iterator[list[datetime]]:
    tried: list[datetime] = []

    def jam(call: Call, _stored: Stored[Any]) -> None:
        tried.append(call.now)
        raise Stuck

    due.when_due(BELL)(jam)
    yield tried
    del due._HANDLERS[BELL.name]


def _messages(minutes: int) -> int:
    """Tick each minute and do what it found; return how many messages that was."""
    count = 0
    for minute in range(minutes):
        for one in due.found_due(NOW + minute * MINUTE):
            count += 1
            with pytest.raises(Stuck):
                due.do_due(one, one.at)
    return count


def test_what_fails_each_time_is_found_less_and_less_often(call_as: CallAs, stuck: list[datetime]) -> None:
    _hang(call_as())
    assert _messages(10) == 2
    assert [(at - NOW) // MINUTE for at in stuck] == [0, 5]


def test_a_row_that_nobody_can_read_is_found_less_and_less_often_too(call_as: CallAs, daily: list[datetime]) -> None:
    call = call_as()
    _hang(call)
    Row(call.table.pk(PLACE.part), PLACE.sk).update(actions=[Row.body.set('{"rung": "often"}')])
    found_at: list[int] = []
    for minute in range(10):
        for one in due.found_due(NOW + minute * MINUTE):
            found_at.append(minute)
            with pytest.raises(msgspec.ValidationError):
                due.do_due(one, one.at)
    assert (found_at, daily) == ([0, 5], [])


def test_a_row_of_a_kind_that_only_a_newer_build_knows_is_put_off(
    call_as: CallAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hang(call_as())
    monkeypatch.delitem(KINDS, BELL.name)
    (found,) = due.found_due(NOW)
    with pytest.raises(KeyError):
        due.do_due(found, NOW)
    assert list(due.found_due(NOW + MINUTE)) == []


def test_what_has_failed_for_long_is_still_tried_once_a_day(call_as: CallAs, stuck: list[datetime]) -> None:
    call = call_as()
    _hang(call)
    (found,) = due.found_due(NOW)
    for _ in range(30):
        with pytest.raises(Stuck):
            due.do_due(found, NOW)
    assert list(due.found_due(NOW + DAY - MINUTE)) == []
    assert len(list(due.found_due(NOW + DAY))) == 1
    stored = call.table.get(BELL, PLACE)
    assert stored is not None
    assert (stored.version, stored.value, len(stuck)) == (1, Bell(), 30)


def test_a_message_that_failed_and_comes_again_puts_things_right(
    call_as: CallAs, stuck: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    call = call_as()
    _hang(call)
    (found,) = due.found_due(NOW)
    with pytest.raises(Stuck):
        due.do_due(found, NOW)

    def ring(inner: Call, stored: Stored[Any]) -> None:
        write = inner.write()
        write.replace(stored, Bell(1), due_at=inner.now + MINUTE)
        write.commit()

    monkeypatch.setitem(due._HANDLERS, BELL.name, ring)
    for _ in range(2):
        due.do_due(found, NOW + MINUTE)
    assert len(stuck) == 1
    row = Row.get(call.table.pk(PLACE.part), PLACE.sk)
    assert row.put_off is None
    assert (int(row.version), row.due_at) == (2, stamp(NOW + 2 * MINUTE))


def test_what_somebody_wrote_while_it_failed_is_not_put_off(call_as: CallAs, monkeypatch: pytest.MonkeyPatch) -> None:
    _hang(call_as())
    (found,) = due.found_due(NOW)

    def claim_and_break(call: Call, stored: Stored[Any]) -> None:
        write = call.write()
        write.replace(stored, Bell(1), due_at=NOW + DAY)
        write.commit()
        raise Stuck

    monkeypatch.setitem(due._HANDLERS, BELL.name, claim_and_break)
    with pytest.raises(Stuck):
        due.do_due(found, NOW)
    assert [row.due_at for row in Row.scan() if row.due_at] == [stamp(NOW + DAY)]


def test_putting_off_leaves_a_row_alone_that_is_written_at_that_moment(
    call_as: CallAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = call_as()
    _hang(call)
    stored = call.table.get(BELL, PLACE)
    assert stored is not None
    real = Row.save

    def save(row: Row, *given: Any, **named: Any) -> Any:
        monkeypatch.setattr(Row, "save", real)
        write = call.write()
        write.replace(stored, Bell(1))
        write.commit()
        return real(row, *given, **named)

    monkeypatch.setattr(Row, "save", save)
    call.table.put_off(BELL.name, PLACE, NOW)
    assert list(due.found_due(NOW + DAY)) == []
