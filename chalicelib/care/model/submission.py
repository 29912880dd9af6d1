"""What is being answered, what was sent, and what came back for it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from chalicelib.care.model.answers import Answer, Did, said_something
from chalicelib.care.model.enrolment import Decision, Earlier
from chalicelib.care.model.words import minutes_to_review, what_came
from chalicelib.curriculum.model import Exercise, Lesson, Number, Scale
from chalicelib.foundation.errors import Conflict, Invalid, StaleWrite
from chalicelib.foundation.ids import ClientId, EnrolmentId, PersonId, ProgramId, RecordingId, SubmissionId
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind
from chalicelib.media.model import Recording, RecordingState
from chalicelib.practice.model import Relation

Words = Annotated[str, msgspec.Meta(max_length=20_000)]
SETTLED = frozenset({RecordingState.READY, RecordingState.REJECTED})


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What a client has answered and recorded in the turn that they are in.

    `submission_id` is that of the turn; an attempt of another turn is none. `recordings` are copies, by
    block, brought up to date when a recording has settled. `taken_back` is the version of the submission
    that came back because a recording could not be used; 0 if there is none.
    """

    client_id: ClientId
    enrolment_id: EnrolmentId
    number: int
    submission_id: SubmissionId
    answers: dict[str, Answer] = {}
    recordings: dict[str, Recording] = {}
    taken_back: int = 0


class SubmissionState(StrEnum):
    """Whether everything has arrived. That it was answered is said by the feedback beside it."""

    ARRIVING = "arriving"
    WAITING = "waiting"
    TAKEN_BACK = "taken_back"


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent, frozen with the lesson as it was. Only its recordings and its state still change."""

    client_id: ClientId
    submission_id: SubmissionId
    enrolment_id: EnrolmentId
    program_id: ProgramId
    program_title: str
    lesson_number: int
    lesson: Lesson
    answers: dict[str, Answer]
    recordings: dict[str, Recording]
    comment: str
    sent_at: datetime
    by: PersonId
    by_name: str
    relation: Relation
    state: SubmissionState
    promised_at: datetime | None
    before: dict[str, Earlier] = {}


class Comment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A therapist's words, at a moment of a recording (seconds from its start) or on the whole."""

    comment_id: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{1,64}$")]
    recording_id: RecordingId | None = None
    at_s: Annotated[float, msgspec.Meta(ge=0, le=86_400)] | None = None
    text: Annotated[str, msgspec.Meta(max_length=5_000)]


Comments = Annotated[tuple[Comment, ...], msgspec.Meta(max_length=200)]


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What a therapist has written and not sent."""

    comments: tuple[Comment, ...]
    text: str
    decision: Decision | None


class Feedback(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a submission."""

    client_id: ClientId
    submission_id: SubmissionId
    enrolment_id: EnrolmentId
    by: PersonId
    by_name: str
    at: datetime
    comments: tuple[Comment, ...]
    text: str
    decision: Decision
    seen_at: datetime | None = None


class QueueLine(msgspec.Struct, frozen=True, kw_only=True):
    """A submission in a therapist's queue. Clients stand there by name, never by result."""

    client_id: ClientId
    client_name: str
    submission_id: SubmissionId
    lesson_number: int
    lesson_title: str
    program_title: str
    what: str
    minutes: int
    sent_at: datetime
    promised_at: datetime


_THEIRS = Handling(Export.CLIENT, Erase.REMOVE, keep_days=None)
ATTEMPT = Kind("attempt", Attempt, _THEIRS)
SUBMISSION = Kind("submission", Submission, _THEIRS)
DRAFT = Kind("feedback_draft", Draft, _THEIRS)
FEEDBACK = Kind("feedback", Feedback, _THEIRS)
QUEUE_LINE = Kind("queue_line", QueueLine, Handling(Export.NEVER, Erase.REMOVE, keep_days=None))


class NotComplete(Invalid):
    """A lesson in which something is still asked for."""

    type = "not-complete"
    title = "Something is still to be answered. What you have answered is kept."


class LessonChanged(Conflict):
    """A lesson that the therapist changed while it was being done."""

    type = "lesson-changed"
    title = "Your therapist has changed this lesson. Everything that you answered is kept. Please look through it once more."


class AnsweredAlready(StaleWrite):
    """A submission that another therapist has answered first."""

    type = "answered-already"
    title = "Somebody else has answered this first. Your text is kept as your draft."


def recorded(recordings: Mapping[str, Recording]) -> frozenset[str]:
    """Return the blocks whose recording is there or on its way."""
    return frozenset(block for block, one in recordings.items() if one.state is not RecordingState.REJECTED)


def all_settled(recordings: Mapping[str, Recording]) -> bool:
    """Tell whether nothing is on its way any more."""
    return all(one.state in SETTLED for one in recordings.values())


def with_recording(recordings: Mapping[str, Recording], settled: Recording) -> dict[str, Recording]:
    """Return the recordings with one brought up to date, if it is still among them."""
    return {block: settled if one.recording_id == settled.recording_id else one for block, one in recordings.items()}


def block_of(recordings: Mapping[str, Recording], recording_id: RecordingId) -> str | None:
    """Return the block that a recording answers, if it does."""
    return next((block for block, one in recordings.items() if one.recording_id == recording_id), None)


def measured(lesson: Lesson, answers: Mapping[str, Answer]) -> dict[str, float]:
    """Return the numbers among the answers, by block: pain of exercises, points on scales, numbers."""
    found: dict[str, float] = {}
    for block in lesson.blocks:
        value = answers[block.block_id].value if block.block_id in answers else None
        if isinstance(block, Exercise) and isinstance(value, Did) and value.pain is not None:
            found[block.block_id] = float(value.pain)
        elif isinstance(block, Scale | Number) and isinstance(value, int | float):
            found[block.block_id] = float(value)
    return found


def queue_line(submission: Submission, client_name: str, promised_at: datetime) -> QueueLine:
    """Return the line under which a submission waits."""
    lengths = [one.rendition.duration_s if one.rendition else 0.0 for one in submission.recordings.values()]
    said = sum(said_something(answer) for answer in submission.answers.values()) + bool(submission.comment.strip())
    kinds = [str(one.kind) for one in submission.recordings.values()]
    return QueueLine(
        client_id=submission.client_id,
        client_name=client_name,
        submission_id=submission.submission_id,
        lesson_number=submission.lesson_number,
        lesson_title=submission.lesson.title,
        program_title=submission.program_title,
        what=what_came(zip(kinds, lengths, strict=True), said),
        minutes=minutes_to_review(lengths, said),
        sent_at=submission.sent_at,
        promised_at=promised_at,
    )


def check_comments(comments: tuple[Comment, ...], recordings: frozenset[RecordingId]) -> None:
    """Raise Invalid for a comment on a recording that is not part of the submission, or two of one id."""
    if len({comment.comment_id for comment in comments}) < len(comments):
        message = "Two comments have the same id. Nothing was sent; your draft is kept."
        raise Invalid(message)
    for comment in comments:
        if comment.recording_id and comment.recording_id not in recordings:
            message = "A comment belongs to a recording that is not part of this. Nothing was sent; your draft is kept."
            raise Invalid(message)
        if not comment.text.strip():
            message = "A comment is empty. Write it or remove it; your draft is kept."
            raise Invalid(message)
