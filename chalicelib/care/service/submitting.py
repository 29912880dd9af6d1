"""Sending a lesson, and what follows when its recordings arrive, or turn out to be of no use."""

from datetime import timedelta

import msgspec

from chalicelib.care.model import enrolment as course
from chalicelib.care.model.answers import fitting, missing
from chalicelib.care.model.enrolment import DOING, Enrolment, Waiting
from chalicelib.care.model.progress import POINT, point, without_numbers
from chalicelib.care.model.submission import (
    ATTEMPT,
    SUBMISSION,
    Attempt,
    LessonChanged,
    NotComplete,
    Submission,
    SubmissionState,
    Take,
    all_settled,
    measured,
    recorded,
    with_settled,
    without,
)
from chalicelib.care.service.lessons import Opened, came_back, doing, opened, relation
from chalicelib.care.service.queueing import enqueue
from chalicelib.care.service.views import therapist_name
from chalicelib.care.shapes import Sent, Submit
from chalicelib.care.store import CareStore, attempt_key, point_key, submission_key
from chalicelib.curriculum.model import Recording as RecordingBlock
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import NotFound, StaleWrite
from chalicelib.foundation.ids import ClientId, EnrolmentId, RecordingId, SubmissionId
from chalicelib.foundation.insisting import insist
from chalicelib.foundation.table import Stored
from chalicelib.foundation.write import Write
from chalicelib.media import service as media
from chalicelib.media.model import Home, Recording, RecordingState
from chalicelib.practice.permissions import Action

_SETTLED = frozenset({RecordingState.READY, RecordingState.REJECTED, RecordingState.PARKED})
_replace = msgspec.structs.replace


def submit(call: Call, client_id: ClientId, enrolment_id: EnrolmentId, number: int, body: Submit) -> Sent:
    """Send a lesson as it is answered now.

    Recordings may still be on their way: then the submission is arriving, and stands in nobody's queue until
    all of them are there. Raise NotComplete with what is missing, LessonChanged where the lesson is no longer
    the one that the client has seen.
    """

    def act() -> Sent:
        found = doing(call, client_id, enrolment_id, number)
        if body.revision != found.copy.version:
            raise LessonChanged(revision=found.copy.version)
        back = came_back(call, found.attempt)
        sent = _frozen(call, found, body)
        card, before = found.card.value, found.enrolment.value
        write = call.write()
        write.unchanged(found.card)
        if found.row:
            write.remove(found.row)
        if found.attempt:  # what a block was recorded for that is gone since
            left = (take.recording_id for block, take in found.attempt.takes.items() if block not in sent.takes)
            media.release(write, client_id, left)
        if back:
            write.replace(back, sent)
        else:
            write.add(SUBMISSION, submission_key(client_id, sent.submission_id), sent, otherwise=StaleWrite)
        done = point(sent)
        write.put(POINT, point_key(client_id, done), done)
        waiting = Waiting(
            submission_id=sent.submission_id,
            at=call.now,
            arriving=sent.state is SubmissionState.ARRIVING,
            promised_at=sent.promised_at,
            recordings=tuple(take.recording_id for take in sent.takes.values()),
            queued_for=() if sent.promised_at is None else tuple(one.person_id for one in card.therapists),
        )
        write.replace(found.enrolment, course.send(before, number, waiting, measured(sent.lesson, sent.answers)))
        enqueue(write, card, sent)
        write.tell(
            "lesson.submitted",
            client_id=client_id,
            enrolment_id=enrolment_id,
            submission_id=sent.submission_id,
        )
        about = {"client_id": client_id, "enrolment_id": enrolment_id, "submission_id": sent.submission_id}
        write.record("sent a lesson", **about)
        return write.commit(
            Sent(
                submission_id=sent.submission_id,
                state=str(sent.state),
                promised_at=sent.promised_at,
                therapist_name=therapist_name(card),
            )
        )

    return insist(act)


def _frozen(call: Call, found: Opened, body: Submit) -> Submission:
    enrolment, turn = found.enrolment.value, found.line.turns[-1]
    answers = fitting(found.lesson, found.attempt.answers) if found.attempt else {}
    asked = {block.block_id for block in found.lesson.blocks if isinstance(block, RecordingBlock)}
    takes = {block: take for block, take in found.attempt.takes.items() if block in asked} if found.attempt else {}
    unusable = {block for block, take in takes.items() if take.rejected}
    wanting = {*missing(found.lesson, answers, recorded(takes)), *unusable}
    if wanting:
        raise NotComplete(missing=[block.block_id for block in found.lesson.blocks if block.block_id in wanting])
    arrived = all_settled(takes)
    numbers = {block.block_id for block in found.lesson.blocks}
    return Submission(
        client_id=found.card.value.client_id,
        submission_id=turn.submission_id,
        enrolment_id=enrolment.enrolment_id,
        program_id=enrolment.program_id,
        program_title=enrolment.program_title,
        lesson_number=found.line.number,
        of=len(enrolment.lines),
        lesson=found.lesson,
        answers=answers,
        takes=takes,
        comment=body.comment,
        sent_at=call.now,
        by=call.actor.person_id,
        by_name=call.actor.name,
        relation=relation(call, found.card.value),
        state=SubmissionState.WAITING if arrived else SubmissionState.ARRIVING,
        promised_at=call.now + timedelta(hours=found.practice.answer_within_hours) if arrived else None,
        before={block: earlier for block, earlier in enrolment.latest.items() if block in numbers},
    )


def settle_recording(call: Call, client_id: ClientId, submission_id: SubmissionId, recording_id: RecordingId) -> None:
    """Note what became of a recording, whether its lesson was sent already or not.

    When it was the last one of a submission, that goes to the therapists. When it cannot be used, the lesson
    goes back to the client with everything that was answered. Twice or late makes no difference.
    """
    insist(lambda: _settle(call, client_id, submission_id, recording_id))


