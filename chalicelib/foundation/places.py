"""What lies where in the table: the one map that every store draws its keys from.

The order of a client's rows is chosen so that what a page shows lies side by side and is read with one
query: the card between what was done (before it, read backwards) and what is to do (after it).
"""

from datetime import datetime

from chalicelib.foundation.clock import stamp
from chalicelib.foundation.ids import ClientId, PersonId
from chalicelib.foundation.table import Key

PRACTICE = Key("", "practice")
PEOPLE = "people"
DOORS = "doors"
CLIENTS = "clients"
LIBRARY = "library"
PROGRAMS = "programs"
CAPTIONED = Key(LIBRARY, "captioned")
"""Which videos of the library have captions: one row, so that a lesson reads it along."""
REVIEW_LINKS = "review_links"
REVIEW_SESSIONS = "review_sessions"
INVOICES = "invoices"
RESOURCE = "resource#"
CHAIN = "chain"
SEALS = "seals"

# Within a client's part, in reading order.
POINT = "10#point#"
INVOICE = "15#invoice#"
FEE = "17#fee#"
CARD = "20#card"
KEEPING = "22#keeping"
SCHEDULE = "25#schedule"
ENROLMENT = "30#enrolment#"
FINISHED = "31#finished#"
RUNNING = "32#running#"
LESSON = "40#lesson#"
ATTEMPT = "50#attempt#"
SUBMISSION = "60#submission#"
RECORDING = "65#recording#"
CONTACT = "70#contact#"
DATA_COPY = "72#copy#"


def client(client_id: ClientId) -> str:
    """Return the part that holds everything of one client."""
    return f"client#{client_id}"


def client_in(part: str) -> ClientId | None:
    """Return whose part it is, where it is a client's."""
    prefix = client(ClientId(""))
    return ClientId(part.removeprefix(prefix)) if part.startswith(prefix) else None


def audit(client_id: ClientId | None) -> str:
    """Return the part that holds the audit trail: of a client, or of what concerns none.

    Not within the client's own part: policies keep every function from deleting what lies here.
    """
    return f"audit#{client_id}" if client_id else "audit"


def card(client_id: ClientId) -> Key:
    """Return where a client's card lies."""
    return Key(client(client_id), CARD)


def library_recording(recording_id: str) -> Key:
    """Return where the bytes of a resource are written down: right behind it, so that a page shows both."""
    return Key(LIBRARY, f"{RESOURCE}{recording_id}#recording")


def therapist(person_id: PersonId) -> str:
    """Return the part that holds a therapist's clients and queue."""
    return f"therapist#{person_id}"


def queue_line(promised_at: datetime, submission_id: str) -> str:
    """Return the sort key of a queue's line: first promised, first read."""
    return f"queue#{stamp(promised_at)}#{submission_id}"
