"""What the loop does when something has happened. Each of these may come twice, late, or out of order."""

from chalicelib.care import service
from chalicelib.foundation.call import Call
from chalicelib.foundation.events import Event
from chalicelib.foundation.ids import ClientId, PersonId, RecordingId, SubmissionId
from chalicelib.foundation.outbox import on


@on("recording.settled")
def settle_recording(call: Call, event: Event) -> None:
    """Note in the lesson or the submission what became of a recording."""
    service.settle_recording(
        call,
        ClientId(event.ids["client_id"]),
        SubmissionId(event.ids["submission_id"]),
        RecordingId(event.ids["recording_id"]),
    )


@on("review.wanted")
def send_review_link(call: Call, event: Event) -> None:
    """Send the therapist a link to what waits."""
    service.send_link(
        call,
        ClientId(event.ids["client_id"]),
        SubmissionId(event.ids["submission_id"]),
        PersonId(event.ids["therapist_id"]),
    )


@on("feedback.given")
def tell_of_answer(call: Call, event: Event) -> None:
    """Let the client's side know that there is an answer."""
    ids = dict(event.ids)
    service.tell_side(call, "answer", ClientId(ids.pop("client_id")), **ids)


@on("submission.taken_back")
def tell_of_return(call: Call, event: Event) -> None:
    """Let the client's side know that part of what they sent could not be received."""
    ids = dict(event.ids)
    service.tell_side(call, "taken-back", ClientId(ids.pop("client_id")), **ids)


@on("lesson.opened")
def tell_of_opening(call: Call, event: Event) -> None:
    """Let the client's side know that a lesson is open."""
    ids = dict(event.ids)
    service.tell_side(call, "opened", ClientId(ids.pop("client_id")), **ids)


@on("letter.wanted")
def send_letter(call: Call, event: Event) -> None:
    """Send one letter to one person of the client's side."""
    ids = dict(event.ids)
    about, client_id, person_id = ids.pop("about"), ClientId(ids.pop("client_id")), PersonId(ids.pop("person_id"))
    service.send_to_person(call, about, client_id, person_id, **ids)


@on("client.changed")
def follow_card(call: Call, event: Event) -> None:
    """Let the queues follow who treats a client."""
    service.follow_card(call, ClientId(event.ids["client_id"]))
