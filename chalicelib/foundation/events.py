"""Domain events: how a context tells the ones above it, and the audit trail, what has happened."""

from datetime import datetime

import msgspec

from chalicelib.foundation.ids import EventId, PersonId, PracticeId
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened. `ids` holds identifiers only: an event passes through queues and logs."""

    event_id: EventId
    type: str
    practice_id: PracticeId
    at: datetime
    ids: dict[str, str]
    correlation_id: str = ""


OUTBOX = Kind("outbox", Event, Handling(Export.NEVER, Erase.NOTHING, keep_days=30, log=frozenset({"event_id", "type"})))


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the audit trail: who did or saw what, when. It is never written again.

    `action` is one of our own sentences; `ids` says about what: client_id, enrolment_id, submission_id and so on.
    Names are looked up when it is shown, so that erasing somebody takes nothing out of the chain over the entries
    (practice/model/chain.py), and they may stay: HIPAA asks for six years (45 CFR 164.316(b)(2)(i)).
    """

    at: datetime
    person_id: PersonId
    action: str
    ids: dict[str, str]


AUDIT = Kind("audit", Entry, Handling(Export.CLIENT, Erase.KEEP, keep_days=None, log=frozenset({"action"})))
