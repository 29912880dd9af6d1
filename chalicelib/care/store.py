"""Where the loop lies in the table, and the reads that its pages and use cases are made of."""

from datetime import datetime
from typing import NamedTuple

from chalicelib.care.model.enrolment import ENROLMENT, LESSON_COPY, Enrolment, LessonCopy
from chalicelib.care.model.progress import POINT, Point
from chalicelib.care.model.review_link import REVIEW_LINK, REVIEW_SESSION, ReviewLink, ReviewSession
from chalicelib.care.model.submission import (
    ATTEMPT,
    DRAFT,
    FEEDBACK,
    QUEUE_LINE,
    SUBMISSION,
    Attempt,
    Draft,
    Feedback,
    QueueLine,
    Submission,
)
from chalicelib.contact.model import SCHEDULE, Schedule
from chalicelib.curriculum.store import captioned_in
from chalicelib.foundation import places
from chalicelib.foundation.clock import stamp
from chalicelib.foundation.ids import (
    ClientId,
    EnrolmentId,
    PersonId,
    ProgramId,
    ResourceId,
    SubmissionId,
    digest,
    newest_first,
)
from chalicelib.foundation.table import Key, Stored, Table
from chalicelib.practice.model import CARD, PRACTICE, Card, Practice

POINTS = 500
"""Points of one page of progress: a lesson a day for more than a year."""
QUEUE_LINES = 50
MOST_RUNNING = 12
"""Programs that a client is in at once; finished ones do not count."""
DESK = 24
"""Rows of a desk: the card, the reminders, every program that runs, and the last ones that are finished."""
_END = "\uffff"


def enrolment_key(client_id: ClientId, enrolment_id: EnrolmentId) -> Key:
    """Return where an enrolment lies."""
    return Key(places.client(client_id), f"{places.ENROLMENT}{enrolment_id}")


def finished_key(client_id: ClientId, enrolment_id: EnrolmentId) -> Key:
    """Return where an enrolment lies once it is finished: behind those that run, the newest first.

    So a desk is one query of the same size after one program and after a thousand.
    """
    return Key(places.client(client_id), f"{places.FINISHED}{newest_first(enrolment_id)}")


def running_key(client_id: ClientId, program_id: ProgramId) -> Key:
    """Return where it is marked that a client is in a program."""
    return Key(places.client(client_id), f"{places.RUNNING}{program_id}")


def lesson_key(client_id: ClientId, enrolment_id: EnrolmentId, number: int) -> Key:
    """Return where a client's copy of a lesson lies."""
    return Key(places.client(client_id), f"{places.LESSON}{enrolment_id}#{number:02}")


def attempt_key(client_id: ClientId, enrolment_id: EnrolmentId, number: int) -> Key:
    """Return where the answers to a lesson lie until it is sent."""
    return Key(places.client(client_id), f"{places.ATTEMPT}{enrolment_id}#{number:02}")


def submission_key(client_id: ClientId, submission_id: SubmissionId) -> Key:
    """Return where a submission lies."""
    return Key(places.client(client_id), f"{places.SUBMISSION}{submission_id}")


def draft_key(client_id: ClientId, submission_id: SubmissionId, person_id: PersonId) -> Key:
    """Return where a therapist's draft of an answer lies."""
    return Key(places.client(client_id), f"{places.SUBMISSION}{submission_id}#draft#{person_id}")


def feedback_key(client_id: ClientId, submission_id: SubmissionId) -> Key:
    """Return where the answer to a submission lies."""
    return Key(places.client(client_id), f"{places.SUBMISSION}{submission_id}#feedback")


def point_key(client_id: ClientId, point: Point) -> Key:
    """Return where a point of progress lies."""
    return Key(places.client(client_id), f"{places.POINT}{stamp(point.at)}#{point.submission_id}")


def queue_place(person_id: PersonId, promised_at: datetime, submission_id: SubmissionId) -> Key:
    """Return where a submission stands in a therapist's queue."""
    return Key(places.therapist(person_id), places.queue_line(promised_at, submission_id))


def link_key(token: str) -> Key:
    """Return where a review link lies, by the hash of its secret."""
    return Key(places.REVIEW_LINKS, digest(token))


def session_key(cookie: str) -> Key:
    """Return where the session of a review link lies, by the hash of its secret."""
    return Key(places.REVIEW_SESSIONS, digest(cookie))


class Desk(NamedTuple):
    """A client's card with their reminders and programs, oldest program first."""

    card: Stored[Card] | None
    schedule: Schedule | None
    enrolments: list[Stored[Enrolment]]


class LessonDesk(NamedTuple):
    """All that belongs to doing a lesson."""

    card: Stored[Card] | None
    practice: Practice | None
    enrolment: Stored[Enrolment] | None
    lesson: Stored[LessonCopy] | None
    attempt: Stored[Attempt] | None
    captioned: frozenset[ResourceId]
    """Videos of the library that have captions."""


class ReviewDesk(NamedTuple):
    """A submission with its answer and a therapist's draft of one."""

    card: Stored[Card] | None
    practice: Practice | None
    submission: Stored[Submission] | None
    feedback: Stored[Feedback] | None
    draft: Stored[Draft] | None


