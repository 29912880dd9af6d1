"""Erasing a client: shown first, begun by one write that shuts the record, gone on with until nothing is left."""

from typing import Any

import msgspec

from chalicelib.billing.model import INVOICE
from chalicelib.care.model.submission import FEEDBACK, SUBMISSION
from chalicelib.foundation import places
from chalicelib.foundation.call import Call
from chalicelib.foundation.erased import whose
from chalicelib.foundation.errors import Conflict, Invalid, NotFound
from chalicelib.foundation.events import AUDIT
from chalicelib.foundation.ids import ClientId
from chalicelib.foundation.kinds import Erase, Kind
from chalicelib.foundation.once import DONE
from chalicelib.foundation.table import Rows, Stored
from chalicelib.media import service as media
from chalicelib.media.model import RECORDING
from chalicelib.practice import service as practice
from chalicelib.practice.model import tidy
from chalicelib.practice.permissions import Action, permit
from chalicelib.privacy.model import ERASURE, LAST_LOOK, Erasure
from chalicelib.privacy.shapes import ErasureBegun, ErasurePreview
from chalicelib.privacy.store.files import copies_prefix
from chalicelib.privacy.store.rows import ENDED_PART, Desk, PrivacyStore, erasure_key, keeping_key

STEPS = 200
"""Pages of rows that one run goes through; the next tick goes on."""
_STEPS_FOR_FILES = 20
"""A thousand files take as long as so many pages of rows."""
_BIG, _SMALL = 10, 100
"""Rows of a page: of a client, each of up to 380 KB in a transaction of 4 MB at most (DynamoDB, 2026); of others."""
_LOOKS = 2


class Held(Conflict):
    """A legal hold keeps the record."""

    type = "on-hold"
    title = "This record is on hold, so nothing of it was removed. Lift the hold first, if that is right."


def see_erasure(call: Call, client_id: ClientId) -> ErasurePreview:
    """Show what erasing a client would remove, and what the law makes the practice keep. What is very many is not
    counted to its end: the page costs the same for a record of twenty years. Five reads."""
    store = PrivacyStore(call.table)
    desk = store.desk(client_id)
    card = permit(call.actor, Action.KEEP_OR_ERASE, desk.card and desk.card.value)
    sent, recorded, invoiced, told = store.beginning(client_id)
    lessons, answers = _count(sent, SUBMISSION, "lesson"), _count(sent, FEEDBACK, "answer")
    lines = _count(told, AUDIT, "line").lower()
    people = len(card.guardians) + (card.own is not None)
    goes = (
        "The card, the program with all answers, and the progress.",
        f"{lessons} sent in, and {answers.lower()} of therapists.",
        f"{_count(recorded, RECORDING, 'recording')}, with the files as they were sent and what plays.",
        "Reminders, monthly fees, the log of letters, links and copies.",
        f"The sign-in of {_number(people, 'person', 'people')}, unless they act for somebody else here too.",
    )
    stays = (
        f"Invoices, with name and amount: tax law asks for them. {_there_are(invoiced)}",
        f"The audit trail: who did what when, {lines} without names or health information.",
        "That a client was erased, when and by whom. Backups forget within 35 days.",
    )
    return ErasurePreview(client_name=card.name, goes=goes, stays=stays, held=_held(desk))


def _count(rows: Rows, kind: Kind[Any], one: str) -> str:
    number = len(rows.all(kind))
    return f"At least {number} {one}s" if rows.after else _number(number, one, f"{one}s")


def _number(number: int, one: str, several: str) -> str:
    return f"{number or 'No'} {one if number == 1 else several}"


def _there_are(invoices: Rows) -> str:
    number = len(invoices.all(INVOICE))
    if invoices.after:
        return f"There are at least {number}."
    return f"There {'is one' if number == 1 else f'are {number or "none"}'}."


def _held(desk: Desk) -> str | None:
    hold = desk.keeping.value.hold if desk.keeping else None
    return f"On hold since {hold.since:%d %B %Y}: {hold.reason}" if hold else None


