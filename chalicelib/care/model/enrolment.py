"""A client's way through a program: which lesson is theirs now, and what may follow what.

A lesson is ahead → open → sent → done, and the next one opens; or sent → again (once more, with comments),
or sent → changing (the therapist changes the program first) → again. A recording that turns out to be
unusable after sending takes the lesson back: sent → again, with every answer kept.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from chalicelib.curriculum.model import Lesson, ResourceKind, asks, shown
from chalicelib.foundation.errors import Conflict, NotFound
from chalicelib.foundation.ids import (
    ClientId,
    EnrolmentId,
    LessonId,
    PersonId,
    ProgramId,
    RecordingId,
    ResourceId,
    SubmissionId,
)
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind


class LessonState(StrEnum):
    """Where a client is with a lesson."""

    AHEAD = "ahead"
    OPEN = "open"
    AGAIN = "again"
    SENT = "sent"
    CHANGING = "changing"
    DONE = "done"


class EnrolmentState(StrEnum):
    """Whether there is anything left to do."""

    RUNNING = "running"
    FINISHED = "finished"


class Decision(StrEnum):
    """What a therapist decides about a submission."""

    GO_ON = "go_on"
    AGAIN = "again"
    CHANGE = "change"


DOING = frozenset({LessonState.OPEN, LessonState.AGAIN})
"""The states in which a lesson is the client's to do."""


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """What stands for a lesson: a file of the library."""

    resource_id: ResourceId
    kind: ResourceKind


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """One time through a lesson. What is sent has its id before the first byte of it is recorded."""

    submission_id: SubmissionId
    opened_at: datetime
    ended_at: datetime | None = None


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent and waits for an answer. `promised_at` is None while a recording is still arriving."""

    submission_id: SubmissionId
    at: datetime
    arriving: bool
    promised_at: datetime | None
    recordings: tuple[RecordingId, ...]
    queued_for: tuple[PersonId, ...] = ()


class News(msgspec.Struct, frozen=True, kw_only=True):
    """The last answer to a lesson, and whether the client has seen it."""

    submission_id: SubmissionId
    by_name: str
    at: datetime
    comments: int
    seen: bool = False


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """What was last answered to a measured block, as in "was 5"."""

    value: float
    sent_at: datetime
    lesson_number: int


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A lesson of an enrolment, as lists show it. The lesson itself is a row beside it."""

    number: int
    lesson_id: LessonId
    title: str
    minutes: int
    asks: str
    picture: Picture | None
    state: LessonState = LessonState.AHEAD
    turns: tuple[Turn, ...] = ()
    started: bool = False
    waiting: Waiting | None = None
    news: News | None = None


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """A client in a version of a program. Their lessons are copies that may change while it runs."""

    enrolment_id: EnrolmentId
    program_id: ProgramId
    program_title: str
    version: int
    started_at: datetime
    by_name: str
    lines: tuple[Line, ...]
    state: EnrolmentState = EnrolmentState.RUNNING
    finished_at: datetime | None = None
    latest: dict[str, Earlier] = {}
    """The last number given to each measured block, by the block's id."""


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """The mark that a client is in a program, so that they are in it once at a time."""

    enrolment_id: EnrolmentId


class LessonCopy(msgspec.Struct, frozen=True, kw_only=True):
    """A client's own copy of a lesson. The row's version is its revision."""

    client_id: ClientId
    enrolment_id: EnrolmentId
    number: int
    lesson: Lesson


_THEIRS = Handling(Export.CLIENT, Erase.REMOVE, keep_days=None)
ENROLMENT = Kind("enrolment", Enrolment, _THEIRS)
RUNNING = Kind("running", Running, _THEIRS)
LESSON_COPY = Kind("lesson_copy", LessonCopy, _THEIRS)


class OutOfTurn(Conflict):
    """A step that does not follow from where the lesson is."""

    type = "lesson-moved-on"
    title = "This lesson has moved on in the meantime."


