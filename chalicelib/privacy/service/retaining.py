"""The day's round: what the practice has settled to keep no longer goes, unless a hold keeps it."""

import contextlib
from datetime import timedelta

import msgspec

from chalicelib.foundation.call import Call
from chalicelib.foundation.clock import zone
from chalicelib.foundation.ids import ClientId
from chalicelib.foundation.local_time import day_of
from chalicelib.foundation.table import Stored
from chalicelib.media import service as media
from chalicelib.practice import service as practice
from chalicelib.privacy.model import Retention, ended_by
from chalicelib.privacy.service.erasing import Held, begin_erasure
from chalicelib.privacy.service.keeping import A_ROUND
from chalicelib.privacy.store.rows import PrivacyStore

_AT_ONCE = 50
"""Originals looked at by one run; the next tick goes on."""


def keep_no_longer(call: Call, stored: Stored[Retention]) -> None:
    """Remove what is past retention, some of it at a time, and look again a day after the last of it."""
    retention = stored.value
    if retention.records_years and not retention.looked_to:
        _erase_ended(call, retention.records_years)
    looked_to = ""
    if retention.originals_days:
        looked_to = _remove_originals(call, retention.originals_days, retention.looked_to)
    write = call.write()
    due_at = call.now if looked_to else call.now + A_ROUND
    write.replace(stored, msgspec.structs.replace(retention, looked_to=looked_to), due_at=due_at)
    write.commit()


def _erase_ended(call: Call, years: int) -> None:
    """Begin the erasure of every client whose care ended so many years ago."""
    store = PrivacyStore(call.table)
    until = ended_by(day_of(call.now, zone(practice.practice(call).time_zone)), years)
    after: str | None = None
    while True:
        ended, after = store.ended(until, after)
        for one in ended:
            _erase_one(call, store, one.client_id)
        if not after:
            return


def _erase_one(call: Call, store: PrivacyStore, client_id: ClientId) -> None:
    desk = store.desk(client_id)
    if desk.card is None:
        return  # erased by hand; its line goes with the walk
    hold = desk.keeping.value.hold if desk.keeping else None
    if desk.keeping and hold:
        if desk.keeping.value.held_back_on is None:
            on = day_of(call.now, zone(desk.practice.time_zone)) if desk.practice else call.now.date()
            write = call.write()
            write.replace(desk.keeping, msgspec.structs.replace(desk.keeping.value, held_back_on=on))
            write.record("kept the record past its time, because it is on hold", client_id=client_id)
            write.commit()
        return
    with contextlib.suppress(Held):  # put on hold in this moment
        begin_erasure(call, desk)


def _remove_originals(call: Call, days: int, after: str) -> str:
    """Remove old originals from a few files, those of held records excepted; return where to go on."""
    before = call.now - timedelta(days=days)
    keys, looked_to = media.original_files(call.actor.practice_id, before, after, _AT_ONCE)
    whose = {key: media.client_of_original(key) for key in keys}
    keeping = PrivacyStore(call.table).keepings(list(dict.fromkeys(whose.values())))
    held = {client_id for client_id, one in keeping.items() if one.hold}
    media.remove_originals([key for key, client_id in whose.items() if client_id not in held])
    return looked_to
