"""The loop as the pages reach it: routes, headers, cookies, problems."""

from typing import Any

import pytest

from chalicelib.care.model.review_link import new_token
from chalicelib.foundation import clock
from chalicelib.foundation.actor import Role

from ..conftest import NOW
from ..practice.gateway import Gateway, Reply, Somebody
from .conftest import Wire
from .house import House

DID = {"sets": 2, "reps": 5, "pain": 3, "note": ""}
ANSWER = {"comments": [], "text": "Well done.", "decision": "go_on"}


class Pages:
    """Asks as the pages do, each person with their own sign-in."""

    def __init__(self, house: House) -> None:
        self.house, self.gateway = house, Gateway()
        self.keys = 0
        self.ines = Somebody(house.practice_id, house.ines, frozenset({Role.THERAPIST}), "Ines Rocha")
        self.tom = Somebody(house.practice_id, house.tom, frozenset({Role.THERAPIST}), "Tom Healy")
        self.dana = Somebody(house.practice_id, house.dana, frozenset({Role.GUARDIAN}), "Dana Brenner")
        self.home = f"/api/clients/{house.theo}"

    def ask(self, by: Somebody | None, method: str, path: str, body: Any = None, **given: Any) -> Reply:
        path = path if path.startswith("/api") else f"{self.home}{path}"
        return self.gateway.call(method, path, body, by=by, **given)

    def create(self, by: Somebody, path: str, body: Any = None) -> Any:
        self.keys += 1
        reply = self.ask(by, "POST", path, body, key=f"press-{self.keys:04}")
        assert reply.status in {200, 201}, reply.body
        return reply.body

    def enrol(self) -> str:
        wanted = {"program_id": self.house.program_id, "version": 1}
        return str(self.create(self.ines, "/enrolments", wanted)["enrolment_id"])

    def send(self, lesson: str) -> Any:
        for block, value in (("ease", 5), ("move", DID)):
            kept = self.ask(self.dana, "PUT", f"{lesson}/answers/{block}", {"value": value}, if_match=0)
            assert (kept.status, kept.version) == (200, 1)
        about = {"block_id": "show", "content_type": "video/mp4", "size": 1000}
        ticket = self.create(self.dana, f"{lesson}/recordings", about)
        self.house.settle(ticket["recording_id"])
        self.house.deliver()
        revision = self.ask(self.dana, "GET", lesson).body["revision"]
        sent = self.create(self.dana, f"{lesson}/submission", {"comment": "", "revision": revision})
        self.house.deliver()
        return sent


