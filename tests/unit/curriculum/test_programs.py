"""Programs as they are written: by several, at once, and over lines that break."""

from typing import Any

import pytest

from chalicelib.curriculum.model import MOST_LESSONS, Program
from chalicelib.curriculum.store import CurriculumStore
from chalicelib.foundation.actor import Role
from chalicelib.foundation.ids import PersonId, PracticeId, ProgramId, new_id
from chalicelib.media.model import RecordingState

from ..conftest import NOW
from ..media.faults import BadDay, collide
from ..practice.gateway import Somebody
from .conftest import Desk, change_of, text


def titles(program: Any) -> list[str]:
    return [lesson["title"] for lesson in program["lessons"]]


def test_a_program_begins_empty_and_is_listed(desk: Desk) -> None:
    made = desk.send("POST", "/api/programs", {"title": "Knee", "summary": "Six weeks"})
    assert (made.status, made.version) == (201, 1)
    assert (made.body["lessons"], made.body["published"], made.body["media"]) == ([], [], {})
    (line,) = desk.do("GET", "/api/programs", by=desk.sam)["programs"]
    assert line == {
        "program_id": made.body["program_id"],
        "title": "Knee",
        "summary": "Six weeks",
        "lessons": 0,
        "version": 0,
        "changed_since_publication": True,
        "changed_at": made.body["changed_at"],
    }


def test_lessons_stand_in_the_order_in_which_they_were_added(desk: Desk) -> None:
    program = desk.program("Beginning", "Bending", "Standing")
    assert titles(program) == ["Beginning", "Bending", "Standing"]
    assert program["lessons"][0]["blocks"] == [text() | {"title": ""}]
    assert desk.do("GET", "/api/programs")["programs"][0]["lessons"] == 3


def test_a_program_may_show_more_files_than_one_read_gives(desk: Desk) -> None:
    program = desk.program("Beginning", "Bending")
    film = {"kind": "video", "block_id": "film", "resource_id": desk.resource(), "title": "Bend"}
    for lesson in program["lessons"]:
        pictures = [
            {"kind": "image", "block_id": f"p{number}", "resource_id": new_id(NOW), "alt": "A knee"}
            for number in range(59)
        ]
        desk.save(program["program_id"], lesson, blocks=[*pictures, film])
    assert list(desk.see(program["program_id"])["media"]) == [film["resource_id"]]


def test_order_and_words_change_together_and_what_is_left_out_is_gone(desk: Desk) -> None:
    program = desk.program("Beginning", "Bending", "Standing")
    one, two, three = (lesson["lesson_id"] for lesson in program["lessons"])
    path = f"/api/programs/{program['program_id']}"
    change = {"title": "Hip", "summary": "", "lessons": [three, one]}
    changed = desk.send("PUT", path, change, if_match=program["revision"])
    assert changed.version == changed.body["revision"] == program["revision"] + 1
    assert titles(changed.body) == ["Standing", "Beginning"]
    assert changed.body == desk.see(program["program_id"])
    assert len(desk.rows("lesson")) == 2
    assert desk.send("PUT", f"{path}/lessons/{two}", change_of(program["lessons"][1]), if_match=2).status == 404


def test_the_second_of_two_who_change_the_order_gets_both_states(desk: Desk) -> None:
    program = desk.program("Beginning", "Bending")
    one, two = (lesson["lesson_id"] for lesson in program["lessons"])
    path = f"/api/programs/{program['program_id']}"
    turned = {"title": "Knee", "summary": "", "lessons": [two, one]}
    desk.do("PUT", path, turned, if_match=program["revision"])
    mine = {"title": "Knee", "summary": "Mine", "lessons": [one]}
    late = desk.send("PUT", path, mine, by=desk.sam, if_match=program["revision"])
    assert (late.status, late.body["type"]) == (409, "changed-meanwhile")
    assert late.body["current"] == turned | {"revision": program["revision"] + 1}
    assert late.body["yours"] == mine | {"revision": program["revision"]}
    assert titles(desk.see(program["program_id"])) == ["Bending", "Beginning"]


