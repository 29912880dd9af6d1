"""Which states of a lesson can follow which, whatever anybody does in whatever order."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chalicelib.care.model import enrolment as course
from chalicelib.care.model.enrolment import (
    Decision,
    Earlier,
    Enrolment,
    EnrolmentState,
    LessonState,
    Line,
    News,
    OutOfTurn,
    Waiting,
)
from chalicelib.foundation.errors import NotFound
from chalicelib.foundation.ids import EnrolmentId, PersonId, ProgramId, SubmissionId

from ..conftest import NOW
from .house import EASE, lesson_of

AHEAD, OPEN, AGAIN, SENT, CHANGING, DONE = LessonState
MAY_FOLLOW = {
    AHEAD: {OPEN},
    OPEN: {SENT},
    AGAIN: {SENT},
    SENT: {DONE, AGAIN, CHANGING},
    CHANGING: {AGAIN, DONE},
    DONE: set[LessonState](),
}
LESSONS = 3
numbers = st.integers(1, LESSONS)


class Way(RuleBasedStateMachine):
    """A client, a therapist and the clockwork, each doing what they can at any moment."""

    def __init__(self) -> None:
        super().__init__()
        self.made, self.at = 0, NOW
        lessons = tuple(lesson_of(f"Part {number}") for number in range(1, LESSONS + 1))
        self.way: Enrolment = course.begin(
            EnrolmentId("e"),
            lessons,
            program_id=ProgramId("p"),
            program_title="Arms up",
            version=1,
            fresh=self.fresh(),
            at=self.at,
            by_name="Ines",
        )

    def fresh(self) -> SubmissionId:
        self.made += 1
        self.at += timedelta(minutes=1)
        return SubmissionId(f"s{self.made}")

    def step(self, after: Enrolment) -> None:
        """Go on, and see that each lesson went where it may."""
        for old, new in zip(self.way.lines, after.lines, strict=True):
            assert new.state is old.state or new.state in MAY_FOLLOW[old.state], (old.state, new.state)
        self.way = after

    def tried(self, act: Any, *, allowed: bool) -> None:
        if allowed:
            self.step(act())
        else:
            with pytest.raises(OutOfTurn):
                act()

    def waiting(self, *, arriving: bool) -> Line | None:
        return next((one for one in self.way.lines if one.waiting and one.waiting.arriving is arriving), None)

    @rule(number=numbers)
    def start(self, number: int) -> None:
        state = course.line(self.way, number).state
        self.tried(lambda: course.start(self.way, number), allowed=state in {OPEN, AGAIN})

    @rule(number=numbers)
    def restart(self, number: int) -> None:
        line, fresh = course.line(self.way, number), self.fresh()
        self.tried(lambda: course.restart(self.way, number, fresh), allowed=line.state in {OPEN, AGAIN})

    @rule(number=numbers, arriving=st.booleans(), pain=st.integers(0, 10))
    def send(self, number: int, arriving: bool, pain: int) -> None:  # noqa: FBT001
        line = course.line(self.way, number)
        sent = line.turns[-1].submission_id if line.turns else SubmissionId("s0")
        waiting = Waiting(
            submission_id=sent,
            at=self.at,
            arriving=arriving,
            promised_at=None if arriving else self.at,
            recordings=(),
        )
        self.tried(
            lambda: course.send(self.way, number, waiting, {"move": float(pain)}), allowed=line.state in {OPEN, AGAIN}
        )

    @precondition(lambda self: self.waiting(arriving=True))
    @rule()
    def arrive(self) -> None:
        line = self.waiting(arriving=True)
        assert line
        assert line.waiting
        self.step(
            course.arrive(self.way, line.waiting.submission_id, promised_at=self.at, queued_for=(PersonId("ines"),))
        )

    @precondition(lambda self: self.waiting(arriving=True))
    @rule()
    def take_back(self) -> None:
        line = self.waiting(arriving=True)
        assert line
        assert line.waiting
        sent = line.waiting.submission_id
        self.step(course.take_back(self.way, sent, {"move": 3.0}, {}))
        again = course.line(self.way, line.number)
        assert (again.state, again.turns[-1].submission_id, again.turns) == (AGAIN, sent, line.turns)
        assert "move" not in self.way.latest

    @precondition(lambda self: self.waiting(arriving=False))
    @rule(decision=st.sampled_from(Decision))
    def answer(self, decision: Decision) -> None:
        line = self.waiting(arriving=False)
        assert line
        assert line.waiting
        sent, fresh = line.waiting.submission_id, self.fresh()
        news = News(submission_id=sent, by_name="Ines", at=self.at, comments=0)
        with pytest.raises(OutOfTurn):
            course.take_back(self.way, sent, {}, {})
        self.step(course.answer(self.way, sent, decision, news, fresh=fresh))
        with pytest.raises(OutOfTurn):
            course.answer(self.way, sent, decision, news, fresh=fresh)

    @precondition(lambda self: self.waiting(arriving=True))
    @rule(decision=st.sampled_from(Decision))
    def nobody_answers_what_is_still_arriving(self, decision: Decision) -> None:
        line = self.waiting(arriving=True)
        assert line
        assert line.waiting
        news = News(submission_id=line.waiting.submission_id, by_name="Ines", at=self.at, comments=0)
        with pytest.raises(OutOfTurn):
            course.answer(self.way, line.waiting.submission_id, decision, news, fresh=self.fresh())

    @rule(number=numbers)
    def reopen(self, number: int) -> None:
        states = {line.number: line.state for line in self.way.lines}
        after_changing = states[number] is AHEAD and states.get(number - 1) is CHANGING
        allowed = states[number] is CHANGING or after_changing
        self.tried(lambda: course.reopen(self.way, number, self.fresh(), self.at), allowed=allowed)
        if allowed:
            assert course.line(self.way, number).state in {OPEN, AGAIN}

    @rule(number=numbers)
    def edit(self, number: int) -> None:
        changed = lesson_of("Gently", EASE)
        before = course.line(self.way, number)
        self.tried(lambda: course.edit(self.way, number, changed), allowed=before.state is not DONE)
        after = course.line(self.way, number)
        assert (after.state, after.turns, after.waiting) == (before.state, before.turns, before.waiting)

    @rule(index=st.integers(0, 5))
    def see(self, index: int) -> None:
        self.step(course.see(self.way, SubmissionId(f"s{index}")))

    @invariant()
    def one_lesson_at_a_time_is_under_way(self) -> None:
        under_way = [line for line in self.way.lines if line.state not in {AHEAD, DONE}]
        finished = self.way.state is EnrolmentState.FINISHED
        assert len(under_way) == (0 if finished else 1)
        assert finished == all(line.state is DONE for line in self.way.lines)
        assert finished == (self.way.finished_at is not None)

    @invariant()
    def lessons_are_done_in_order(self) -> None:
        order = [0 if line.state is DONE else 2 if line.state is AHEAD else 1 for line in self.way.lines]
        assert order == sorted(order)

    @invariant()
    def what_is_sent_waits_and_nothing_else_does(self) -> None:
        for line in self.way.lines:
            assert (line.state is SENT) == (line.waiting is not None)
            if line.waiting:
                assert line.waiting.submission_id == line.turns[-1].submission_id
            assert not line.started or line.state in {OPEN, AGAIN}

    @invariant()
    def every_turn_has_an_id_of_its_own_and_only_the_last_one_lasts(self) -> None:
        turns = [turn for line in self.way.lines for turn in line.turns]
        assert len({turn.submission_id for turn in turns}) == len(turns)
        for line in self.way.lines:
            assert all(turn.ended_at for turn in line.turns[:-1])
            if line.turns:
                assert (line.turns[-1].ended_at is None) == (line.state in {OPEN, AGAIN, SENT})


TestWay = Way.TestCase
TestWay.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def _begun() -> Enrolment:
    return Way().way


def test_the_first_lesson_is_open_and_described_as_its_blocks_ask() -> None:
    first, *rest = _begun().lines
    assert (first.state, [line.state for line in rest]) == (OPEN, [AHEAD, AHEAD])
    assert (first.title, first.minutes, first.asks) == ("Part 1", 12, "an exercise, 3 answers and one video")
    assert first.picture is not None


def test_a_lesson_that_shows_nothing_has_no_picture() -> None:
    changed = course.edit(_begun(), 1, lesson_of("Words only", EASE))
    assert changed.lines[0].picture is None


def test_there_is_no_fourth_lesson_of_three() -> None:
    with pytest.raises(NotFound):
        course.line(_begun(), 4)


def test_what_is_said_of_a_lesson_that_cannot_be_done_says_what_is_safe() -> None:
    with pytest.raises(OutOfTurn, match="Nothing was changed"):
        course.doing(_begun(), 2)


def test_what_waits_nowhere_does_not_arrive_or_change_queues() -> None:
    way = _begun()
    with pytest.raises(OutOfTurn):
        course.arrive(way, SubmissionId("s9"), promised_at=NOW, queued_for=())
    with pytest.raises(OutOfTurn):
        course.requeue(way, SubmissionId("s9"), ())
    assert course.line_sent(way, SubmissionId("s9")) is None
    assert course.line_sent(way, SubmissionId("s1")) is way.lines[0]


def test_what_came_back_gives_the_number_before_it_back() -> None:
    way = _begun()
    waiting = Waiting(submission_id=SubmissionId("s1"), at=NOW, arriving=True, promised_at=None, recordings=())
    earlier = Earlier(value=5, sent_at=NOW - timedelta(days=1), lesson_number=1)
    sent = course.send(way, 1, waiting, {"move": 3.0})
    assert sent.latest["move"].value == 3.0
    assert course.take_back(sent, SubmissionId("s1"), {"move": 3.0}, {"move": earlier}).latest == {"move": earlier}
