"""What contact does when something has happened, or has fallen due."""

from chalicelib.contact import service
from chalicelib.contact.model import SCHEDULE, Schedule
from chalicelib.foundation import clock
from chalicelib.foundation.call import Call
from chalicelib.foundation.due import when_due
from chalicelib.foundation.events import Event
from chalicelib.foundation.ids import ClientId, PersonId
from chalicelib.foundation.outbox import on
from chalicelib.foundation.table import Stored


@on("person.invited")
def send_invitation(call: Call, event: Event) -> None:
    """Send somebody who was asked in a door."""
    service.invite(call, PersonId(event.ids["person_id"]))


@on("password.forgotten")
def send_new_password(call: Call, event: Event) -> None:
    """Send somebody who forgot their password a door."""
    service.send_new_password(call, PersonId(event.ids["person_id"]))


@on("authenticator.reset")
def tell_of_reset(call: Call, event: Event) -> None:
    """Tell somebody that their authenticator was reset."""
    service.tell_of_reset(call, PersonId(event.ids["person_id"]))


@on("password.changed")
def tell_of_password(call: Call, event: Event) -> None:
    """Tell somebody that their password was changed."""
    service.tell_of_password(call, PersonId(event.ids["person_id"]))


@on("passkey.added")
def tell_of_passkey(call: Call, event: Event) -> None:
    """Tell somebody that a passkey was added to their sign-in."""
    service.tell_of_passkey(call, PersonId(event.ids["person_id"]))


@on("lesson.submitted")
def note_practice(call: Call, event: Event) -> None:
    """Note the day of practice, so that no reminder comes after it."""
    service.note_practice(call, ClientId(event.ids["client_id"]), event.at)


@when_due(SCHEDULE)
def claim_reminder(call: Call, stored: Stored[Schedule]) -> None:
    """Claim an occurrence of a schedule."""
    service.claim_reminder(call, stored)


@on("reminder.due")
def send_reminder(call: Call, event: Event) -> None:
    """Send the mail of an occurrence."""
    service.send_reminder(call, ClientId(event.ids["client_id"]), clock.parse(event.ids["occurrence_at"]))
