"""What was sent, what came back, queues and review links, as they go over HTTP."""

from datetime import datetime
from typing import Annotated

import msgspec

from chalicelib.care.model.enrolment import Decision, LessonState
from chalicelib.care.model.submission import Comment, Comments, Words
from chalicelib.care.shapes.lessons import AnswerView, ClientName
from chalicelib.curriculum.model import Lesson
from chalicelib.foundation.ids import ClientId, EnrolmentId, ResourceId, SubmissionId
from chalicelib.media.shapes import MediaUrls, RecordingView
from chalicelib.practice.model import Relation


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
    therapist_name: str
    submission_id: SubmissionId
    lesson_number: int
    of: int
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


class FeedbackGiven(msgspec.Struct, frozen=True, kw_only=True):
    feedback: FeedbackView


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


class OpenReviewLink(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    token: Annotated[str, msgspec.Meta(max_length=200)]
    press: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{43}$")] | None = None
    """256 bits that this browser made by chance, and sends again where no answer came."""


class ReviewLinkOpened(msgspec.Struct, frozen=True, kw_only=True):
    client_id: ClientId
    submission_id: SubmissionId
    therapist_name: str
    expires_at: datetime
