"""How long what is kept stays, copies of it, and its erasure."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from chalicelib.foundation.ids import ClientId, PersonId
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind

COPY_KEPT = timedelta(days=7)
COPY_MADE_WITHIN = timedelta(days=1)
"""A copy that is not ready by then has failed; it can be asked for again."""
VOLUME = 1024**3
"""Bytes of one file of a copy, unless one recording alone is larger: what a function can pack well within its time."""
MOST_FILES = 1000
"""Files in one volume: its row names each of them, and holds 380 KB."""
_MOST_VOLUMES = 20
"""Where a record is larger than so many volumes, its volumes are larger: all are planned with one transaction."""
LAST_LOOK = timedelta(days=1)
"""After this an erasure looks once more. Requests, uploads and messages that were on their way are over by then."""

Years = Annotated[int, msgspec.Meta(ge=1, le=50)]
Days = Annotated[int, msgspec.Meta(ge=14, le=3650)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """A legal hold: nothing of the client is removed until it is lifted."""

    reason: Reason
    since: datetime
    by: PersonId


class Keeping(msgspec.Struct, frozen=True, kw_only=True):
    """What decides how long a client's record stays."""

    client_id: ClientId
    ended_on: date | None = None
    """The day on which care ended, at the practice; from it the years of keeping are counted."""
    hold: Hold | None = None
    held_back_on: date | None = None
    """The day on which the hold first kept the record from being removed."""


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """A client whose care has ended, in the order of those days."""

    client_id: ClientId
    ended_on: date


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """For how long a practice keeps. None is for as long as nobody erases it.

    `looked_to` is the key up to which today's round has looked through the original files.
    """

    records_years: Years | None = None
    """Years after the end of care."""
    originals_days: Days | None = None
    """Days that a file is kept as it was sent, beside what plays."""
    revision: int = 0
    looked_to: str = ""


class CopyState(StrEnum):
    """How far a copy is."""

    MAKING = "making"
    READY = "ready"
    FAILED = "failed"


class DataCopy(msgspec.Struct, frozen=True, kw_only=True):
    """A copy of everything that is kept about a client, for the one who asked for it."""

    copy_id: str
    client_id: ClientId
    by: PersonId
    by_owner: bool
    at: datetime
    state: CopyState = CopyState.MAKING
    sizes: tuple[int, ...] = ()
    """Bytes of each file of the copy, as soon as they are planned."""
    waiting: frozenset[int] = frozenset()
    """The numbers (from 1) of the files that are still being made."""
    expires_at: datetime | None = None


class FileEntry(msgspec.Struct, frozen=True, array_like=True):
    """A file that goes into a copy: under which path, and where its bytes are."""

    path: str
    bucket: str
    key: str
    size: int


class CopyPart(msgspec.Struct, frozen=True, kw_only=True):
    """What goes into one file of a copy. The first also holds the records."""

    files: tuple[FileEntry, ...]


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """The erasure of a client: what is left to do. It holds nothing of theirs but ids.

    `parts` of the table are walked one after the other, `left` of them in this look; `after` is where the walk
    through the first of those goes on.
    """

    client_id: ClientId
    by: PersonId
    begun_at: datetime
    gone: tuple[PersonId, ...] = ()
    """People who signed in for this client only."""
    parts: tuple[str, ...]
    left: tuple[str, ...]
    after: str | None = None
    looks: int = 0
    rows: int = 0
    files: int = 0
    ended_at: datetime | None = None


_OURS = Handling(Export.NEVER, Erase.NOTHING, keep_days=None)
_THEIRS = Handling(Export.CLIENT, Erase.REMOVE, keep_days=None)
KEEPING = Kind("keeping", Keeping, _THEIRS)
ENDED = Kind("ended", Ended, Handling(Export.NEVER, Erase.REMOVE, keep_days=None))
RETENTION = Kind("retention", Retention, _OURS)
DATA_COPY = Kind("data_copy", DataCopy, _THEIRS)
COPY_PART = Kind("copy_part", CopyPart, Handling(Export.NEVER, Erase.REMOVE, keep_days=30))
ERASURE = Kind("erasure", Erasure, _OURS)


def volumes(files: Sequence[FileEntry]) -> list[tuple[FileEntry, ...]]:
    """Cut files, in their order, into volumes; there is always a first one."""
    most = max(VOLUME, sum(file.size for file in files) // _MOST_VOLUMES)
    cut: list[list[FileEntry]] = [[]]
    size = 0
    for file in files:
        if cut[-1] and (size + file.size > most or len(cut[-1]) == MOST_FILES):
            cut.append([])
            size = 0
        cut[-1].append(file)
        size += file.size
    return [tuple(volume) for volume in cut]


def kept_until(ended_on: date, years: int) -> date:
    """Return the day from which a record that is kept so many years after the end of care is kept no longer.

    Care that ended on 29 February is counted to 1 March.
    """
    try:
        return ended_on.replace(year=ended_on.year + years)
    except ValueError:
        return date(ended_on.year + years, 3, 1)


def ended_by(today: date, years: int) -> date:
    """Return the last day of care whose record is kept no longer on a day: what `kept_until` says, backwards."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return date(today.year - years, 2, 28)
