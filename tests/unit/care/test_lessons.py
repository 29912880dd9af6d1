"""Doing a lesson: bit by bit, from any device, and anew."""

import msgspec
import pytest

from chalicelib.care import service
from chalicelib.care.model.answers import LONGEST_TEXT, Did
from chalicelib.care.model.enrolment import OutOfTurn
from chalicelib.care.model.submission import LessonChanged
from chalicelib.care.service import lessons
from chalicelib.care.shapes import AnswerView, Enrol, EnrolmentView, LessonView, PutAnswer
from chalicelib.care.store import CareStore, LessonDesk
from chalicelib.curriculum.model import LongText
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import Invalid, NotFound, PreconditionMissing, StaleWrite, TooLarge
from chalicelib.foundation.ids import ClientId, EnrolmentId

from ..conftest import NOW
from .conftest import Wire
from .house import EASE, HOUR, House, lesson_of


@pytest.fixture
def enrolment(house: House) -> EnrolmentView:
    return house.enrol()


def test_a_lesson_opens_with_one_call_of_aws(house: House, enrolment: EnrolmentView, wire: Wire) -> None:
    seen = house.lesson(enrolment)
    assert wire.count() == ["BatchGetItem"]
    assert (seen.number, seen.of, seen.state, seen.revision) == (1, 3, "open", 1)
    assert (seen.therapist_name, seen.promised_within_hours) == ("Ines Rocha", 48)
    assert [bool(urls.play_url and urls.poster_url) for urls in seen.media.values()] == [True]
    assert (seen.answers, seen.recordings) == ({}, {})


def test_answers_are_kept_as_they_are_given_and_seen_from_another_device(
    house: House, enrolment: EnrolmentView, wire: Wire
) -> None:
    assert house.answer(enrolment, "ease", 4) == 1
    wire.count()
    assert house.answer(enrolment, "move", Did(sets=2, reps=5, pain=3, note="left first")) == 1
    assert wire.count() == ["BatchGetItem", "TransactWriteItems"]
    assert house.answer(enrolment, "ease", 5, version=1, at=NOW + HOUR) == 2
    seen = house.lesson(enrolment)
    assert (seen.answers["ease"].value, seen.answers["ease"].version) == (5, 2)
    assert seen.answers["move"].value == Did(sets=2, reps=5, pain=3, note="left first")
    today = service.today(house.as_dana(), house.theo).lesson
    assert today is not None
    assert today.started


def test_the_same_block_answered_elsewhere_is_refused_with_both(house: House, enrolment: EnrolmentView) -> None:
    house.answer(enrolment, "ease", 4)
    with pytest.raises(StaleWrite) as refused:
        house.answer(enrolment, "ease", 9)
    current, yours = refused.value.extra["current"], refused.value.extra["yours"]
    assert isinstance(current, AnswerView)
    assert isinstance(yours, PutAnswer)
    assert (current.value, yours.value) == (4, 9)
    assert house.lesson(enrolment).answers["ease"].value == 4


def test_an_answer_whose_reply_got_lost_may_come_again(house: House, enrolment: EnrolmentView) -> None:
    assert house.answer(enrolment, "ease", 4) == house.answer(enrolment, "ease", 4) == 1


def test_an_answer_to_what_was_begun_anew_elsewhere_is_refused_with_nothing(
    house: House, enrolment: EnrolmentView
) -> None:
    house.answer(enrolment, "ease", 4)
    service.restart(house.as_dana(), house.theo, enrolment.enrolment_id, 1)
    with pytest.raises(StaleWrite) as refused:
        house.answer(enrolment, "ease", 5, version=1)
    assert refused.value.extra["current"] == {"value": None, "version": 0}


def test_an_answer_can_be_taken_back(house: House, enrolment: EnrolmentView) -> None:
    house.answer(enrolment, "walk", 100)
    assert house.answer(enrolment, "walk", None, version=1) == 2
    assert "walk" not in house.lesson(enrolment).answers
    assert house.answer(enrolment, "walk", 90, version=2) == 3


