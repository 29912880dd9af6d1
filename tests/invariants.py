"""What is true of the table whatever has happened, failed, come twice or come late.

Each function looks at every row and yields a sentence for each one that breaks its rule. `broken` asks all of them:
after each step of the crash sweep, and after each step of the state machines.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from chalicelib import triggers
from chalicelib.billing.model import INVOICE, INVOICE_LINE
from chalicelib.care.model.enrolment import ENROLMENT, RUNNING, Enrolment, EnrolmentState, LessonState
from chalicelib.care.model.review_link import REVIEW_LINK, REVIEW_SESSION
from chalicelib.care.model.submission import FEEDBACK, QUEUE_LINE, SUBMISSION, SubmissionState
from chalicelib.care.store import queue_place
from chalicelib.foundation import places
from chalicelib.foundation.erased import TOMBSTONE
from chalicelib.foundation.events import AUDIT, OUTBOX
from chalicelib.foundation.kinds import KINDS, Erase, Kind
from chalicelib.foundation.once import DONE
from chalicelib.foundation.outbox import waiting_for
from chalicelib.foundation.table import DUE_SHARDS
from chalicelib.media.model import RECORDING, RecordingState
from chalicelib.practice.model import CARD, CLIENT_LINE, EMAIL, PERSON
from chalicelib.practice.store import line_keys
from chalicelib.privacy.model import ERASURE

assert triggers  # every kind and every subscriber is entered

_UNDER_WAY = frozenset({LessonState.OPEN, LessonState.AGAIN, LessonState.SENT, LessonState.CHANGING})


class Found(msgspec.Struct, frozen=True):
    """A row with what it means."""

    pk: str
    part: str
    sk: str
    kind: str
    version: int
    value: Any
    due_at: str | None
    due_shard: str | None
    expires: bool


class Everything:
    """The rows of one practice, or of all."""

    def __init__(self, rows: Iterable[dict[str, str]]) -> None:
        self.rows = [_read(row) for row in rows]
        self.places = {(row.pk, row.sk): row for row in self.rows}

    def of(self, kind: Kind[Any]) -> list[Found]:
        """The rows of a kind."""
        return [row for row in self.rows if row.kind == kind.name]

    def at(self, beside: Found, part: str, sk: str) -> Found | None:
        """The row in a place of the same practice."""
        return self.places.get((f"{beside.pk[:26]}#{part}" if part else beside.pk[:26], sk))

    def told(self, action: str) -> Counter[str]:
        """How often the audit trail says that something was done to a thing: by every id in its entries."""
        entries = [row.value for row in self.of(AUDIT) if row.value.action == action]
        return Counter(one for entry in entries for one in entry.ids.values())


type Invariant = Callable[[Everything], Iterator[str]]


def broken(rows: Iterable[dict[str, str]]) -> list[str]:
    """Return what is not as it must always be."""
    everything = Everything(rows)
    return [says for invariant in INVARIANTS for says in invariant(everything)]


def _read(row: dict[str, str]) -> Found:
    value = msgspec.json.decode(row["body"], type=KINDS[row["kind"]].shape)
    return Found(
        row["pk"],
        row["pk"][27:],
        row["sk"],
        row["kind"],
        int(row["version"]),
        value,
        row.get("due_at"),
        row.get("due_shard"),
        "expires_at" in row,
    )


def every_row_is_some_practices_and_goes_when_it_should(all_: Everything) -> Iterator[str]:
    for row in all_.rows:
        if not re.match(r"[0-9a-hjkmnp-tv-z]{26}(#|$)", row.pk):
            yield f"{row.kind} at {row.pk} is in no practice"
        if row.version < 1:
            yield f"{row.kind} at {row.sk} has version {row.version}"
        if KINDS[row.kind].handling.keep_days is not None and not row.expires:
            yield f"{row.kind} at {row.sk} says how long it is kept, and stays"


def what_is_due_is_found_and_alive(all_: Everything) -> Iterator[str]:
    for row in all_.rows:
        if (row.due_at is None) != (row.due_shard is None):
            yield f"{row.kind} at {row.sk} is half in the index of what is due"
        shard = f"due#{sum(row.pk.encode() + row.sk.encode()) % DUE_SHARDS}"
        if row.due_shard not in {None, shard}:
            yield f"{row.kind} at {row.sk} is due in {row.due_shard}, where nobody looks for it"


def a_record_is_a_clients(all_: Everything) -> Iterator[str]:
    """Erasing goes step by step; once its last look is over nothing is left that had to go."""
    for row in all_.rows:
        client_id = places.client_in(row.part)
        if client_id and row.kind not in {CARD.name, TOMBSTONE.name}:
            card = all_.at(row, row.part, places.CARD)
            if card is None:
                yield f"{row.kind} at {row.sk} is in the record of nobody"
            elif card.kind == TOMBSTONE.name and KINDS[row.kind].handling.erase is Erase.REMOVE:
                erasures = (one for one in all_.of(ERASURE) if one.value.client_id == client_id)
                if not any(one.due_at for one in erasures):
                    yield f"{row.kind} at {row.sk} is of an erased client, and nothing will remove it"


def a_card_and_its_people_name_each_other(all_: Everything) -> Iterator[str]:
    people = {row.value.person_id: row for row in all_.of(PERSON)}
    acting = {(one, acts.client_id) for one, row in people.items() for acts in row.value.clients}
    named = set()
    for row in all_.of(CARD):
        card = row.value
        theirs = (*card.guardians, *((card.own,) if card.own else ()))
        named |= {(one.person_id, card.client_id) for one in theirs}
        for key in line_keys(card):
            if all_.at(row, key.part, key.sk) is None:
                yield f"{card.client_id} is missing from a list of clients"
    for pair in acting ^ named:
        yield f"{pair[0]} and the card of {pair[1]} do not agree on who acts for whom"
    lines = sum(len(line_keys(row.value)) for row in all_.of(CARD))
    if len(all_.of(CLIENT_LINE)) != lines:
        yield f"{len(all_.of(CLIENT_LINE))} lines in lists of clients, where {lines} should be"
    for row in all_.of(EMAIL):
        if row.value.person_id not in people:
            yield "a mail address leads to nobody"


def an_enrolment_has_one_lesson_under_way_or_is_finished(all_: Everything) -> Iterator[str]:
    running = {(row.pk, row.value.enrolment_id) for row in all_.of(RUNNING)}
    expected = set()
    for row in all_.of(ENROLMENT):
        yield from course_broken(row.value)
        finished = row.value.state is EnrolmentState.FINISHED
        if finished != row.sk.startswith(places.FINISHED):
            yield f"{row.value.enrolment_id} is {row.value.state} and lies at {row.sk}"
        if not finished:
            expected.add((row.pk, row.value.enrolment_id))
    if running != expected:
        yield f"the marks of running programs are {sorted(running)}, and should be {sorted(expected)}"


def course_broken(enrolment: Enrolment) -> Iterator[str]:
    """The same of one enrolment: what is done, then what is under way, then what is ahead."""
    states = [line.state for line in enrolment.lines]
    done = states.count(LessonState.DONE)
    finished = enrolment.state is EnrolmentState.FINISHED
    ahead = [LessonState.AHEAD] * (len(states) - done - 1)
    in_order = states[:done] == [LessonState.DONE] * done
    if finished and (done < len(states) or enrolment.finished_at is None):
        yield f"{enrolment.enrolment_id} is finished with {states}"
    if not finished and not (in_order and states[done] in _UNDER_WAY and states[done + 1 :] == ahead):
        yield f"{enrolment.enrolment_id} runs with {states}"
    turns = [turn.submission_id for line in enrolment.lines for turn in line.turns]
    if len(turns) != len(set(turns)):
        yield f"{enrolment.enrolment_id} has two turns of one id"
    for line in enrolment.lines:
        if (line.waiting is not None) != (line.state is LessonState.SENT):
            yield f"lesson {line.number} of {enrolment.enrolment_id} is {line.state}, waiting {line.waiting}"
        open_turns = [turn for turn in line.turns if turn.ended_at is None]
        if len(open_turns) != (line.state in _UNDER_WAY - {LessonState.CHANGING}):
            yield f"lesson {line.number} of {enrolment.enrolment_id} is {line.state} with {len(open_turns)} open turns"


def a_submission_waits_or_is_answered_once(all_: Everything) -> Iterator[str]:
    waiting = {
        line.waiting.submission_id: line.waiting
        for row in all_.of(ENROLMENT)
        for line in row.value.lines
        if line.waiting
    }
    answered = Counter(row.value.submission_id for row in all_.of(FEEDBACK))
    sent = {row.value.submission_id: row for row in all_.of(SUBMISSION)}
    yield from (f"{one} has {times} answers" for one, times in answered.items() if times > 1)
    yield from (f"{one} is answered and was never sent" for one in answered.keys() - sent.keys())
    expected = set()
    for submission_id, row in sent.items():
        open_ = row.value.state is not SubmissionState.TAKEN_BACK and submission_id not in answered
        if open_ != (submission_id in waiting):
            yield f"{submission_id} is {row.value.state}, answered {answered[submission_id]} times, and not in step"
        if open_ and submission_id in waiting:
            here = waiting[submission_id]
            if here.arriving != (row.value.state is SubmissionState.ARRIVING):
                yield f"{submission_id} is {row.value.state}, and its lesson says otherwise"
            for person_id in here.queued_for if here.promised_at else ():
                key = queue_place(person_id, here.promised_at, submission_id)
                expected.add((f"{row.pk[:26]}#{key.part}", key.sk))
    queued = {(row.pk, row.sk) for row in all_.of(QUEUE_LINE)}
    if queued != expected:
        yield f"the queues hold {sorted(queued)}, and should hold {sorted(expected)}"


def a_review_link_was_opened_by_one_browser(all_: Everything) -> Iterator[str]:
    bound = Counter(row.value.session for row in all_.of(REVIEW_LINK) if row.value.session)
    yield from (
        f"the session at {row.sk} is of {bound[row.sk]} links" for row in all_.of(REVIEW_SESSION) if bound[row.sk] != 1
    )


def invoices_are_numbered_without_a_gap(all_: Everything) -> Iterator[str]:
    lines = {(row.pk[:26], row.value.number): row.value for row in all_.of(INVOICE_LINE)}
    invoices = {(row.pk[:26], row.value.number): row.value for row in all_.of(INVOICE)}
    if lines != invoices:
        yield "the practice's list of invoices and the clients' differ"
    if len(all_.of(INVOICE)) != len(invoices):
        yield "two invoices have one number"
    years: dict[str, list[int]] = {}
    for pk, number in invoices:
        year, _, count = number.partition("-")
        years.setdefault(f"{pk} {year}", []).append(int(count))
    for year, counts in years.items():
        if sorted(counts) != list(range(1, len(counts) + 1)):
            yield f"the invoices of {year} are {sorted(counts)}"
    periods = Counter((one.subscription_id, one.period) for one in invoices.values())
    yield from (f"{period} was invoiced {times} times" for period, times in periods.items() if times > 1)


def a_recording_plays_or_says_why(all_: Everything) -> Iterator[str]:
    for row in all_.of(RECORDING):
        one = row.value
        if (one.state is RecordingState.READY) != (one.rendition is not None):
            yield f"{one.recording_id} is {one.state} with {one.rendition}"
        if one.rendition and not one.rendition.key.startswith(f"{one.key}/"):
            yield f"{one.recording_id} plays what lies at {one.rendition.key}"
        if one.state in {RecordingState.REJECTED, RecordingState.PARKED} and not (one.reason and one.says):
            yield f"{one.recording_id} is {one.state} and does not say why"
        if one.state is RecordingState.PROCESSING and row.due_at is None:
            yield f"{one.recording_id} is being processed, and nobody will look for it"


def an_event_took_effect_only_where_it_is_wanted(all_: Everything) -> Iterator[str]:
    """That it did so once is the mark's key: the same event, the same subscriber, the same place."""
    events = {row.value.event_id: row.value.type for row in all_.of(OUTBOX)}
    for row in all_.of(DONE):
        event = events.get(row.part.removeprefix("once#"))
        if event and row.sk not in waiting_for(event):
            yield f"{row.sk} took {event}, which it does not want"


