"""Each call of AWS in the loop fails once, before it is applied and after: the end is the same.

The loop is driven as it is in the cloud: requests that come again with the same key, events that come
again until they were taken. A call that fails after it was applied is a reply that got lost. Every step is
taken again and again from the same table, each time with another call failing, and has to leave the table
that the calm step leaves and to answer the same; then the next step begins at just that table. So whichever
call fails, the loop ends the same.
"""

from collections import Counter
from collections.abc import Generator
from functools import partial
from typing import Any

import pytest

from chalicelib.foundation import clock
from chalicelib.foundation.actor import Role

from ..conftest import NOW, Rows
from ..practice.gateway import Gateway, Somebody
from ..steps import READS, Act, Faults, Steps
from .house import House


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
