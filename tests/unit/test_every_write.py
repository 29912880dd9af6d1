"""Every use case that writes, with each of its calls of AWS failing once, before it was applied and after.

A practice lives through all that it can: what it asks for over HTTP, what follows from it, and what falls due. The
moment at which a route, an event or a kind of due row comes up for the first time is kept, and from there it is swept
(tests/unit/steps.py): whatever fails, the table ends the same and tests/invariants.py holds. Whoever adds a use case
lets it come up here too: one that does not fails.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chalicelib.foundation import clock, due
from chalicelib.foundation.actor import Role
from chalicelib.foundation.due import _HANDLERS
from chalicelib.foundation.events import Event
from chalicelib.foundation.http import ENDPOINTS
from chalicelib.foundation.ids import PersonId
from chalicelib.foundation.outbox import _SUBSCRIBERS
from chalicelib.media.intake import process_upload
from chalicelib.media.processing import Reason, Rejected
from chalicelib.practice.store import PracticeStore

from ..invariants import broken
from .conftest import SERVICES, Rows, empty_stack
from .in_memory import Kept
from .practice.conftest import staff
from .practice.gateway import Gateway, Reply, Somebody, _route
from .practice.key import Key, add_passkey, come_in
from .privacy.conftest import lead
from .privacy.life import BLOCKS, DAY, Life, film
from .steps import READS, Act, Faults, Outcome, Steps

READS_ONLY = frozenset(
    {
        "POST /api/doors/look",
        "POST /api/clients/{client_id}/recordings/{recording_id}/parts",
        "POST /api/library/{recording_id}/parts",
    }
)
"""Routes that change nothing, and are no GET because of what they are asked."""
TOLD = frozenset({"sign-in-to-review", "no-authenticator"})
"""What somebody may be told whose request was applied and whose answer got lost, and who asks again: nothing is
applied twice, and the words say where things are."""
AGAIN = frozenset({"door", "door_log"})
"""A letter whose sending was not noted goes once more, with a link of its own."""
EACH_TIME_ANOTHER = ("POST /api/session", "DELETE /api/session", "POST /api/doors/open", "POST /api/password/forgotten")
"""Signing in and out: each press is a session, a letter or an entry of its own. What must hold is all that is asked."""
ELSEWHERE = {
    "due erasure": "test_whatever_breaks_and_however_late_it_comes_nothing_of_the_client_is_left",
    "on copy.asked": "test_whichever_call_breaks_the_copy_is_made_all_the_same",
    "on copy.planned": "test_whichever_call_breaks_the_copy_is_made_all_the_same",
    "due sealing": "test_a_seal_that_cannot_be_set_is_tried_again",
    "on reminder.due": "test_a_second_worker_with_the_same_message_leaves_the_mail_to_the_first",
    "POST /api/session/code": "test_a_set_up_that_broke_off_is_begun_again",
    "POST /api/session/passkey": "test_a_sign_in_that_broke_off_is_begun_again_with_the_same_passkey",
    "POST /api/session/passkeys": "test_a_passkey_that_was_made_and_not_written_down_opens_nothing_and_is_made_again",
}
"""What takes many calls, or ends the same only with time or another code: each with the test that breaks it."""
WRITES = (
    {f"{spec.method} {spec.path}" for spec in ENDPOINTS if spec.method != "GET"}
    | {f"on {event}" for event in _SUBSCRIBERS}
    | {f"due {kind}" for kind in _HANDLERS}
) - (READS_ONLY | ELSEWHERE.keys())
PASSWORD = "three calm words"


@dataclass(frozen=True)
class Moment:
    """What there was when something came up for the first time, and what was done then."""

    kept: Kept
    now: datetime
    act: Act


class Watch:
    """Keeps the moment before each step that comes up for the first time, and lets it be taken."""

    def __init__(self) -> None:
        self.moments: dict[str, Moment] = {}

    def __call__(self, name: str, act: Callable[[], Reply | None]) -> Reply | None:
        if name not in self.moments and name in WRITES:
            self.moments[name] = Moment(Kept(SERVICES), clock.now(), act)
        return act()


class Watched(Gateway):
    """API Gateway, watched."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self._watch = watch

    def call(self, method: str, path: str, body: Any = None, **given: Any) -> Reply:
        act = partial(super().call, method, path, body, **given)
        spec, _ = _route(method, path.partition("?")[0])
        reply = self._watch(f"{method} {spec.path}", act)
        assert reply is not None
        return reply


