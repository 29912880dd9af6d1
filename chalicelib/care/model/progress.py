"""Progress: what adds up from what was sent, never from what was clicked."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from chalicelib.care.model.enrolment import Enrolment, LessonState
from chalicelib.care.model.submission import Submission, measured
from chalicelib.curriculum.model import Exercise, Number, Scale
from chalicelib.foundation.ids import EnrolmentId, ProgramId, SubmissionId
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind
from chalicelib.foundation.local_time import day_of

_OF_TEN = "of 10"


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A number given to a measured block, with what it is called and which way is better (empty: neither)."""

    block_id: str
    label: str
    unit: str
    better: str
    value: float


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A lesson that was sent: a day of practice, and the numbers in it."""

    submission_id: SubmissionId
    enrolment_id: EnrolmentId
    program_id: ProgramId
    lesson_number: int
    at: datetime
    readings: tuple[Reading, ...] = ()


POINT = Kind("point", Point, Handling(Export.CLIENT, Erase.REMOVE, keep_days=None))


def point(submission: Submission) -> Point:
    """Return the point that a submission adds."""
    values = measured(submission.lesson, submission.answers)
    readings = tuple(
        _reading(block, values[block.block_id])
        for block in submission.lesson.blocks
        if isinstance(block, Exercise | Scale | Number) and block.block_id in values
    )
    return Point(
        submission_id=submission.submission_id,
        enrolment_id=submission.enrolment_id,
        program_id=submission.program_id,
        lesson_number=submission.lesson_number,
        at=submission.sent_at,
        readings=readings,
    )


def without_numbers(done: Point) -> Point:
    """Return the point of a submission that came back: the day was practised, its numbers come again."""
    return msgspec.structs.replace(done, readings=())


def _reading(block: Exercise | Scale | Number, value: float) -> Reading:
    """Name a number. Which way a scale or a number is better, nobody has said."""
    if isinstance(block, Exercise):
        label = f"Pain: {block.pain_of or block.title}"
        return Reading(block_id=block.block_id, label=label, unit=_OF_TEN, better="lower", value=value)
    unit = _OF_TEN if isinstance(block, Scale) else block.unit
    return Reading(block_id=block.block_id, label=block.prompt, unit=unit, better="", value=value)


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """A measure over time, oldest first. What it is called is what it was called last."""

    measure_id: str
    last: Reading
    points: tuple[tuple[Point, float], ...]


def series(points: Sequence[Point]) -> list[Series]:
    """Gather points (oldest first) into measures: one for each measured block of each program.

    The id of a measure follows from those two alone, so that it is the same on every page of points.
    """
    found: dict[tuple[str, str], list[tuple[Point, Reading]]] = {}
    for one in points:
        for reading in one.readings:
            found.setdefault((one.program_id, reading.block_id), []).append((one, reading))
    return [
        Series(
            measure_id=f"{block_id}.{program_id}",
            last=readings[-1][1],
            points=tuple((one, reading.value) for one, reading in readings),
        )
        for (program_id, block_id), readings in sorted(found.items(), key=lambda entry: entry[0])
    ]


def days(points: Iterable[Point], where: ZoneInfo) -> dict[date, list[int]]:
    """Return the days of practice in a client's time zone with the lessons sent on each, oldest first."""
    found: dict[date, list[int]] = {}
    for one in sorted(points, key=lambda one: one.at):
        lessons = found.setdefault(day_of(one.at, where), [])
        if one.lesson_number not in lessons:
            lessons.append(one.lesson_number)
    return found


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """A time spent on a lesson. `to_on` is None while it lasts."""

    number: int
    title: str
    state: LessonState
    from_on: date
    to_on: date | None
    again: bool


def stretches(enrolments: Iterable[Enrolment], where: ZoneInfo) -> list[Stretch]:
    """Return the turns of all lessons that were opened, in the order of their beginning."""
    found = [
        Stretch(
            number=one.number,
            title=one.title,
            state=one.state if turn is one.turns[-1] else LessonState.DONE,
            from_on=day_of(turn.opened_at, where),
            to_on=day_of(turn.ended_at, where) if turn.ended_at else None,
            again=turn is not one.turns[0],
        )
        for enrolment in enrolments
        for one in enrolment.lines
        for turn in one.turns
    ]
    return sorted(found, key=lambda stretch: (stretch.from_on, stretch.number, stretch.again))
