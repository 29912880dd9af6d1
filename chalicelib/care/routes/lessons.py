"""HTTP for clients and those who act for them: today, the program, lessons, answers, progress."""

from chalicelib.care import service
from chalicelib.care.routes.blueprint import ROUTES, lesson_number
from chalicelib.care.shapes import (
    AnswerKept,
    LessonView,
    OpenRecording,
    ProgramPage,
    Progress,
    PutAnswer,
    Sent,
    SubmissionView,
    Submit,
    Today,
)
from chalicelib.foundation.call import Call
from chalicelib.foundation.http import Answer, Nothing, endpoint
from chalicelib.foundation.ids import ClientId, EnrolmentId, RecordingId, SubmissionId
from chalicelib.media.shapes import Ticket
from chalicelib.practice.permissions import Action, roles_for

_CLIENT = "/api/clients/{client_id}"
_LESSON = f"{_CLIENT}/enrolments/{{enrolment_id}}/lessons/{{number}}"
_SEEING = roles_for(Action.SEE_CARE)
_DOING = roles_for(Action.DO_LESSON)


@endpoint(ROUTES, "GET", f"{_CLIENT}/today", answers=Today, roles=_SEEING, sees="what is to do")
def see_today(call: Call, client_id: ClientId) -> Today:
    """See what is to do today, what came back and what waits."""
    return service.today(call, client_id)


@endpoint(ROUTES, "GET", f"{_CLIENT}/program", answers=ProgramPage, roles=_SEEING, sees="the program")
def see_program(call: Call, client_id: ClientId) -> ProgramPage:
    """See a client's programs with all their lessons."""
    return service.program(call, client_id)


@endpoint(ROUTES, "GET", _LESSON, answers=LessonView, roles=_SEEING, sees="a lesson")
def see_lesson(call: Call, client_id: ClientId, enrolment_id: EnrolmentId, number: str) -> LessonView:
    """See a lesson with what has been answered so far."""
    return service.lesson(call, client_id, enrolment_id, lesson_number(number))


@endpoint(
    ROUTES, "PUT", f"{_LESSON}/answers/{{block}}", takes=PutAnswer, answers=AnswerKept, roles=_DOING, updates=True
)
def keep_answer(
    call: Call, body: PutAnswer, client_id: ClientId, enrolment_id: EnrolmentId, number: str, block: str
) -> Answer:
    """Keep the answer to one block. If-Match is the answer's version, 0 for the first."""
    kept = service.keep_answer(call, client_id, enrolment_id, lesson_number(number), block, body)
    return Answer(kept, version=kept.version)


@endpoint(
    ROUTES,
    "POST",
    f"{_LESSON}/recordings",
    takes=OpenRecording,
    answers=Ticket,
    roles=_DOING,
    status=201,
    creates=True,
    starts=True,
)
def open_lesson_recording(
    call: Call, body: OpenRecording, client_id: ClientId, enrolment_id: EnrolmentId, number: str
) -> Ticket:
    """Make a place for a recording before its first byte is sent."""
    return service.open_recording(call, client_id, enrolment_id, lesson_number(number), body)


@endpoint(ROUTES, "DELETE", f"{_LESSON}/recordings/{{recording_id}}", answers=Nothing, roles=_DOING)
def remove_lesson_recording(
    call: Call, client_id: ClientId, enrolment_id: EnrolmentId, number: str, recording_id: RecordingId
) -> Nothing:
    """Take a recording out of a lesson."""
    service.remove_recording(call, client_id, enrolment_id, lesson_number(number), recording_id)
    return Nothing()


@endpoint(ROUTES, "POST", f"{_LESSON}/restart", answers=LessonView, roles=_DOING, creates=True)
def restart_lesson(call: Call, client_id: ClientId, enrolment_id: EnrolmentId, number: str) -> LessonView:
    """Begin a lesson anew, without what was answered."""
    return service.restart(call, client_id, enrolment_id, lesson_number(number))


@endpoint(ROUTES, "POST", f"{_LESSON}/submission", takes=Submit, answers=Sent, roles=_DOING, status=201, creates=True)
def submit_lesson(call: Call, body: Submit, client_id: ClientId, enrolment_id: EnrolmentId, number: str) -> Sent:
    """Send a lesson to the therapist."""
    return service.submit(call, client_id, enrolment_id, lesson_number(number), body)


@endpoint(
    ROUTES,
    "GET",
    f"{_CLIENT}/submissions/{{submission_id}}",
    answers=SubmissionView,
    roles=_SEEING,
    sees="a submission",
)
def see_submission(call: Call, client_id: ClientId, submission_id: SubmissionId) -> SubmissionView:
    """See what was sent and what came back for it."""
    return service.submission(call, client_id, submission_id)


@endpoint(ROUTES, "POST", f"{_CLIENT}/submissions/{{submission_id}}/seen", answers=Nothing, roles=_DOING)
def mark_feedback_seen(call: Call, client_id: ClientId, submission_id: SubmissionId) -> Nothing:
    """Note that the client has seen the answer."""
    service.mark_seen(call, client_id, submission_id)
    return Nothing()


@endpoint(ROUTES, "GET", f"{_CLIENT}/progress", answers=Progress, roles=_SEEING, query=("after",), sees="the progress")
def see_progress(call: Call, client_id: ClientId, after: str | None) -> Progress:
    """See practice days, lessons and measures over time."""
    return service.progress(call, client_id, after)
