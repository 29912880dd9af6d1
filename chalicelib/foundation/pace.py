"""How fast somebody who is signed in may ask: counted in the memory of the function's container, without a call.

Beside each other run as many containers as there are requests at the same moment, and each counts for itself, so one
person gets these limits some times over. It stops a page that went wild and a script with a stolen session from
costing thousands, which needs no exact number (docs/decisions/0025-pace-is-kept-in-memory.md).
"""

from collections import OrderedDict
from datetime import datetime, timedelta

from chalicelib.foundation.errors import TooMany
from chalicelib.foundation.settings import settings
from chalicelib.foundation.throttle import Bucket, Tries, words_of

MOST_PEOPLE = 2_000
"""Whom a container remembers; whoever did not ask for longest is forgotten."""
_ANOTHER_REQUEST = timedelta(milliseconds=200)
_ANOTHER_START = timedelta(minutes=1)


class Pace:
    """How fast each of many people may do something."""

    def __init__(self) -> None:
        """Begin without having seen anybody."""
        self._seen: OrderedDict[str, Tries] = OrderedDict()

    def keep(self, bucket: Bucket, who: str, now: datetime) -> None:
        """Count one more, or raise TooMany with the wait in words; what is refused is not counted."""
        before = self._seen.get(who) or Tries(at=now)
        wait = bucket.wait(before, now)
        if wait:
            raise TooMany(words_of(wait))
        self._seen[who] = Tries(count=bucket.count(before, now) + 1, at=max(now, before.at))
        self._seen.move_to_end(who)
        while len(self._seen) > MOST_PEOPLE:
            self._seen.popitem(last=False)

    def forget(self) -> None:
        """Forget everybody, as a new container has."""
        self._seen.clear()


ASKING, STARTING = Pace(), Pace()


def keep_pace(who: str, now: datetime, *, starts: bool) -> None:
    """Count a request of a person, or raise TooMany. `starts` says whether it begins what costs: a file on its way,
    a letter, a copy of everything."""
    ASKING.keep(Bucket("asks", settings().asks_a_person, _ANOTHER_REQUEST), who, now)
    if starts:
        STARTING.keep(Bucket("starts", settings().starts_a_person, _ANOTHER_START), who, now)
