"""Each call of AWS in the loop fails once, before it is applied and after: the end is the same.

The loop is driven as it is in the cloud: requests that come again with the same key, events that come
again until they were taken. A call that fails after it was applied is a reply that got lost.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from chalicelib.foundation import clock
from chalicelib.foundation.actor import Role
from chalicelib.foundation.table import Row

from ..conftest import NOW, _table
from ..practice.gateway import Gateway, Reply, Somebody
from .house import House

TRIES = 3
READS = frozenset({"GetItem", "BatchGetItem", "Query"})
"""To these it is one and the same whether they or their reply got lost."""
_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{26}")
_HASH = re.compile(r"[0-9a-f]{64}")
_UPLOAD = re.compile(r'"upload_id": "[^"]+"')


class Faults:
    """Counts the calls of AWS that the product makes, and lets one of them fail once."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[str] = []
        self.watching = False
        self.mails: list[tuple[str, str]] = []
        self._number, self._applied = 0, False
        self.failed = ""
        real = BaseClient._make_api_call  # type: ignore[attr-defined]

        def make(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
            if not self.watching:
                return real(client, operation, arguments)
            self.calls.append(operation)
            number = len(self.calls)
            if number == self._number and not self._applied:
                self.failed = operation
                raise ConnectionClosedError(endpoint_url="https://aws.test")
            answer = real(client, operation, arguments)
            if operation == "SendEmail":
                subject = arguments["Content"]["Simple"]["Subject"]["Data"]
                self.mails.append((arguments["Destination"]["ToAddresses"][0], subject))
            if number == self._number:
                self.failed = operation
                raise ReadTimeoutError(endpoint_url="https://aws.test")
            return answer

        monkeypatch.setattr(BaseClient, "_make_api_call", make)

    def at(self, number: int, *, applied: bool) -> None:
        """Count from now on, and let the call of that number fail."""
        self.calls, self.mails, self.failed = [], [], ""
        self._number, self._applied = number, applied

    def insist(self, act: Callable[[], Reply | None]) -> Any:
        """Do something of the product, again if it fails: as a page or a queue does."""
        for _ in range(TRIES):
            self.watching = True
            try:
                reply = act()
            except Exception:  # noqa: BLE001, S112 - whatever a worker raises, the message comes again
                continue
            finally:
                self.watching = False
            if reply is None or reply.status < 500:
                return reply and reply.body
        pytest.fail(f"{self.failed} failed once, and it never worked again.")


class Loop:
    """One time around, from the enrolment to the letter that tells of the answer."""

    def __init__(self, house: House, faults: Faults, gateway: Gateway) -> None:
        self.house, self.faults, self.gateway = house, faults, gateway
        self.ines = Somebody(house.practice_id, house.ines, frozenset({Role.THERAPIST}), "Ines Rocha")
        self.dana = Somebody(house.practice_id, house.dana, frozenset({Role.GUARDIAN}), "Dana Brenner")
        self.names: dict[str, str] = {}
        self.common = 0
        """Calls up to where the two ways of going round part."""

    def ask(self, method: str, path: str, body: Any, by: Somebody, **given: Any) -> Any:
        path = f"/api/clients/{self.house.theo}{path}"
        return self.faults.insist(lambda: self.gateway.call(method, path, body, by=by, **given))

    def deliver(self) -> None:
        """Deliver every event until it was taken, and those that follow from it."""
        while new := [event for event in self.house.events() if event.event_id not in self.house.delivered]:
            for event in new:
                self.faults.insist(lambda event=event: self.house.deliver_once(event))  # type: ignore[misc]
                self.house.delivered.add(event.event_id)

    def go_round(self, *, early: bool) -> None:
        wanted = {"program_id": self.house.program_id, "version": 1}
        enrolment = self.ask("POST", "/enrolments", wanted, self.ines, key="enrol-1-key")
        self._name(enrolment["enrolment_id"], "the enrolment")
        lesson = f"/enrolments/{enrolment['enrolment_id']}/lessons/1"
        did = {"sets": 2, "reps": 5, "pain": 3, "note": ""}
        for block, value in (("ease", 4), ("move", did)):
            self.ask("PUT", f"{lesson}/answers/{block}", {"value": value}, self.dana, if_match=0)
        self.ask("PUT", f"{lesson}/answers/ease", {"value": 5}, self.dana, if_match=1)
        about = {"block_id": "show", "content_type": "video/mp4", "size": 1000}
        ticket = self.ask("POST", f"{lesson}/recordings", about, self.dana, key="open-1-key")
        self._name(ticket["recording_id"], "the recording")
        self.common = len(self.faults.calls)
        if not early:
            self.house.settle(ticket["recording_id"])
            self.deliver()
        body = {"comment": "It went well.", "revision": 1}
        sent = self.ask("POST", f"{lesson}/submission", body, self.dana, key="submit-1-key")
        self._name(sent["submission_id"], "the submission")
        assert sent["state"] == ("arriving" if early else "waiting")
        if early:
            self.house.settle(ticket["recording_id"])
        self.deliver()
        comment = {"comment_id": "c1", "recording_id": ticket["recording_id"], "at_s": 1.5, "text": "Slower."}
        draft = {"comments": [comment], "text": "", "decision": None}
        review = f"/submissions/{sent['submission_id']}/review"
        self.ask("PUT", f"{review}/draft", draft, self.ines, if_match=0)
        answer = {"comments": [comment], "text": "Well done.", "decision": "go_on"}
        self.ask("POST", f"{review}/feedback", answer, self.ines, key="feedback-1-key")
        self.deliver()
        self.ask("POST", f"/submissions/{sent['submission_id']}/seen", None, self.dana)

    def _name(self, volatile: str, name: str) -> None:
        assert _ID.fullmatch(volatile)
        self.names[volatile] = name

    def left_behind(self) -> Counter[str]:
        """Every row of the table, with names instead of the ids that are new each time."""
        self._name(self._next_submission(), "the next submission")
        known = {value for value in vars(self.house).values() if isinstance(value, str)}
        known |= {lesson.lesson_id for lesson in self.house.lessons} | {self._film()}

        def steady(match: re.Match[str]) -> str:
            return match[0] if match[0] in known else self.names.get(match[0], "an id")

        rows = Counter[str]()
        for row in Row.scan(consistent_read=True):
            body = _UPLOAD.sub("an upload", json.dumps(json.loads(row.body), sort_keys=True))
            text = f"{row.kind} v{row.version} {row.pk} {row.sk} {body}"
            # Outbox rows are spread by the end of their id.
            text = re.sub(r"#outbox#\w\w ", "#outbox ", _ID.sub(steady, _HASH.sub("a hash", text)))
            rows[text] += 1
        return rows

    def _next_submission(self) -> str:
        (enrolment,) = self.house.store.desk(self.house.theo).enrolments
        return enrolment.value.lines[1].turns[0].submission_id

    def _film(self) -> str:
        return str(msgspec.to_builtins(self.house.lessons[0])["blocks"][1]["resource_id"])


@pytest.fixture
def rounds(stack: dict[str, Any], house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[[int, bool, bool], Loop]:
    """Go round from the beginning, in an empty table, with a call of that number failing."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    faults, gateway = Faults(monkeypatch), Gateway()

    def go_round(number: int, applied: bool, early: bool) -> Loop:  # noqa: FBT001
        stack["dynamodb"].delete_table(TableName="meanwhile-test")
        _table(stack["dynamodb"])
        house.delivered.clear()
        house.found()
        loop = Loop(house, faults, gateway)
        faults.at(number, applied=applied)
        loop.go_round(early=early)
        return loop

    return go_round


@pytest.mark.parametrize("early", [False, True], ids=["recording first", "submitted first"])
def test_whichever_call_fails_the_loop_ends_the_same(
    rounds: Callable[[int, bool, bool], Loop],
    early: bool,  # noqa: FBT001
) -> None:
    calm = rounds(0, False, early)  # noqa: FBT003
    expected, letters, calls = calm.left_behind(), Counter(calm.faults.mails), calm.faults.calls
    assert set(letters.values()) == {1}
    assert len(letters) == 3  # the two therapists' links and the guardian's answer
    for number in range(calm.common + 1 if early else 1, len(calls) + 1):
        for applied in (False,) if calls[number - 1] in READS else (False, True):
            loop = rounds(number, applied, early)
            where = f"call {number}, {loop.faults.failed}, {'after' if applied else 'before'} it was applied"
            assert loop.faults.failed, where
            found = loop.left_behind()
            assert found == expected, f"{where}: {list((found - expected) + (expected - found))}"
            sent = Counter(loop.faults.mails)
            assert sent.keys() == letters.keys(), where
            assert sum(sent.values()) <= sum(letters.values()) + 1, where
            assert max(sent.values()) <= 2, where
