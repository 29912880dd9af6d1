"""What follows from a change of a person: their account follows."""

from chalicelib.foundation.call import Call
from chalicelib.foundation.events import Event
from chalicelib.foundation.ids import PersonId
from chalicelib.foundation.outbox import on
from chalicelib.practice import service


@on("person.changed")
def bring_account_up_to_date(call: Call, event: Event) -> None:
    """Bring the account to the person's name and roles; end the sessions of somebody without any role left."""
    service.bring_account_up_to_date(call, PersonId(event.ids["person_id"]))
