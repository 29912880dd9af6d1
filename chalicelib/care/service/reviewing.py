"""Reviewing: one submission, a draft, the answer; and the answer as the client reads it."""

from dataclasses import replace

import msgspec

from chalicelib.care.model import enrolment as course
from chalicelib.care.model.enrolment import ENROLMENT, Enrolment, EnrolmentState, LessonState, News, Waiting
from chalicelib.care.model.submission import (
    DRAFT,
    FEEDBACK,
    AnsweredAlready,
    Draft,
    Feedback,
    check_comments,
)
from chalicelib.care.service.queueing import dequeue
from chalicelib.care.service.views import draft_view, feedback_view, submission_view
from chalicelib.care.shapes import (
    DraftKept,
    EarlierAnswer,
    FeedbackGiven,
    GiveFeedback,
    NextLesson,
    PutDraft,
    ReviewView,
    SubmissionView,
)
from chalicelib.care.store import CareStore, Desk, ReviewDesk, draft_key, feedback_key, finished_key, running_key
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import Conflict, NotFound, StaleWrite
from chalicelib.foundation.ids import ClientId, SubmissionId, new_id
from chalicelib.foundation.insisting import insist
from chalicelib.foundation.table import Stored
from chalicelib.practice.permissions import Action, permit


def submission(call: Call, client_id: ClientId, submission_id: SubmissionId) -> SubmissionView:
    """Show what was sent, what came back for it, and the one next step."""
    store = CareStore(call.table)
    desk = store.review_desk(client_id, submission_id, call.actor.person_id)
    card = permit(call.actor, Action.SEE_CARE, desk.card.value if desk.card else None)
    if desk.submission is None:
        raise NotFound
    following = None
    if desk.feedback:
        enrolment = store.enrolment(client_id, desk.submission.value.enrolment_id)
        following = _next(enrolment.value) if enrolment else None
    feedback = desk.feedback.value if desk.feedback else None
    return submission_view(card, call.actor.practice_id, desk.submission.value, feedback, following)


def _next(enrolment: Enrolment) -> NextLesson | None:
    changing = (line for line in enrolment.lines if line.state is LessonState.CHANGING)
    line = course.current(enrolment) or next(changing, None)
    if line is None:
        return None
    return NextLesson(enrolment_id=enrolment.enrolment_id, number=line.number, title=line.title, state=line.state)


def mark_seen(call: Call, client_id: ClientId, submission_id: SubmissionId) -> None:
    """Note that the client, or somebody who acts for them, has seen the answer. Again changes nothing."""

    def act() -> None:
        store = CareStore(call.table)
        desk = store.review_desk(client_id, submission_id, call.actor.person_id)
        permit(call.actor, Action.DO_LESSON, desk.card.value if desk.card else None)
        if desk.feedback is None:
            raise NotFound
        if desk.feedback.value.seen_at:
            return
        write = call.write()
        write.replace(desk.feedback, msgspec.structs.replace(desk.feedback.value, seen_at=call.now))
        enrolment = store.enrolment(client_id, desk.feedback.value.enrolment_id)
        if enrolment:
            write.replace(enrolment, course.see(enrolment.value, submission_id))
        write.record(
            "read what came back",
            client_id=client_id,
            enrolment_id=desk.feedback.value.enrolment_id,
            submission_id=submission_id,
        )
        write.commit()

    insist(act)


def review(call: Call, client_id: ClientId, submission_id: SubmissionId) -> ReviewView:
    """Show a submission to a therapist, with their draft and the numbers that were given before."""
    return show_review(call, reviewing(call, client_id, submission_id))


def reviewing(call: Call, client_id: ClientId, submission_id: SubmissionId) -> ReviewDesk:
    """Read a submission for a therapist of the client; raise NotFound for anybody else."""
    desk = CareStore(call.table).review_desk(client_id, submission_id, call.actor.person_id)
    permit(call.actor, Action.REVIEW, desk.card.value if desk.card else None)
    return desk


def show_review(call: Call, desk: ReviewDesk) -> ReviewView:
    """Show what was read for a review."""
    if desk.card is None or desk.submission is None:
        raise NotFound
    sent = desk.submission.value
    feedback = desk.feedback.value if desk.feedback else None
    seen = submission_view(desk.card.value, call.actor.practice_id, sent, feedback, None)
    before = tuple(
        EarlierAnswer(block_id=block, value=earlier.value, sent_at=earlier.sent_at, lesson_number=earlier.lesson_number)
        for block, earlier in sent.before.items()
    )
    return ReviewView(**msgspec.structs.asdict(seen), draft=draft_view(desk.draft), before=before)


