"""Rows as pages show them."""

from collections.abc import Mapping

from chalicelib.care.model.answers import Answer, fitting
from chalicelib.care.model.enrolment import DOING, Enrolment, Line
from chalicelib.care.model.submission import Attempt, Draft, Feedback, Submission, SubmissionState, Take
from chalicelib.care.shapes import (
    AnswerView,
    ClientName,
    DraftView,
    EnrolmentView,
    FeedbackView,
    LessonLine,
    LessonView,
    NextLesson,
    SubmissionView,
)
from chalicelib.curriculum.model import Lesson
from chalicelib.curriculum.service import media_urls
from chalicelib.foundation.ids import PracticeId, ResourceId, SubmissionId
from chalicelib.foundation.table import Stored
from chalicelib.media import service as media
from chalicelib.media.model import RecordingState
from chalicelib.media.shapes import RecordingView
from chalicelib.practice.model import Card, Practice


def therapist_name(card: Card) -> str:
    """Return the name of the therapist who answers."""
    return card.therapists[0].name if card.therapists else "Your therapist"


def client_name(card: Card) -> ClientName:
    """Return whose page it is."""
    return ClientName(client_id=card.client_id, name=card.name)


def enrolment_view(enrolment: Enrolment) -> EnrolmentView:
    """Show a program with all its lessons."""
    return EnrolmentView(
        enrolment_id=enrolment.enrolment_id,
        program_id=enrolment.program_id,
        program_title=enrolment.program_title,
        version=enrolment.version,
        started_at=enrolment.started_at,
        state=enrolment.state,
        lessons=tuple(_lesson_line(line) for line in enrolment.lines),
    )


def _lesson_line(line: Line) -> LessonLine:
    return LessonLine(
        number=line.number,
        lesson_id=line.lesson_id,
        title=line.title,
        minutes=line.minutes,
        asks=line.asks,
        state=line.state,
        submission_id=_sent(line),
        promised_at=line.waiting.promised_at if line.waiting else None,
        new_feedback=line.news is not None and not line.news.seen,
    )


def _sent(line: Line) -> SubmissionId | None:
    last = line.waiting or line.news
    return last.submission_id if last else None


def lesson_view(
    *,
    card: Card,
    practice: Practice,
    enrolment: Enrolment,
    line: Line,
    lesson: Lesson,
    revision: int,
    captioned: frozenset[ResourceId],
    attempt: Attempt | None,
) -> LessonView:
    """Show a lesson, with what has been answered in this turn if that may be shown."""
    return LessonView(
        enrolment_id=enrolment.enrolment_id,
        number=line.number,
        of=len(enrolment.lines),
        program_title=enrolment.program_title,
        therapist_name=therapist_name(card),
        state=line.state,
        revision=revision,
        lesson=lesson,
        media=media_urls(practice.practice_id, [lesson], captioned),
        submission_id=line.turns[-1].submission_id if line.state in DOING else _sent(line),
        answers=answer_views(fitting(lesson, attempt.answers)) if attempt else {},
        recordings=take_views(attempt.takes) if attempt else {},
        comment=attempt.comment if attempt else "",
        promised_within_hours=practice.answer_within_hours,
    )


def answer_view(answer: Answer) -> AnswerView:
    """Show an answer."""
    return AnswerView(
        value=answer.value, version=answer.version, at=answer.at, by_name=answer.by_name, relation=answer.relation
    )


def answer_views(answers: Mapping[str, Answer]) -> dict[str, AnswerView]:
    """Show answers by block."""
    return {block: answer_view(answer) for block, answer in answers.items()}


def take_views(takes: Mapping[str, Take]) -> dict[str, RecordingView]:
    """Show recordings by block; what has not settled is still being sent as far as a lesson knows."""
    return {block: _take_view(take) for block, take in takes.items()}


def _take_view(take: Take) -> RecordingView:
    if take.settled:
        return media.view(take.settled, with_urls=True)
    return RecordingView(
        recording_id=take.recording_id, kind=take.kind, state=RecordingState.AWAITING_UPLOAD, size=take.size
    )


def feedback_view(feedback: Feedback) -> FeedbackView:
    """Show the answer to a submission."""
    return FeedbackView(
        by_name=feedback.by_name,
        at=feedback.at,
        comments=feedback.comments,
        text=feedback.text,
        decision=feedback.decision,
        seen=feedback.seen_at is not None,
    )


def draft_view(draft: Stored[Draft] | None) -> DraftView:
    """Show a draft; where there is none, an empty one of version 0."""
    if draft is None:
        return DraftView(comments=(), text="", decision=None, version=0)
    kept = draft.value
    return DraftView(comments=kept.comments, text=kept.text, decision=kept.decision, version=draft.version)


def submission_view(
    card: Card, practice_id: PracticeId, sent: Submission, feedback: Feedback | None, following: NextLesson | None
) -> SubmissionView:
    """Show what was sent and what came back for it."""
    return SubmissionView(
        client=client_name(card),
        therapist_name=therapist_name(card),
        submission_id=sent.submission_id,
        lesson_number=sent.lesson_number,
        of=sent.of,
        lesson_title=sent.lesson.title,
        program_title=sent.program_title,
        enrolment_id=sent.enrolment_id,
        sent_at=sent.sent_at,
        by_name=sent.by_name,
        relation=sent.relation,
        comment=sent.comment,
        lesson=sent.lesson,
        answers=answer_views(sent.answers),
        recordings=take_views(sent.takes),
        media=media_urls(practice_id, [sent.lesson]),
        state="reviewed" if feedback else str(sent.state),
        promised_at=sent.promised_at if sent.state is SubmissionState.WAITING else None,
        feedback=feedback_view(feedback) if feedback else None,
        next=following,
    )