def begin(
    enrolment_id: EnrolmentId,
    lessons: tuple[Lesson, ...],
    *,
    program_id: ProgramId,
    program_title: str,
    version: int,
    fresh: SubmissionId,
    at: datetime,
    by_name: str,
) -> Enrolment:
    """Begin a program at its first lesson. A published version has at least one."""
    blank = [
        Line(number=number, lesson_id=one.lesson_id, title="", minutes=0, asks="", picture=None)
        for number, one in enumerate(lessons, 1)
    ]
    lines = tuple(_described(line, one) for line, one in zip(blank, lessons, strict=True))
    began = Enrolment(
        enrolment_id=enrolment_id,
        program_id=program_id,
        program_title=program_title,
        version=version,
        started_at=at,
        by_name=by_name,
        lines=lines,
    )
    return _with(began, _opened(lines[0], LessonState.OPEN, fresh, at))


def line(enrolment: Enrolment, number: int) -> Line:
    """Return the line of a lesson; raise NotFound where the program has no such lesson."""
    for one in enrolment.lines:
        if one.number == number:
            return one
    raise NotFound


def line_sent(enrolment: Enrolment, submission_id: SubmissionId) -> Line | None:
    """Return the line of which a submission is a turn, if it is one of this enrolment's."""
    return next(
        (one for one in enrolment.lines if any(turn.submission_id == submission_id for turn in one.turns)), None
    )


def current(enrolment: Enrolment) -> Line | None:
    """Return the lesson that is the client's to do, if there is one."""
    return next((one for one in enrolment.lines if one.state in DOING), None)


def doing(enrolment: Enrolment, number: int) -> Line:
    """Return the line of a lesson that is the client's to do; raise OutOfTurn where it is not."""
    found = line(enrolment, number)
    if found.state not in DOING:
        raise OutOfTurn(_NOT_YOURS[found.state])
    return found


_NOT_YOURS = {
    LessonState.AHEAD: "This lesson opens after the one before it. Nothing was changed.",
    LessonState.SENT: "This lesson has been sent, with everything in it. The answer comes by itself.",
    LessonState.CHANGING: "Your therapist is changing this lesson. What you sent is safe.",
    LessonState.DONE: "This lesson is done. What you sent is safe, and you can read the answer in the program.",
}


def start(enrolment: Enrolment, number: int) -> Enrolment:
    """Note that the first answer or recording was given."""
    return _with(enrolment, _replace(doing(enrolment, number), started=True))


def restart(enrolment: Enrolment, number: int, fresh: SubmissionId) -> Enrolment:
    """Begin the same turn anew, under an id of its own, so that nothing of the old one can end up in it."""
    found = doing(enrolment, number)
    *before, last = found.turns
    return _with(enrolment, _replace(found, started=False, turns=(*before, _replace(last, submission_id=fresh))))


def send(enrolment: Enrolment, number: int, waiting: Waiting, measured: Mapping[str, float]) -> Enrolment:
    """Note that a lesson was sent, with the numbers that were given to its measured blocks."""
    sent = _replace(doing(enrolment, number), state=LessonState.SENT, started=False, waiting=waiting)
    given = {
        block_id: Earlier(value=value, sent_at=waiting.at, lesson_number=number) for block_id, value in measured.items()
    }
    return _with(_replace(enrolment, latest={**enrolment.latest, **given}), sent)


def waiting_line(enrolment: Enrolment, submission_id: SubmissionId) -> Line | None:
    """Return the line of a submission that waits for its recordings or its answer, if it still does."""
    return next((one for one in enrolment.lines if one.waiting and one.waiting.submission_id == submission_id), None)


def arrive(
    enrolment: Enrolment, submission_id: SubmissionId, *, promised_at: datetime, queued_for: tuple[PersonId, ...]
) -> Enrolment:
    """Note that all of a submission has arrived and whose queues it stands in."""
    found = waiting_line(enrolment, submission_id)
    if found is None or found.waiting is None:
        raise OutOfTurn
    here = _replace(found.waiting, arriving=False, promised_at=promised_at, queued_for=queued_for)
    return _with(enrolment, _replace(found, waiting=here))


def requeue(enrolment: Enrolment, submission_id: SubmissionId, queued_for: tuple[PersonId, ...]) -> Enrolment:
    """Note in whose queues a submission stands now."""
    found = waiting_line(enrolment, submission_id)
    if found is None or found.waiting is None:
        raise OutOfTurn
    return _with(enrolment, _replace(found, waiting=_replace(found.waiting, queued_for=queued_for)))


