"""Reminders and the log of what was sent, over HTTP."""

from chalice.app import Blueprint

from chalicelib.contact import service
from chalicelib.contact.shapes import ChangeReminders, Reminders, Unsubscribe, Unsubscribed
from chalicelib.foundation.call import Call
from chalicelib.foundation.http import Answer, endpoint
from chalicelib.foundation.ids import ClientId
from chalicelib.practice.permissions import Action, roles_for

ROUTES = Blueprint(__name__)


@endpoint(
    ROUTES,
    "GET",
    "/api/clients/{client_id}/reminders",
    answers=Reminders,
    roles=roles_for(Action.SEE_CONTACT),
    sees="reminders and what was sent",
)
def see_reminders(call: Call, client_id: str) -> Answer:
    """See when a client is reminded, and what was sent."""
    reminders, revision = service.reminders(call, ClientId(client_id))
    return Answer(reminders, version=revision)


@endpoint(
    ROUTES,
    "PUT",
    "/api/clients/{client_id}/reminders",
    takes=ChangeReminders,
    answers=Reminders,
    roles=roles_for(Action.SET_REMINDERS),
    updates=True,
)
def change_reminders(call: Call, change: ChangeReminders, client_id: str) -> Answer:
    """Choose on which days and when to be reminded; the mails go to whoever chose last."""
    reminders, revision = service.change_reminders(call, ClientId(client_id), change)
    return Answer(reminders, version=revision)


@endpoint(ROUTES, "POST", "/api/unsubscribe", takes=Unsubscribe, answers=Unsubscribed, roles=None, guarded=True)
def unsubscribe(call: Call, request: Unsubscribe) -> Unsubscribed:
    """Stop the reminders that a mail's link belongs to; pressing twice is fine."""
    return service.unsubscribe(call, request.token)
