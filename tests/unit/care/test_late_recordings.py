"""Recordings that arrive, or turn out to be of no use, before and after their lesson was sent."""

from datetime import timedelta

import msgspec
import pytest

from chalicelib.care import service
from chalicelib.care.model.enrolment import OutOfTurn
from chalicelib.care.model.submission import Attempt, NotComplete, Submission
from chalicelib.care.shapes import EnrolmentView
from chalicelib.care.store import CareStore
from chalicelib.foundation.errors import NotFound
from chalicelib.foundation.ids import ClientId, SubmissionId
from chalicelib.foundation.table import Stored
from chalicelib.media.model import RECORDING, RecordingState
from chalicelib.media.store.recordings import RecordingStore, recording_key

from ..conftest import NOW
from .conftest import Wire
from .house import EASE, HOUR, SHOW, House, lesson_of

PROMISE = timedelta(hours=48)


@pytest.fixture
def enrolment(house: House) -> EnrolmentView:
    return house.enrol()


def test_sending_may_be_done_before_the_recording_has_arrived(house: House, enrolment: EnrolmentView) -> None:
    house.answer_all(enrolment)
    recording_id = house.record(enrolment)
    sent = house.submit(enrolment)
    assert (sent.state, sent.promised_at) == ("arriving", None)
    assert house.queue_of(house.as_ines) == []
    assert not house.events("review.wanted")
    house.settle(recording_id, at=NOW + HOUR)
    house.deliver(NOW + HOUR)
    assert house.queue_of(house.as_ines) == [sent.submission_id]
    assert len(house.events("review.wanted")) == 2
    (waiting,) = service.today(house.as_dana(), house.theo).waiting
    assert (waiting.promised_at, waiting.arriving) == (NOW + HOUR + PROMISE, False)
    seen = service.submission(house.as_dana(), house.theo, sent.submission_id)
    assert (seen.state, seen.promised_at) == ("waiting", NOW + HOUR + PROMISE)
    assert seen.recordings["show"].state is RecordingState.READY


def test_a_recording_that_settles_between_its_upload_and_the_submit_is_known_to_the_lesson(
    house: House, enrolment: EnrolmentView
) -> None:
    recording_id = house.record(enrolment)
    assert house.lesson(enrolment).recordings["show"].state is RecordingState.AWAITING_UPLOAD
    house.settle(recording_id)
    house.deliver()
    seen = house.lesson(enrolment).recordings["show"]
    assert (seen.state, seen.duration_s, bool(seen.play_url)) == (RecordingState.READY, 92.0, True)


def test_the_news_of_a_recording_may_come_twice_and_late(house: House, enrolment: EnrolmentView) -> None:
    house.answer_all(enrolment)
    house.settle(house.record(enrolment))
    (event,) = house.events("recording.settled")
    sent = house.submit(enrolment)
    assert sent.state == "arriving"
    house.deliver_once(event)
    service.settle_recording(
        house.clockwork(NOW + HOUR),
        house.theo,
        sent.submission_id,
        event.ids["recording_id"],  # type: ignore[arg-type]
    )
    assert len(house.events("review.wanted")) == 2
    house.feedback(sent.submission_id)
    service.settle_recording(
        house.clockwork(NOW + HOUR),
        house.theo,
        sent.submission_id,
        event.ids["recording_id"],  # type: ignore[arg-type]
    )
    assert house.states(enrolment) == ["done", "open", "ahead"]


def test_a_recording_that_is_parked_goes_to_the_therapist_who_is_told_and_plays_there_later(
    house: House, enrolment: EnrolmentView
) -> None:
    house.answer_all(enrolment)
    recording_id = house.record(enrolment)
    sent = house.submit(enrolment)
    house.settle(recording_id, RecordingState.PARKED)
    house.deliver(NOW + HOUR)
    assert house.queue_of(house.as_ines) == [sent.submission_id]
    seen = service.submission(house.as_dana(), house.theo, sent.submission_id).recordings["show"]
    assert (seen.state, bool(seen.reason), seen.play_url) == (RecordingState.PARKED, True, None)
    house.settle(recording_id)
    house.deliver(NOW + HOUR)
    seen = service.submission(house.as_dana(), house.theo, sent.submission_id).recordings["show"]
    assert (seen.state, seen.reason, bool(seen.play_url)) == (RecordingState.READY, None, True)
    assert house.queue_of(house.as_ines) == [sent.submission_id]
    assert len(house.events("review.wanted")) == 2


def test_a_parked_recording_can_be_sent_with_the_lesson(house: House, enrolment: EnrolmentView) -> None:
    house.answer_all(enrolment)
    house.settle(house.record(enrolment), RecordingState.PARKED)
    house.deliver()
    assert house.lesson(enrolment).recordings["show"].state is RecordingState.PARKED
    assert house.submit(enrolment).state == "waiting"


