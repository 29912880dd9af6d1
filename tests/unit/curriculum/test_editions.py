"""Versions: published once, fit to be worked through, and as they are for good."""

from typing import Any

import msgspec
import pytest

from chalicelib.curriculum import service
from chalicelib.curriculum.model import MOST_LESSONS, PROGRAM
from chalicelib.foundation.actor import Role
from chalicelib.foundation.errors import NotFound
from chalicelib.foundation.ids import ProgramId, new_id
from chalicelib.foundation.table import Key
from chalicelib.media.model import RecordingState

from ..conftest import NOW, CallAs
from ..media.faults import BadDay
from .conftest import Desk, change_of


def test_a_version_is_the_program_as_it_was(desk: Desk, call_as: CallAs) -> None:
    film = desk.resource()
    program = desk.program("Beginning", "Bending")
    program_id = program["program_id"]
    blocks = [{"kind": "video", "block_id": "v", "resource_id": film, "title": "Squat"}]
    desk.save(program_id, program["lessons"][1], blocks=blocks)
    published = desk.publish(program_id, "For Mia")
    assert published.status == 201
    assert published.version == published.body["revision"] == program["revision"]
    (version,) = published.body["published"]
    assert (version["version"], version["by_name"], version["lessons"], version["note"]) == (
        1,
        "Ines Duarte",
        2,
        "For Mia",
    )
    assert not published.body["changed_since_publication"]
    seen = desk.do("GET", f"/api/programs/{program_id}/versions/1", by=desk.sam)
    assert (seen["title"], seen["version"]) == ("Knee, after surgery", 1)
    assert [lesson["title"] for lesson in seen["lessons"]] == ["Beginning", "Bending"]
    assert seen["media"][film]["state"] == "ready"
    assert "play.mp4" in seen["media"][film]["play_url"]
    edition, lessons = service.edition(call_as(Role.THERAPIST), ProgramId(program_id), 1)
    assert edition.lessons == tuple(lesson.lesson_id for lesson in lessons)
    assert {entry["action"] for entry in desk.rows("audit")} == {"added a file to the library", "published a program"}


def test_a_correction_is_a_new_version_and_the_old_one_stays(desk: Desk) -> None:
    program = desk.program("Beginning")
    program_id = program["program_id"]
    desk.publish(program_id)
    desk.save(program_id, program["lessons"][0], title="The beginning")
    assert desk.see(program_id)["changed_since_publication"]
    second = desk.publish(program_id).body
    assert [one["version"] for one in second["published"]] == [1, 2]
    seen = [desk.do("GET", f"/api/programs/{program_id}/versions/{number}") for number in (1, 2)]
    assert [one["lessons"][0]["title"] for one in seen] == ["Beginning", "The beginning"]
    (line,) = desk.do("GET", "/api/programs")["programs"]
    assert (line["version"], line["changed_since_publication"]) == (2, False)


def test_removing_a_lesson_or_a_program_changing_leaves_versions_alone(desk: Desk) -> None:
    program = desk.program("Beginning", "Bending")
    program_id = program["program_id"]
    desk.publish(program_id)
    change = {"title": "Hip", "summary": "", "lessons": []}
    desk.do("PUT", f"/api/programs/{program_id}", change, if_match=program["revision"])
    first = desk.do("GET", f"/api/programs/{program_id}/versions/1")
    assert (first["title"], len(first["lessons"])) == ("Knee, after surgery", 2)


def test_publishing_without_a_change_is_refused_in_words(desk: Desk) -> None:
    program_id = desk.program("Beginning")["program_id"]
    desk.publish(program_id)
    again = desk.publish(program_id, by=desk.sam)
    assert (again.status, again.body["type"]) == (409, "nothing-changed")
    assert "version 1" in again.body["detail"]
    assert len(desk.rows("edition")) == 1


def test_what_is_not_fit_is_named_lesson_by_lesson_and_nothing_is_published(desk: Desk) -> None:
    waiting, picture = desk.resource("video", RecordingState.PROCESSING), desk.resource("image")
    program = desk.program("Beginning", "Bending")
    program_id = program["program_id"]
    for title in ("Standing", "Walking"):
        desk.add(program_id, title)
    blocks = [
        {"kind": "video", "block_id": "v", "resource_id": waiting, "title": "Squat"},
        {"kind": "exercise", "block_id": "e", "title": "Bend", "resource_id": picture},
    ]
    desk.save(program_id, program["lessons"][1], blocks=blocks)
    refused = desk.publish(program_id)
    assert (refused.status, refused.body["type"]) == (422, "not-ready-to-publish")
    assert [(one["block_id"], one["lesson_id"]) for one in refused.body["problems"]][:2] == [
        ("v", program["lessons"][1]["lesson_id"]),
        ("e", program["lessons"][1]["lesson_id"]),
    ]
    assert refused.body["detail"].startswith("Lesson 2, “Bending”: the video “Squat” is still being prepared")
    assert "There is one more. Nothing was published; the draft is kept." in refused.body["detail"]
    assert desk.rows("edition") == []
    assert desk.see(program_id)["published"] == []


def test_a_program_without_lessons_is_not_published(desk: Desk) -> None:
    refused = desk.publish(desk.program()["program_id"])
    assert refused.body["problems"] == [
        {"lesson_id": None, "block_id": None, "says": "The program has no lessons yet."}
    ]