def test_saving_a_lesson_makes_nobodys_copy_of_the_order_stale(desk: Desk) -> None:
    program = desk.program("Beginning", "Bending")
    desk.save(program["program_id"], program["lessons"][0], title="The beginning")
    change = {"title": "Knee", "summary": "", "lessons": [lesson["lesson_id"] for lesson in program["lessons"]]}
    desk.do("PUT", f"/api/programs/{program['program_id']}", change, if_match=program["revision"])


def test_a_lesson_that_is_not_the_programs_cannot_be_put_into_it(desk: Desk) -> None:
    program, other = desk.program("Beginning"), desk.program("Elsewhere")
    path = f"/api/programs/{program['program_id']}"
    theirs, mine = other["lessons"][0]["lesson_id"], program["lessons"][0]["lesson_id"]
    for lessons in ([mine, theirs], [mine, mine], ["no-id"]):
        change = {"title": "Knee", "summary": "", "lessons": lessons}
        assert desk.send("PUT", path, change, if_match=program["revision"]).status == 422
    assert desk.see(program["program_id"]) == program


def test_a_program_has_at_most_sixty_lessons(desk: Desk) -> None:
    program = desk.program()
    desk.fill(program["program_id"], MOST_LESSONS - 1)
    desk.add(program["program_id"], "The last")
    one_more = desk.send("POST", f"/api/programs/{program['program_id']}/lessons", {"title": "Too many"})
    assert (one_more.status, one_more.body["type"]) == (409, "program-full")
    assert len(desk.rows("lesson")) == MOST_LESSONS


def test_a_lesson_is_saved_under_the_version_that_was_read(desk: Desk) -> None:
    program = desk.program("Beginning")
    (lesson,) = program["lessons"]
    path = f"/api/programs/{program['program_id']}/lessons/{lesson['lesson_id']}"
    saved = desk.send("PUT", path, change_of(lesson, title="Mine"), if_match=lesson["version"])
    assert (saved.status, saved.version) == (200, lesson["version"] + 1)
    late = desk.send("PUT", path, change_of(lesson, title="Yours"), by=desk.sam, if_match=lesson["version"])
    assert (late.status, late.body["type"]) == (409, "changed-meanwhile")
    assert (late.body["current"]["title"], late.body["current"]["version"]) == ("Mine", saved.version)
    assert (late.body["yours"]["title"], late.body["yours"]["version"]) == ("Yours", lesson["version"])
    again = desk.send("PUT", path, change_of(lesson, title="Yours"), by=desk.sam, if_match=saved.version)
    assert again.status == 200


def test_a_save_without_a_version_is_refused(desk: Desk) -> None:
    program = desk.program("Beginning")
    (lesson,) = program["lessons"]
    path = f"/api/programs/{program['program_id']}"
    assert desk.send("PUT", f"{path}/lessons/{lesson['lesson_id']}", change_of(lesson, title="Mine")).status == 428
    change = {"title": "Hip", "summary": "", "lessons": []}
    assert desk.send("PUT", path, change).status == 428


def test_two_who_save_different_lessons_at_once_both_succeed(desk: Desk, bad_day: BadDay) -> None:
    program = desk.program("Beginning", "Bending")
    one, two = program["lessons"]
    # Sam's save comes between the read and the write of Ines's: both write the program's header.
    bad_day.meanwhile(1, lambda: desk.save(program["program_id"], two, title="Sam's"))
    desk.save(program["program_id"], one, title="Ines's")
    assert titles(desk.see(program["program_id"])) == ["Ines's", "Sam's"]


def test_two_who_save_the_same_lesson_at_once_do_not_overwrite_each_other(desk: Desk, bad_day: BadDay) -> None:
    program = desk.program("Beginning")
    (lesson,) = program["lessons"]
    path = f"/api/programs/{program['program_id']}/lessons/{lesson['lesson_id']}"
    bad_day.meanwhile(1, lambda: desk.save(program["program_id"], lesson, title="Sam's"))
    late = desk.send("PUT", path, change_of(lesson, title="Ines's"), if_match=lesson["version"])
    assert late.status == 409
    assert (late.body["current"]["title"], late.body["yours"]["title"]) == ("Sam's", "Ines's")