class Everything(Life):
    """A life in which everything happens that can."""

    def __init__(self, stack: dict[str, Any], now: datetime) -> None:
        self.watch = Watch()
        super().__init__(stack, now, Watched(self.watch))

    def deliver_once(self, event: Event) -> None:
        self.watch(f"on {event.type}", partial(super().deliver_once, event))

    def tick(self) -> int:
        found = list(due.found_due(self.now))
        for one in found:
            self.watch(f"due {one.kind}", partial(due.do_due, one, self.now))
        return len(found)

    def letter(self, place: str, back: int = 1) -> str:
        """The secret of the last link of a kind that a letter had in it, or of one before it."""
        text = [text for text in self.letters if place in text][-back]
        return text.partition(place)[2].split()[0]

    def rest(self) -> None:
        """What `live` leaves out."""
        self.office()
        self.course()
        self.bytes_()
        self.captions()
        self.signing_in()
        self.days()
        self.erase()
        self.to_the_end()

    def version(self, path: str, by: Somebody) -> int:
        return self.try_("GET", path, by).version

    def office(self) -> None:
        settled = {"name": "Lind", "time_zone": "Europe/Berlin", "answer_within_hours": 48}
        settled |= {"review_links_need_sign_in": False}
        self.ask("PUT", "/api/practice", self.ana, settled, if_match=self.version("/api/practice", self.ana))
        self.ask("POST", f"/api/people/{self.tom.person_id}/invitation", self.ana)
        self.give_authenticator(PersonId(self.tom.person_id))
        self.ask("DELETE", f"/api/people/{self.tom.person_id}/authenticator", self.ana)
        kept = {"records_years": 10, "originals_days": 30}
        self.ask("PUT", "/api/retention", self.ana, kept, if_match=self.version("/api/retention", self.ana))
        leo = f"/api/clients/{self.leo}"
        card = {"name": "Leo B", "time_zone": "Europe/Berlin", "therapist_ids": [self.ines.person_id]}
        self.ask("PUT", leo, self.ana, card, if_match=self.version(leo, self.ana))
        added = self.ask("POST", f"{leo}/guardians", self.ana, {"name": "Rosa", "email": "rosa@home.example"})
        rosa = next(one["person_id"] for one in added["guardians"] if one["name"] == "Rosa")
        self.ask("DELETE", f"{leo}/guardians/{rosa}", self.ana, if_match=self.version(leo, self.ana))
        paid = {"paid_on": f"{self.now:%Y-%m-%d}", "note": "thanks"}
        self.ask("POST", "/api/clients/{mia}/invoices/2026-0001/payment", self.ana, paid)
        ole = staff(self.gateway, self.ana, "Ole Other", "ole@lind.example", Role.OWNER)
        self.ask("DELETE", f"/api/people/{ole.person_id}", self.ana)
        program = self.ask("GET", "/api/programs", self.ines)["programs"][0]["program_id"]
        path = f"/api/programs/{program}"
        draft = self.try_("GET", path, self.ines)
        lessons = [one["lesson_id"] for one in draft.body["lessons"]]
        self.ask("PUT", path, self.ines, {"title": "Joints", "lessons": lessons}, if_match=draft.version)
        self.deliver()

    def give_authenticator(self, person_id: PersonId) -> None:
        stored = PracticeStore(self.call().table).person(person_id)
        assert stored
        write = self.call().write()
        write.replace(stored, msgspec.structs.replace(stored.value, authenticator_at=self.now))
        write.commit()

    def course(self) -> None:
        """An answer by a link, the program changed, the lesson once more."""
        tokens = {self.letter("/r#", back) for back in (1, 2)} - {self.token}
        opened = self.try_("POST", "/api/review-link", None, {"token": tokens.pop()})
        words = {"comments": [], "text": "Slower", "decision": "change"}
        self.ask("PUT", "/api/review-link/draft", None, words, cookie=opened.cookie, if_match=0)
        self.ask("POST", "/api/review-link/feedback", None, words, cookie=opened.cookie)
        self.ask("POST", f"/api/clients/{{mia}}/submissions/{self.second}/seen", self.jonas)
        programs = self.ask("GET", "/api/clients/{mia}/program", self.jonas)["enrolments"]
        self.enrolment = next(one["enrolment_id"] for one in programs if len(one["lessons"]) > 1)
        lesson = f"/api/clients/{{mia}}/enrolments/{self.enrolment}/lessons/2"
        easier = {"title": "Gently", "minutes": 5, "blocks": BLOCKS}
        self.ask("PUT", lesson, self.ines, easier, if_match=1)
        self.ask("POST", f"{lesson}/opening", self.ines)
        self.deliver()
        self.ask("PUT", f"{lesson}/answers/ease", self.jonas, {"value": 2}, if_match=0)
        self.ask("POST", f"{lesson}/restart", self.jonas)
        self.ask("DELETE", f"{lesson}/recordings/{self.record(2)}", self.jonas)
        self.ask("PUT", f"{lesson}/answers/ease", self.jonas, {"value": 2}, if_match=0)
        recording_id = self.record(2)
        event = self.upload(recording_id)
        self.put_together(f"/api/clients/{{mia}}/recordings/{recording_id}", self.jonas)
        self.ask("POST", f"{lesson}/submission", self.jonas, {"comment": "", "revision": 2})
        process_upload(event, self.now, work=refuse)
        self.deliver()

    def put_together(self, path: str, by: Somebody) -> None:
        arrived = self.ask("GET", f"{path}/parts", by)["parts"]
        parts = [{"number": one["number"], "etag": one["etag"]} for one in arrived]
        self.ask("POST", f"{path}/completion", by, {"parts": parts})

    def bytes_(self) -> None:
        """A file of the library that arrives and cannot be used."""
        file = {"kind": "video", "title": "A squat", "content_type": "video/mp4", "size": 13, "file_name": "a.mp4"}
        resource = self.ask("POST", "/api/resources", self.ines, file)["resource"]["resource_id"]
        event = self.upload(resource)
        self.put_together(f"/api/library/{resource}", self.ines)
        process_upload(event, self.now, work=refuse)
        self.ask("DELETE", f"/api/library/{resource}", self.ines)
        self.deliver()

    def captions(self) -> None:
        """A video of the library gets captions, and loses them."""
        file = {"kind": "video", "title": "A squat", "content_type": "video/mp4", "size": 13, "file_name": "a.mp4"}
        resource = self.ask("POST", "/api/resources", self.ines, file)["resource"]["resource_id"]
        event = self.upload(resource)
        self.put_together(f"/api/library/{resource}", self.ines)
        process_upload(event, self.now, work=film)
        said = {"text": "WEBVTT\n\n00:01.000 --> 00:02.000\nDown.\n"}
        self.ask("PUT", f"/api/library/{resource}/captions", self.ines, said)
        self.ask("DELETE", f"/api/library/{resource}/captions", self.ines)
        self.deliver()

    def signing_in(self) -> None:
        mail = {"email": "jonas@home.example"}
        self.ask("POST", "/api/password/forgotten", None, mail)
        self.deliver()
        opening = {"token": self.letter("/door#"), "password": PASSWORD}
        self.try_("POST", "/api/doors/open", None, opening)
        entered = self.try_("POST", "/api/session", None, {**mail, "password": PASSWORD})
        other = self.try_("POST", "/api/session", None, {**mail, "password": PASSWORD})
        self.ask("POST", "/api/session/refresh", None, {}, cookie=entered.cookie)
        listed = self.ask("GET", "/api/session", self.jonas, cookie=other.cookie)["sessions"]
        self.passkey(entered)
        gone = next(one["session_id"] for one in listed if not one["here"])
        self.ask("DELETE", f"/api/session/{gone}", self.jonas)
        self.ask("DELETE", "/api/session/others", self.jonas, cookie=other.cookie)
        self.ask("DELETE", "/api/session", None, cookie=other.cookie)
        self.ask("DELETE", "/api/sessions", self.jonas)
        self.deliver()
        self.passwords(self.try_("POST", "/api/session", None, {**mail, "password": PASSWORD}))

    def passwords(self, entered: Reply) -> None:
        changed = {"password": PASSWORD, "new_password": "four calmer words here"}
        self.ask("POST", "/api/session/password", self.jonas, changed, cookie=entered.cookie)
        self.deliver()
        self.ask("DELETE", f"/api/people/{self.jonas.person_id}/sessions", self.ana)

    def passkey(self, entered: Reply) -> None:
        key = Key()
        added = add_passkey(self.gateway, self.jonas, entered.cookie, key)
        self.deliver()
        come_in(self.gateway, "jonas@home.example", key)
        removed = f"/api/session/passkeys/{added.body['passkey_id']}"
        self.ask("DELETE", removed, self.jonas, cookie=entered.cookie)

    def days(self) -> None:
        """Days go by: reminders, looks, the day's round and seal, copies that go."""
        self.now = self.now.replace(hour=16)  # when the reminder is due; a late one is not sent
        for _ in range(9):
            self.now += DAY
            self.tick()
            self.deliver()
        self.ask("POST", "/api/unsubscribe", None, {"token": self.letter("/stop#")})
        fee = self.ask("GET", "/api/clients/{mia}/invoices", self.ana)["fees"][0]
        path = f"/api/clients/{{mia}}/fees/{fee['subscription_id']}"
        self.ask("DELETE", path, self.ana, if_match=fee["version"])


