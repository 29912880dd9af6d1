"""What was copied is decoded in full once it plays, and gives way where a player may stop at it."""

import pytest

from chalicelib.media import service
from chalicelib.media.intake import process_upload
from chalicelib.media.model import Home, MediaKind, Recording, RecordingState
from chalicelib.media.processing import Reason, Rejected
from chalicelib.media.store.recordings import recording_key

from ..conftest import NOW, CallAs
from .conftest import FakeLook, FakeWork, Practice, of, told
from .faults import BadDay, Died, die

LIBRARY = Home()


@pytest.mark.parametrize("damaged", [True, False])
def test_what_was_copied_is_looked_through_once_it_plays(practice: Practice, damaged: bool) -> None:  # noqa: FBT001
    recording = practice.send()
    seen: list[RecordingState] = []
    look = FakeLook(finds=damaged, before=lambda: seen.append(of(practice, recording).state))
    process_upload(told(recording), NOW, work=FakeWork(copies=True), look=look)
    assert (look.seen, seen) == ([b"plays"], [RecordingState.READY])
    view = service.view(of(practice, recording), with_urls=True)
    assert (view.state, view.damaged) == (RecordingState.READY, damaged)
    assert len(practice.events()) == 1 + damaged
    process_upload(told(recording), NOW, work=FakeWork(copies=True), look=look)
    assert len(look.seen) == 1


def test_a_copy_at_which_a_player_may_stop_gives_way_to_one_that_plays_to_its_end(practice: Practice) -> None:
    recording = practice.send()
    process_upload(told(recording), NOW, work=FakeWork(copies=True), look=FakeLook(finds=True))
    _plays_mended(practice, of(practice, recording))


def _plays_mended(practice: Practice, settled: Recording, where: str = "") -> None:
    assert settled.rendition is not None
    assert practice.stored(settled.rendition.key) == b"plays to its end", where
    folder = settled.rendition.key.rpartition("/")[0]
    kept = practice.kept(settled.key)
    assert len(kept) == 4, where
    assert {key.rpartition("/")[0] for key in kept} == {folder}, where


def test_what_is_damaged_and_cannot_be_made_anew_stays_as_it_plays(practice: Practice) -> None:
    recording, work = practice.send(), FakeWork(copies=True)

    def give_up() -> None:
        work.outcome = Rejected(Reason.OUT_OF_TIME)

    process_upload(told(recording), NOW, work=work, look=FakeLook(finds=True, before=give_up))
    settled = of(practice, recording)
    assert settled.rendition is not None
    assert settled.rendition.damaged
    assert practice.stored(settled.rendition.key) == b"plays"


def test_a_film_of_the_library_is_looked_through_before_anybody_sees_it(practice: Practice) -> None:
    recording = practice.send(home=LIBRARY, kind=MediaKind.VIDEO)
    seen: list[RecordingState] = []
    look = FakeLook(finds=True, before=lambda: seen.append(of(practice, recording).state))
    process_upload(told(recording), NOW, work=FakeWork(copies=True), look=look)
    settled = of(practice, recording)
    assert (look.seen, seen) == ([b"plays"], [RecordingState.PROCESSING])
    assert settled.rendition is not None
    assert (settled.rendition.damaged, settled.to_look_through) == (True, False)
    assert practice.stored(settled.rendition.key) == b"plays to its end"


def test_a_recording_that_is_removed_while_it_is_looked_through_leaves_nothing(
    practice: Practice, call_as: CallAs
) -> None:
    recording = practice.send()

    def remove() -> None:
        write = call_as().write()
        write.discard(recording_key(practice.client_id, recording.recording_id))
        write.commit()

    process_upload(told(recording), NOW, work=FakeWork(copies=True), look=FakeLook(finds=True, before=remove))
    assert practice.kept(recording.key) == {}


def test_what_was_made_anew_is_not_looked_through(practice: Practice) -> None:
    look = FakeLook()
    process_upload(told(practice.send()), NOW, work=FakeWork(), look=look)
    assert look.seen == []


def test_a_function_that_dies_while_it_looks_through_is_followed_by_one_that_does_it(practice: Practice) -> None:
    recording = practice.send()
    with pytest.raises(Died):
        process_upload(told(recording), NOW, work=FakeWork(copies=True), look=FakeLook(before=die))
    assert of(practice, recording).to_look_through
    look = FakeLook(finds=True)
    process_upload(told(recording), NOW, work=FakeWork(), look=look)
    assert look.seen == [b"plays"]
    assert service.view(of(practice, recording), with_urls=True).damaged
    assert not of(practice, recording).to_look_through


def test_looking_through_survives_a_break_at_every_call(practice: Practice, bad_day: BadDay) -> None:
    def not_looked_through() -> Recording:
        recording = practice.send()
        with pytest.raises(Died):
            process_upload(told(recording), NOW, work=FakeWork(copies=True), look=FakeLook(before=die))
        return recording

    def attempt() -> None:
        process_upload(told(recording), NOW, work=FakeWork(copies=True), look=FakeLook(finds=True))

    recording = not_looked_through()
    for where in bad_day.sweep(attempt):
        attempt()
        attempt()
        settled = of(practice, recording)
        assert settled.state is RecordingState.READY, where
        assert settled.rendition is not None
        assert settled.rendition.damaged, where
        of_it = [event.ids["recording_id"] for event in practice.events()].count(recording.recording_id)
        assert of_it == 2, where
        _plays_mended(practice, settled, where)
        recording = not_looked_through()
