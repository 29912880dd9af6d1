"""Enrolment and review in any order that people, recordings and messages can come in: what must hold, holds.

Hypothesis presses the buttons. What is refused is refused in words and changes nothing; after each step all of
tests/invariants.py is asked.
"""

import contextlib
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from chalicelib.care import service
from chalicelib.care.model.answers import Did
from chalicelib.care.model.enrolment import Decision
from chalicelib.care.shapes import GiveFeedback, PutDraft
from chalicelib.foundation.errors import DomainError
from chalicelib.foundation.ids import RecordingId, SubmissionId
from chalicelib.media.model import RecordingState
from chalicelib.practice.model import Named

from ...invariants import broken
from ..conftest import NOW, Rows, empty_stack
from .house import House, lesson_of

NUMBERS = st.integers(min_value=1, max_value=3)
DID = Did(sets=2, reps=5, pain=3)
SETTLED = st.sampled_from([RecordingState.READY, RecordingState.REJECTED])


class Loop(RuleBasedStateMachine):
    """Theo, Dana who acts for him, and Ines and Tom who review."""

    rows, house = Rows(), House(lessons=(lesson_of("Part 1"), lesson_of("Part 2")))
    founded: Any = None

    def __init__(self) -> None:
        super().__init__()
        self.rows.bring_back(self.founded)
        self.house.delivered.clear()
        self.at = NOW
        self.enrolment: Any = self.house.enrol()
        self.recordings: list[RecordingId] = []
        self.sent: list[SubmissionId] = []

    def press(self, act: Any) -> Any:
        """Do something that may be refused."""
        self.at += timedelta(minutes=1)
        before = self.rows.read()
        try:
            return act()
        except DomainError as error:
            refused = error
        assert refused.status < 500
        assert refused.detail
        # The text of who answered second is kept as their draft.
        assert self.rows.read() == before or refused.problem_type == "answered-already"
        return None

    @rule()
    def enrol(self) -> None:
        self.enrolment = self.press(lambda: self.house.enrol(self.at)) or self.enrolment

    @rule(number=NUMBERS, block=st.sampled_from(["move", "ease", "nothing"]), version=st.integers(0, 2))
    def answer(self, number: int, block: str, version: int) -> None:
        value: Any = {"ease": 5, "move": DID}.get(block, "words")
        self.press(lambda: self.house.answer(self.enrolment, block, value, number, version, self.at))

    @rule(number=NUMBERS)
    def record(self, number: int) -> None:
        made = self.press(lambda: self.house.record(self.enrolment, number))
        self.recordings += [made] if made else []

    @precondition(lambda self: self.recordings)
    @rule(data=st.data(), state=SETTLED, tell=st.booleans())
    def settle(self, data: Any, state: RecordingState, tell: bool) -> None:  # noqa: FBT001
        """What media makes of a recording. Once told, it is told no differently."""
        recording_id = data.draw(st.sampled_from(self.recordings))
        self.recordings.remove(recording_id)
        self.house.settle(recording_id, state, at=self.at, tell=True)
        if tell:
            self.house.deliver(self.at)

    @rule(number=NUMBERS, revision=st.integers(1, 2))
    def submit(self, number: int, revision: int) -> None:
        sent = self.press(lambda: self.house.submit(self.enrolment, number, self.at, revision=revision))
        self.sent += [sent.submission_id] if sent else []

    @rule(state=SETTLED, early=st.booleans(), decision=st.sampled_from([None, Decision.GO_ON, *Decision]))
    def do_the_lesson(self, state: RecordingState, early: bool, decision: Decision | None) -> None:  # noqa: FBT001
        """All of it, and its answer, so that programs come to their end."""
        states = self.house.states(self.enrolment)
        number = next((place for place, state in enumerate(states, 1) if state in {"open", "again"}), 1)
        with contextlib.suppress(DomainError):
            seen = self.house.lesson(self.enrolment, number)
            for block, value in (("move", DID), ("ease", 5)):
                version = seen.answers[block].version if block in seen.answers else 0
                self.house.answer(self.enrolment, block, value, number, version, self.at)
            recording_id = self.house.record(self.enrolment, number)
            if not early:
                self.house.settle(recording_id, state, at=self.at)
                self.house.deliver(self.at)
            sent = self.house.submit(self.enrolment, number, self.at, revision=seen.revision)
            self.sent.append(sent.submission_id)
            if early:
                self.house.settle(recording_id, state, at=self.at)
                self.house.deliver(self.at)
            if decision:
                self.house.feedback(sent.submission_id, decision, self.at)

    @rule(number=NUMBERS)
    def restart(self, number: int) -> None:
        call = self.house.as_dana(self.at)
        self.press(lambda: service.restart(call, self.house.theo, self.enrolment.enrolment_id, number))

    @rule(number=NUMBERS)
    def open_lesson(self, number: int) -> None:
        call = self.house.as_ines(self.at)
        self.press(lambda: service.open_lesson(call, self.house.theo, self.enrolment.enrolment_id, number))

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), decision=st.sampled_from([Decision.GO_ON, *Decision]), by_tom=st.booleans())
    def answer_submission(self, data: Any, decision: Decision, by_tom: bool) -> None:  # noqa: FBT001
        call = (self.house.as_tom if by_tom else self.house.as_ines)(self.at)
        about = data.draw(st.sampled_from(self.sent[-2:]))
        body = GiveFeedback(comments=(), text=f"Said at {self.at}", decision=decision)
        self.press(lambda: service.give_feedback(call, self.house.theo, about, body))

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), version=st.integers(0, 2))
    def draft(self, data: Any, version: int) -> None:
        about = data.draw(st.sampled_from(self.sent))
        call = self.house.as_ines(self.at, if_match=version)
        body = PutDraft(comments=(), text=f"Kept at {self.at}", decision=None)
        self.press(lambda: service.keep_draft(call, self.house.theo, about, body))

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def see(self, data: Any) -> None:
        about = data.draw(st.sampled_from(self.sent))
        self.press(lambda: service.mark_seen(self.house.as_dana(self.at), self.house.theo, about))

    @rule(both=st.booleans())
    def change_therapists(self, both: bool) -> None:  # noqa: FBT001
        ines, tom = Named(self.house.ines, "Ines Rocha"), Named(self.house.tom, "Tom Healy")
        self.house.change_card(therapists=(ines, tom) if both else (ines,))
        self.house.deliver(self.at)

    @rule(data=st.data())
    def events_come_late_and_again(self, data: Any) -> None:
        events = self.house.events()
        if events:
            self.house.deliver_once(data.draw(st.sampled_from(events[-6:])), self.at)

    @rule()
    def deliver(self) -> None:
        self.house.deliver(self.at)

    @invariant()
    def all_is_as_it_must_be(self) -> None:
        # The house is not built as people build one: its cards have no lines in lists and nobody added them.
        built = ("list of clients", "lists of clients", "added a client")
        assert [one for one in broken(self.rows.read()) if not any(word in one for word in built)] == []


def test_whatever_is_pressed_in_whatever_order_what_must_hold_holds(clients: Any) -> None:
    empty_stack(clients)
    Loop.house.found()
    Loop.founded = Loop.rows.keep()
    run_state_machine_as_test(
        Loop,
        settings=settings(
            max_examples=10,
            stateful_step_count=25,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
