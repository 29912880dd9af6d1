"""A client's programs, as their therapist sets them."""

import pytest
from msgspec.structs import replace

from chalicelib.care import service
from chalicelib.care.model.enrolment import Decision, OutOfTurn
from chalicelib.care.service import enrolling
from chalicelib.care.service.enrolling import EnrolledAlready
from chalicelib.care.shapes import EditLesson, Enrol
from chalicelib.care.store import CareStore, Desk
from chalicelib.curriculum import service as curriculum
from chalicelib.curriculum.model import AnyBlock, Image, Number, ResourceKind, Video
from chalicelib.curriculum.shapes import NewResource
from chalicelib.foundation.errors import Conflict, Invalid, NotFound, PreconditionMissing, StaleWrite
from chalicelib.foundation.ids import ClientId, ResourceId, new_id
from chalicelib.media.model import RecordingState

from ..conftest import NOW
from .conftest import Wire
from .house import EASE, HOUR, HOW, MOVE, House, lesson_of

GENTLE = EditLesson(title="Gently", minutes=5, blocks=(MOVE, EASE))


def test_enrolling_copies_the_lessons_and_opens_the_first(house: House) -> None:
    enrolment = house.enrol()
    assert [line.state for line in enrolment.lessons] == ["open", "ahead", "ahead"]
    assert (enrolment.program_title, enrolment.version, enrolment.state) == ("Arms up", 1, "running")
    second = house.lesson(enrolment, 2, by=house.as_ines)
    assert second.lesson == house.lessons[1]
    assert house.audit() == ["enrolled a client in a program"]


def test_a_client_is_in_a_program_once_at_a_time_and_in_several_at_once(house: House) -> None:
    first = house.enrol()
    with pytest.raises(EnrolledAlready):
        house.enrol()
    house.program_id = house.publish("Legs", lesson_of("Steps", EASE))
    house.enrol(NOW + HOUR)
    page = service.program(house.as_dana(), house.theo)
    assert [one.program_title for one in page.enrolments] == ["Arms up", "Legs"]
    today = service.today(house.as_dana(), house.theo).lesson
    assert today is not None
    assert today.enrolment_id == first.enrolment_id


def test_a_client_is_in_no_more_programs_at_once_than_a_page_shows(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enrolling, "MOST_RUNNING", 1)
    house.enrol()
    house.program_id = house.publish("Another", *house.lessons)
    with pytest.raises(Conflict, match="the most at once"):
        house.enrol()


