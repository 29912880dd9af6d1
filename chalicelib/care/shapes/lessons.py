"""Enrolments, days and lessons, as they go over HTTP."""

from datetime import datetime
from typing import Annotated

import msgspec

from chalicelib.care.model.answers import Value
from chalicelib.care.model.enrolment import EnrolmentState, LessonState
from chalicelib.care.model.submission import Words
from chalicelib.curriculum.model import Blocks, Lesson, Title
from chalicelib.foundation.ids import (
    NO_LONGER_THAN_AN_ID,
    ClientId,
    EnrolmentId,
    LessonId,
    ProgramId,
    ResourceId,
    SubmissionId,
)
from chalicelib.media.shapes import MediaUrls, RecordingView
from chalicelib.practice.model import Relation

Revision = Annotated[int, msgspec.Meta(ge=1)]


class Enrol(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    program_id: Annotated[ProgramId, NO_LONGER_THAN_AN_ID]
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
