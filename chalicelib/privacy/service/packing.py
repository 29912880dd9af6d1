"""Making a copy: planned once, then packed file by file, each of which can be packed again."""

import mimetypes
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.billing.model import INVOICE
from chalicelib.contact.service import Addressee, Letter, keep_line, send_letter
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import NotFound, StaleWrite
from chalicelib.foundation.ids import ClientId
from chalicelib.foundation.kinds import Export
from chalicelib.foundation.settings import settings
from chalicelib.foundation.table import Stored
from chalicelib.media import service as media
from chalicelib.media.model import RECORDING, Recording
from chalicelib.practice import service as practice
from chalicelib.practice.model import PERSON
from chalicelib.privacy.model import (
    COPY_KEPT,
    COPY_MADE_WITHIN,
    COPY_PART,
    CopyPart,
    CopyState,
    DataCopy,
    FileEntry,
    volumes,
)
from chalicelib.privacy.store.files import copies_prefix, file_key
from chalicelib.privacy.store.rows import PrivacyStore, part_key

type Pack = Callable[[str, Iterable[tuple[str, bytes]], Iterable[FileEntry]], None]

_TRIES = 8
_ABOUT = """A copy of everything that {practice} keeps about {client}.

records/      one file for each kind of record, as JSON: readable by people with patience, and by programs.
recordings/   what was recorded or sent, named by its day and by its recording_id in the records.
invoices/     invoices as PDF, named by their number.

Not in here: passwords (nobody can read them), keys of links, and lists that only repeat what is in the records.
"""


def plan_copy(call: Call, client_id: ClientId, copy_id: str) -> None:
    """Settle which files a copy has, and have each made. A copy that is planned already stays as it is planned."""
    store = PrivacyStore(call.table)
    stored = _copy(store, client_id, copy_id)
    write = call.write()
    if stored.value.state is CopyState.MAKING and not stored.value.sizes:
        cut = volumes(list(_files(call, store, client_id)))
        numbers = range(1, len(cut) + 1)
        for number in numbers:
            write.put(COPY_PART, part_key(client_id, copy_id, number), CopyPart(files=cut[number - 1]))
            write.tell("copy.planned", client_id=client_id, copy_id=copy_id, number=str(number))
        sizes = tuple(sum(file.size for file in files) for files in cut)
        planned = msgspec.structs.replace(stored.value, sizes=sizes, waiting=frozenset(numbers))
        write.replace(stored, planned, due_at=stored.value.at + COPY_MADE_WITHIN)
    write.commit()


def _copy(store: PrivacyStore, client_id: ClientId, copy_id: str) -> Stored[DataCopy]:
    stored = store.copy(client_id, copy_id)
    if stored is None:
        raise NotFound
    return stored


def _files(call: Call, store: PrivacyStore, client_id: ClientId) -> Iterable[FileEntry]:
    rows = list(store.everything(client_id))
    recordings: dict[str, Recording] = {row.value.recording_id: row.value for row in rows if row.kind is RECORDING}
    numbers = {row.value.invoice_id: row.value.number for row in rows if row.kind is INVOICE}
    practice_id = call.actor.practice_id
    for file in media.client_files(practice_id, client_id):
        recording = recordings.get(file.recording_id)
        if recording:
            yield FileEntry(_path(recording, file.key), file.bucket, file.key, file.size)
    for bucket, kept in media.files_below(f"{practice_id}/invoices/{client_id}/"):
        invoice_id = kept.key.rpartition("/")[2].partition(".")[0]
        if invoice_id in numbers:
            yield FileEntry(f"invoices/{numbers[invoice_id]}.pdf", bucket, kept.key, kept.size)


def _path(recording: Recording, key: str) -> str:
    made = key.removeprefix(recording.key)
    said = recording.content_type.partition(";")[0]
    end = f".{made.rpartition('.')[2]}" if "." in made else mimetypes.guess_extension(said)
    return f"recordings/{recording.at:%Y-%m-%d}-{recording.recording_id}{end or ''}"


