"""Sending a lesson: what it takes, whose it is, and what happens where it was changed meanwhile."""

from datetime import timedelta

import msgspec
import pytest

from chalicelib.care import service
from chalicelib.care.model.answers import Did
from chalicelib.care.model.enrolment import OutOfTurn
from chalicelib.care.model.submission import LessonChanged, NotComplete, SubmissionState
from chalicelib.care.shapes import EditLesson, EnrolmentView, Submit
from chalicelib.curriculum.model import Number
from chalicelib.foundation.errors import NotFound
from chalicelib.foundation.once import Repeated

from ..conftest import NOW
from .conftest import Wire
from .house import EASE, INTRO, MOVE, WALK, House, lesson_of

PROMISE = timedelta(hours=48)


@pytest.fixture
def enrolment(house: House) -> EnrolmentView:
    return house.enrol()


def test_a_complete_lesson_goes_to_every_therapist_of_the_client(house: House, enrolment: EnrolmentView) -> None:
    sent = house.send(enrolment)
    assert (sent.state, sent.promised_at, sent.therapist_name) == ("waiting", NOW + PROMISE, "Ines Rocha")
    (line,) = service.queue(house.as_ines(), None).lines
    assert (line.what, line.client_name, line.lesson_title) == ("Video 1:32, 2 answers", "Theo", "Part 1")
    assert house.queue_of(house.as_tom) == [sent.submission_id]
    assert house.states(enrolment) == ["sent", "ahead", "ahead"]
    (told,) = house.events("lesson.submitted")
    assert told.at == NOW
    assert {event.ids["therapist_id"] for event in house.events("review.wanted")} == {house.ines, house.tom}


def test_it_takes_two_calls_of_aws(house: House, enrolment: EnrolmentView, wire: Wire) -> None:
    house.answer_all(enrolment)
    house.settle(house.record(enrolment))
    house.deliver()
    wire.count()
    house.submit(enrolment)
    assert wire.count() == ["BatchGetItem", "TransactWriteItems"]


def test_what_is_missing_is_named_in_the_order_of_the_lesson(house: House, enrolment: EnrolmentView) -> None:
    with pytest.raises(NotComplete) as refused:
        house.submit(enrolment)
    assert refused.value.extra["missing"] == ["move", "ease", "show"]
    house.answer(enrolment, "ease", 4)
    with pytest.raises(NotComplete) as refused:
        house.submit(enrolment)
    assert refused.value.extra["missing"] == ["move", "show"]


def test_the_same_submit_twice_has_taken_effect_once(house: House, enrolment: EnrolmentView) -> None:
    house.answer_all(enrolment)
    house.settle(house.record(enrolment))
    house.deliver()
    call = house.as_dana(key="press-1")
    service.submit(call, house.theo, enrolment.enrolment_id, 1, Submit(revision=1))
    with pytest.raises(OutOfTurn):  # which the endpoint answers with what it kept
        service.submit(call, house.theo, enrolment.enrolment_id, 1, Submit(revision=1))
    with pytest.raises(Repeated):
        call.write().commit()
    assert len(house.events("lesson.submitted")) == 1


def test_a_lesson_that_was_changed_meanwhile_is_looked_through_once_more(
    house: House, enrolment: EnrolmentView
) -> None:
    house.answer_all(enrolment)
    house.answer(enrolment, "words", "Fine.")
    gentle = EditLesson(title="Gently", minutes=5, blocks=(MOVE, EASE))
    changed = service.change_lesson(house.as_ines(if_match=1), house.theo, enrolment.enrolment_id, 1, gentle)
    assert changed.revision == 2
    with pytest.raises(LessonChanged) as refused:
        house.submit(enrolment)
    assert refused.value.extra["revision"] == 2
    seen = house.lesson(enrolment)
    assert set(seen.answers) == {"move", "ease"}
    sent = house.submit(enrolment, revision=2)
    stored = house.store.submission(house.theo, sent.submission_id)
    assert stored is not None
    assert set(stored.value.answers) == {"move", "ease"}
    assert stored.value.lesson.title == "Gently"


def test_an_answer_that_no_longer_fits_its_block_is_kept_but_not_sent(house: House, enrolment: EnrolmentView) -> None:
    house.answer_all(enrolment)
    house.answer(enrolment, "walk", 120)
    near = EditLesson(title="Near", minutes=5, blocks=(MOVE, EASE, _walk(most=100)))
    service.change_lesson(house.as_ines(if_match=1), house.theo, enrolment.enrolment_id, 1, near)
    assert "walk" not in house.lesson(enrolment).answers
    far = EditLesson(title="Far", minutes=5, blocks=(MOVE, EASE, _walk(most=1000)))
    service.change_lesson(house.as_ines(if_match=2), house.theo, enrolment.enrolment_id, 1, far)
    assert house.lesson(enrolment).answers["walk"].value == 120.0


def _walk(most: float) -> Number:
    return msgspec.structs.replace(WALK, most=most)


def test_a_recording_of_a_block_that_is_gone_holds_nothing_up_and_goes(house: House, enrolment: EnrolmentView) -> None:
    house.answer_all(enrolment)
    recording_id = house.record(enrolment)
    without = EditLesson(title="No film", minutes=5, blocks=(MOVE, EASE))
    service.change_lesson(house.as_ines(if_match=1), house.theo, enrolment.enrolment_id, 1, without)
    assert house.submit(enrolment, revision=2).state == "waiting"
    (released,) = house.events("recording.released")
    assert released.ids["recording_id"] == recording_id


def test_a_guardian_is_named_as_having_acted(house: House, enrolment: EnrolmentView) -> None:
    sent = house.send(enrolment)
    seen = service.submission(house.as_ines(), house.theo, sent.submission_id)
    assert (seen.by_name, seen.relation) == ("Dana Brenner", "guardian")
    assert (seen.answers["ease"].by_name, seen.answers["ease"].relation) == ("Dana Brenner", "guardian")


def test_strangers_and_therapists_do_not_submit(house: House, enrolment: EnrolmentView) -> None:
    for call in (house.as_ines(), house.as_ruth(), house.as_ana()):
        with pytest.raises(NotFound):
            service.submit(call, house.theo, enrolment.enrolment_id, 1, Submit(revision=1))


def test_a_lesson_ahead_is_not_sent(house: House, enrolment: EnrolmentView) -> None:
    with pytest.raises(OutOfTurn):
        house.submit(enrolment, 2)
    with pytest.raises(NotFound):
        house.submit(enrolment, 4)


def test_an_exercise_that_was_left_out_is_sent_without_pain(house: House, enrolment: EnrolmentView) -> None:
    house.answer(enrolment, "move", Did())
    house.answer(enrolment, "ease", 0)
    house.settle(house.record(enrolment))
    house.deliver()
    sent = house.submit(enrolment)
    stored = house.store.submission(house.theo, sent.submission_id)
    assert stored is not None
    assert stored.value.state is SubmissionState.WAITING


def test_a_lesson_that_only_tells_is_sent_without_a_word(house: House) -> None:
    house.program_id = house.publish("To read", lesson_of("Read this", INTRO))
    enrolment = house.enrol()
    assert house.submit(enrolment).state == "waiting"
    assert service.queue(house.as_ines(), None).lines[0].what == "No answers"