def test_what_is_found_to_be_damaged_later_is_marked_for_the_therapist(house: House, enrolment: EnrolmentView) -> None:
    house.answer_all(enrolment)
    recording_id = house.record(enrolment)
    house.settle(recording_id)
    house.deliver()
    sent = house.submit(enrolment)
    stored = house.table.get(RECORDING, recording_key(house.theo, recording_id))
    assert stored
    assert stored.value.rendition
    damaged = msgspec.structs.replace(stored.value.rendition, damaged=True)
    write = house.clockwork().write()
    RecordingStore.settle(write, stored, msgspec.structs.replace(stored.value, rendition=damaged))
    write.commit()
    house.deliver(NOW + HOUR)
    assert service.review(house.as_ines(), house.theo, sent.submission_id).recordings["show"].damaged
    assert house.states(enrolment) == ["sent", "ahead", "ahead"]


def test_with_two_recordings_the_therapist_is_asked_when_both_are_there(house: House) -> None:
    other = msgspec.structs.replace(SHOW, block_id="other", prompt="And from the front")
    house.program_id = house.publish("Two films", lesson_of("Both", SHOW, other))
    enrolment = house.enrol()
    first, second = house.record(enrolment), house.record(enrolment, block_id="other")
    house.submit(enrolment)
    house.settle(second)
    house.deliver()
    assert house.queue_of(house.as_ines) == []
    house.settle(first)
    house.deliver()
    assert len(house.queue_of(house.as_ines)) == 1


def test_a_rejected_recording_must_be_replaced_or_removed_before_sending(
    house: House, enrolment: EnrolmentView
) -> None:
    house.answer_all(enrolment)
    recording_id = house.record(enrolment)
    house.settle(recording_id, RecordingState.REJECTED)
    house.deliver()
    seen = house.lesson(enrolment).recordings["show"]
    assert seen.reason == "The video is longer than the minute asked for here."
    with pytest.raises(NotComplete) as refused:
        house.submit(enrolment)
    assert refused.value.extra["missing"] == ["show"]
    house.settle(house.record(enrolment))
    house.deliver()
    assert house.submit(enrolment).state == "waiting"


def test_an_optional_recording_that_was_rejected_must_be_removed_too(house: House) -> None:
    optional = msgspec.structs.replace(SHOW, required=False)
    house.program_id = house.publish("Optional", lesson_of("Only this", EASE, optional))
    enrolment = house.enrol()
    house.answer(enrolment, "ease", 3)
    recording_id = house.record(enrolment)
    house.settle(recording_id, RecordingState.REJECTED)
    house.deliver()
    with pytest.raises(NotComplete):
        house.submit(enrolment)
    service.remove_recording(house.as_dana(), house.theo, enrolment.enrolment_id, 1, recording_id)
    assert house.submit(enrolment).state == "waiting"


def test_a_recording_that_is_rejected_after_sending_gives_the_lesson_back_with_everything_in_it(
    house: House, enrolment: EnrolmentView, wire: Wire
) -> None:
    house.answer_all(enrolment)
    recording_id = house.record(enrolment)
    sent = house.submit(enrolment, comment="It went well.")
    house.settle(recording_id, RecordingState.REJECTED, at=NOW + HOUR)
    house.deliver(NOW + HOUR)
    assert house.states(enrolment) == ["again", "ahead", "ahead"]
    lesson = house.lesson(enrolment)
    assert (lesson.submission_id, lesson.comment) == (sent.submission_id, "It went well.")
    assert lesson.answers["ease"].value == 5
    assert lesson.recordings["show"].state is RecordingState.REJECTED
    assert house.queue_of(house.as_ines) == []
    assert not house.events("review.wanted")
    ((subject, text),) = wire.letters.to("dana")
    assert subject == "Part of what you sent did not arrive"
    assert f"/lessons/{enrolment.enrolment_id}/1?for={house.theo}" in text
    assert service.submission(house.as_dana(), house.theo, sent.submission_id).state == "taken_back"


def test_what_came_back_can_be_sent_again_and_its_numbers_count_once(house: House, enrolment: EnrolmentView) -> None:
    house.answer_all(enrolment, pain=7)
    recording_id = house.record(enrolment)
    sent = house.submit(enrolment)
    house.settle(recording_id, RecordingState.REJECTED)
    house.deliver()
    tomorrow = NOW + 24 * HOUR
    house.settle(house.record(enrolment))
    house.deliver(tomorrow)
    again = house.submit(enrolment, at=tomorrow)
    assert (again.submission_id, again.state) == (sent.submission_id, "waiting")
    progress = service.progress(house.as_dana(tomorrow), house.theo, None)
    assert [day.on.day for day in progress.days] == [14, 15]
    (pain,) = [measure for measure in progress.measures if measure.measure_id.startswith("move.")]
    assert [point.value for point in pain.points] == [7.0]
    review = service.review(house.as_ines(), house.theo, sent.submission_id)
    assert review.before == ()
    house.feedback(sent.submission_id)
    assert house.states(enrolment) == ["done", "open", "ahead"]


