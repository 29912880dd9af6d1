"""Progress, as it goes over HTTP."""

from datetime import date, datetime

import msgspec

from chalicelib.care.model.enrolment import LessonState


class PracticeDay(msgspec.Struct, frozen=True, kw_only=True):
    on: date
    lessons: tuple[int, ...]


class MeasurePoint(msgspec.Struct, frozen=True, kw_only=True):
    on: date
    at: datetime
    value: float
    lesson_number: int


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """A measure over time. `better` is lower, higher, or empty where neither is."""

    measure_id: str
    label: str
    unit: str
    better: str
    points: tuple[MeasurePoint, ...]


class LessonStretch(msgspec.Struct, frozen=True, kw_only=True):
    """A time spent on a lesson, the first or another one."""

    number: int
    title: str
    state: LessonState
    from_on: date
    to_on: date | None
    again: bool


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Days are days in the client's time zone; weekday 0 is Monday. `started_on` is None before a program."""

    client_name: str
    started_on: date | None
    today_on: date
    practice_weekdays: tuple[int, ...]
    days: tuple[PracticeDay, ...]
    measures: tuple[Measure, ...]
    lessons: tuple[LessonStretch, ...]
    after: str | None
