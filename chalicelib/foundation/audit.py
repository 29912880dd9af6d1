"""Who saw which client's record: an entry of the audit trail before the answer is given.

Looks are written once for each person, client, page and hour, by one conditional put: a read costs one call more and
no more than one small row an hour. An answer that could not be noted is not given. What staff see is noted at each
read. What a client and those who act for them see is their own: entered is on which days they were signed in. The
bearer of a review link is entered where the link is opened, a file where its signed address is given out.
"""

from pynamodb.exceptions import PutError

from chalicelib.foundation import places
from chalicelib.foundation.call import Call
from chalicelib.foundation.clock import stamp
from chalicelib.foundation.events import AUDIT, Entry
from chalicelib.foundation.ids import ClientId, digest
from chalicelib.foundation.table import Key, Row

_ID = 26


def note_seen(call: Call, action: str, **ids: str) -> None:
    """Write down what somebody sees of a client (`ids` holds `client_id`), unless it was in this hour."""
    hour = call.now.replace(minute=0, second=0, microsecond=0)
    which = digest("\n".join((call.actor.person_id, action, *(f"{name}={ids[name]}" for name in sorted(ids)))))[:_ID]
    key = Key(places.audit(ClientId(ids["client_id"])), f"{stamp(hour)}#{which}")
    entry = Entry(at=call.now, person_id=call.actor.person_id, action=action, ids=ids)
    try:
        call.table.row(AUDIT, key, entry, 1).save(Row.pk.does_not_exist())
    except PutError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
