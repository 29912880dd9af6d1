"""What a day shows, and what has come of the days before."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from chalicelib.care import service, store
from chalicelib.care.model.enrolment import Decision
from chalicelib.care.shapes import EditLesson
from chalicelib.contact.model import SCHEDULE, Schedule
from chalicelib.contact.store import schedule_key
from chalicelib.curriculum.model import Image
from chalicelib.foundation.errors import Invalid, NotFound

from ..conftest import NOW
from .conftest import Wire
from .house import EASE, FILM, HOUR, House, lesson_of


def _practise(house: House, *weekdays: int, on: bool = True) -> None:
    write = house.clockwork().write()
    schedule = Schedule(client_id=house.theo, time_zone="Europe/Dublin", on=on, weekdays=weekdays, at="17:30")
    write.put(SCHEDULE, schedule_key(house.theo), schedule)
    write.commit()


def test_today_is_one_call_of_aws(house: House, wire: Wire) -> None:
    enrolment = house.enrol()
    _practise(house, 3, 5)
    wire.count()
    today = service.today(house.as_dana(), house.theo)
    assert wire.count() == ["Query"]
    assert today.lesson is not None
    assert (today.lesson.enrolment_id, today.lesson.number, today.lesson.of) == (enrolment.enrolment_id, 1, 3)
    assert (today.lesson.asks, today.lesson.minutes) == ("an exercise, 3 answers and one video", 12)
    assert today.lesson.poster_url is not None
    assert "poster.jpg" in today.lesson.poster_url
    assert today.next_practice_at == datetime(2026, 5, 14, 16, 30, tzinfo=UTC)
    assert (today.therapist_name, today.client.name, today.now) == ("Ines Rocha", "Theo", NOW)
    assert not today.finished


def test_before_a_program_today_is_empty_and_calm(house: House) -> None:
    today = service.today(house.as_dana(), house.theo)
    assert (today.lesson, today.feedback, today.waiting) == (None, (), ())
    assert (today.next_practice_at, today.finished) == (None, False)


def test_a_picture_stands_for_a_lesson_that_begins_with_one(house: House) -> None:
    house.program_id = house.publish(
        "Pictures", lesson_of("One", Image(block_id="i", resource_id=FILM, alt="A hand"), EASE), lesson_of("Two", EASE)
    )
    enrolment = house.enrol()
    lesson = service.today(house.as_dana(), house.theo).lesson
    assert lesson is not None
    assert lesson.poster_url is not None
    assert "/file?" in lesson.poster_url
    words = EditLesson(title="Words", minutes=3, blocks=(EASE,))
    service.change_lesson(house.as_ines(if_match=1), house.theo, enrolment.enrolment_id, 1, words)
    lesson = service.today(house.as_dana(), house.theo).lesson
    assert lesson is not None
    assert lesson.poster_url is None


def test_while_one_program_waits_the_other_one_goes_on(house: House) -> None:
    enrolment = house.enrol()
    house.program_id = house.publish("Legs", lesson_of("Steps", EASE))
    house.enrol(NOW + HOUR)
    sent = house.send(enrolment)
    today = service.today(house.as_dana(), house.theo)
    assert today.lesson is not None
    assert today.lesson.title == "Steps"
    (waiting,) = today.waiting
    assert (waiting.submission_id, waiting.lesson_title) == (sent.submission_id, "Part 1")


def test_the_program_shows_what_was_sent_and_what_is_new(house: House, wire: Wire) -> None:
    enrolment = house.enrol()
    sent = house.send(enrolment)
    wire.count()
    page = service.program(house.as_dana(), house.theo)
    assert wire.count() == ["Query"]
    first = page.enrolments[0].lessons[0]
    assert (first.state, first.submission_id, first.promised_at) == ("sent", sent.submission_id, sent.promised_at)
    house.feedback(sent.submission_id)
    first, second, _ = service.program(house.as_ines(), house.theo).enrolments[0].lessons
    assert (first.state, first.new_feedback, first.submission_id) == ("done", True, sent.submission_id)
    assert (second.state, second.submission_id) == ("open", None)
    assert (page.client.name, page.therapist_name) == ("Theo", "Ines Rocha")


def test_without_a_therapist_the_page_still_says_who_answers(house: House) -> None:
    house.change_card(therapists=())
    assert service.today(house.as_dana(), house.theo).therapist_name == "Your therapist"


def test_progress_is_two_queries_and_the_same_for_both(house: House, wire: Wire) -> None:
    enrolment = house.enrol()
    house.feedback(house.send(enrolment, pain=5).submission_id, Decision.AGAIN)
    late = datetime(2026, 5, 16, 23, 30, tzinfo=UTC)
    house.answer(enrolment, "walk", 120)
    house.feedback(house.send(enrolment, at=late, pain=3).submission_id, at=late)
    _practise(house, 3, 5)
    wire.count()
    mine = service.progress(house.as_dana(late), house.theo, None)
    assert wire.count() == ["Query", "Query"]
    assert mine == service.progress(house.as_ines(late), house.theo, None)
    assert (mine.client_name, mine.started_on, mine.today_on) == ("Theo", date(2026, 5, 14), date(2026, 5, 17))
    assert mine.practice_weekdays == (3, 5)
    assert [(day.on, day.lessons) for day in mine.days] == [(date(2026, 5, 14), (1,)), (date(2026, 5, 17), (1,))]
    measures = {one.measure_id.partition(".")[0]: one for one in mine.measures}
    pain = measures["move"]
    assert (pain.label, pain.unit, pain.better) == ("Pain: your shoulder", "of 10", "lower")
    assert [(point.on.day, point.value) for point in pain.points] == [(14, 5.0), (17, 3.0)]
    assert (measures["walk"].label, measures["walk"].unit, measures["walk"].better) == ("Steps", "m", "")
    assert (measures["ease"].label, measures["ease"].unit) == ("How easy was it?", "of 10")
    assert [
        (one.number, one.state, one.again, one.from_on.day, one.to_on and one.to_on.day) for one in mine.lessons
    ] == [
        (1, "done", False, 14, 14),
        (1, "done", True, 14, 17),
        (2, "open", False, 17, None),
    ]


def test_reminders_that_are_off_plan_no_days(house: House) -> None:
    house.enrol()
    _practise(house, 3, on=False)
    assert service.progress(house.as_dana(), house.theo, None).practice_weekdays == ()


def test_older_progress_is_a_page_of_its_own(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    enrolment = house.enrol()
    for hours in range(3):
        at = NOW + 24 * hours * HOUR
        house.feedback(house.send(enrolment, at=at).submission_id, Decision.AGAIN, at=at)
    monkeypatch.setattr(store, "POINTS", 1)
    first = service.progress(house.as_dana(), house.theo, None)
    assert [day.on.day for day in first.days] == [16]
    assert first.after is not None
    monkeypatch.setattr(store, "POINTS", 5)
    second = service.progress(house.as_dana(), house.theo, first.after)
    assert [day.on.day for day in second.days] == [14, 15]
    assert (second.after, second.lessons, second.started_on) == (None, (), None)
    with pytest.raises(Invalid):
        service.progress(house.as_dana(), house.theo, "\u00e9")


def test_what_runs_is_seen_however_much_was_finished_since(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.enrol()
    long_one = house.program_id
    for number in range(4):
        house.program_id = house.publish(f"Short {number}", lesson_of("Only", EASE))
        enrolment = house.enrol(NOW + number * HOUR)
        house.answer(enrolment, "ease", 5)
        house.feedback(house.submit(enrolment).submission_id)
        house.deliver()
    monkeypatch.setattr(store, "DESK", 5)  # the card, the reminders, what runs, and two of the four
    page = service.program(house.as_dana(), house.theo)
    assert [one.program_title for one in page.enrolments] == ["Arms up", "Short 2", "Short 3"]
    assert page.enrolments[0].program_id == long_one
    shown = service.today(house.as_dana(), house.theo)
    assert shown.lesson is not None
    assert (shown.lesson.number, len(shown.feedback)) == (1, 2)
    finished = service.lesson(house.as_dana(), house.theo, enrolment.enrolment_id, 1)
    assert finished.program_title == "Short 3"
    service.mark_seen(house.as_dana(), house.theo, shown.feedback[0].submission_id)
    assert len(service.today(house.as_dana(), house.theo).feedback) == 1


@pytest.mark.parametrize("page", [service.today, service.program])
def test_strangers_and_the_office_see_no_care(house: House, page: Any) -> None:
    house.enrol()
    for call in (house.as_ruth(), house.as_ana()):
        with pytest.raises(NotFound):
            page(call, house.theo)
        with pytest.raises(NotFound):
            service.progress(call, house.theo, None)
