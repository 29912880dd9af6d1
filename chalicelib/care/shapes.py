"""What goes over HTTP about the loop."""

from datetime import date, datetime
from typing import Annotated

import msgspec

from chalicelib.care.model.answers import Value
from chalicelib.care.model.enrolment import Decision, EnrolmentState, LessonState
from chalicelib.care.model.submission import Comment, Comments, Words
from chalicelib.curriculum.model import Blocks, Lesson, Title
from chalicelib.foundation.ids import ClientId, EnrolmentId, LessonId, ProgramId, ResourceId, SubmissionId
from chalicelib.media.shapes import MediaUrls, RecordingView
from chalicelib.practice.model import Relation

Revision = Annotated[int, msgspec.Meta(ge=1)]


# Enrolments


class Enrol(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    program_id: ProgramId
    version: Annotated[int, msgspec.Meta(ge=1)]


class LessonLine(msgspec.Struct, frozen=True, kw_only=True):
    """A lesson in a list. `submission_id` is what was sent last; `promised_at` None while it is arriving."""

    number: int
    lesson_id: LessonId
    title: str
    minutes: int
    asks: str
    state: LessonState
    submission_id: SubmissionId | None
    promised_at: datetime | None
    new_feedback: bool


class EnrolmentView(msgspec.Struct, frozen=True, kw_only=True):
    enrolment_id: EnrolmentId
    program_id: ProgramId
    program_title: str
    version: int
    started_at: datetime
    state: EnrolmentState
    lessons: tuple[LessonLine, ...]


class ClientName(msgspec.Struct, frozen=True, kw_only=True):
    client_id: ClientId
    name: str


class ProgramPage(msgspec.Struct, frozen=True, kw_only=True):
    client: ClientName
    therapist_name: str
    enrolments: tuple[EnrolmentView, ...]


# Today


class ClientToday(msgspec.Struct, frozen=True, kw_only=True):
    client_id: ClientId
    name: str
    time_zone: str


class LessonToday(msgspec.Struct, frozen=True, kw_only=True):
    """The lesson that is the client's now. `of` is how many the program has."""

    enrolment_id: EnrolmentId
    number: int
    of: int
    title: str
    minutes: int
    asks: str
    state: LessonState
    started: bool
    poster_url: str | None


class FeedbackToday(msgspec.Struct, frozen=True, kw_only=True):
    submission_id: SubmissionId
    lesson_number: int
    lesson_title: str
    by_name: str
    comments: int
    at: datetime


class WaitingToday(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for an answer. While it is arriving nothing has been promised yet."""

    submission_id: SubmissionId
    lesson_number: int
    lesson_title: str
    promised_at: datetime | None
    arriving: bool


class Today(msgspec.Struct, frozen=True, kw_only=True):
    """`finished` says that there was a program and nothing of it is left to do."""

    client: ClientToday
    therapist_name: str
    now: datetime
    lesson: LessonToday | None
    feedback: tuple[FeedbackToday, ...]
    waiting: tuple[WaitingToday, ...]
    next_practice_at: datetime | None
    finished: bool


# A lesson


class AnswerView(msgspec.Struct, frozen=True, kw_only=True):
    value: Value
    version: int
    at: datetime
    by_name: str
    relation: Relation


class LessonView(msgspec.Struct, frozen=True, kw_only=True):
    """A lesson with what has been answered so far; answers and recordings by block.

    What has not been sent is shown to those who do the lesson, not to the therapist. `comment` is what was
    written to a submission that came back.
    """

    enrolment_id: EnrolmentId
    number: int
    of: int
    program_title: str
    therapist_name: str
    state: LessonState
    revision: int
    lesson: Lesson
    media: dict[ResourceId, MediaUrls]
    submission_id: SubmissionId | None
    answers: dict[str, AnswerView]
    recordings: dict[str, RecordingView]
    comment: str
    promised_within_hours: int


class PutAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer to one block; None takes it back."""

    value: Value


class AnswerKept(msgspec.Struct, frozen=True, kw_only=True):
    version: int
    at: datetime


class OpenRecording(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file that is about to be sent: `size` in bytes. The name helps where a phone does not know the type."""

    block_id: str
    content_type: Annotated[str, msgspec.Meta(max_length=120)]
    size: Annotated[int, msgspec.Meta(ge=1)]
    file_name: Annotated[str, msgspec.Meta(max_length=255)] = ""


class Submit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`revision` is the one of the lesson that the client has seen."""

    comment: Words = ""
    revision: Revision


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent. `state` is arriving (nothing promised yet) or waiting."""

    submission_id: SubmissionId
    state: str
    promised_at: datetime | None
    therapist_name: str


class EditLesson(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: Title
    minutes: Annotated[int, msgspec.Meta(ge=1, le=240)]
    blocks: Blocks


# What was sent, and what came back


class FeedbackView(msgspec.Struct, frozen=True, kw_only=True):
    by_name: str
    at: datetime
    comments: tuple[Comment, ...]
    text: str
    decision: Decision
    seen: bool


class NextLesson(msgspec.Struct, frozen=True, kw_only=True):
    enrolment_id: EnrolmentId
    number: int
    title: str
    state: LessonState


class SubmissionView(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent. `state` is arriving, waiting, reviewed, or taken_back: a recording in it could not be
    used and the lesson is the client's again, with everything kept. `next` is there once it is reviewed."""

    client: ClientName
    submission_id: SubmissionId
    lesson_number: int
    lesson_title: str
    program_title: str
    enrolment_id: EnrolmentId
    sent_at: datetime
    by_name: str
    relation: Relation
    comment: str
    lesson: Lesson
    answers: dict[str, AnswerView]
    recordings: dict[str, RecordingView]
    media: dict[ResourceId, MediaUrls]
    state: str
    promised_at: datetime | None
    feedback: FeedbackView | None
    next: NextLesson | None = None


class DraftView(msgspec.Struct, frozen=True, kw_only=True):
    """What the therapist has written and not sent. Version 0 means that nothing is kept yet."""

    comments: tuple[Comment, ...]
    text: str
    decision: Decision | None
    version: int


class EarlierAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The number that the same block was given before, as in "was 5"."""

    block_id: str
    value: float
    sent_at: datetime
    lesson_number: int


class ReviewView(SubmissionView, frozen=True, kw_only=True):
    draft: DraftView
    before: tuple[EarlierAnswer, ...]


class PutDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    comments: Comments
    text: Words
    decision: Decision | None


class DraftKept(msgspec.Struct, frozen=True, kw_only=True):
    version: int


class GiveFeedback(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    comments: Comments
    text: Words
    decision: Decision


class NextInQueue(msgspec.Struct, frozen=True, kw_only=True):
    client_id: ClientId
    submission_id: SubmissionId


class FeedbackGiven(msgspec.Struct, frozen=True, kw_only=True):
    feedback: FeedbackView
    next_in_queue: NextInQueue | None


class QueueLineView(msgspec.Struct, frozen=True, kw_only=True):
    client_id: ClientId
    client_name: str
    submission_id: SubmissionId
    lesson_number: int
    lesson_title: str
    program_title: str
    what: str
    sent_at: datetime
    promised_at: datetime


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """What waits, first promised first. `minutes` is an estimate for the lines of this page."""

    lines: tuple[QueueLineView, ...]
    minutes: int
    after: str | None


# Review links


class OpenReviewLink(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    token: Annotated[str, msgspec.Meta(max_length=200)]


class ReviewLinkOpened(msgspec.Struct, frozen=True, kw_only=True):
    client_id: ClientId
    submission_id: SubmissionId
    therapist_name: str
    expires_at: datetime


# Progress


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