def what_was_done_is_in_the_trail(all_: Everything) -> Iterator[str]:
    for kind, action, name in (
        (CARD, "added a client", "client_id"),
        (ENROLMENT, "enrolled a client in a program", "enrolment_id"),
        (SUBMISSION, "sent a lesson", "submission_id"),
        (FEEDBACK, "answered a submission", "submission_id"),
        (INVOICE, "issued an invoice", "number"),
    ):
        told = all_.told(action)
        for row in all_.of(kind):
            if not told[getattr(row.value, name)]:
                yield f"nobody {action}: {getattr(row.value, name)}"
    erased = all_.told("erased the client")
    for row in all_.of(TOMBSTONE):
        if erased[str(places.client_in(row.part))] != 1:
            yield f"{row.part} was erased, and the trail tells it {erased[str(places.client_in(row.part))]} times"


INVARIANTS: tuple[Invariant, ...] = (
    every_row_is_some_practices_and_goes_when_it_should,
    what_is_due_is_found_and_alive,
    a_record_is_a_clients,
    a_card_and_its_people_name_each_other,
    an_enrolment_has_one_lesson_under_way_or_is_finished,
    a_submission_waits_or_is_answered_once,
    a_review_link_was_opened_by_one_browser,
    invoices_are_numbered_without_a_gap,
    a_recording_plays_or_says_why,
    an_event_took_effect_only_where_it_is_wanted,
    what_was_done_is_in_the_trail,
)
