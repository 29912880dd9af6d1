"""Each call of AWS in the loop fails once, before it is applied and after: the end is the same.

The loop is driven as it is in the cloud: requests that come again with the same key, events that come
again until they were taken. A call that fails after it was applied is a reply that got lost. Every step is
taken again and again from the same table, each time with another call failing, and has to leave the table
that the calm step leaves and to answer the same; then the next step begins at just that table. So whichever
call fails, the loop ends the same.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Generator
from functools import partial
from typing import Any

import msgspec
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from chalicelib.foundation import clock
from chalicelib.foundation.actor import Role

from ..conftest import NOW, Rows
from ..practice.gateway import Gateway, Reply, Somebody
from .house import House

TRIES = 3
READS = frozenset({"GetItem", "BatchGetItem", "Query"})
"""To these it is one and the same whether they or their reply got lost."""
_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{26}")
_HASH = re.compile(r"[0-9a-f]{64}")
_UPLOAD = re.compile(r'"upload_id": "[^"]+"')

type Act = Callable[[], Reply | None]


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

    def insist(self, act: Act) -> Any:
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
    """One time around, from the enrolment to the letter that tells of the answer: step by step."""

    def __init__(self, house: House) -> None:
        self.house, self.gateway = house, Gateway()
        self.ines = Somebody(house.practice_id, house.ines, frozenset({Role.THERAPIST}), "Ines Rocha")
        self.dana = Somebody(house.practice_id, house.dana, frozenset({Role.GUARDIAN}), "Dana Brenner")

    def ask(self, method: str, path: str, body: Any, by: Somebody, **given: Any) -> Act:
        return partial(self.gateway.call, method, f"/api/clients/{self.house.theo}{path}", body, by=by, **given)

    def deliver(self) -> Generator[Act]:
        """Deliver every event until it was taken, and those that follow from it."""
        while new := [event for event in self.house.events() if event.event_id not in self.house.delivered]:
            for event in new:
                yield partial(self.house.deliver_once, event)
                self.house.delivered.add(event.event_id)

    def go_round(self, *, early: bool) -> Generator[Act, Any]:
        """Yield the steps; each answer is sent back."""
        wanted = {"program_id": self.house.program_id, "version": 1}
        enrolment = yield self.ask("POST", "/enrolments", wanted, self.ines, key="enrol-1-key")
        lesson = f"/enrolments/{enrolment['enrolment_id']}/lessons/1"
        did = {"sets": 2, "reps": 5, "pain": 3, "note": ""}
        for block, value in (("ease", 4), ("move", did)):
            yield self.ask("PUT", f"{lesson}/answers/{block}", {"value": value}, self.dana, if_match=0)
        yield self.ask("PUT", f"{lesson}/answers/ease", {"value": 5}, self.dana, if_match=1)
        about = {"block_id": "show", "content_type": "video/mp4", "size": 1000}
        ticket = yield self.ask("POST", f"{lesson}/recordings", about, self.dana, key="open-1-key")
        if not early:
            self.house.settle(ticket["recording_id"])
            yield from self.deliver()
        body = {"comment": "It went well.", "revision": 1}
        sent = yield self.ask("POST", f"{lesson}/submission", body, self.dana, key="submit-1-key")
        assert sent["state"] == ("arriving" if early else "waiting")
        if early:
            self.house.settle(ticket["recording_id"])
        yield from self.deliver()
        comment = {"comment_id": "c1", "recording_id": ticket["recording_id"], "at_s": 1.5, "text": "Slower."}
        draft = {"comments": [comment], "text": "", "decision": None}
        review = f"/submissions/{sent['submission_id']}/review"
        yield self.ask("PUT", f"{review}/draft", draft, self.ines, if_match=0)
        answer = {"comments": [comment], "text": "Well done.", "decision": "go_on"}
        yield self.ask("POST", f"{review}/feedback", answer, self.ines, key="feedback-1-key")
        yield from self.deliver()
        yield self.ask("POST", f"/submissions/{sent['submission_id']}/seen", None, self.dana)


class Outcome(msgspec.Struct):
    """What a step left behind: the answer, every row, and the letters that went."""

    answer: str
    rows: Counter[str]
    letters: Counter[tuple[str, str]]


class Steps:
    """Takes one step as often as it is wanted, each time from where the table was when the step began."""

    def __init__(self, rows: Rows, faults: Faults) -> None:
        self._rows, self._faults = rows, faults
        self._begun = rows.keep()
        self._known = set(_ID.findall(json.dumps(rows.read())))
        self.answer: Any = None

    def take(self, act: Act, number: int = 0, *, applied: bool = False) -> Outcome:
        """Take the step with its call of that number failing."""
        self._rows.bring_back(self._begun)
        self._faults.at(number, applied=applied)
        self.answer = self._faults.insist(act)
        text = json.dumps(self.answer)
        # Ids are new each time; those of the answer are told apart by their place in it.
        names = {found: f"id {place} of the answer" for place, found in enumerate(dict.fromkeys(_ID.findall(text)))}

        def steady(text: str) -> str:
            text = _UPLOAD.sub("an upload", _HASH.sub("a hash", text))
            return _ID.sub(lambda found: found[0] if found[0] in self._known else names.get(found[0], "an id"), text)

        rows = Counter[str]()
        for row in self._rows.read():
            body = json.dumps(json.loads(row["body"]), sort_keys=True)
            text_of_row = steady(f"{row['kind']} v{row['version']} {row['pk']} {row['sk']} {body}")
            # Outbox rows are spread by the end of their id.
            rows[re.sub(r"#outbox#\w\w ", "#outbox ", text_of_row)] += 1
        return Outcome(steady(text), rows, Counter(self._faults.mails))


@pytest.mark.parametrize("early", [False, True], ids=["recording first", "submitted first"])
def test_whichever_call_fails_the_loop_ends_the_same(
    rows: Rows,
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    early: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    faults, letters = Faults(monkeypatch), Counter[tuple[str, str]]()
    loop = Loop(house).go_round(early=early)
    act, taken = next(loop), 0
    while True:
        steps = Steps(rows, faults)
        calm = steps.take(act)
        letters += calm.letters
        taken += 1
        for number, operation in enumerate(tuple(faults.calls), 1):
            for applied in (False,) if operation in READS else (False, True):
                found = steps.take(act, number, applied=applied)
                where = f"step {taken}, call {number}, {operation}, {'after' if applied else 'before'} it was applied"
                assert faults.failed == operation, where
                assert found.answer == calm.answer, where
                assert found.rows == calm.rows, f"{where}: {[*(found.rows - calm.rows), *(calm.rows - found.rows)]}"
                assert found.letters.keys() == calm.letters.keys(), where
                assert sum(found.letters.values()) <= sum(calm.letters.values()) + 1, where
        steps.take(act)
        try:
            act = loop.send(steps.answer)
        except StopIteration:
            break
    assert set(letters.values()) == {1}
    assert len(letters) == 3  # the two therapists' links and the guardian's answer