def test_an_answer_names_the_version_that_it_replaces(house: House, enrolment: EnrolmentView) -> None:
    with pytest.raises(PreconditionMissing):
        service.keep_answer(house.as_dana(), house.theo, enrolment.enrolment_id, 1, "ease", PutAnswer(value=1))


def test_two_devices_at_the_very_same_moment_are_not_in_each_others_way(
    house: House, enrolment: EnrolmentView, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = CareStore.lesson_desk
    between = [lambda: house.answer(enrolment, "move", Did(sets=1, reps=1, pain=1))]

    def while_the_other_writes(
        store: CareStore, client_id: ClientId, enrolment_id: EnrolmentId, number: int
    ) -> LessonDesk:
        desk = read(store, client_id, enrolment_id, number)
        if between:
            between.pop()()
        return desk

    monkeypatch.setattr(CareStore, "lesson_desk", while_the_other_writes)
    assert house.answer(enrolment, "ease", 4) == 1
    assert set(house.lesson(enrolment).answers) == {"move", "ease"}
    between.append(lambda: house.answer(enrolment, "words", "Hello."))
    assert house.answer(enrolment, "ease", 5, version=1) == 2
    assert set(house.lesson(enrolment).answers) == {"move", "ease", "words"}
    between.append(lambda: house.answer(enrolment, "ease", 6, version=2))
    with pytest.raises(StaleWrite):
        house.answer(enrolment, "ease", 7, version=2)
    assert house.lesson(enrolment).answers["ease"].value == 6


def test_what_does_not_fit_is_refused_and_what_is_no_part_of_the_lesson_too(
    house: House, enrolment: EnrolmentView
) -> None:
    with pytest.raises(Invalid):
        house.answer(enrolment, "ease", 11)
    with pytest.raises(LessonChanged):
        house.answer(enrolment, "nowhere", 1)
    assert house.lesson(enrolment).answers == {}


def test_more_than_one_row_can_hold_is_refused_with_what_was_there_kept(house: House) -> None:
    many = [LongText(block_id=f"t{number}", prompt="Tell", required=False) for number in range(20)]
    house.program_id = house.publish("Long", lesson_of("Letters", *many))
    enrolment = house.enrol()
    for block in many[:18]:
        house.answer(enrolment, block.block_id, "x" * LONGEST_TEXT)
    with pytest.raises(TooLarge):
        house.answer(enrolment, many[18].block_id, "x" * LONGEST_TEXT)
    assert len(house.lesson(enrolment).answers) == 18


def test_a_lesson_begun_anew_is_a_clean_sheet_under_another_id(house: House, enrolment: EnrolmentView) -> None:
    before = house.lesson(enrolment)
    house.answer(enrolment, "ease", 4)
    recording_id = house.record(enrolment)
    fresh = service.restart(house.as_dana(), house.theo, enrolment.enrolment_id, 1)
    assert (fresh.answers, fresh.recordings) == ({}, {})
    assert fresh.submission_id != before.submission_id
    house.settle(recording_id)
    house.deliver()
    assert house.lesson(enrolment).recordings == {}
    house.answer(enrolment, "ease", 2)
    assert house.lesson(enrolment).answers["ease"].version == 1


def test_a_lesson_that_was_not_begun_can_be_begun_anew(house: House, enrolment: EnrolmentView) -> None:
    assert service.restart(house.as_dana(), house.theo, enrolment.enrolment_id, 1).answers == {}


def test_a_recording_has_its_place_before_its_first_byte(house: House, enrolment: EnrolmentView) -> None:
    submission_id = house.lesson(enrolment).submission_id
    recording_id = house.record(enrolment)
    settled = house.settle(recording_id)
    assert settled.key == f"{house.practice_id}/client/{house.theo}/{submission_id}/{recording_id}"
    assert settled.longest_s == 60


def test_a_file_of_unknown_type_is_taken_for_what_its_name_says(house: House, enrolment: EnrolmentView) -> None:
    recording_id = house.record(enrolment, content_type="", file_name="IMG_2041.MOV")
    assert house.settle(recording_id).content_type == "video/quicktime"
    recording_id = house.record(enrolment, content_type="application/octet-stream", file_name="film")
    assert house.settle(recording_id).content_type == "application/octet-stream"


def test_a_new_recording_takes_the_place_of_the_old_one(house: House, enrolment: EnrolmentView) -> None:
    old = house.record(enrolment)
    new = house.record(enrolment)
    house.settle(old)
    house.deliver()
    seen = house.lesson(enrolment).recordings["show"]
    assert (seen.recording_id, seen.state) == (new, "awaiting_upload")


def test_a_recording_can_be_removed_and_removing_it_again_is_no_fault(house: House, enrolment: EnrolmentView) -> None:
    service.remove_recording(house.as_dana(), house.theo, enrolment.enrolment_id, 1, house.theo)  # type: ignore[arg-type]
    recording_id = house.record(enrolment)
    for _ in range(2):
        service.remove_recording(house.as_dana(), house.theo, enrolment.enrolment_id, 1, recording_id)
    assert house.lesson(enrolment).recordings == {}


def test_a_block_that_asks_for_words_takes_no_film(house: House, enrolment: EnrolmentView) -> None:
    with pytest.raises(Invalid):
        house.record(enrolment, block_id="ease")


def test_a_client_does_not_look_ahead_and_a_therapist_may(house: House, enrolment: EnrolmentView) -> None:
    with pytest.raises(OutOfTurn, match="opens after"):
        house.lesson(enrolment, 2)
    ahead = house.lesson(enrolment, 2, by=house.as_ines)
    assert (ahead.state, ahead.submission_id) == ("ahead", None)


def test_what_is_not_sent_yet_is_not_shown_to_the_therapist(house: House, enrolment: EnrolmentView) -> None:
    house.answer(enrolment, "ease", 4)
    house.record(enrolment)
    seen = house.lesson(enrolment, by=house.as_ines)
    assert (seen.answers, seen.recordings) == ({}, {})


def test_a_lesson_that_was_sent_is_read_without_its_answers_and_changed_no_more(
    house: House, enrolment: EnrolmentView
) -> None:
    sent = house.send(enrolment)
    seen = house.lesson(enrolment)
    assert (seen.state, seen.answers, seen.submission_id) == ("sent", {}, sent.submission_id)
    with pytest.raises(OutOfTurn, match="has been sent"):
        house.answer(enrolment, "ease", 1)
    with pytest.raises(OutOfTurn):
        house.record(enrolment)
    with pytest.raises(OutOfTurn):
        service.restart(house.as_dana(), house.theo, enrolment.enrolment_id, 1)


def test_to_strangers_there_is_nothing(house: House, enrolment: EnrolmentView) -> None:
    strangers: list[Call] = [house.as_ruth(), house.as_ana()]
    for call in strangers:
        with pytest.raises(NotFound):
            service.lesson(call, house.theo, enrolment.enrolment_id, 1)
    with pytest.raises(NotFound):
        service.lesson(house.as_ruth(), house.ruth, enrolment.enrolment_id, 1)
    with pytest.raises(NotFound):
        house.lesson(enrolment, 9)


def test_again_begins_with_a_clean_sheet_and_the_client_is_named_themself(house: House) -> None:
    house.program_id = house.publish("Ease", lesson_of("Only", EASE))
    enrolment = service.enrol(house.as_ines(), house.ruth, Enrol(program_id=house.program_id, version=1))
    place = (house.ruth, enrolment.enrolment_id, 1)
    service.keep_answer(house.as_ruth(if_match=0), *place, "ease", PutAnswer(value=4))
    seen: LessonView = service.lesson(house.as_ruth(), *place)
    assert (seen.answers["ease"].by_name, seen.answers["ease"].relation) == ("Ruth Adeyemi", "self")
    found = lessons.doing(house.as_ruth(), *place)
    assert found.attempt is not None
    old_turn = msgspec.structs.replace(found.attempt, submission_id=house.theo)
    assert found.row is not None
    assert msgspec.structs.replace(found, row=found.row._replace(value=old_turn)).attempt is None