def keep_draft(call: Call, client_id: ClientId, submission_id: SubmissionId, body: PutDraft) -> DraftKept:
    """Keep a therapist's draft; `call.version` is the version of the draft that it replaces.

    Raise StaleWrite with both where the same therapist wrote elsewhere, AnsweredAlready with both where the
    answer has been given.
    """
    expected = call.version

    def act() -> DraftKept:
        desk = reviewing(call, client_id, submission_id)
        if desk.submission is None:
            raise NotFound
        if desk.feedback:
            message = "This has been answered. Your text is below; nothing of it was kept here."
            raise AnsweredAlready(message, current=feedback_view(desk.feedback.value), yours=body)
        draft = Draft(comments=body.comments, text=body.text, decision=body.decision)
        version = desk.draft.version if desk.draft else 0
        if version != expected:
            if desk.draft and desk.draft.value == draft:
                return DraftKept(version=version)
            raise StaleWrite(current=draft_view(desk.draft), yours=body)
        write = call.write()
        if desk.draft:
            write.replace(desk.draft, draft)
        else:
            key = draft_key(client_id, submission_id, call.actor.person_id)
            write.add(DRAFT, key, draft, otherwise=StaleWrite)
        return write.commit(DraftKept(version=version + 1))

    return insist(act)


def give_feedback(call: Call, client_id: ClientId, submission_id: SubmissionId, body: GiveFeedback) -> FeedbackGiven:
    """Answer a submission and move the client on as decided.

    Raise AnsweredAlready with both texts where another therapist was first; this one's is kept as their draft.
    """

    def act() -> FeedbackGiven:
        store = CareStore(call.table)
        desk = store.desk(client_id)
        permit(call.actor, Action.REVIEW, desk.card.value if desk.card else None)
        enrolment, waiting = _waiting(call, desk, client_id, submission_id, body)
        check_comments(body.comments, frozenset(waiting.recordings))
        feedback = Feedback(
            client_id=client_id,
            submission_id=submission_id,
            enrolment_id=enrolment.value.enrolment_id,
            by=call.actor.person_id,
            by_name=call.actor.name,
            at=call.now,
            comments=body.comments,
            text=body.text,
            decision=body.decision,
        )
        news = News(submission_id=submission_id, by_name=call.actor.name, at=call.now, comments=len(body.comments))
        fresh = SubmissionId(new_id(call.now))
        moved = course.answer(enrolment.value, submission_id, body.decision, news, fresh=fresh)
        write = call.write()
        write.add(FEEDBACK, feedback_key(client_id, submission_id), feedback, otherwise=StaleWrite)
        if moved.state is EnrolmentState.FINISHED:
            write.remove(enrolment)
            write.add(ENROLMENT, finished_key(client_id, moved.enrolment_id), moved)
            write.discard(running_key(client_id, moved.program_id))
        else:
            write.replace(enrolment, moved)
        dequeue(write, waiting)
        write.discard(draft_key(client_id, submission_id, call.actor.person_id))
        write.tell("feedback.given", client_id=client_id, submission_id=submission_id)
        about = {"client_id": client_id, "enrolment_id": feedback.enrolment_id, "submission_id": submission_id}
        write.record("answered a submission", **about)
        if call.actor.review:
            write.record("used up a review link", **about)
        return write.commit(FeedbackGiven(feedback=feedback_view(feedback)))

    return insist(act)


def _waiting(
    call: Call, desk: Desk, client_id: ClientId, submission_id: SubmissionId, body: GiveFeedback
) -> tuple[Stored[Enrolment], Waiting]:
    for enrolment in desk.enrolments:
        line = course.waiting_line(enrolment.value, submission_id)
        if line and line.waiting:
            if line.waiting.arriving:
                message = (
                    "A recording of this is still on its way. Your draft is kept; you get a mail when all is there."
                )
                raise Conflict(message, type="still-arriving")
            return enrolment, line.waiting
    first = CareStore(call.table).feedback(client_id, submission_id)
    if first:
        if not _says(first.value, call, body):
            _keep_losing_text(call, client_id, submission_id, body)
        raise AnsweredAlready(current=feedback_view(first.value), yours=body)
    if any(course.line_sent(enrolment.value, submission_id) for enrolment in desk.enrolments):
        message = (
            "This went back to the client, because a recording could not be used. You get a mail when it comes again."
        )
        raise Conflict(message, type="taken-back")
    raise NotFound


def _says(given: Feedback, call: Call, body: GiveFeedback) -> bool:
    """Tell whether an answer is this very one, sent again after its reply got lost."""
    same = (given.by, given.comments, given.text, given.decision)
    return same == (call.actor.person_id, body.comments, body.text, body.decision)


def _keep_losing_text(call: Call, client_id: ClientId, submission_id: SubmissionId, body: GiveFeedback) -> None:
    draft = Draft(comments=body.comments, text=body.text, decision=body.decision)
    # Not marked as this request's: it was refused, and asking again must say so again.
    write = replace(call, once=None).write()
    write.put(DRAFT, draft_key(client_id, submission_id, call.actor.person_id), draft)
    write.commit()
