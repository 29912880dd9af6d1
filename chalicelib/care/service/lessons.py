"""Doing a lesson: it is opened, answered bit by bit from any device, recorded for, begun anew."""

import mimetypes

import msgspec

from chalicelib.care.model import enrolment as course
from chalicelib.care.model.answers import Answer, checked
from chalicelib.care.model.enrolment import DOING, Enrolment, LessonCopy, LessonState, Line
from chalicelib.care.model.submission import ATTEMPT, Attempt, LessonChanged, Submission, Take
from chalicelib.care.service.views import answer_view, lesson_view
from chalicelib.care.shapes import AnswerKept, LessonView, OpenRecording, PutAnswer
from chalicelib.care.store import CareStore, LessonDesk, attempt_key
from chalicelib.curriculum.model import AnyBlock, Lesson, Recording
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import Invalid, NotFound, StaleWrite
from chalicelib.foundation.ids import ClientId, EnrolmentId, RecordingId, ResourceId, SubmissionId, new_id
from chalicelib.foundation.insisting import insist
from chalicelib.foundation.table import Stored
from chalicelib.foundation.write import Write
from chalicelib.media import service as media
from chalicelib.media.model import Home, MediaKind
from chalicelib.media.shapes import Ticket
from chalicelib.practice.model import Card, Practice, Relation
from chalicelib.practice.permissions import MAY, Action, permit, relations

_UNKNOWN_TYPES = frozenset({"", "application/octet-stream"})


class Opened(msgspec.Struct, frozen=True):
    """A lesson's rows, all of which are there, and the card of a client whom the actor may see."""

    card: Stored[Card]
    practice: Practice
    enrolment: Stored[Enrolment]
    line: Line
    copy: Stored[LessonCopy]
    row: Stored[Attempt] | None
    """What lies in the attempt's place: an attempt of this turn or of one before it."""
    captioned: frozenset[ResourceId]

    @property
    def lesson(self) -> Lesson:
        """The lesson as it is now."""
        return self.copy.value.lesson

    @property
    def attempt(self) -> Attempt | None:
        """What was answered in this turn, if anything was."""
        current = self.row and self.line.turns and self.row.value.submission_id == self.line.turns[-1].submission_id
        return self.row.value if self.row and current else None


def opened(call: Call, desk: LessonDesk, number: int, action: Action) -> Opened:
    """Return a lesson's rows; raise NotFound where one is missing or the actor may not do this."""
    permit(call.actor, action, desk.card.value if desk.card else None)
    if not (desk.card and desk.practice and desk.enrolment and desk.lesson):
        raise NotFound
    line = course.line(desk.enrolment.value, number)
    return Opened(desk.card, desk.practice, desk.enrolment, line, desk.lesson, desk.attempt, desk.captioned)


def doing(call: Call, client_id: ClientId, enrolment_id: EnrolmentId, number: int) -> Opened:
    """Read a lesson that is the client's to do; raise OutOfTurn where it is not, NotFound for strangers."""
    found = opened(call, CareStore(call.table).lesson_desk(client_id, enrolment_id, number), number, Action.DO_LESSON)
    course.doing(found.enrolment.value, number)
    return found


def relation(call: Call, card: Card) -> Relation:
    """Return as whom the actor does a lesson: the client, or a guardian, who is named."""
    return Relation.SELF if Relation.SELF in relations(call.actor, card) else Relation.GUARDIAN


def lesson(call: Call, client_id: ClientId, enrolment_id: EnrolmentId, number: int) -> LessonView:
    """Show a lesson. Clients see those that they have come to; what they have not sent is shown only to them."""
    found = opened(call, CareStore(call.table).lesson_desk(client_id, enrolment_id, number), number, Action.SEE_CARE)
    theirs = bool(relations(call.actor, found.card.value) & MAY[Action.DO_LESSON])
    if theirs and found.line.state is LessonState.AHEAD:
        course.doing(found.enrolment.value, number)
    return show(found, with_attempt=theirs)


def show(found: Opened, *, with_attempt: bool) -> LessonView:
    """Show a lesson's rows."""
    return lesson_view(
        card=found.card.value,
        practice=found.practice,
        enrolment=found.enrolment.value,
        line=found.line,
        lesson=found.lesson,
        revision=found.copy.version,
        captioned=found.captioned,
        attempt=found.attempt if with_attempt and found.line.state in DOING else None,
    )


