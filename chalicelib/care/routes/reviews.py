"""HTTP for therapists: enrolling, the queue, reviewing, changing a client's lessons."""

from chalicelib.care import service
from chalicelib.care.routes.blueprint import ROUTES, lesson_number
from chalicelib.care.shapes import (
    DraftKept,
    EditLesson,
    Enrol,
    EnrolmentView,
    FeedbackGiven,
    GiveFeedback,
    LessonView,
    PutDraft,
    Queue,
    ReviewView,
)
from chalicelib.foundation.call import Call
from chalicelib.foundation.http import Answer, endpoint
from chalicelib.foundation.ids import ClientId, EnrolmentId, SubmissionId
from chalicelib.practice.permissions import THERAPISTS, Action, roles_for

_CLIENT = "/api/clients/{client_id}"
_LESSON = f"{_CLIENT}/enrolments/{{enrolment_id}}/lessons/{{number}}"
_REVIEW = f"{_CLIENT}/submissions/{{submission_id}}/review"
_REVIEWING = roles_for(Action.REVIEW)


@endpoint(
    ROUTES,
    "POST",
    f"{_CLIENT}/enrolments",
    takes=Enrol,
    answers=EnrolmentView,
    roles=_REVIEWING,
    status=201,
    creates=True,
)
def enrol_client(call: Call, body: Enrol, client_id: ClientId) -> EnrolmentView:
    """Enrol a client in a version of a program."""
    return service.enrol(call, client_id, body)


@endpoint(ROUTES, "PUT", _LESSON, takes=EditLesson, answers=LessonView, roles=_REVIEWING, updates=True)
def change_lesson(call: Call, body: EditLesson, client_id: ClientId, enrolment_id: EnrolmentId, number: str) -> Answer:
    """Change a client's own copy of a lesson. If-Match is its revision."""
    changed = service.change_lesson(call, client_id, enrolment_id, lesson_number(number), body)
    return Answer(changed, version=changed.revision)


@endpoint(ROUTES, "POST", f"{_LESSON}/opening", answers=EnrolmentView, roles=_REVIEWING, creates=True)
def open_lesson(call: Call, client_id: ClientId, enrolment_id: EnrolmentId, number: str) -> EnrolmentView:
    """Open a lesson after the program was changed."""
    return service.open_lesson(call, client_id, enrolment_id, lesson_number(number))


@endpoint(ROUTES, "GET", "/api/queue", answers=Queue, roles=THERAPISTS, query=("after",))
def see_queue(call: Call, after: str | None) -> Queue:
    """See what waits for this therapist, first promised first."""
    return service.queue(call, after)


@endpoint(ROUTES, "GET", _REVIEW, answers=ReviewView, roles=_REVIEWING, sees="a submission")
def see_review(call: Call, client_id: ClientId, submission_id: SubmissionId) -> ReviewView:
    """See what was sent, with one's own draft and what was answered before."""
    return service.review(call, client_id, submission_id)


@endpoint(ROUTES, "PUT", f"{_REVIEW}/draft", takes=PutDraft, answers=DraftKept, roles=_REVIEWING, updates=True)
def keep_review_draft(call: Call, body: PutDraft, client_id: ClientId, submission_id: SubmissionId) -> Answer:
    """Keep a draft of the answer. If-Match is the draft's version, 0 for the first."""
    kept = service.keep_draft(call, client_id, submission_id, body)
    return Answer(kept, version=kept.version)


@endpoint(
    ROUTES,
    "POST",
    f"{_REVIEW}/feedback",
    takes=GiveFeedback,
    answers=FeedbackGiven,
    roles=_REVIEWING,
    status=201,
    creates=True,
)
def give_feedback(call: Call, body: GiveFeedback, client_id: ClientId, submission_id: SubmissionId) -> FeedbackGiven:
    """Answer a submission and decide what comes next."""
    return service.give_feedback(call, client_id, submission_id, body)