def test_a_lesson_that_is_removed_while_it_is_saved_stays_removed(desk: Desk, bad_day: BadDay) -> None:
    program = desk.program("Beginning")
    (lesson,) = program["lessons"]
    empty = {"title": "Knee", "summary": "", "lessons": []}
    path = f"/api/programs/{program['program_id']}"
    bad_day.meanwhile(1, lambda: desk.do("PUT", path, empty, if_match=program["revision"]))
    late = desk.send("PUT", f"{path}/lessons/{lesson['lesson_id']}", change_of(lesson, title="Mine"), if_match=2)
    assert late.status == 404
    assert desk.rows("lesson") == []


def test_two_who_add_a_lesson_at_once_both_find_theirs(desk: Desk, bad_day: BadDay) -> None:
    program = desk.program()
    bad_day.meanwhile(2, lambda: desk.add(program["program_id"], "Sam's"))
    desk.add(program["program_id"], "Ines's")
    assert titles(desk.see(program["program_id"])) == ["Sam's", "Ines's"]


def test_a_lesson_that_is_added_while_the_page_is_read_is_on_it(desk: Desk, bad_day: BadDay) -> None:
    program = desk.program("Beginning")
    bad_day.meanwhile(1, lambda: desk.add(program["program_id"], "Bending"))
    assert titles(desk.see(program["program_id"])) == ["Beginning", "Bending"]


def test_a_transaction_that_keeps_meeting_others_is_a_conflict_in_the_end(desk: Desk, bad_day: BadDay) -> None:
    program = desk.program("Beginning")
    (lesson,) = program["lessons"]
    for number in (1, 3, 5, 7):
        bad_day.meanwhile(number, collide)
    desk.save(program["program_id"], lesson, title="At last")
    for number in (1, 3, 5, 7, 9):
        bad_day.meanwhile(number, collide)
    path = f"/api/programs/{program['program_id']}/lessons/{lesson['lesson_id']}"
    late = desk.send("PUT", path, change_of(lesson, title="Never"), if_match=lesson["version"] + 1)
    assert late.status == 409
    assert titles(desk.see(program["program_id"])) == ["At last"]


def test_the_same_press_twice_at_once_adds_one_lesson_and_both_are_shown_it(desk: Desk, bad_day: BadDay) -> None:
    program_id = desk.program("Beginning")["program_id"]
    press = ("POST", f"/api/programs/{program_id}/lessons", {"title": "Bending"})
    replies = []
    bad_day.meanwhile(2, lambda: replies.append(desk.send(*press, key="pressed-twice")))
    replies.append(desk.send(*press, key="pressed-twice"))
    assert [titles(reply.body) for reply in replies] == [["Beginning", "Bending"]] * 2


@pytest.mark.parametrize(
    "block",
    [
        {"kind": "poem", "block_id": "a"},
        {"kind": "text", "block_id": "A!", "markdown": ""},
        {"kind": "text", "block_id": "a", "markdown": "x", "script": "y"},
        {"kind": "text", "block_id": "a", "markdown": "x" * 20_001},
        {"kind": "link", "block_id": "a", "url": "javascript:alert(1)", "label": "x"},
        {"kind": "link", "block_id": "a", "url": "http://plain.example", "label": "x"},
        {"kind": "choice", "block_id": "a", "prompt": "Which?", "options": ["only one"]},
        {"kind": "recording", "block_id": "a", "prompt": "Show", "media": "document"},
        {"kind": "recording", "block_id": "a", "prompt": "Show", "longest_s": 100_000},
        {"kind": "image", "block_id": "a", "resource_id": "r", "alt": ""},
        {"kind": "image", "block_id": "a", "resource_id": "r" * 2_000, "alt": "A knee"},
        {"kind": "exercise", "block_id": "a", "title": "Bend", "sets": -1},
    ],
)
def test_a_block_that_cannot_be_is_refused_and_nothing_is_lost(desk: Desk, block: dict[str, Any]) -> None:
    program = desk.program("Beginning")
    (lesson,) = program["lessons"]
    path = f"/api/programs/{program['program_id']}/lessons/{lesson['lesson_id']}"
    reply = desk.send("PUT", path, change_of(lesson, blocks=[block]), if_match=lesson["version"])
    assert reply.status == 422
    assert desk.see(program["program_id"]) == program


