"""How long records stay: the end of care and the hold of one client, and what the practice has settled for all."""

from datetime import timedelta

import msgspec

from chalicelib.foundation.call import Call
from chalicelib.foundation.clock import zone
from chalicelib.foundation.errors import Invalid, NotFound, StaleWrite
from chalicelib.foundation.ids import ClientId
from chalicelib.foundation.local_time import day_of
from chalicelib.foundation.write import Write
from chalicelib.practice.permissions import Action, permit
from chalicelib.privacy.model import ENDED, KEEPING, RETENTION, Ended, Hold, Keeping, Retention, kept_until
from chalicelib.privacy.shapes import HoldView, KeepingChange, KeepingView, RetentionChange, RetentionView
from chalicelib.privacy.store.rows import RETENTION_KEY, Desk, PrivacyStore, ended_key, keeping_key

A_ROUND = timedelta(days=1)
"""How often it is looked whether something is kept no longer."""


def see_keeping(call: Call, client_id: ClientId) -> tuple[KeepingView, int]:
    """Show how long a client's record stays, and the version of that. One read."""
    desk = PrivacyStore(call.table).desk(client_id)
    permit(call.actor, Action.KEEP_OR_ERASE, desk.card and desk.card.value)
    return _view(desk), desk.keeping.version if desk.keeping else 0


def _view(desk: Desk, changed: Keeping | None = None) -> KeepingView:
    keeping = changed or (desk.keeping.value if desk.keeping else None)
    years = desk.retention.value.records_years if desk.retention else None
    if keeping is None:
        return KeepingView(ended_on=None, hold=None, held_back_on=None, removed_on=None)
    ends = kept_until(keeping.ended_on, years) if keeping.ended_on and years and not keeping.hold else None
    return KeepingView(
        ended_on=keeping.ended_on,
        hold=HoldView(reason=keeping.hold.reason, since=keeping.hold.since) if keeping.hold else None,
        held_back_on=keeping.held_back_on,
        removed_on=ends,
    )


def change_keeping(call: Call, client_id: ClientId, change: KeepingChange) -> tuple[KeepingView, int]:
    """Say when care ended, put a record on hold, or lift the hold.

    Raise StaleWrite with both where somebody else has changed it since, unless to the very same.
    """
    desk = PrivacyStore(call.table).desk(client_id)
    permit(call.actor, Action.KEEP_OR_ERASE, desk.card and desk.card.value)
    version = desk.keeping.version if desk.keeping else 0
    if desk.practice is None or desk.card is None:
        raise NotFound
    before = desk.keeping.value if desk.keeping else Keeping(client_id=client_id)
    after = msgspec.structs.replace(before, ended_on=change.ended_on, hold=_hold(call, before, change.hold_reason))
    if version != call.version:
        if after == before:
            return _view(desk), version
        raise StaleWrite(current=_view(desk), yours=change)
    if change.ended_on and change.ended_on > day_of(call.now, zone(desk.practice.time_zone)):
        message = "Care ends on a day that has come. Nothing was changed; please note it on that day or later."
        raise Invalid(message)
    if after.hold is None:
        after = msgspec.structs.replace(after, held_back_on=None)
    write = call.write()
    write.unchanged(desk.card)
    if desk.keeping:
        write.replace(desk.keeping, after)
    else:
        write.add(KEEPING, keeping_key(client_id), after, otherwise=StaleWrite)
    if before.ended_on != after.ended_on:
        _move_end(write, before, after)
    if before.hold != after.hold:
        write.record("put the record on hold" if after.hold else "lifted the hold", client_id=client_id)
    return write.commit(_view(desk, after)), version + 1


def _move_end(write: Write, before: Keeping, after: Keeping) -> None:
    client_id = after.client_id
    if before.ended_on:
        write.discard(ended_key(client_id, before.ended_on))
    if after.ended_on:
        ended = Ended(client_id=client_id, ended_on=after.ended_on)
        write.put(ENDED, ended_key(client_id, after.ended_on), ended)
    write.record("noted when care ended" if after.ended_on else "took back that care ended", client_id=client_id)


def _hold(call: Call, before: Keeping, reason: str | None) -> Hold | None:
    if reason is None or not reason.strip():
        return None
    if before.hold and before.hold.reason == reason.strip():
        return before.hold
    since = before.hold.since if before.hold else call.now
    return Hold(reason=reason.strip(), since=since, by=call.actor.person_id)


def see_retention(call: Call) -> tuple[RetentionView, int]:
    """Show for how long the practice keeps, and the revision of that."""
    stored = PrivacyStore(call.table).retention()
    retention = stored.value if stored else Retention()
    return _retention_view(retention), retention.revision


def _retention_view(retention: Retention) -> RetentionView:
    return RetentionView(records_years=retention.records_years, originals_days=retention.originals_days)


def change_retention(call: Call, change: RetentionChange) -> tuple[RetentionView, int]:
    """Settle for how long the practice keeps. What is over by then goes with the next day's round.

    Raise StaleWrite with both where somebody else has settled it since, unless to the very same.
    """
    stored = PrivacyStore(call.table).retention()
    before = stored.value if stored else Retention()
    after = msgspec.structs.replace(before, records_years=change.records_years, originals_days=change.originals_days)
    if before.revision != call.version:
        if after == before:
            return _retention_view(before), before.revision
        raise StaleWrite(current=_retention_view(before), yours=change)
    after = msgspec.structs.replace(after, revision=before.revision + 1)
    # Not at once: whoever mistyped a number has a day to see it.
    due_at = call.now + A_ROUND if change.records_years or change.originals_days else None
    write = call.write()
    if stored:
        write.replace(stored, after, due_at=due_at)
    else:
        write.add(RETENTION, RETENTION_KEY, after, due_at=due_at, otherwise=StaleWrite)
    write.record("settled how long records are kept")
    return write.commit(_retention_view(after)), after.revision