def test_two_therapists_who_enrol_at_once_make_one_enrolment(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    read = CareStore.desk
    between = [house.enrol]

    def while_the_other_enrols(store: CareStore, client_id: ClientId) -> Desk:
        desk = read(store, client_id)
        if between:
            between.pop()()
        return desk

    monkeypatch.setattr(CareStore, "desk", while_the_other_enrols)
    with pytest.raises(EnrolledAlready):
        service.enrol(house.as_tom(), house.theo, Enrol(program_id=house.program_id, version=1))
    assert len(service.program(house.as_dana(), house.theo).enrolments) == 1


def test_a_finished_program_can_be_begun_once_more(house: House) -> None:
    house.program_id = house.publish("Short", lesson_of("Only", EASE))
    enrolment = house.enrol()
    house.answer(enrolment, "ease", 3)
    house.feedback(house.submit(enrolment).submission_id)
    assert house.states(enrolment) == ["done"]
    house.enrol(NOW + HOUR)
    assert [one.state for one in service.program(house.as_dana(), house.theo).enrolments] == ["finished", "running"]


def test_only_a_therapist_of_the_client_enrols_and_only_in_what_was_published(house: House) -> None:
    wanted = Enrol(program_id=house.program_id, version=1)
    for call in (house.as_dana(), house.as_ana()):
        with pytest.raises(NotFound):
            service.enrol(call, house.theo, wanted)
    with pytest.raises(NotFound):
        service.enrol(house.as_tom(), house.ruth, wanted)
    with pytest.raises(NotFound):
        service.enrol(house.as_ines(), house.theo, Enrol(program_id=house.program_id, version=2))


def test_a_copy_is_changed_for_one_client_alone(house: House) -> None:
    enrolment = house.enrol()
    wanted = Enrol(program_id=house.program_id, version=1)
    other = service.enrol(house.as_ines(), house.ruth, wanted)
    changed = service.change_lesson(house.as_ines(if_match=1), house.theo, enrolment.enrolment_id, 2, GENTLE)
    assert (changed.lesson.title, changed.revision, changed.state) == ("Gently", 2, "ahead")
    assert changed.lesson.lesson_id == house.lessons[1].lesson_id
    line = service.program(house.as_dana(), house.theo).enrolments[0].lessons[1]
    assert (line.title, line.minutes, line.asks) == ("Gently", 5, "an exercise and one answer")
    assert service.lesson(house.as_ines(), house.ruth, other.enrolment_id, 2).lesson.title == "Part 2"


def test_who_changes_what_somebody_else_has_changed_gets_both(house: House) -> None:
    enrolment = house.enrol()
    place = (house.theo, enrolment.enrolment_id, 1)
    service.change_lesson(house.as_ines(if_match=1), *place, GENTLE)
    other = EditLesson(title="Harder", minutes=20, blocks=(MOVE,))
    with pytest.raises(StaleWrite) as refused:
        service.change_lesson(house.as_tom(if_match=1), *place, other)
    assert refused.value.extra["yours"] == other
    assert refused.value.extra["current"]["revision"] == 2  # type: ignore[index]
    again = service.change_lesson(house.as_ines(if_match=1), *place, GENTLE)  # a reply that got lost
    assert again.revision == 2


def test_a_change_must_make_sense(house: House) -> None:
    enrolment = house.enrol()
    place = (house.theo, enrolment.enrolment_id, 1)
    none_fits = Number(block_id="walk", prompt="Steps", least=2, most=1)
    for blocks in ((), (EASE, EASE), (none_fits,)):
        with pytest.raises(Invalid):
            service.change_lesson(house.as_ines(if_match=1), *place, EditLesson(title="T", minutes=5, blocks=blocks))
    with pytest.raises(PreconditionMissing):
        service.change_lesson(house.as_ines(), *place, GENTLE)
    with pytest.raises(NotFound):
        service.change_lesson(house.as_dana(if_match=1), *place, GENTLE)


def test_a_change_shows_only_files_that_can_be_shown(house: House) -> None:
    enrolment = house.enrol()
    place = (house.theo, enrolment.enrolment_id, 1)
    call = house.as_ines()
    added = NewResource(kind=ResourceKind.VIDEO, title="Side", content_type="video/mp4", size=9)
    side = curriculum.open_resource(call, added).resource.resource_id
    film = Video(block_id="side", resource_id=side, title="From the side")
    picture = Image(block_id="still", resource_id=side, alt="A hand")
    for state, block, says in (
        (RecordingState.AWAITING_UPLOAD, film, "The video “From the side” has not been sent completely."),
        (RecordingState.PROCESSING, film, "The video “From the side” is still being prepared"),
        (RecordingState.REJECTED, film, "The video “From the side” could not be made playable."),
        (RecordingState.READY, picture, "What is chosen for the picture “A hand” is a video."),
        (RecordingState.READY, replace(film, resource_id=ResourceId(new_id(NOW))), "is not in the library."),
    ):
        house.in_library(side, state)
        with pytest.raises(Invalid, match=says) as refused:
            service.change_lesson(house.as_ines(if_match=1), *place, _showing(block))
        assert refused.value.detail.endswith("The client's lesson is unchanged.")
        assert [flaw.block_id for flaw in refused.value.extra["problems"]] == [block.block_id]  # type: ignore[attr-defined]
    changed = service.change_lesson(house.as_ines(if_match=1), *place, _showing(film))
    assert changed.revision == 2


def test_what_a_lesson_has_shown_all_along_is_not_asked_about_again(house: House) -> None:
    enrolment = house.enrol()  # its film is in no library any more
    place = (house.theo, enrolment.enrolment_id, 1)
    assert service.change_lesson(house.as_ines(if_match=1), *place, _showing(HOW)).revision == 2


def _showing(*blocks: AnyBlock) -> EditLesson:
    return EditLesson(title="Gently", minutes=5, blocks=(*blocks, EASE))


def test_what_is_done_is_not_changed(house: House) -> None:
    enrolment = house.enrol()
    house.feedback(house.send(enrolment).submission_id)
    with pytest.raises(OutOfTurn):
        service.change_lesson(house.as_ines(if_match=1), house.theo, enrolment.enrolment_id, 1, GENTLE)


def test_after_a_change_the_same_lesson_opens_again_and_the_client_is_told(house: House, wire: Wire) -> None:
    enrolment = house.enrol()
    sent = house.send(enrolment)
    house.feedback(sent.submission_id, Decision.CHANGE)
    assert house.states(enrolment) == ["changing", "ahead", "ahead"]
    seen = service.submission(house.as_dana(), house.theo, sent.submission_id)
    assert seen.next is not None
    assert (seen.next.number, seen.next.state) == (1, "changing")
    service.change_lesson(house.as_ines(if_match=1), house.theo, enrolment.enrolment_id, 1, GENTLE)
    opened = service.open_lesson(house.as_ines(NOW + 2 * HOUR), house.theo, enrolment.enrolment_id, 1)
    assert [line.state for line in opened.lessons] == ["again", "ahead", "ahead"]
    house.deliver(NOW + 2 * HOUR)
    subjects = {subject for subject, _ in wire.letters.to("dana")}
    assert subjects == {"There is an answer for you", "Something is open for you"}
    assert house.lesson(enrolment).lesson.title == "Gently"


def test_after_a_change_the_next_lesson_may_open_instead(house: House) -> None:
    enrolment = house.enrol()
    house.feedback(house.send(enrolment).submission_id, Decision.CHANGE)
    with pytest.raises(OutOfTurn):
        service.open_lesson(house.as_ines(), house.theo, enrolment.enrolment_id, 3)
    opened = service.open_lesson(house.as_ines(), house.theo, enrolment.enrolment_id, 2)
    assert [line.state for line in opened.lessons] == ["done", "open", "ahead"]


def test_an_enrolment_that_is_not_there_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        service.open_lesson(house.as_ines(), house.theo, house.theo, 1)  # type: ignore[arg-type]