def take_back(
    enrolment: Enrolment, submission_id: SubmissionId, measured: Mapping[str, float], before: Mapping[str, Earlier]
) -> Enrolment:
    """Give a lesson back to the client whose recording cannot be used. It is the same turn."""
    found = waiting_line(enrolment, submission_id)
    if found is None or found.waiting is None or not found.waiting.arriving:
        raise OutOfTurn
    kept = {block_id: earlier for block_id, earlier in enrolment.latest.items() if block_id not in measured}
    kept |= {block_id: before[block_id] for block_id in measured if block_id in before}
    open_again = _replace(found, state=LessonState.AGAIN, started=True, waiting=None)
    return _with(_replace(enrolment, latest=kept), open_again)


def answer(
    enrolment: Enrolment, submission_id: SubmissionId, decision: Decision, news: News, *, fresh: SubmissionId
) -> Enrolment:
    """Move on as a therapist decided; `fresh` is the id of what will be sent next, if anything will."""
    found = waiting_line(enrolment, submission_id)
    if found is None or found.waiting is None or found.waiting.arriving:
        raise OutOfTurn
    *before, last = found.turns
    ended = _replace(found, waiting=None, news=news, turns=(*before, _replace(last, ended_at=news.at)))
    match decision:
        case Decision.AGAIN:
            return _with(enrolment, _opened(ended, LessonState.AGAIN, fresh, news.at))
        case Decision.CHANGE:
            return _with(enrolment, _replace(ended, state=LessonState.CHANGING))
        case Decision.GO_ON:
            return _gone_on(enrolment, ended, fresh, news.at)


def reopen(enrolment: Enrolment, number: int, fresh: SubmissionId, at: datetime) -> Enrolment:
    """Open a lesson after the program was changed: the one that was being changed, or the one after it."""
    asked = line(enrolment, number)
    if asked.state is LessonState.CHANGING:
        return _with(enrolment, _opened(asked, LessonState.AGAIN, fresh, at))
    before = next((one for one in enrolment.lines if one.number == number - 1), None)
    if asked.state is LessonState.AHEAD and before and before.state is LessonState.CHANGING:
        return _gone_on(enrolment, before, fresh, at)
    message = "Only the lesson that you are changing, or the one after it, can be opened. Nothing was changed."
    raise OutOfTurn(message)


def edit(enrolment: Enrolment, number: int, lesson: Lesson) -> Enrolment:
    """Describe a lesson anew after its copy was changed; raise OutOfTurn for one that is done."""
    found = line(enrolment, number)
    if found.state is LessonState.DONE:
        message = "This lesson is done, so that changing it would change nothing. Change one that is ahead."
        raise OutOfTurn(message)
    return _with(enrolment, _described(found, lesson))


def see(enrolment: Enrolment, submission_id: SubmissionId) -> Enrolment:
    """Note that the client has seen an answer. One that a newer answer has replaced needs no note."""
    for one in enrolment.lines:
        if one.news and one.news.submission_id == submission_id:
            return _with(enrolment, _replace(one, news=_replace(one.news, seen=True)))
    return enrolment


def _gone_on(enrolment: Enrolment, done: Line, fresh: SubmissionId, at: datetime) -> Enrolment:
    moved = _with(enrolment, _replace(done, state=LessonState.DONE))
    following = next((one for one in moved.lines if one.state is LessonState.AHEAD), None)
    if following:
        return _with(moved, _opened(following, LessonState.OPEN, fresh, at))
    return _replace(moved, state=EnrolmentState.FINISHED, finished_at=at)


def _opened(one: Line, state: LessonState, fresh: SubmissionId, at: datetime) -> Line:
    return _replace(one, state=state, started=False, turns=(*one.turns, Turn(submission_id=fresh, opened_at=at)))


def _described(one: Line, lesson: Lesson) -> Line:
    return _replace(one, title=lesson.title, minutes=lesson.minutes, asks=asks(lesson), picture=_picture(lesson))


def _picture(lesson: Lesson) -> Picture | None:
    pictures = (file for file in shown(lesson) if file.kind is not ResourceKind.DOCUMENT)
    first = next(pictures, None)
    return Picture(resource_id=first.resource_id, kind=first.kind) if first else None


def _with(enrolment: Enrolment, changed: Line) -> Enrolment:
    lines = tuple(changed if one.number == changed.number else one for one in enrolment.lines)
    return _replace(enrolment, lines=lines)


_replace = msgspec.structs.replace