def _settle(call: Call, client_id: ClientId, submission_id: SubmissionId, recording_id: RecordingId) -> None:
    store = CareStore(call.table)
    try:
        settled = media.recording(call, Home(client_id=client_id, submission_id=submission_id), recording_id)
    except NotFound:
        settled = None
    # The attempt first: what is sent between the two reads is found as a submission.
    attempt = next((one for one in store.attempts(client_id) if one.value.submission_id == submission_id), None)
    submission = store.submission(client_id, submission_id)
    write = call.write()
    if settled and settled.state in _SETTLED:
        if submission and submission.value.state is not SubmissionState.TAKEN_BACK:
            _settle_sent(call, write, submission, settled)
        elif attempt:
            write.replace(attempt, _replace(attempt.value, takes=with_settled(attempt.value.takes, settled)))
        elif submission:
            raise StaleWrite  # it came back between the two reads
    write.commit()


def _settle_sent(call: Call, write: Write, found: Stored[Submission], settled: Recording) -> None:
    sent = found.value
    takes = with_settled(sent.takes, settled)
    if takes == sent.takes:
        return
    if not any(take.recording_id == settled.recording_id and not take.settled for take in sent.takes.values()):
        # It was parked and plays now, or was found to be damaged: that is shown, and nothing follows from it.
        write.replace(found, _replace(sent, takes=takes))
        return
    if settled.state is not RecordingState.REJECTED and not all_settled(takes):
        write.replace(found, _replace(sent, takes=takes))
        return
    desk = CareStore(call.table).lesson_desk(sent.client_id, sent.enrolment_id, sent.lesson_number)
    if not (desk.card and desk.practice and desk.enrolment):
        raise NotFound
    if settled.state is RecordingState.REJECTED:
        _take_back(write, desk.enrolment, found, takes)
        write.tell(
            "submission.taken_back",
            client_id=sent.client_id,
            enrolment_id=sent.enrolment_id,
            submission_id=sent.submission_id,
            number=str(sent.lesson_number),
        )
        return
    promised_at = call.now + timedelta(hours=desk.practice.answer_within_hours)
    arrived = _replace(sent, takes=takes, state=SubmissionState.WAITING, promised_at=promised_at)
    queued_for = tuple(one.person_id for one in desk.card.value.therapists)
    moved = course.arrive(desk.enrolment.value, sent.submission_id, promised_at=promised_at, queued_for=queued_for)
    write.unchanged(desk.card)
    write.replace(found, arrived)
    write.replace(desk.enrolment, moved)
    enqueue(write, desk.card.value, arrived)


def _take_back(write: Write, enrolment: Stored[Enrolment], found: Stored[Submission], takes: dict[str, Take]) -> None:
    """Give a lesson back with everything in it. The day was practised all the same; its numbers come again."""
    sent = found.value
    numbers = measured(sent.lesson, sent.answers)
    write.replace(enrolment, course.take_back(enrolment.value, sent.submission_id, numbers, sent.before))
    write.replace(found, _replace(sent, takes=takes, state=SubmissionState.TAKEN_BACK))
    attempt = Attempt(
        client_id=sent.client_id,
        enrolment_id=sent.enrolment_id,
        number=sent.lesson_number,
        submission_id=sent.submission_id,
        answers=sent.answers,
        takes=takes,
        taken_back=True,
        comment=sent.comment,
    )
    key = attempt_key(sent.client_id, sent.enrolment_id, sent.lesson_number)
    write.add(ATTEMPT, key, attempt, otherwise=StaleWrite)
    done = without_numbers(point(sent))
    write.put(POINT, point_key(sent.client_id, done), done)


def remove_recording(
    call: Call, client_id: ClientId, enrolment_id: EnrolmentId, number: int, recording_id: RecordingId
) -> None:
    """Take a recording out of a lesson.

    One that was to arrive after the lesson was sent, and will not, can be taken out too: the lesson is the
    client's again, with everything else in it. Removing one that is not there changes nothing.
    """

    def act() -> None:
        desk = CareStore(call.table).lesson_desk(client_id, enrolment_id, number)
        found = opened(call, desk, number, Action.DO_LESSON)
        if found.line.state not in DOING:
            _remove_sent(call, found, recording_id)
            return
        if found.row and found.attempt:
            left = without(found.attempt.takes, recording_id)
            if left != found.attempt.takes:
                write = call.write()
                write.replace(found.row, _replace(found.attempt, takes=left))
                media.release(write, client_id, [recording_id])
                _record_removal(write, found, recording_id)
                write.commit()

    insist(act)


def _remove_sent(call: Call, found: Opened, recording_id: RecordingId) -> None:
    waiting, client_id = found.line.waiting, found.card.value.client_id
    if not (waiting and waiting.arriving and recording_id in waiting.recordings):
        course.doing(found.enrolment.value, found.line.number)
        return
    sent = CareStore(call.table).submission(client_id, waiting.submission_id)
    if sent is None or sent.value.state is not SubmissionState.ARRIVING:
        raise StaleWrite
    if any(take.recording_id == recording_id and take.settled for take in sent.value.takes.values()):
        course.doing(found.enrolment.value, found.line.number)
    write = call.write()
    _take_back(write, found.enrolment, sent, without(sent.value.takes, recording_id))
    media.release(write, client_id, [recording_id])
    _record_removal(write, found, recording_id)
    write.commit()


def _record_removal(write: Write, found: Opened, recording_id: RecordingId) -> None:
    write.record(
        "took a recording out of a lesson",
        client_id=found.card.value.client_id,
        enrolment_id=found.enrolment.value.enrolment_id,
        recording_id=recording_id,
    )