@pytest.fixture
def pages(house: House, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Pages:  # noqa: ARG001 - it keeps the letters
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return Pages(house)


def test_the_loop_goes_round(pages: Pages) -> None:
    enrolment_id = pages.enrol()
    lesson = f"/enrolments/{enrolment_id}/lessons/1"
    assert pages.ask(pages.dana, "GET", "/today").body["lesson"]["number"] == 1
    sent = pages.send(lesson)
    (line,) = pages.ask(pages.ines, "GET", "/api/queue").body["lines"]
    assert line["submission_id"] == sent["submission_id"]
    review = f"/submissions/{sent['submission_id']}/review"
    seen = pages.ask(pages.ines, "GET", review).body
    assert (seen["answers"]["move"]["value"], seen["draft"]["version"]) == (DID, 0)
    draft: dict[str, Any] = {"comments": [], "text": "Well", "decision": None}
    kept = pages.ask(pages.ines, "PUT", f"{review}/draft", draft, if_match=0)
    assert (kept.status, kept.version) == (200, 1)
    given = pages.create(pages.ines, f"{review}/feedback", ANSWER)
    assert given["feedback"]["decision"] == "go_on"
    answered = pages.ask(pages.dana, "GET", f"/submissions/{sent['submission_id']}").body
    assert (answered["state"], answered["next"]["number"]) == ("reviewed", 2)
    assert pages.ask(pages.dana, "POST", f"/submissions/{sent['submission_id']}/seen").status == 200
    states = [one["state"] for one in pages.ask(pages.dana, "GET", "/program").body["enrolments"][0]["lessons"]]
    assert states == ["done", "open", "ahead"]
    assert len(pages.ask(pages.ines, "GET", "/progress").body["days"]) == 1


def test_a_lesson_is_begun_anew_changed_and_opened(pages: Pages) -> None:
    enrolment_id = pages.enrol()
    lesson = f"/enrolments/{enrolment_id}/lessons/1"
    about = {"block_id": "show", "content_type": "video/mp4", "size": 1000}
    ticket = pages.create(pages.dana, f"{lesson}/recordings", about)
    removed = pages.ask(pages.dana, "DELETE", f"{lesson}/recordings/{ticket['recording_id']}")
    assert removed.status == 200
    assert pages.create(pages.dana, f"{lesson}/restart")["answers"] == {}
    sent = pages.send(lesson)
    change = ANSWER | {"decision": "change"}
    pages.create(pages.ines, f"/submissions/{sent['submission_id']}/review/feedback", change)
    gentle = {
        "title": "Gently",
        "minutes": 5,
        "blocks": [{"kind": "scale", "block_id": "ease", "prompt": "How easy was it?"}],
    }
    changed = pages.ask(pages.ines, "PUT", lesson, gentle, if_match=1)
    assert (changed.status, changed.version, changed.body["lesson"]["title"]) == (200, 2, "Gently")
    opened = pages.create(pages.ines, f"{lesson}/opening")
    assert opened["lessons"][0]["state"] == "again"


def test_the_same_press_twice_has_the_same_answer_and_one_effect(pages: Pages) -> None:
    enrolment_id = pages.enrol()
    lesson = f"/enrolments/{enrolment_id}/lessons/1"
    pages.send(lesson)
    body = {"comment": "", "revision": 1}
    again = pages.ask(pages.dana, "POST", f"{lesson}/submission", body, key=f"press-{pages.keys:04}")
    assert (again.status, again.body["state"]) == (201, "waiting")
    assert len(pages.ask(pages.ines, "GET", "/api/queue").body["lines"]) == 1
    other = pages.ask(pages.dana, "POST", f"{lesson}/submission", {"comment": "x", "revision": 1}, key="press-9999")
    assert (other.status, other.body["type"]) == (409, "lesson-moved-on")


def test_problems_say_what_is_the_matter(pages: Pages) -> None:
    enrolment_id = pages.enrol()
    lesson = f"/enrolments/{enrolment_id}/lessons/1"
    for path in (
        f"/enrolments/{enrolment_id}/lessons/x",
        f"/enrolments/{enrolment_id}/lessons/٣",
        "/enrolments/x/lessons/1",
    ):
        assert pages.ask(pages.dana, "GET", path).status == 404
    late = pages.ask(pages.dana, "POST", f"{lesson}/submission", {"comment": "", "revision": 1}, key="press-0100")
    assert (late.status, late.body["type"], late.body["missing"]) == (422, "not-complete", ["move", "ease", "show"])
    old = pages.ask(pages.dana, "POST", f"{lesson}/submission", {"comment": "", "revision": 2}, key="press-0101")
    assert (old.status, old.body["type"]) == (409, "lesson-changed")
    pages.ask(pages.dana, "PUT", f"{lesson}/answers/ease", {"value": 4}, if_match=0)
    stale = pages.ask(pages.dana, "PUT", f"{lesson}/answers/ease", {"value": 9}, if_match=0)
    assert (stale.status, stale.body["current"]["value"], stale.body["yours"]["value"]) == (409, 4, 9)
    for value in (11, "four", True, {"sets": -1}, {"strange": 1}, [1]):
        refused = pages.ask(pages.dana, "PUT", f"{lesson}/answers/ease", {"value": value}, if_match=1)
        assert refused.status == 422, value
    huge = pages.ask(pages.dana, "PUT", f"{lesson}/answers/words", {"value": "x" * 400_000}, if_match=0)
    assert huge.status == 413
    assert pages.ask(pages.dana, "PUT", f"{lesson}/answers/words", {"value": "x"}).status == 428
    assert pages.ask(pages.ines, "PUT", f"{lesson}/answers/words", {"value": "x"}, if_match=0).status == 403


def test_a_client_reads_markdown_with_script_as_it_was_written(pages: Pages) -> None:
    enrolment_id = pages.enrol()
    lesson = f"/enrolments/{enrolment_id}/lessons/1"
    script = "<script>alert(1)</script>"
    assert pages.ask(pages.dana, "PUT", f"{lesson}/answers/words", {"value": script}, if_match=0).status == 200
    seen = pages.ask(pages.dana, "GET", lesson)
    assert seen.body["answers"]["words"]["value"] == script  # the page shows it as text
    assert seen.headers["Content-Type"] == "application/json"


def test_a_review_link_is_opened_by_a_press_and_nothing_else(pages: Pages, wire: Wire) -> None:
    enrolment_id = pages.enrol()
    sent = pages.send(f"/enrolments/{enrolment_id}/lessons/1")
    token = wire.letters.token("ines")
    with pytest.raises(LookupError):
        pages.ask(None, "GET", "/api/review-link")
    opened = pages.ask(None, "POST", "/api/review-link", {"token": token})
    assert (opened.status, opened.body["submission_id"]) == (200, sent["submission_id"])
    (header,) = opened.cookies
    cookie = f"x; {header.partition(';')[0]}"
    again = pages.ask(None, "POST", "/api/review-link", {"token": token}, cookie=cookie)
    assert again.status == 200
    for press in ("short", "p" * 44, "<" * 43):
        assert pages.ask(None, "POST", "/api/review-link", {"token": token, "press": press}).status == 422
    other = pages.ask(None, "POST", "/api/review-link", {"token": token, "press": "p" * 43})
    assert (other.status, other.body["type"]) == (401, "sign-in-to-review")
    assert other.body["path"] == f"/reviews/{pages.house.theo}/{sent['submission_id']}"
    review = pages.ask(None, "GET", "/api/review-link/review", cookie=cookie)
    assert (review.status, review.body["client"]["name"]) == (200, "Theo")
    draft: dict[str, Any] = {"comments": [], "text": "Well", "decision": None}
    kept = pages.ask(None, "PUT", "/api/review-link/draft", draft, cookie=cookie, if_match=0)
    assert (kept.status, kept.version) == (200, 1)
    for _ in range(2):  # the second time as after a lost reply
        given = pages.ask(None, "POST", "/api/review-link/feedback", ANSWER, cookie=cookie, key="press-9001")
        assert (given.status, given.body["feedback"]["by_name"]) == (201, "Ines Rocha")
    over = pages.ask(None, "GET", "/api/review-link/review", cookie=cookie)
    assert (over.status, over.body["type"]) == (410, "link-over")
    assert pages.ask(None, "POST", "/api/review-link", {"token": token}).status == 410


@pytest.mark.parametrize("cookie", ["", "x; mw_review=nonsense", "x; mw_review=[]{}", "x; mw_review"])
def test_without_a_session_a_link_shows_nothing(pages: Pages, cookie: str) -> None:
    for method, path in (("GET", "review"), ("PUT", "draft"), ("POST", "feedback")):
        body = None if method == "GET" else ANSWER
        reply = pages.ask(None, method, f"/api/review-link/{path}", body, cookie=cookie, if_match=0, key="press-0001")
        assert (reply.status, reply.body["type"]) == (401, "sign-in-to-review")


def test_a_session_of_a_link_is_no_sign_in(pages: Pages) -> None:
    cookie = f"x; mw_review={new_token(pages.house.practice_id)}"
    assert pages.ask(None, "GET", "/api/queue", cookie=cookie).status == 401
    assert pages.ask(None, "GET", "/today", cookie=cookie).status == 401