def test_markdown_is_kept_as_it_was_written_scripts_included(desk: Desk) -> None:
    program = desk.program("Beginning")
    words = "# Hello\n<script>alert(1)</script> [x](javascript:alert(1)) \u202e 🙂"
    desk.save(program["program_id"], program["lessons"][0], blocks=[text(markdown=words)])
    assert desk.see(program["program_id"])["lessons"][0]["blocks"][0]["markdown"] == words


def test_a_lesson_that_is_too_long_is_refused_in_words(desk: Desk) -> None:
    program = desk.program("Beginning")
    (lesson,) = program["lessons"]
    blocks = [text(f"t{number}", "x" * 20_000) for number in range(4)]
    path = f"/api/programs/{program['program_id']}/lessons/{lesson['lesson_id']}"
    reply = desk.send("PUT", path, change_of(lesson, blocks=blocks), if_match=lesson["version"])
    assert (reply.status, reply.body["type"]) == (413, "lesson-too-long")
    assert "divide it into two lessons" in reply.body["detail"]


def test_two_blocks_of_one_id_are_refused(desk: Desk) -> None:
    program = desk.program("Beginning")
    (lesson,) = program["lessons"]
    path = f"/api/programs/{program['program_id']}/lessons/{lesson['lesson_id']}"
    reply = desk.send("PUT", path, change_of(lesson, blocks=[text(), text()]), if_match=lesson["version"])
    assert (reply.status, reply.body["type"], reply.body["block_id"]) == (422, "block-id-twice", "intro")


def test_the_editor_sees_how_far_the_files_of_its_lessons_have_come(desk: Desk) -> None:
    ready, waiting = desk.resource("video"), desk.resource("image", RecordingState.PROCESSING)
    program = desk.program("Beginning")
    blocks = [
        {"kind": "video", "block_id": "v", "resource_id": ready, "title": "Squat"},
        {"kind": "image", "block_id": "i", "resource_id": waiting, "alt": "A knee"},
        {"kind": "document", "block_id": "d", "resource_id": "nowhere", "title": "A plan"},
    ]
    desk.save(program["program_id"], program["lessons"][0], blocks=blocks)
    media = desk.see(program["program_id"])["media"]
    assert media.keys() == {ready, waiting}
    assert "play.mp4" in media[ready]["play_url"]
    assert "poster.jpg" in media[ready]["poster_url"]
    assert "sprite.jpg" in media[ready]["sprite_url"]
    assert "timeline.json" in media[ready]["timeline_url"]
    assert media[waiting].pop("state") == "processing"
    assert set(media[waiting].values()) == {None}


def test_writing_survives_a_break_at_every_call(desk: Desk, bad_day: BadDay) -> None:
    program = desk.program("Beginning", "Bending")
    program_id = program["program_id"]
    state: dict[str, Any] = {}

    def next_round(number: int) -> None:
        seen = desk.see(program_id)
        state.update(
            number=number,
            revision=seen["revision"],
            order={
                "title": f"Knee {number}",
                "summary": "",
                "lessons": [lesson["lesson_id"] for lesson in reversed(seen["lessons"])],
            },
            lesson=seen["lessons"][0],
        )

    def order() -> int:
        return desk.send("PUT", f"/api/programs/{program_id}", state["order"], if_match=state["revision"]).status

    def save() -> int:
        lesson = state["lesson"]
        change = change_of(lesson, title=f"Again {state['number']}")
        path = f"/api/programs/{program_id}/lessons/{lesson['lesson_id']}"
        return desk.send("PUT", path, change, if_match=lesson["version"]).status

    for attempt in (order, save):
        next_round(0)
        for number, where in enumerate(bad_day.sweep(attempt), 1):
            assert attempt() == 200, where
            assert attempt() == 200, where
            next_round(number)
    assert len(desk.rows("lesson")) == 2


