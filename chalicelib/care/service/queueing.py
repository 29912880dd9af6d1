"""Therapists' queues: what waits, in the order in which an answer was promised."""

from collections.abc import Iterable

import msgspec

from chalicelib.care.model import enrolment as course
from chalicelib.care.model.enrolment import Enrolment, Line, Waiting
from chalicelib.care.model.submission import QUEUE_LINE, Submission, queue_line
from chalicelib.care.shapes import Queue, QueueLineView
from chalicelib.care.store import CareStore, queue_place
from chalicelib.foundation.call import Call
from chalicelib.foundation.ids import ClientId, PersonId
from chalicelib.foundation.insisting import insist
from chalicelib.foundation.write import Write
from chalicelib.practice.model import Card


def queue(call: Call, after: str | None) -> Queue:
    """Return what waits for this therapist, first promised first."""
    page = CareStore(call.table).queue(call.actor.person_id, after=after)
    lines = tuple(msgspec.convert(line, QueueLineView, from_attributes=True) for line in page.lines)
    return Queue(lines=lines, minutes=sum(line.minutes for line in page.lines), after=page.after)


def enqueue(write: Write, card: Card, sent: Submission) -> None:
    """Put what has arrived into the queue of each of the client's therapists, and tell."""
    _stand(write, card, sent)
    if sent.promised_at:
        _want(write, sent, [one.person_id for one in card.therapists])


def _stand(write: Write, card: Card, sent: Submission) -> None:
    if sent.promised_at:
        line = queue_line(sent, card.name, sent.promised_at)
        for therapist in card.therapists:
            write.put(QUEUE_LINE, queue_place(therapist.person_id, sent.promised_at, sent.submission_id), line)


def _want(write: Write, sent: Submission, therapists: Iterable[PersonId]) -> None:
    for person_id in therapists:
        write.tell("review.wanted", client_id=sent.client_id, submission_id=sent.submission_id, therapist_id=person_id)


def follow_card(call: Call, client_id: ClientId) -> None:
    """Bring queues up to date after a card was changed: who treats the client now, and what they are called."""

    def act() -> None:
        store = CareStore(call.table)
        desk = store.desk(client_id)
        write = call.write()
        if desk.card:
            write.unchanged(desk.card)
            for enrolment in desk.enrolments:
                moved = enrolment.value
                for line in enrolment.value.lines:
                    moved = _follow(store, write, desk.card.value, moved, line)
                if moved != enrolment.value:
                    write.replace(enrolment, moved)
        write.commit()

    insist(act)


def _follow(store: CareStore, write: Write, card: Card, enrolment: Enrolment, line: Line) -> Enrolment:
    waiting = line.waiting
    sent = store.submission(card.client_id, waiting.submission_id) if waiting and not waiting.arriving else None
    if waiting is None or waiting.promised_at is None or sent is None:
        return enrolment
    now = tuple(one.person_id for one in card.therapists)
    _leave(write, waiting, gone=[one for one in waiting.queued_for if one not in now])
    _stand(write, card, sent.value)
    _want(write, sent.value, [one for one in now if one not in waiting.queued_for])
    return course.requeue(enrolment, waiting.submission_id, now)


def _leave(write: Write, waiting: Waiting, *, gone: Iterable[PersonId]) -> None:
    promised_at = waiting.promised_at
    if promised_at:
        for person_id in gone:
            write.discard(queue_place(person_id, promised_at, waiting.submission_id))


def dequeue(write: Write, waiting: Waiting) -> None:
    """Take an answered submission out of every queue that it stands in."""
    _leave(write, waiting, gone=waiting.queued_for)