def make_file(call: Call, client_id: ClientId, copy_id: str, number: int, pack: Pack) -> None:
    """Pack one file of a copy. The last one to be packed makes the copy ready, and tells."""
    store = PrivacyStore(call.table)
    stored, part = _copy(store, client_id, copy_id), store.copy_part(client_id, copy_id, number)
    if part is None:
        raise NotFound
    texts = _texts(call, store, stored.value) if number == 1 else ()
    pack(file_key(call.actor.practice_id, client_id, copy_id, number), texts, part.files)
    for _ in range(_TRIES):
        stored = _copy(store, client_id, copy_id)
        waiting = stored.value.waiting - {number}
        made = msgspec.structs.replace(stored.value, waiting=waiting)
        write = call.write()
        if not waiting and stored.value.state is CopyState.MAKING:
            expires_at = call.now + COPY_KEPT
            made = msgspec.structs.replace(made, state=CopyState.READY, expires_at=expires_at)
            write.tell("copy.ready", client_id=client_id, copy_id=copy_id)
        write.replace(stored, made, due_at=made.expires_at or _failed_at(made))
        try:
            write.commit()
        except StaleWrite:
            continue  # another file of the same copy was ready in the same moment
        return
    raise StaleWrite


def _failed_at(copy: DataCopy) -> datetime:
    return copy.at + (COPY_MADE_WITHIN if copy.state is CopyState.MAKING else COPY_KEPT)


def _texts(call: Call, store: PrivacyStore, copy: DataCopy) -> Iterable[tuple[str, bytes]]:
    """Everything in the table that a client has a right to, by kind."""
    of = practice.addressees(call, copy.client_id)
    yield "ABOUT.txt", _ABOUT.format(practice=of.practice.name, client=of.card.name).encode()
    by_kind: dict[str, list[Any]] = {}
    for row in store.everything(copy.client_id):
        if row.kind.handling.export is Export.CLIENT:
            by_kind.setdefault(row.kind.name, []).append(row.value)
    # Of the people, only those who are the client or asked: parents who live apart share no addresses here.
    own = of.card.own.person_id if of.card.own else None
    by_kind[PERSON.name] = [one for one in of.client_side if one.person_id in {own, copy.by}]
    for name, values in sorted(by_kind.items()):
        yield f"records/{name}.json", msgspec.json.format(msgspec.json.encode(values), indent=2)


def say_copy_is_ready(call: Call, client_id: ClientId, copy_id: str) -> None:
    """Tell the one who asked that the copy is there. It is opened in the portal, signed in."""
    stored = _copy(PrivacyStore(call.table), client_id, copy_id)
    copy, at = stored.value, practice.practice(call)
    person = practice.person(call, copy.by)
    path = f"/clients/{client_id}/privacy" if copy.by_owner else f"/data?for={client_id}"
    letter = Letter(
        to=Addressee(name=person.name, email=person.email),
        what="A copy of everything is ready",
        subject=f"The copy that you asked {at.name} for is ready",
        lines=(
            "The copy that you asked for is ready. You can save it when you have signed in.",
            "It is kept for seven days, and can be asked for again at any time.",
        ),
        button_label="Save the copy",
        button_url=f"{settings().site_origin}{path}",
        why=f"You get this because you asked {at.name} for a copy.",
    )
    line = send_letter(call, letter, at.name)
    write = call.write()
    keep_line(write, client_id, line)
    write.commit()


def let_copy_go(call: Call, stored: Stored[DataCopy]) -> None:
    """Remove a copy that is over, its files first; say of one that is not ready in a day that it failed."""
    copy = stored.value
    write = call.write()
    if copy.state is CopyState.MAKING:
        failed = msgspec.structs.replace(copy, state=CopyState.FAILED)
        write.replace(stored, failed, due_at=copy.at + COPY_KEPT)
        write.commit()
        return
    media.remove_below(f"{copies_prefix(call.actor.practice_id, copy.client_id)}{copy.copy_id}/")
    for key in PrivacyStore(call.table).parts_of_copy(copy.client_id, copy.copy_id):
        write.discard(key)
    write.remove(stored)
    write.commit()
