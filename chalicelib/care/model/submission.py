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
from chalicelib.media.model import MediaKind, Recording, RecordingState
from chalicelib.practice.model import Relation

Words = Annotated[str, msgspec.Meta(max_length=20_000)]


class Take(msgspec.Struct, frozen=True, kw_only=True):
    """A recording as the lesson knows it: that it was begun, and what became of it once that is settled."""

    recording_id: RecordingId
    kind: MediaKind
    size: int
    settled: Recording | None = None

    @property
    def rejected(self) -> bool:
        """Whether it turned out that it cannot be used."""
        return self.settled is not None and self.settled.state is RecordingState.REJECTED


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What a client has answered and recorded in the turn that they are in.

    `submission_id` is that of the turn; an attempt of another turn is none. `takes` are by block.
    `taken_back` says that it was sent and came back because a recording could not be used; `comment` is
    what was written to it then.
    """

    client_id: ClientId
    enrolment_id: EnrolmentId
    number: int
    submission_id: SubmissionId
    answers: dict[str, Answer] = {}
    takes: dict[str, Take] = {}
    taken_back: bool = False
    comment: str = ""


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
    of: int = 0
    """How many lessons the program had; 0 where it was sent before that was kept."""
    lesson: Lesson
    answers: dict[str, Answer]
    takes: dict[str, Take]
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
    title = "Your therapist has changed this lesson. Your answers are kept. Please look through it once more."


class AnsweredAlready(StaleWrite):
    """A submission that another therapist has answered first."""

    type = "answered-already"
    title = "Somebody else has answered this first. Your text is kept as your draft."


def recorded(takes: Mapping[str, Take]) -> frozenset[str]:
    """Return the blocks whose recording is there or on its way."""
    return frozenset(block for block, take in takes.items() if not take.rejected)


def all_settled(takes: Mapping[str, Take]) -> bool:
    """Tell whether nothing is on its way any more."""
    return all(take.settled for take in takes.values())


def with_settled(takes: Mapping[str, Take], settled: Recording) -> dict[str, Take]:
    """Return the takes with what became of one of them, if it is still among them."""
    return {
        block: msgspec.structs.replace(take, settled=settled) if take.recording_id == settled.recording_id else take
        for block, take in takes.items()
    }


def without(takes: Mapping[str, Take], recording_id: RecordingId) -> dict[str, Take]:
    """Return the takes without one."""
    return {block: take for block, take in takes.items() if take.recording_id != recording_id}


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
    takes = submission.takes.values()
    lengths = [_length(take) for take in takes]
    said = sum(said_something(answer) for answer in submission.answers.values()) + bool(submission.comment.strip())
    kinds = [str(take.kind) for take in takes]
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


def _length(take: Take) -> float:
    made = take.settled.rendition if take.settled else None
    return made.duration_s if made else 0.0


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
