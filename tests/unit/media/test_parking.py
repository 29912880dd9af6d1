"""What cannot be made playable, by no fault of the file, is kept, told of, and can be taken up again."""

from typing import Any

import msgspec
import pytest

from chalicelib.foundation.errors import NotFound
from chalicelib.foundation.settings import settings
from chalicelib.media import service
from chalicelib.media.intake import Room, process_upload
from chalicelib.media.model import Home, RecordingState
from chalicelib.media.processing import Reason, Rejected, ToolFault

from ..conftest import NOW
from .conftest import FakeWork, Practice, of, originals, told
from .faults import BadDay, Died, die

LIBRARY = Home()


@pytest.fixture
def parked(stack: dict[str, Any]) -> Any:
    """Take what lies in the queue of what was parked."""

    def take() -> list[str]:
        received = stack["sqs"].receive_message(QueueUrl=settings().uploads_parked_url, MaxNumberOfMessages=10)
        return [one["Body"] for one in received.get("Messages", [])]

    return take


def test_what_takes_longer_than_a_function_has_is_parked_with_the_original_kept(
    practice: Practice, stack: dict[str, Any], parked: Any, caplog: pytest.LogCaptureFixture
) -> None:
    recording = practice.send()
    process_upload(told(recording), NOW, work=FakeWork(Rejected(Reason.OUT_OF_TIME)))
    view = service.view(of(practice, recording), with_urls=True)
    assert (view.state, view.play_url) == (RecordingState.PARKED, None)
    assert view.reason is not None
    for word in ("has arrived and is kept", "practice has been told", "your answers are kept", "You can go on"):
        assert word in view.reason
    assert originals(stack, recording) == 1
    assert [event.type for event in practice.events()] == ["recording.settled"]
    (message,) = parked()
    assert msgspec.json.decode(message)["id"] == recording.recording_id
    (line,) = [vars(record) for record in caplog.records if record.levelname == "ERROR"]
    assert (line["message"], line["error"]) == ("recording parked", "out_of_time")


def test_what_was_parked_becomes_playable_when_it_is_sent_back(practice: Practice, parked: Any) -> None:
    recording = practice.send()
    process_upload(told(recording), NOW, work=FakeWork(Rejected(Reason.OUT_OF_TIME)))
    (message,) = parked()
    process_upload(message, NOW, work=FakeWork())
    settled = of(practice, recording)
    assert (settled.state, settled.reason, settled.says) == (RecordingState.READY, None, None)
    assert len(practice.events()) == 2
    for again in (message, told(recording)):
        process_upload(again, NOW, work=FakeWork(Rejected(Reason.NOT_MEDIA)))
    assert (of(practice, recording), len(practice.events())) == (settled, 2)


def test_a_message_that_is_not_sent_back_by_anybody_takes_nothing_up_again(practice: Practice, parked: Any) -> None:
    recording = practice.send()
    process_upload(told(recording), NOW, work=FakeWork(Rejected(Reason.OUT_OF_TIME)))
    work = FakeWork()
    process_upload(told(recording), NOW, work=work)
    assert (work.seen, of(practice, recording).state) == ([], RecordingState.PARKED)
    (message,) = parked()
    process_upload(message, NOW, work=FakeWork(Rejected(Reason.OUT_OF_TIME)))
    process_upload(message, NOW, work=work)  # the same message of the queue, come twice
    assert (work.seen, of(practice, recording).state) == ([], RecordingState.PARKED)
    assert len(parked()) == 1


def test_a_replay_may_find_that_it_is_the_file_after_all(practice: Practice, parked: Any) -> None:
    recording = practice.send()
    process_upload(told(recording), NOW, work=FakeWork(Rejected(Reason.OUT_OF_TIME)))
    (message,) = parked()
    process_upload(message, NOW, work=FakeWork(Rejected(Reason.CUT_SHORT)))
    assert of(practice, recording).reason == "cut_short"
    process_upload(msgspec.json.encode(msgspec.json.decode(message) | {"anew": "b"}).decode(), NOW, work=FakeWork())
    assert of(practice, recording).state is RecordingState.REJECTED