def erase_client(call: Call, client_id: ClientId, name: str) -> ErasureBegun:
    """Erase a client whose name was typed. From this write on nobody can open the record; the rest goes within minutes.

    Raise Held where a legal hold keeps it.
    """
    desk = PrivacyStore(call.table).desk(client_id)
    card = permit(call.actor, Action.KEEP_OR_ERASE, desk.card and desk.card.value)
    if tidy(name).casefold() != card.name.casefold():
        message = "This is not the client's name as it stands on the card. Nothing was erased."
        raise Invalid(message, type="other-name")
    return begin_erasure(call, desk)


def begin_erasure(call: Call, desk: Desk) -> ErasureBegun:
    """Put the tombstone, and have everything else follow. Permission is the caller's to ask for. Raise Held."""
    if desk.card is None:
        raise NotFound
    if _held(desk):
        raise Held
    card = desk.card.value
    client_id = card.client_id
    write = call.write()
    # A hold that is put in the same moment is a write of the keeping, which must be as it was read.
    if desk.keeping:
        write.unchanged(desk.keeping, otherwise=Held)
    else:
        write.absent(keeping_key(client_id), otherwise=Held)
    gone = practice.take_leave(call, write, desk.card)
    around = practice.parts_to_walk(call, card, gone)
    parts = tuple(
        dict.fromkeys([places.client(client_id), places.REVIEW_LINKS, places.REVIEW_SESSIONS, ENDED_PART, *around])
    )
    erasure = Erasure(
        client_id=client_id, by=call.actor.person_id, begun_at=call.now, gone=gone, parts=parts, left=parts
    )
    write.add(ERASURE, erasure_key(client_id), erasure, due_at=call.now)
    write.record("erased the client", client_id=client_id)
    return write.commit(ErasureBegun(client_id=client_id, at=call.now))


def go_on_erasing(call: Call, stored: Stored[Erasure]) -> None:
    """Remove what is left, as much as one run can; the next run, or the last look a day later, goes on.

    Whatever is removed stays removed, so a run that is killed is only begun anew.
    """
    erasure = stored.value
    erasure, steps = _files(call, erasure)
    while erasure.left and steps > 0:
        erasure, steps = _page(call, erasure), steps - 1
    write, due_at = call.write(), call.now
    if not erasure.left and steps > 0:
        looks = erasure.looks + 1
        erasure = msgspec.structs.replace(erasure, looks=looks, left=erasure.parts)
        due_at = erasure.begun_at + LAST_LOOK
        if looks == _LOOKS:
            erasure = msgspec.structs.replace(erasure, left=(), parts=(), gone=(), ended_at=call.now)
            write.replace(stored, erasure)
            write.record("erased the last of the client", client_id=erasure.client_id)
            write.commit()
            return
    write.replace(stored, erasure, due_at=max(due_at, call.now))
    write.commit()


def _files(call: Call, erasure: Erasure) -> tuple[Erasure, int]:
    steps, removed = STEPS, 0
    practice_id, client_id = call.actor.practice_id, erasure.client_id
    for count in media.remove_client_files(practice_id, client_id):
        removed, steps = removed + count, steps - _STEPS_FOR_FILES
        if steps <= 0:
            break
    else:
        media.remove_below(copies_prefix(practice_id, client_id))
    return msgspec.structs.replace(erasure, files=erasure.files + removed), steps


def _page(call: Call, erasure: Erasure) -> Erasure:
    """Remove what is the client's on one page of the part that is being walked through."""
    part = erasure.left[0]
    limit = _BIG if places.client_in(part) else _SMALL
    rows = PrivacyStore(call.table).page(part, erasure.after, limit)
    write, removed = call.write(), 0
    for row in rows:
        if _goes(erasure, row):
            write.discard(row.key)
            removed += 1
    write.commit()
    left = erasure.left if rows.after else erasure.left[1:]
    return msgspec.structs.replace(erasure, left=left, after=rows.after, rows=erasure.rows + removed)


def _goes(erasure: Erasure, row: Stored[Any]) -> bool:
    """Tell whether a row is the client's, or of somebody who signed in for them only."""
    if row.kind.handling.erase is not Erase.REMOVE:
        return False
    if whose(row.kind, row.key, row.value) == erasure.client_id:
        return True
    if row.kind is DONE and erasure.client_id in row.value.answer:
        return True
    place = f"{row.key.part}#{row.key.sk}#{getattr(row.value, 'person_id', '')}"
    return any(person_id in place for person_id in erasure.gone)