class History(NamedTuple):
    """What progress is made of. Points are newest first; `after` goes on with older ones."""

    card: Card | None
    schedule: Schedule | None
    enrolments: list[Enrolment]
    points: list[Point]
    after: str | None


class QueuePage(NamedTuple):
    """A page of a queue."""

    lines: list[QueueLine]
    after: str | None


class CareStore:
    """The loop, in the table of one practice."""

    def __init__(self, table: Table) -> None:
        """Look at the table of one practice."""
        self._table = table

    def desk(self, client_id: ClientId) -> Desk:
        """Read the card, the reminders and the programs of a client with one query: all that run, the last finished."""
        rows = self._table.query(places.client(client_id), places.CARD, places.FINISHED + _END, limit=DESK)
        schedule = rows.one(SCHEDULE)
        enrolments = sorted(rows.all(ENROLMENT), key=lambda one: one.value.enrolment_id)
        return Desk(rows.one(CARD), schedule.value if schedule else None, enrolments)

    def lesson_desk(self, client_id: ClientId, enrolment_id: EnrolmentId, number: int) -> LessonDesk:
        """Read a lesson with what has been answered, with one call."""
        rows = self._table.get_many(
            [
                places.PRACTICE,
                places.card(client_id),
                enrolment_key(client_id, enrolment_id),
                lesson_key(client_id, enrolment_id, number),
                attempt_key(client_id, enrolment_id, number),
                places.CAPTIONED,
            ]
        )
        practice, lesson = rows.one(PRACTICE), rows.one(LESSON_COPY)
        return LessonDesk(
            rows.one(CARD),
            practice.value if practice else None,
            rows.one(ENROLMENT) or (self._finished(client_id, enrolment_id) if lesson else None),
            lesson,
            rows.one(ATTEMPT),
            captioned_in(rows),
        )

    def review_desk(self, client_id: ClientId, submission_id: SubmissionId, person_id: PersonId) -> ReviewDesk:
        """Read a submission, its answer and a person's draft of one, with one call."""
        rows = self._table.get_many(
            [
                places.PRACTICE,
                places.card(client_id),
                submission_key(client_id, submission_id),
                feedback_key(client_id, submission_id),
                draft_key(client_id, submission_id, person_id),
            ]
        )
        practice = rows.one(PRACTICE)
        return ReviewDesk(
            rows.one(CARD),
            practice.value if practice else None,
            rows.one(SUBMISSION),
            rows.one(FEEDBACK),
            rows.one(DRAFT),
        )

    def enrolment(self, client_id: ClientId, enrolment_id: EnrolmentId) -> Stored[Enrolment] | None:
        """Read one enrolment, whether it runs or is finished."""
        running = self._table.get(ENROLMENT, enrolment_key(client_id, enrolment_id))
        return running or self._finished(client_id, enrolment_id)

    def _finished(self, client_id: ClientId, enrolment_id: EnrolmentId) -> Stored[Enrolment] | None:
        return self._table.get(ENROLMENT, finished_key(client_id, enrolment_id))

    def submission(self, client_id: ClientId, submission_id: SubmissionId) -> Stored[Submission] | None:
        """Read one submission."""
        return self._table.get(SUBMISSION, submission_key(client_id, submission_id))

    def feedback(self, client_id: ClientId, submission_id: SubmissionId) -> Stored[Feedback] | None:
        """Read the answer to a submission."""
        return self._table.get(FEEDBACK, feedback_key(client_id, submission_id))

    def attempts(self, client_id: ClientId) -> list[Stored[Attempt]]:
        """Read what a client is in the middle of: one row for each lesson that was begun and not sent."""
        return self._table.under(places.client(client_id), places.ATTEMPT).all(ATTEMPT)

    def queue(self, person_id: PersonId, *, after: str | None = None, limit: int = QUEUE_LINES) -> QueuePage:
        """Read a page of a therapist's queue, first promised first."""
        rows = self._table.under(places.therapist(person_id), "queue#", after=after, limit=limit)
        return QueuePage([row.value for row in rows.all(QUEUE_LINE)], rows.after)

    def history(self, client_id: ClientId) -> History:
        """Read programs, reminders and card with one query, and the newest points with another."""
        desk = self.desk(client_id)
        rows = self._table.under(places.client(client_id), places.POINT, newest_first=True, limit=POINTS)
        return History(
            desk.card.value if desk.card else None,
            desk.schedule,
            [row.value for row in desk.enrolments],
            [row.value for row in rows.all(POINT)],
            rows.after,
        )

    def older(self, client_id: ClientId, after: str) -> History:
        """Read a further page of points, and the card."""
        card = self._table.get(CARD, places.card(client_id))
        part = places.client(client_id)
        rows = self._table.under(part, places.POINT, newest_first=True, limit=POINTS, after=after)
        points = [row.value for row in rows.all(POINT)]
        return History(card.value if card else None, None, [], points, rows.after)

    def link(self, token: str) -> Stored[ReviewLink] | None:
        """Read a review link by its secret."""
        return self._table.get(REVIEW_LINK, link_key(token))

    def session(self, cookie: str) -> Stored[ReviewSession] | None:
        """Read the session of a review link by its secret."""
        return self._table.get(REVIEW_SESSION, session_key(cookie))
