"""What follows from a change of a person: their account follows. And the day's seal on the audit trail."""

from chalicelib.foundation.call import Call
from chalicelib.foundation.due import when_due
from chalicelib.foundation.events import Event
from chalicelib.foundation.ids import PersonId
from chalicelib.foundation.outbox import on
from chalicelib.foundation.table import Stored
from chalicelib.practice import service
from chalicelib.practice.model.chain import SEALING, Sealing


@on("person.changed")
def bring_account_up_to_date(call: Call, event: Event) -> None:
    """Bring the account to the person's name and roles; end the sessions of somebody without any role left."""
    service.bring_account_up_to_date(call, PersonId(event.ids["person_id"]))


@when_due(SEALING)
def seal_audit_trail(call: Call, stored: Stored[Sealing]) -> None:
    """Seal the days that are over."""
    service.seal(call, stored)


@on("authenticator.reset")
def forget_authenticator(call: Call, event: Event) -> None:
    """Ask somebody whose authenticator was taken away for no more of its codes, and end their sessions."""
    service.forget_authenticator(call, PersonId(event.ids["person_id"]))