def refuse(source: Path, out_dir: Path, **_given: object) -> Rejected:  # noqa: ARG001
    """Find nothing that can be used."""
    return Rejected(Reason.WOULD_NOT_OPEN)


@pytest.fixture(scope="module")
def life(clients: dict[str, Any]) -> Iterator[Everything]:
    """Everything, lived through without a failure."""
    empty_stack(clients)
    with pytest.MonkeyPatch.context() as monkeypatch:
        life = lead(clients, monkeypatch, Everything)
        assert isinstance(life, Everything)
        life.live()
        life.rest()
        yield life


@pytest.mark.parametrize("name", sorted(WRITES))
def test_whichever_call_of_a_use_case_fails_it_ends_the_same(
    life: Everything, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    moment = life.watch.moments.get(name)
    assert moment, "It does not come up in a life in which everything happens."
    moment.kept.bring_back()
    life.now = moment.now
    assert list(flaws(name, moment.act, Faults(monkeypatch))) == []


def flaws(name: str, act: Act, faults: Faults) -> Iterator[str]:
    """What is wrong after a step with one of its calls failing, each in turn."""
    rows = Rows()
    steps = Steps(rows, faults)
    calm = steps.take(act)
    yield from broken(rows.read())
    calls = tuple(faults.calls)
    first = next((number for number, operation in enumerate(calls, 1) if operation not in READS), len(calls))
    # Whatever fails before the first write was applied leaves all as it was.
    for number, operation in enumerate(calls[first - 1 :], first):
        for applied in (False,) if operation in READS else (True,) if number == first else (False, True):
            found = steps.take(act, number, applied=applied)
            where = f"call {number}, {operation}, {'after' if applied else 'before'} it was applied"
            if found.rows != calm.rows:  # what is the same holds as well
                yield from (f"{where}: {says}" for says in broken(rows.read()))
            if not name.startswith(EACH_TIME_ANOTHER):
                yield from (f"{where}: {says}" for says in differences(calm, found))


def differences(calm: Outcome, found: Outcome) -> Iterator[str]:
    """In what a step ended otherwise."""
    answer = json.loads(found.answer)
    told = isinstance(answer, dict) and answer.get("type") in TOLD
    if found.answer != calm.answer and not told:
        yield f"{found.answer} instead of {calm.answer}"
    more, less = found.rows - calm.rows, calm.rows - found.rows
    wrong = [row for row in (*more, *less) if row.partition(" ")[0] not in AGAIN and "refused a review link" not in row]
    if wrong:
        yield f"{wrong}"


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_what_is_not_swept_here_has_a_test_of_its_own(name: str) -> None:
    assert any(f"def {ELSEWHERE[name]}(" in path.read_text() for path in Path(__file__).parent.rglob("test_*.py"))