def test_more_problems_than_can_be_said_at_once_are_counted(desk: Desk) -> None:
    program_id = desk.program()["program_id"]
    for number in range(6):
        desk.add(program_id, f"Lesson {number}")
    refused = desk.publish(program_id)
    assert "There are 3 more." in refused.body["detail"]
    assert len(refused.body["problems"]) == 6


def test_sixty_lessons_are_published_in_one_piece(desk: Desk) -> None:
    program_id = desk.program()["program_id"]
    desk.fill(program_id, MOST_LESSONS, "x" * 19_000)
    assert desk.publish(program_id).status == 201
    seen = desk.do("GET", f"/api/programs/{program_id}/versions/1")
    assert [lesson["title"] for lesson in seen["lessons"]] == [f"Lesson {number}" for number in range(MOST_LESSONS)]


def test_publishing_survives_a_break_at_every_call(desk: Desk, bad_day: BadDay) -> None:
    program = desk.program("Beginning")
    program_id, lesson = program["program_id"], program["lessons"][0]
    state: dict[str, Any] = {"key": "publish-0000"}

    def attempt() -> Any:
        return desk.publish(program_id, key=state["key"])

    for number, where in enumerate(bad_day.sweep(attempt), 1):
        first, again = attempt(), attempt()
        assert (first.status, again.status) == (201, 201), where
        assert [one["version"] for one in again.body["published"]] == list(range(1, number + 1)), where
        assert len(desk.rows("edition")) == number, where
        assert len(desk.rows("audit")) == number, where
        state["key"] = f"publish-{number:04}"
        lesson = desk.save(program_id, lesson, title=f"Beginning {number}")


def test_a_repeated_publication_with_another_note_is_refused(desk: Desk) -> None:
    program_id = desk.program("Beginning")["program_id"]
    desk.publish(program_id, "one", key="publish-once")
    other = desk.publish(program_id, "two", key="publish-once")
    assert (other.status, other.body["type"]) == (422, "idempotency-key-reused")


@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_lesson_that_is_saved_while_it_is_published_is_in_the_version_or_after_it(
    desk: Desk, bad_day: BadDay, call: int
) -> None:
    program = desk.program("Beginning")
    program_id, (lesson,) = program["program_id"], program["lessons"]
    bad_day.meanwhile(call, lambda: desk.save(program_id, lesson, title="The beginning"))
    published = desk.publish(program_id)
    assert published.status == 201
    first = desk.do("GET", f"/api/programs/{program_id}/versions/1")
    now = desk.see(program_id)
    is_in = first["lessons"][0]["title"] == "The beginning"
    assert now["lessons"][0]["title"] == "The beginning"
    assert now["changed_since_publication"] is not is_in


def test_two_who_publish_at_once_make_one_version(desk: Desk, bad_day: BadDay) -> None:
    program_id = desk.program("Beginning")["program_id"]
    bad_day.meanwhile(3, lambda: desk.publish(program_id, by=desk.sam))
    late = desk.publish(program_id)
    assert (late.status, late.body["type"]) == (409, "nothing-changed")
    assert len(desk.rows("edition")) == 1


@pytest.mark.parametrize("version", ["0", "2", "-1", "1.0", "x", "1000", "٣", "01%23"])
def test_a_version_that_is_not_there_is_not_found(desk: Desk, version: str) -> None:
    program_id = desk.program("Beginning")["program_id"]
    desk.publish(program_id)
    assert desk.send("GET", f"/api/programs/{program_id}/versions/{version}").status == 404


def test_an_edition_of_another_practice_is_not_found(desk: Desk, call_as: CallAs) -> None:
    program_id = ProgramId(desk.program("Beginning")["program_id"])
    desk.publish(program_id)
    with pytest.raises(NotFound):
        service.edition(call_as(Role.THERAPIST, practice="0" * 26), program_id, 1)
    with pytest.raises(NotFound):
        service.edition(call_as(Role.THERAPIST), ProgramId(new_id(NOW)), 1)


def test_the_thousandth_version_is_refused_in_words(desk: Desk, call_as: CallAs) -> None:
    program = desk.program("Beginning")
    program_id = program["program_id"]
    desk.publish(program_id)
    call = call_as(Role.THERAPIST)
    stored = call.table.get(PROGRAM, Key("programs", f"program#{program_id}"))
    assert stored is not None
    last = msgspec.structs.replace(stored.value.published[0], version=999)
    write = call.write()
    write.replace(stored, msgspec.structs.replace(stored.value, published=(last,), changed_since_publication=True))
    write.commit()
    refused = desk.publish(program_id)
    assert (refused.status, refused.body["type"]) == (409, "no-more-versions")


def test_a_published_lesson_is_not_touched_by_saving_the_draft(desk: Desk) -> None:
    program = desk.program("Beginning")
    program_id, (lesson,) = program["program_id"], program["lessons"]
    desk.publish(program_id)
    before = desk.do("GET", f"/api/programs/{program_id}/versions/1")
    path = f"/api/programs/{program_id}/lessons/{lesson['lesson_id']}"
    desk.do("PUT", path, change_of(lesson, minutes=99), if_match=lesson["version"])
    assert desk.do("GET", f"/api/programs/{program_id}/versions/1")["lessons"] == before["lessons"]
