"""One transaction: all of it or nothing, and once."""

from datetime import timedelta

import msgspec
import pytest

from chalicelib.foundation import places
from chalicelib.foundation.errors import Conflict, StaleWrite, TooLarge
from chalicelib.foundation.events import AUDIT, OUTBOX
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind
from chalicelib.foundation.once import Repeated
from chalicelib.foundation.table import Key, Row

from ..conftest import NOW, CallAs


class Note(msgspec.Struct, frozen=True):
    text: str


NOTE = Kind("test note", Note, Handling(Export.NEVER, Erase.NOTHING, keep_days=None))
FLEETING = Kind("test fleeting", Note, Handling(Export.NEVER, Erase.NOTHING, keep_days=3))
HERE = Key("notes", "a")

pytestmark = pytest.mark.usefixtures("stack")


def test_a_row_that_was_added_is_read_with_version_1(call_as: CallAs) -> None:
    call = call_as()
    write = call.write()
    write.add(NOTE, HERE, Note("one"))
    write.commit()
    found = call.table.get(NOTE, HERE)
    assert found is not None
    assert (found.value, found.version) == (Note("one"), 1)


def test_adding_twice_is_a_conflict_and_changes_nothing(call_as: CallAs) -> None:
    call = call_as()
    for text in ("one", "two"):
        write = call.write()
        write.add(NOTE, HERE, Note(text))
        write.add(NOTE, Key("notes", text), Note(text))
        if text == "one":
            write.commit()
        else:
            with pytest.raises(Conflict):
                write.commit()
    assert [row.key.sk for row in call.table.under("notes", "")] == ["a", "one"]


def test_the_second_of_two_writers_is_told_that_its_copy_is_stale(call_as: CallAs) -> None:
    call = call_as()
    first = call.write()
    first.add(NOTE, HERE, Note("one"))
    first.commit()
    read = call.table.get(NOTE, HERE)
    assert read is not None
    for text in ("two", "three"):
        write = call.write()
        write.replace(read, Note(text))
        if text == "two":
            write.commit()
        else:
            with pytest.raises(StaleWrite, match="Nothing was saved; please try once more"):
                write.commit()
    found = call.table.get(NOTE, HERE)
    assert found is not None
    assert (found.value.text, found.version) == ("two", 2)


def test_a_repeated_request_finds_its_first_answer(call_as: CallAs) -> None:
    call = call_as(once="request-1")
    write = call.write()
    write.add(NOTE, HERE, Note("one"))
    assert write.commit(Note("answer")) == Note("answer")
    again = call.write()
    again.add(NOTE, HERE, Note("two"))
    with pytest.raises(Repeated) as repeated:
        again.commit(Note("other"))
    assert repeated.value.done.answer == '{"text":"answer"}'


def test_events_and_audit_lines_lie_beside_the_rows(call_as: CallAs) -> None:
    call = call_as(name="Ines")
    write = call.write()
    event_id = write.tell("note.written", note_id="a")
    write.record("wrote a note", note_id="a")
    write.commit()
    (event,) = call.table.under(f"outbox#{event_id[-2:]}", "").all(OUTBOX)
    assert event.value.ids == {"note_id": "a"}
    (entry,) = call.table.under(places.audit(None), "").all(AUDIT)
    assert (entry.value.person_id, entry.value.ids) == (call.actor.person_id, {"note_id": "a"})


def test_a_row_that_is_too_large_is_refused_before_the_call(call_as: CallAs) -> None:
    with pytest.raises(TooLarge):
        call_as().write().add(NOTE, HERE, Note("x" * 400_000))


def test_pages_follow_each_other_without_a_gap(call_as: CallAs) -> None:
    call = call_as()
    write = call.write()
    for number in range(5):
        write.add(NOTE, Key("notes", f"n{number}"), Note(str(number)))
    write.commit()
    first = call.table.under("notes", "n", limit=3)
    second = call.table.under("notes", "n", limit=3, after=first.after)
    assert [row.value.text for row in (*first.all(NOTE), *second.all(NOTE))] == ["0", "1", "2", "3", "4"]
    assert second.after is None


def test_another_practice_reads_nothing(call_as: CallAs) -> None:
    call = call_as()
    write = call.write()
    write.add(NOTE, HERE, Note("one"))
    write.commit()
    stranger = call_as(practice="0" * 26)
    assert stranger.table.get(NOTE, HERE) is None
    assert not list(stranger.table.get_many([HERE]))


def test_a_row_of_a_kind_that_is_kept_for_some_days_deletes_itself_however_it_was_written(call_as: CallAs) -> None:
    call = call_as()
    keys = [Key("notes", name) for name in ("added", "put")]
    write = call.write()
    write.add(FLEETING, keys[0], Note("one"))
    write.put(FLEETING, keys[1], Note("one"))
    write.commit()
    stored = call.table.get(FLEETING, keys[0])
    assert stored
    write = call.write()
    write.replace(stored, Note("two"))
    write.commit()
    rows = [Row.get(call.table.pk(key.part), key.sk) for key in keys]
    assert {row.expires_at for row in rows} == {(NOW + timedelta(days=3)).timestamp()}