def test_a_function_that_dies_each_time_tries_three_times_and_then_says_so(
    practice: Practice, stack: dict[str, Any], parked: Any
) -> None:
    recording, work = practice.send(), FakeWork(before=die)
    for _ in range(3):
        with pytest.raises(Died):
            process_upload(told(recording), NOW, work=work)
        assert of(practice, recording).state is RecordingState.PROCESSING
    process_upload(told(recording), NOW, work=work)
    assert len(work.seen) == 3
    assert (of(practice, recording).state, of(practice, recording).reason) == (RecordingState.PARKED, "tried_out")
    assert originals(stack, recording) == 1
    (message,) = parked()
    process_upload(message, NOW, work=FakeWork())
    assert of(practice, recording).state is RecordingState.READY


def test_a_fault_of_ours_is_parked_at_the_third_time(practice: Practice, parked: Any) -> None:
    recording = practice.send()

    def break_down() -> None:
        raise ToolFault

    for _ in range(2):
        with pytest.raises(ToolFault):
            process_upload(told(recording), NOW, work=FakeWork(before=break_down))
    process_upload(told(recording), NOW, work=FakeWork(before=break_down))
    assert of(practice, recording).state is RecordingState.PARKED
    assert len(parked()) == 1


def test_another_version_of_the_upload_has_three_tries_of_its_own(practice: Practice) -> None:
    recording = practice.send()
    for _ in range(2):
        with pytest.raises(Died):
            process_upload(told(recording), NOW, work=FakeWork(before=die))
    with pytest.raises(Died):
        process_upload(told(recording, sequencer="0055AED6DCD90281E6"), NOW, work=FakeWork(before=die))
    assert of(practice, recording).tries == 1


def test_who_is_slow_and_succeeds_after_all_is_right(practice: Practice) -> None:
    recording = practice.send()

    def others_give_up() -> None:
        process_upload(told(recording), NOW, work=FakeWork(Rejected(Reason.OUT_OF_TIME)))

    process_upload(told(recording), NOW, work=FakeWork(before=others_give_up))
    assert of(practice, recording).state is RecordingState.READY


@pytest.mark.parametrize("reason", ["out_of_time", "tried_out"])
def test_parking_survives_a_break_at_every_call(practice: Practice, bad_day: BadDay, parked: Any, reason: str) -> None:
    recording = practice.send()
    outcome = Rejected(Reason.OUT_OF_TIME)

    def attempt() -> None:
        process_upload(told(recording), NOW, work=FakeWork(outcome))

    broken = 0
    for where in bad_day.sweep(attempt):
        broken += 1
        attempt()
        attempt()
        assert of(practice, recording).state is RecordingState.PARKED, where
        messages = parked()
        assert messages, where
        for message in messages:
            process_upload(message, NOW, work=FakeWork())
        assert of(practice, recording).state is RecordingState.READY, where
        recording = practice.send()
        if reason == "tried_out":
            for _ in range(3):
                with pytest.raises(Died):
                    process_upload(told(recording), NOW, work=FakeWork(before=die))
    assert broken >= 6


def test_a_parked_file_of_the_library_says_so_and_can_be_taken_out(practice: Practice) -> None:
    recording = practice.send(home=LIBRARY)
    process_upload(told(recording), NOW, work=FakeWork(Rejected(Reason.OUT_OF_TIME)))
    view = service.see_recording(practice.as_therapist(), None, recording.recording_id)
    assert view.state is RecordingState.PARKED
    assert view.reason is not None
    assert "is kept" in view.reason
    practice.give_up(recording.recording_id, LIBRARY)
    with pytest.raises(NotFound):
        of(practice, recording)


def test_the_time_that_is_left_is_what_the_work_may_take(practice: Practice) -> None:
    recording, work = practice.send(), FakeWork()
    process_upload(told(recording), NOW, work=work, room=Room(left_s=lambda: 600.0, cores=1.7))
    ((budget, cpu_s),) = work.limits
    assert budget is not None
    assert (budget.seconds, cpu_s) == (480, None)
    late = FakeWork(Rejected(Reason.OUT_OF_TIME))
    process_upload(told(practice.send()), NOW, work=late, room=Room(left_s=lambda: 30.0, cores=1.7))
    assert [limit.seconds for limit, _ in late.limits if limit] == [0]
