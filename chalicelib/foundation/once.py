"""What must take effect once: a request with its Idempotency-Key, an event at one subscriber.

The mark is a row in the same transaction as the effect, so that neither can exist without the other.
It keeps the answer, which is given again to whoever asks again.
"""

from datetime import timedelta

import msgspec

from chalicelib.foundation.ids import PersonId
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind
from chalicelib.foundation.table import Key

KEPT = timedelta(days=30)
"""Longer than a message can wait in a queue and then in its dead-letter queue (14 days each)."""


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """The mark: what was asked (as a hash) and what was answered (as JSON)."""

    fingerprint: str
    answer: str = "null"
    client_id: str = ""
    """Whom the answer is about, where the request named a client; their erasure removes it."""


DONE = Kind("done", Done, Handling(Export.NEVER, Erase.REMOVE, keep_days=KEPT.days))


class Once(msgspec.Struct, frozen=True, kw_only=True):
    """A request or an event that must take effect once: where its mark lies, and its fingerprint."""

    part: str
    name: str
    fingerprint: str = ""
    client_id: str = ""

    @property
    def key(self) -> Key:
        """Where the mark lies."""
        return Key(f"once#{self.part}", self.name)


def once_for_request(person_id: PersonId, key: str, fingerprint: str, client_id: str = "") -> Once:
    """Return the mark of a request: keys of different people never meet."""
    return Once(part=person_id, name=key, fingerprint=fingerprint, client_id=client_id)


class Repeated(Exception):
    """This has already taken effect; `done` says with what answer."""

    def __init__(self, done: Done) -> None:
        """Carry the mark that was found."""
        super().__init__("already done")
        self.done = done
