"""What a client's day shows, the programs they are in, and what has come of them so far."""

from chalicelib.care.model import enrolment as course
from chalicelib.care.model import progress as rules
from chalicelib.care.model.enrolment import Enrolment, EnrolmentState, Line
from chalicelib.care.service.views import client_name, enrolment_view, therapist_name
from chalicelib.care.shapes import (
    ClientToday,
    FeedbackToday,
    LessonStretch,
    LessonToday,
    Measure,
    MeasurePoint,
    PracticeDay,
    ProgramPage,
    Progress,
    Today,
    WaitingToday,
)
from chalicelib.care.store import CareStore, History
from chalicelib.contact.model import next_occurrence
from chalicelib.foundation.call import Call
from chalicelib.foundation.clock import zone
from chalicelib.foundation.ids import ClientId, PracticeId
from chalicelib.foundation.local_time import day_of
from chalicelib.media import service as media
from chalicelib.media.model import MediaKind
from chalicelib.practice.permissions import Action, permit


def today(call: Call, client_id: ClientId) -> Today:
    """Return what is to do, what came back and what waits: the first open lesson, by the order of enrolment."""
    desk = CareStore(call.table).desk(client_id)
    card = permit(call.actor, Action.SEE_CARE, desk.card.value if desk.card else None)
    enrolments = [stored.value for stored in desk.enrolments]
    lines = [line for enrolment in enrolments for line in enrolment.lines]
    open_now = ((enrolment, course.current(enrolment)) for enrolment in enrolments)
    lessons = (_lesson_today(call.actor.practice_id, enrolment, line) for enrolment, line in open_now if line)
    return Today(
        client=ClientToday(client_id=card.client_id, name=card.name, time_zone=card.time_zone),
        therapist_name=therapist_name(card),
        now=call.now,
        lesson=next(lessons, None),
        feedback=tuple(sorted(_unseen(lines), key=lambda one: one.at, reverse=True)),
        waiting=tuple(_waiting(lines)),
        next_practice_at=next_occurrence(desk.schedule, call.now) if desk.schedule else None,
        finished=bool(enrolments) and all(one.state is EnrolmentState.FINISHED for one in enrolments),
    )


def _lesson_today(practice_id: PracticeId, enrolment: Enrolment, line: Line) -> LessonToday:
    return LessonToday(
        enrolment_id=enrolment.enrolment_id,
        number=line.number,
        of=len(enrolment.lines),
        title=line.title,
        minutes=line.minutes,
        asks=line.asks,
        state=line.state,
        started=line.started,
        poster_url=_poster(practice_id, line),
    )


def _poster(practice_id: PracticeId, line: Line) -> str | None:
    if line.picture is None:
        return None
    return media.library_picture(practice_id, line.picture.resource_id, MediaKind(line.picture.kind))


def _unseen(lines: list[Line]) -> list[FeedbackToday]:
    return [
        FeedbackToday(
            submission_id=line.news.submission_id,
            lesson_number=line.number,
            lesson_title=line.title,
            by_name=line.news.by_name,
            comments=line.news.comments,
            at=line.news.at,
        )
        for line in lines
        if line.news and not line.news.seen
    ]


def _waiting(lines: list[Line]) -> list[WaitingToday]:
    return [
        WaitingToday(
            submission_id=line.waiting.submission_id,
            lesson_number=line.number,
            lesson_title=line.title,
            promised_at=line.waiting.promised_at,
            arriving=line.waiting.arriving,
        )
        for line in lines
        if line.waiting
    ]


def program(call: Call, client_id: ClientId) -> ProgramPage:
    """Return a client's programs with all their lessons, the oldest program first."""
    desk = CareStore(call.table).desk(client_id)
    card = permit(call.actor, Action.SEE_CARE, desk.card.value if desk.card else None)
    return ProgramPage(
        client=client_name(card),
        therapist_name=therapist_name(card),
        enrolments=tuple(enrolment_view(stored.value) for stored in desk.enrolments),
    )


def progress(call: Call, client_id: ClientId, after: str | None) -> Progress:
    """Return what adds up from what was sent, the same for the client and the therapist.

    A further page (`after`) holds older days and measures, and repeats neither reminders nor lessons.
    """
    store = CareStore(call.table)
    history = store.older(client_id, after) if after else store.history(client_id)
    card = permit(call.actor, Action.SEE_CARE, history.card)
    where = zone(card.time_zone)
    points = history.points[::-1]
    began = min((one.started_at for one in history.enrolments), default=None)
    return Progress(
        client_name=card.name,
        started_on=day_of(began, where) if began else None,
        today_on=day_of(call.now, where),
        practice_weekdays=_weekdays(history),
        days=tuple(PracticeDay(on=on, lessons=tuple(lessons)) for on, lessons in rules.days(points, where).items()),
        measures=tuple(
            Measure(
                measure_id=series.measure_id,
                label=series.last.label,
                unit=series.last.unit,
                better=series.last.better,
                points=tuple(
                    MeasurePoint(on=day_of(one.at, where), at=one.at, value=value, lesson_number=one.lesson_number)
                    for one, value in series.points
                ),
            )
            for series in rules.series(points)
        ),
        lessons=tuple(
            LessonStretch(
                number=stretch.number,
                title=stretch.title,
                state=stretch.state,
                from_on=stretch.from_on,
                to_on=stretch.to_on,
                again=stretch.again,
            )
            for stretch in rules.stretches(history.enrolments, where)
        ),
        after=history.after,
    )


def _weekdays(history: History) -> tuple[int, ...]:
    schedule = history.schedule
    return tuple(schedule.weekdays) if schedule and schedule.on else ()
