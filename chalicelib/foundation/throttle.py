"""How often something may be tried before anybody is signed in: counted in the table, told in words.

A try is counted before it is made, under the version that was read, so that tries made at once do not pass
together. Of whom they are, an address or a mail address, only the hash is kept, for a day at most.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from chalicelib.foundation.actor import Actor
from chalicelib.foundation.errors import StaleWrite, TooMany
from chalicelib.foundation.ids import PersonId, PracticeId, digest
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind
from chalicelib.foundation.table import Key, Stored, Table
from chalicelib.foundation.write import Write

_AT_ONCE = 5
"""Writes that may meet at one counter before the next one waits a moment."""
_NOWHERE = PracticeId("0" * 26)
"""No practice's id: whose a try is shows only afterwards."""
_NONE = timedelta()


class Tries(msgspec.Struct, frozen=True, kw_only=True):
    """What was tried lately: how often, as its limit counts, and when last."""

    count: float = 0
    at: datetime


TRIES = Kind("tries", Tries, Handling(Export.NEVER, Erase.NOTHING, keep_days=1))


class Limit(Protocol):
    """How often may be tried."""

    @property
    def name(self) -> str: ...  # noqa: D102

    def count(self, tries: Tries, now: datetime) -> float:
        """Return what of the earlier tries still counts."""

    def wait(self, tries: Tries, now: datetime) -> timedelta:
        """Return for how long the next try has to wait."""


@dataclass(frozen=True)
class Bucket:
    """So many at once, and one more after each span."""

    name: str
    most: int
    each: timedelta

    def count(self, tries: Tries, now: datetime) -> float:
        """Return what has not run out yet."""
        return max(0.0, tries.count - (now - tries.at) / self.each)

    def wait(self, tries: Tries, now: datetime) -> timedelta:
        """Return for how long the next try has to wait."""
        return max(_NONE, (self.count(tries, now) + 1 - self.most) * self.each)


@dataclass(frozen=True)
class Doubling:
    """So many freely, then each waits twice as long as the one before; all is forgotten after a while of quiet."""

    name: str
    free: int
    first: timedelta
    longest: timedelta

    def count(self, tries: Tries, now: datetime) -> float:
        """Return how many there were in a row."""
        return tries.count if now - tries.at < 2 * self.longest else 0.0

    def wait(self, tries: Tries, now: datetime) -> timedelta:
        """Return for how long the next try has to wait."""
        beyond = int(self.count(tries, now)) - self.free
        if beyond < 0:
            return _NONE
        return max(_NONE, tries.at + min(self.first * int(2 ** min(beyond, 20)), self.longest) - now)


type Counted = tuple[Limit, str]
"""A limit, and on whose tries."""


def take(now: datetime, *counted: Counted) -> None:
    """Count one try with each of these limits, or raise TooMany with the wait in words. One read, one write."""
    for _ in range(_AT_ONCE):
        try:
            _take(now, counted)
        except StaleWrite:  # somebody else tried at the same moment
            continue
        return
    raise TooMany(words_of(_NONE))


def _take(now: datetime, counted: tuple[Counted, ...]) -> None:
    table = Table(_NOWHERE)
    keys = [_key(limit, who) for limit, who in counted]
    found: dict[Key, Stored[Tries]] = {row.key: row for row in table.get_many(keys).all(TRIES)}
    before = [found[key].value if key in found else Tries(at=now) for key in keys]
    wait = max(limit.wait(tries, now) for (limit, _), tries in zip(counted, before, strict=True))
    if wait:
        raise TooMany(words_of(wait))
    write = _write(table, now)
    for (limit, _), key, tries in zip(counted, keys, before, strict=True):
        tried = Tries(count=limit.count(tries, now) + 1, at=now)
        if key in found:
            write.replace(found[key], tried, expires_at=now + timedelta(days=1))
        else:
            write.add(TRIES, key, tried, otherwise=StaleWrite)
    write.commit()


def forget(now: datetime, *counted: Counted) -> None:
    """Let what was tried in vain count no more, once it went well."""
    write = _write(Table(_NOWHERE), now)
    for limit, who in counted:
        write.discard(_key(limit, who))
    write.commit()


def _key(limit: Limit, who: str) -> Key:
    # A part for each: tries of many people at once do not meet in one partition.
    return Key(f"tries#{digest(who)}", limit.name)


def _write(table: Table, now: datetime) -> Write:
    return Write(table, Actor(practice_id=_NOWHERE, person_id=PersonId(""), name=""), now, None, "")


def words_of(wait: timedelta) -> str:
    """Say for how long to wait."""
    minutes = -(-wait // timedelta(minutes=1))
    when = "in a minute" if minutes <= 1 else f"in {minutes} minutes" if minutes < 60 else "in an hour"  # noqa: PLR2004 - of an hour
    return f"Too many tries. Nothing was changed; please try again {when}."
