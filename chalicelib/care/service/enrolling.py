"""A client's programs, as their therapist sets them: begun, changed lesson by lesson, opened again."""

import msgspec

from chalicelib.care.model import enrolment as course
from chalicelib.care.model.enrolment import ENROLMENT, LESSON_COPY, RUNNING, EnrolmentState, LessonCopy, Running
from chalicelib.care.service.lessons import opened, show
from chalicelib.care.service.views import enrolment_view
from chalicelib.care.shapes import EditLesson, Enrol, EnrolmentView, LessonView
from chalicelib.care.store import MOST_RUNNING, CareStore, enrolment_key, lesson_key, running_key
from chalicelib.curriculum import service as curriculum
from chalicelib.curriculum.model import Lesson, check
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import Conflict, StaleWrite
from chalicelib.foundation.ids import ClientId, EnrolmentId, SubmissionId, new_id
from chalicelib.foundation.insisting import insist
from chalicelib.practice.permissions import Action, permit


class EnrolledAlready(Conflict):
    """A client is in a program once at a time."""

    type = "enrolled-already"
    title = "This client is in this program already. It can be begun once more when it is finished."


def enrol(call: Call, client_id: ClientId, body: Enrol) -> EnrolmentView:
    """Begin a version of a program with a client: they get a copy of each lesson, and the first one opens."""
    desk = CareStore(call.table).desk(client_id)
    permit(call.actor, Action.REVIEW, desk.card.value if desk.card else None)
    running = [one.value for one in desk.enrolments if one.value.state is EnrolmentState.RUNNING]
    if any(one.program_id == body.program_id for one in running):
        raise EnrolledAlready
    if len(running) >= MOST_RUNNING:
        message = f"This client is in {MOST_RUNNING} programs, which is the most at once. Nothing was changed."
        raise Conflict(message, type="too-many-programs")
    edition, lessons = curriculum.edition(call, body.program_id, body.version)
    enrolment_id = EnrolmentId(new_id(call.now))
    begun = course.begin(
        enrolment_id,
        tuple(lessons),
        program_id=edition.program_id,
        program_title=edition.title,
        version=edition.version,
        fresh=SubmissionId(new_id(call.now)),
        at=call.now,
        by_name=call.actor.name,
    )
    write = call.write()
    write.add(
        RUNNING,
        running_key(client_id, edition.program_id),
        Running(enrolment_id=enrolment_id),
        otherwise=EnrolledAlready,
    )
    write.add(ENROLMENT, enrolment_key(client_id, enrolment_id), begun)
    for number, lesson in enumerate(lessons, 1):
        copy = LessonCopy(client_id=client_id, enrolment_id=enrolment_id, number=number, lesson=lesson)
        write.add(LESSON_COPY, lesson_key(client_id, enrolment_id, number), copy)
    write.record("enrolled a client in a program", client_id=client_id, enrolment_id=enrolment_id)
    return write.commit(enrolment_view(begun))


def change_lesson(
    call: Call, client_id: ClientId, enrolment_id: EnrolmentId, number: int, body: EditLesson
) -> LessonView:
    """Change a client's own copy of a lesson; `call.version` is the revision that is changed.

    What the client has answered stays, by block. Raise StaleWrite with both lessons where somebody else
    changed it first, Invalid where it could not be published like that.
    """
    expected = call.version

    def act() -> LessonView:
        desk = CareStore(call.table).lesson_desk(client_id, enrolment_id, number)
        found = opened(call, desk, number, Action.REVIEW)
        kept = found.lesson
        changed = Lesson(lesson_id=kept.lesson_id, title=body.title, minutes=body.minutes, blocks=body.blocks)
        check(changed)
        if found.copy.version != expected:
            if kept == changed:
                return show(found, with_attempt=False)
            raise StaleWrite(current={"lesson": kept, "revision": found.copy.version}, yours=body)
        curriculum.check_change(call, changed, kept)
        curriculum.check_lengths(call, changed)
        moved = course.edit(found.enrolment.value, number, changed)
        write = call.write()
        copy = msgspec.structs.replace(found.copy.value, lesson=changed)
        write.replace(found.copy, copy)
        write.replace(found.enrolment, moved)
        write.record("changed a client's lesson", client_id=client_id, enrolment_id=enrolment_id)
        write.commit()
        now = msgspec.structs.replace(
            found,
            enrolment=found.enrolment._replace(value=moved),
            line=course.line(moved, number),
            copy=found.copy._replace(value=copy, version=expected + 1),
        )
        return show(now, with_attempt=False)

    return insist(act)


def open_lesson(call: Call, client_id: ClientId, enrolment_id: EnrolmentId, number: int) -> EnrolmentView:
    """Open the lesson that was being changed, or the one after it, and let the client know."""

    def act() -> EnrolmentView:
        desk = CareStore(call.table).lesson_desk(client_id, enrolment_id, number)
        found = opened(call, desk, number, Action.REVIEW)
        moved = course.reopen(found.enrolment.value, number, SubmissionId(new_id(call.now)), call.now)
        write = call.write()
        write.replace(found.enrolment, moved)
        write.tell("lesson.opened", client_id=client_id, enrolment_id=enrolment_id, number=str(number))
        write.record("opened a client's lesson", client_id=client_id, enrolment_id=enrolment_id)
        return write.commit(enrolment_view(moved))

    return insist(act)
