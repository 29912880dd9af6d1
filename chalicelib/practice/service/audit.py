"""The audit trail: chained behind the writes, sealed once a day, shown to those who may ask.

What is audited is written where it happens, in the same transaction (`Write.record`), and a look at a client's record
before its answer is given (`foundation.audit`). From there the table's stream brings each new entry here.
"""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import batched

import msgspec

from chalicelib.foundation import clock
from chalicelib.foundation.actor import clockwork
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import Invalid, StaleWrite
from chalicelib.foundation.events import Entry
from chalicelib.foundation.ids import ClientId, PersonId, PracticeId
from chalicelib.foundation.table import Stored
from chalicelib.practice.model.chain import HEAD, LINK, SEALING, Head, Image, Seal, Sealing, follow, part_of
from chalicelib.practice.permissions import Action, permit
from chalicelib.practice.shapes import AuditEntry, AuditPage
from chalicelib.practice.store import AuditStore, PracticeStore, Span, chain_head, link_key, sealing_key

LINKED_AT_ONCE = 90
"""Links of one write: DynamoDB takes 100 rows in a transaction (2026), the head and the sealing are two."""
_TRIES = 5
_DAYS_AT_ONCE = 31
_NOBODY_PRESSED = {"clockwork": "Meanwhile", "operator": "Operator"}


class Unlinked(msgspec.Struct, frozen=True, kw_only=True, tag="audit"):
    """The message: entries of one practice that have just been written, as the table's stream gave them."""

    practice_id: PracticeId
    entries: tuple[dict[str, dict[str, str]], ...]


def to_be_linked(images: Iterable[Image]) -> Iterator[Unlinked]:
    """Put entries of a batch of the stream into messages, in their order."""
    by_practice: dict[str, list[Image]] = {}
    for image in images:
        by_practice.setdefault(image["pk"]["S"].partition("#")[0], []).append(image)
    for practice_id, entries in by_practice.items():
        for some in batched(entries, LINKED_AT_ONCE, strict=False):
            copies = tuple({name: dict(value) for name, value in image.items()} for image in some)
            yield Unlinked(practice_id=PracticeId(practice_id), entries=copies)


def link(message: Unlinked, now: datetime) -> None:
    """Tie new entries to their practice's chain.

    A message may come twice, late and out of order, and at the same time as another one: an entry that has its link
    is left out, and all links of a message are written together with the head that they move, or none of them.
    Entries are linked as the stream gave them, so that one which was changed or taken out meanwhile does not match.
    """
    call = Call(clockwork(message.practice_id), now)
    for _ in range(_TRIES - 1):
        with contextlib.suppress(StaleWrite):
            return _link(call, message.entries)
    return _link(call, message.entries)


def _link(call: Call, images: Sequence[Image]) -> None:
    practice_id = call.actor.practice_id
    places = {image["sk"]["S"]: image for image in images if part_of(practice_id, image)}
    head, known = AuditStore(call.table).head_and_links(places)
    fresh = [image for sk, image in places.items() if sk not in known]
    if not fresh:
        return
    links = follow(practice_id, head.value if head else Head(), fresh, call.now)
    end = Head(seq=links[-1].seq, hash=links[-1].hash)
    write = call.write()
    if head:
        write.replace(head, end)
    else:
        write.add(HEAD, chain_head(), end, otherwise=StaleWrite)
        today = call.now.astimezone(UTC).date()
        write.add(SEALING, sealing_key(), Sealing(day=today), due_at=_over(Sealing(day=today)), otherwise=StaleWrite)
    for one in links:
        write.add(LINK, link_key(one.sk), one, otherwise=StaleWrite)
    write.commit()


def seal(call: Call, stored: Stored[Sealing]) -> None:
    """Put the end of the chain where nobody can change it, for each day that is over and has no seal.

    A day is sealed once, whatever crashes: the first object of a day stays. What was missed is caught up.
    """
    store, sealing = AuditStore(call.table), stored.value
    head = store.head()
    end = head.value if head else Head()
    for _ in range(_DAYS_AT_ONCE):
        if _over(sealing) > call.now:
            break
        store.keep_seal(
            Seal(practice_id=call.actor.practice_id, day=sealing.day, seq=end.seq, hash=end.hash, sealed_at=call.now)
        )
        sealing = Sealing(day=sealing.day + timedelta(days=1))
    write = call.write()
    write.replace(stored, sealing, due_at=_over(sealing))
    write.commit()


def _over(sealing: Sealing) -> datetime:
    return datetime.combine(sealing.day + timedelta(days=1), time(), UTC)


def read_practice_trail(call: Call, since: str | None, until: str | None, after: str | None) -> AuditPage:
    """Return a page of everything that happened in the practice, newest first. Three reads."""
    entries, more = AuditStore(call.table).of_practice(_span(since, until), after)
    return _page(call, entries, more)


def read_client_trail(
    call: Call, client_id: ClientId, since: str | None, until: str | None, after: str | None
) -> AuditPage:
    """Return a page of who saw and who changed a client's record, newest first. Three reads.

    Raise NotFound for whoever may not ask (`Action.SEE_TRAIL`).
    """
    found = PracticeStore(call.table).card(client_id)
    permit(call.actor, Action.SEE_TRAIL, found.value if found else None)
    entries, more = AuditStore(call.table).of_client(client_id, _span(since, until), after)
    return _page(call, entries, more)


def _span(since: str | None, until: str | None) -> Span:
    try:
        first = clock.parse(since) if since else None
        last = clock.parse(until) if until else None
    except ValueError:
        message = "Please give since and until as moments with their zone, such as 2026-05-14T00:00:00Z."
        raise Invalid(message) from None
    return Span(first, last)


def _page(call: Call, entries: Sequence[Entry], after: str | None) -> AuditPage:
    clients = {ClientId(entry.ids["client_id"]) for entry in entries if "client_id" in entry.ids}
    people = {entry.person_id for entry in entries} - _NOBODY_PRESSED.keys()
    names = AuditStore(call.table).names(people, clients)
    # A look at a record lies at the beginning of its hour; told is when it was.
    by_moment = sorted(entries, key=lambda entry: entry.at, reverse=True)
    return AuditPage(entries=tuple(_shown(entry, names) for entry in by_moment), after=after)


def _shown(entry: Entry, names: dict[str, str]) -> AuditEntry:
    client_id = entry.ids.get("client_id")
    return AuditEntry(
        at=entry.at,
        person_id=PersonId(entry.person_id),
        name=_NOBODY_PRESSED.get(entry.person_id) or names.get(entry.person_id),
        action=entry.action,
        client_id=ClientId(client_id) if client_id else None,
        client_name=names.get(client_id) if client_id else None,
    )