def test_a_program_and_its_lessons_are_begun_once_whatever_breaks(desk: Desk, bad_day: BadDay) -> None:
    state = {"key": "begin-0000", "path": "/api/programs"}

    def attempt() -> Any:
        return desk.send("POST", state["path"], {"title": "Knee"}, key=state["key"])

    for number, where in enumerate(bad_day.sweep(attempt), 1):
        first, again = attempt(), attempt()
        assert (first.status, again.status, first.body) == (201, 201, again.body), where
        assert len(desk.rows("program")) == number, where
        state["key"] = f"begin-{number:04}"
    state["key"] = "lesson-0000"
    state["path"] = f"/api/programs/{first.body['program_id']}/lessons"
    for number, where in enumerate(bad_day.sweep(attempt), 1):
        first, again = attempt(), attempt()
        assert (first.status, again.status) == (201, 201), where
        assert len(first.body["lessons"]) == len(again.body["lessons"]) == number, where
        assert len(desk.rows("lesson")) == number, where
        state["key"] = f"lesson-{number:04}"


def test_a_key_that_was_used_for_something_else_adds_nothing(desk: Desk) -> None:
    program = desk.program()
    path = f"/api/programs/{program['program_id']}/lessons"
    desk.do("POST", path, {"title": "Beginning"}, key="one-and-only")
    other = desk.send("POST", path, {"title": "Bending"}, key="one-and-only")
    assert (other.status, other.body["type"]) == (422, "idempotency-key-reused")
    assert titles(desk.see(program["program_id"])) == ["Beginning"]


def test_a_programs_list_of_any_length_is_whole(desk: Desk) -> None:
    for _ in range(2):
        write = desk.call_as(Role.THERAPIST).write()
        for _ in range(52):
            program_id = ProgramId(new_id(NOW))
            CurriculumStore.add_program(write, Program(program_id=program_id, title="Knee", changed_at=NOW))
        write.commit()
    listed = desk.do("GET", "/api/programs")["programs"]
    assert len({line["program_id"] for line in listed}) == 104


def test_programs_are_for_the_therapists_of_their_practice(desk: Desk) -> None:
    program = desk.program("Beginning")
    program_id, (lesson,) = program["program_id"], program["lessons"]
    path = f"/api/programs/{program_id}"
    asked: list[tuple[str, str, Any]] = [
        ("GET", path, None),
        ("PUT", path, {"title": "x", "summary": "", "lessons": []}),
        ("POST", f"{path}/lessons", {"title": "x"}),
        ("PUT", f"{path}/lessons/{lesson['lesson_id']}", change_of(lesson, title="x")),
        ("POST", f"{path}/versions", {"note": ""}),
        ("GET", f"{path}/versions/1", None),
    ]
    elsewhere = Somebody(PracticeId("0" * 26), desk.ines.person_id, frozenset({Role.THERAPIST}))
    owner = Somebody(desk.practice_id, PersonId(new_id(NOW)), frozenset({Role.OWNER}))
    for method, where, body in asked:
        if_match = program["revision"] if method == "PUT" else None
        assert desk.send(method, where, body, by=elsewhere, if_match=if_match).status == 404, where
        assert desk.send(method, where, body, by=owner, if_match=if_match).status == 403, where
    assert desk.do("GET", "/api/programs", by=elsewhere) == {"programs": []}
    assert desk.see(program_id) == program


def test_a_lesson_asks_for_no_longer_recording_than_the_practice_takes(desk: Desk) -> None:
    program = desk.program("One")
    (lesson,) = program["lessons"]
    asking = {"kind": "recording", "block_id": "b9", "prompt": "Read aloud", "media": "audio", "longest_s": 5400}
    path = f"/api/programs/{program['program_id']}/lessons/{lesson['lesson_id']}"
    changed = change_of(lesson, blocks=[asking])
    refused = desk.send("PUT", path, changed, if_match=lesson["version"])
    assert refused.status == 422
    assert "up to 20 minutes" in refused.body["detail"]
    assert "An owner can raise that" in refused.body["detail"]
    desk.allow(90)
    assert desk.send("PUT", path, changed, if_match=lesson["version"]).status == 200
    too_long = change_of(lesson, blocks=[asking | {"longest_s": 7201}])
    assert desk.send("PUT", path, too_long, if_match=lesson["version"] + 1).status in {400, 422}