def keep_answer(
    call: Call, client_id: ClientId, enrolment_id: EnrolmentId, number: int, block_id: str, body: PutAnswer
) -> AnswerKept:
    """Keep the answer to one block; `call.version` is the version of the answer that it replaces.

    Answers to different blocks never stand in each other's way, from however many devices they come. Raise
    StaleWrite with both where the same block was answered elsewhere, LessonChanged where the block is gone.
    """
    expected = call.version

    def act() -> AnswerKept:
        found = doing(call, client_id, enrolment_id, number)
        value = checked(_block(found.lesson, block_id), body.value)
        before = found.attempt.answers.get(block_id) if found.attempt else None
        if (before.version if before else 0) != expected:
            if before and before.value == value:
                return AnswerKept(version=before.version, at=before.at)
            current = answer_view(before) if before else {"value": None, "version": 0}
            raise StaleWrite(current=current, yours=body)
        answer = Answer(
            value=value,
            version=expected + 1,
            at=call.now,
            by=call.actor.person_id,
            by_name=call.actor.name,
            relation=relation(call, found.card.value),
        )
        attempt = found.attempt or _begun(client_id, found)
        write = call.write()
        _save(write, found, msgspec.structs.replace(attempt, answers={**attempt.answers, block_id: answer}))
        return write.commit(AnswerKept(version=answer.version, at=answer.at))

    return insist(act)


def _block(lesson: Lesson, block_id: str) -> AnyBlock:
    for block in lesson.blocks:
        if block.block_id == block_id:
            return block
    raise LessonChanged


def _begun(client_id: ClientId, found: Opened) -> Attempt:
    return Attempt(
        client_id=client_id,
        enrolment_id=found.enrolment.value.enrolment_id,
        number=found.line.number,
        submission_id=found.line.turns[-1].submission_id,
    )


def _save(write: Write, found: Opened, attempt: Attempt) -> None:
    """Write an attempt; the first time, note beside it that the lesson was started."""
    if found.row:
        write.replace(found.row, attempt)
    else:
        key = attempt_key(attempt.client_id, attempt.enrolment_id, attempt.number)
        write.add(ATTEMPT, key, attempt, otherwise=StaleWrite)
    if not found.line.started:
        write.replace(found.enrolment, course.start(found.enrolment.value, found.line.number))


def open_recording(
    call: Call, client_id: ClientId, enrolment_id: EnrolmentId, number: int, body: OpenRecording
) -> Ticket:
    """Make the place of a recording before its first byte is sent. It takes the place of an earlier one."""

    def act() -> Ticket:
        found = doing(call, client_id, enrolment_id, number)
        block = _block(found.lesson, body.block_id)
        if not isinstance(block, Recording):
            message = "This part of the lesson asks for no recording. Nothing was changed."
            raise Invalid(message)
        attempt = found.attempt or _begun(client_id, found)
        recording_id, kind = RecordingId(new_id(call.now)), MediaKind(block.media)
        write = call.write()
        ticket = media.open_recording(
            call,
            write,
            recording_id=recording_id,
            home=Home(client_id=client_id, submission_id=attempt.submission_id),
            kind=kind,
            content_type=_content_type(body),
            size=body.size,
            longest_s=block.longest_s,
        )
        take = Take(recording_id=recording_id, kind=kind, size=body.size)
        if before := attempt.takes.get(block.block_id):
            media.release(write, client_id, [before.recording_id])
        _save(write, found, msgspec.structs.replace(attempt, takes={**attempt.takes, block.block_id: take}))
        return write.commit(ticket)

    return insist(act)


def _content_type(body: OpenRecording) -> str:
    """Some phones do not say what a file is; then its name does."""
    if body.content_type in _UNKNOWN_TYPES:
        return mimetypes.guess_type(body.file_name)[0] or body.content_type
    return body.content_type


def restart(call: Call, client_id: ClientId, enrolment_id: EnrolmentId, number: int) -> LessonView:
    """Begin a lesson anew, without what was answered in this turn."""

    def act() -> LessonView:
        found = doing(call, client_id, enrolment_id, number)
        back = came_back(call, found.attempt)
        begun = course.restart(found.enrolment.value, number, SubmissionId(new_id(call.now)))
        write = call.write()
        write.replace(found.enrolment, begun)
        if found.attempt:
            media.release(write, client_id, (take.recording_id for take in found.attempt.takes.values()))
        if found.row:
            write.remove(found.row)
        if back:
            write.remove(back)
        write.record("began a lesson anew", client_id=client_id, enrolment_id=enrolment_id, number=str(number))
        fresh = Opened(
            found.card,
            found.practice,
            found.enrolment._replace(value=begun),
            course.line(begun, number),
            found.copy,
            None,
            found.captioned,
        )
        return write.commit(show(fresh, with_attempt=True))

    return insist(act)


def came_back(call: Call, attempt: Attempt | None) -> Stored[Submission] | None:
    """Read the submission that an attempt came back from, if it did."""
    if attempt is None or not attempt.taken_back:
        return None
    return CareStore(call.table).submission(attempt.client_id, attempt.submission_id)