def test_what_came_back_may_be_begun_anew(house: House, enrolment: EnrolmentView) -> None:
    house.answer_all(enrolment)
    recording_id = house.record(enrolment)
    sent = house.submit(enrolment)
    house.settle(recording_id, RecordingState.REJECTED)
    house.deliver()
    fresh = service.restart(house.as_dana(), house.theo, enrolment.enrolment_id, 1)
    assert (fresh.answers, fresh.recordings, fresh.comment) == ({}, {}, "")
    assert fresh.submission_id != sent.submission_id
    with pytest.raises(NotFound):
        service.submission(house.as_dana(), house.theo, sent.submission_id)
    service.settle_recording(house.clockwork(), house.theo, sent.submission_id, recording_id)
    assert house.lesson(enrolment).recordings == {}


def test_a_recording_that_never_arrives_can_be_taken_out_after_sending(house: House, enrolment: EnrolmentView) -> None:
    house.answer_all(enrolment)
    recording_id = house.record(enrolment)
    sent = house.submit(enrolment)
    service.remove_recording(house.as_dana(), house.theo, enrolment.enrolment_id, 1, recording_id)
    assert house.states(enrolment)[0] == "again"
    assert house.lesson(enrolment).recordings == {}
    assert not house.events("submission.taken_back")
    house.settle(recording_id)
    house.deliver()
    assert house.lesson(enrolment).recordings == {}
    house.settle(house.record(enrolment))
    house.deliver()
    assert house.submit(enrolment).submission_id == sent.submission_id


def test_what_has_arrived_is_not_taken_out_after_sending(house: House, enrolment: EnrolmentView) -> None:
    sent = house.send(enrolment)
    recording = service.submission(house.as_dana(), house.theo, sent.submission_id).recordings["show"]
    with pytest.raises(OutOfTurn):
        service.remove_recording(house.as_dana(), house.theo, enrolment.enrolment_id, 1, recording.recording_id)


def test_of_two_recordings_the_one_that_has_arrived_stays(house: House) -> None:
    other = msgspec.structs.replace(SHOW, block_id="other", prompt="And from the front")
    house.program_id = house.publish("Two films", lesson_of("Both", SHOW, other))
    enrolment = house.enrol()
    first, second = house.record(enrolment), house.record(enrolment, block_id="other")
    house.submit(enrolment)
    house.settle(first)
    house.deliver()
    with pytest.raises(OutOfTurn):
        service.remove_recording(house.as_dana(), house.theo, enrolment.enrolment_id, 1, first)
    house.settle(second, RecordingState.REJECTED)
    house.deliver()
    lesson = house.lesson(enrolment)
    states = {block: view.state for block, view in lesson.recordings.items()}
    assert states == {"show": RecordingState.READY, "other": RecordingState.REJECTED}


def test_news_of_what_is_not_there_changes_nothing(house: House, enrolment: EnrolmentView) -> None:
    before = house.states(enrolment)
    service.settle_recording(house.clockwork(), house.theo, house.theo, house.theo)  # type: ignore[arg-type]
    assert house.states(enrolment) == before


def test_a_recording_that_is_still_being_looked_at_changes_nothing(house: House, enrolment: EnrolmentView) -> None:
    recording_id = house.record(enrolment)
    house.settle(recording_id, RecordingState.PROCESSING)
    house.deliver()
    assert house.lesson(enrolment).recordings["show"].state is RecordingState.AWAITING_UPLOAD


def test_a_lesson_that_comes_back_just_while_the_news_is_read_still_gets_it(
    house: House, enrolment: EnrolmentView, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.answer_all(enrolment)
    recording_id = house.record(enrolment)
    house.submit(enrolment)
    house.settle(recording_id)
    read = CareStore.attempts
    place = (house.theo, enrolment.enrolment_id, 1)
    between = [lambda: service.remove_recording(house.as_dana(), *place, recording_id)]

    def while_the_client_takes_it_back(store: CareStore, client_id: ClientId) -> list[Stored[Attempt]]:
        found = read(store, client_id)
        if between:
            between.pop()()
        return found

    monkeypatch.setattr(CareStore, "attempts", while_the_client_takes_it_back)
    house.deliver()
    assert house.states(enrolment)[0] == "again"
    assert house.lesson(enrolment).recordings == {}


def test_a_recording_that_arrives_just_while_it_is_taken_out_stays(
    house: House, enrolment: EnrolmentView, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.answer_all(enrolment)
    recording_id = house.record(enrolment)
    house.submit(enrolment)
    house.settle(recording_id)
    read = CareStore.submission
    between = [house.deliver]

    def while_it_arrives(
        store: CareStore, client_id: ClientId, submission_id: SubmissionId
    ) -> Stored[Submission] | None:
        if between:
            between.pop()()
        return read(store, client_id, submission_id)

    monkeypatch.setattr(CareStore, "submission", while_it_arrives)
    with pytest.raises(OutOfTurn):
        service.remove_recording(house.as_dana(), house.theo, enrolment.enrolment_id, 1, recording_id)
    assert len(house.queue_of(house.as_ines)) == 1
