"""Asking for a copy of everything, and taking it."""

from chalicelib.foundation.actor import Role
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import Conflict, Gone, NotFound
from chalicelib.foundation.ids import ClientId, new_id
from chalicelib.practice import service as practice
from chalicelib.practice.model import Relation
from chalicelib.practice.permissions import Action, permit, relations
from chalicelib.privacy.model import COPY_MADE_WITHIN, DATA_COPY, CopyState, DataCopy, Retention
from chalicelib.privacy.shapes import CopyUrl, CopyView, DataPage
from chalicelib.privacy.store.files import file_key, file_url
from chalicelib.privacy.store.rows import PrivacyStore, copy_key


def see_data(call: Call, client_id: ClientId) -> DataPage:
    """Show how long what is kept stays, and the copies that the caller asked for. Two reads."""
    store = PrivacyStore(call.table)
    desk = store.desk(client_id)
    card = permit(call.actor, Action.TAKE_COPY, desk.card and desk.card.value)
    retention = desk.retention.value if desk.retention else Retention()
    mine = [one for one in store.copies(client_id) if one.by == call.actor.person_id]
    return DataPage(
        client_name=card.name,
        practice_name=desk.practice.name if desk.practice else "",
        records_years=retention.records_years,
        originals_days=retention.originals_days,
        copies=tuple(_view(one) for one in mine),
    )


def _view(one: DataCopy) -> CopyView:
    return CopyView(copy_id=one.copy_id, at=one.at, state=one.state, sizes=one.sizes, expires_at=one.expires_at)


def ask_for_copy(call: Call, client_id: ClientId) -> CopyView:
    """Have a copy of everything made for the caller; who has one in the making gets that one."""
    card = permit(call.actor, Action.TAKE_COPY, practice.card(call, client_id))
    for there in PrivacyStore(call.table).copies(client_id):
        if there.by == call.actor.person_id and there.state is CopyState.MAKING:
            return _view(there)
    own = relations(call.actor, card) & {Relation.SELF, Relation.GUARDIAN}
    copy = DataCopy(
        copy_id=new_id(call.now),
        client_id=client_id,
        by=call.actor.person_id,
        by_owner=Role.OWNER in call.actor.roles and not own,
        at=call.now,
    )
    write = call.write()
    write.add(DATA_COPY, copy_key(client_id, copy.copy_id), copy, due_at=call.now + COPY_MADE_WITHIN)
    write.tell("copy.asked", client_id=client_id, copy_id=copy.copy_id)
    write.record("asked for a copy of everything", client_id=client_id)
    return write.commit(_view(copy))


def copy_url(call: Call, client_id: ClientId, copy_id: str, number: int) -> CopyUrl:
    """Return an address of a file of a copy for the one who asked for it. Raise Gone when the seven days are over."""
    permit(call.actor, Action.TAKE_COPY, practice.card(call, client_id))
    stored = PrivacyStore(call.table).copy(client_id, copy_id)
    if stored is None or stored.value.by != call.actor.person_id or not 1 <= number <= len(stored.value.sizes):
        raise NotFound
    copy = stored.value
    if copy.state is not CopyState.READY or copy.expires_at is None:
        message = "The copy is still being made. You get a mail when it is ready."
        raise Conflict(message, type="copy-not-ready")
    if call.now >= copy.expires_at:
        message = "This copy was kept for seven days and is gone. You can ask for another at any time."
        raise Gone(message, type="copy-over")
    write = call.write()
    write.record("took a copy of everything", client_id=client_id)
    name = f"copy-{copy.at:%Y-%m-%d}-{number}-of-{len(copy.sizes)}.zip"
    key = file_key(call.actor.practice_id, client_id, copy_id, number)
    return write.commit(CopyUrl(url=file_url(key, name)))
