"""Reminders: what somebody chose, the claim of each occurrence, the mail, and the link that stops them."""

import base64
from dataclasses import replace
from datetime import datetime

from msgspec import structs

from chalicelib.contact.letters import first_name
from chalicelib.contact.model import (
    LINKS_KEPT,
    SCHEDULE,
    SENDING,
    TOO_LATE,
    Addressee,
    ContactLine,
    Letter,
    LineState,
    Schedule,
    Stop,
    next_occurrence,
    occurrences,
    practised_already,
    with_practice,
)
from chalicelib.contact.service.post import keep_line, not_sent, send_letter
from chalicelib.contact.shapes import ChangeReminders, LogLine, Reminders, Unsubscribed
from chalicelib.contact.store import ContactStore, schedule_key
from chalicelib.foundation.actor import clockwork
from chalicelib.foundation.call import Call
from chalicelib.foundation.clock import stamp, zone
from chalicelib.foundation.errors import Conflict, Gone, Invalid, StaleWrite
from chalicelib.foundation.ids import ClientId, PracticeId, digest, is_id, new_secret
from chalicelib.foundation.insisting import insist
from chalicelib.foundation.settings import settings
from chalicelib.foundation.table import Stored
from chalicelib.foundation.write import Write
from chalicelib.practice import service as practice
from chalicelib.practice.model import Card, Named
from chalicelib.practice.permissions import Action, permit

WHAT = "Reminder"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def reminders(call: Call, client_id: ClientId) -> tuple[Reminders, int]:
    """Return a client's reminders and their revision."""
    store = ContactStore(call.table)
    page = store.page(client_id)
    card = permit(call.actor, Action.SEE_CONTACT, page.card)
    schedule = page.schedule.value if page.schedule else _unchosen(card)
    return _view(schedule, store.log(client_id)), schedule.revision


def _unchosen(card: Card) -> Schedule:
    return Schedule(client_id=card.client_id, time_zone=card.time_zone)


def _view(schedule: Schedule, log: list[ContactLine]) -> Reminders:
    return Reminders(
        on=schedule.on,
        weekdays=schedule.weekdays,
        at=schedule.at,
        time_zone=schedule.time_zone,
        next_at=schedule.next_at,
        mails_to=schedule.mails_to.name if schedule.mails_to else "",
        log=[LogLine(at=line.at, what=line.what, to_name=line.to_name, state=line.state, why=line.why) for line in log],
    )


def change_reminders(call: Call, client_id: ClientId, change: ChangeReminders) -> tuple[Reminders, int]:
    """Keep what somebody chose; from now on the mails go to them. Return it with its new revision.

    `call.version` names the revision that is changed; what the clockwork notes meanwhile is no conflict, and the
    same person's same choice, sent again after its reply got lost, is none either.
    """
    _refuse_impossible(change)
    store = ContactStore(call.table)

    def act() -> tuple[Reminders, int]:
        page = store.page(client_id)
        card = permit(call.actor, Action.SET_REMINDERS, page.card)
        before = page.schedule.value if page.schedule else _unchosen(card)
        after = structs.replace(
            before,
            on=change.on,
            weekdays=tuple(sorted(set(change.weekdays))),
            at=change.at,
            time_zone=change.time_zone,
            mails_to=Named(call.actor.person_id, call.actor.name),
        )
        if before.revision != call.version:
            if after == before:
                return _view(before, store.log(client_id)), before.revision
            raise StaleWrite(current=_view(before, []), yours=change)
        if before.mails_to and before.mails_to.person_id != call.actor.person_id:
            after = structs.replace(after, stops=())  # links in mails to somebody else stop nothing of theirs
        after = structs.replace(after, next_at=next_occurrence(after, call.now), revision=before.revision + 1)
        write = call.write()
        _write(write, page.schedule, after)
        write.record("chose when to be reminded", client_id=client_id)
        write.commit()
        return _view(after, store.log(client_id)), after.revision

    return insist(act)


def _refuse_impossible(change: ChangeReminders) -> None:
    if change.on and not change.weekdays:
        message = "Choose at least one day, or switch reminders off. Nothing was changed."
        raise Invalid(message)
    try:
        zone(change.time_zone)
    except ValueError:
        message = "There is no time zone of that name. Nothing was changed; choose one from the list."
        raise Invalid(message) from None


def _write(write: Write, stored: Stored[Schedule] | None, after: Schedule) -> None:
    if stored:
        write.replace(stored, after, due_at=after.next_at)
    else:
        write.add(SCHEDULE, schedule_key(after.client_id), after, due_at=after.next_at, otherwise=StaleWrite)


def claim_reminder(call: Call, stored: Stored[Schedule]) -> None:
    """Claim what has fallen due on a schedule by moving it to the next occurrence after `call.now`.

    The latest occurrence, unless it is more than two hours old, becomes the event reminder.due. All older
    ones were missed in an outage: they give one line in the log, and no mail.
    """
    schedule = stored.value
    after = structs.replace(schedule, next_at=next_occurrence(schedule, call.now))
    write = call.write()
    write.replace(stored, after, due_at=after.next_at)
    fallen = occurrences(schedule, schedule.next_at, call.now) if schedule.next_at else []
    fresh = [falls for falls in fallen[-1:] if call.now - falls <= TOO_LATE]
    missed = fallen[: len(fallen) - len(fresh)]
    if missed:
        keep_line(write, schedule.client_id, not_sent(call, WHAT, _name(schedule), _missed(schedule, missed)))
    for falls in fresh:
        write.tell("reminder.due", client_id=schedule.client_id, occurrence_at=stamp(falls))
    write.commit()


def _name(schedule: Schedule) -> str:
    return schedule.mails_to.name if schedule.mails_to else ""


def _missed(schedule: Schedule, missed: list[datetime]) -> str:
    where = zone(schedule.time_zone)
    first, last = (
        f"{at:%A}, {at.day} {at:%B}, {at:%H:%M}"
        for at in (falls.astimezone(where) for falls in (missed[0], missed[-1]))
    )
    if len(missed) == 1:
        return f"Our clock stood still: the one for {first} would have come more than two hours late."
    return f"Our clock stood still: {len(missed)} of them, from {first} to {last}, would have come too late."


def send_reminder(call: Call, client_id: ClientId, occurrence_at: datetime) -> None:
    """Send the mail of one occurrence, or note why not. Raise Conflict while another worker is sending it."""
    page = ContactStore(call.table).page(client_id)
    write = call.write()
    if page.card and page.schedule and page.schedule.value.mails_to:
        schedule, mails_to = page.schedule.value, page.schedule.value.mails_to
        why = _why_not(call, schedule, page.card, mails_to, occurrence_at)
        if why:
            line = not_sent(call, WHAT, mails_to.name, why)
        else:
            person = practice.person(call, mails_to.person_id)
            to = Addressee(name=person.name, email=person.email)
            secret = _take_over(call, page.schedule, occurrence_at)
            line = send_letter(call, _reminder(call, schedule, to, secret), page.practice_name)
        keep_line(write, client_id, line)
    write.commit()


def _why_not(call: Call, schedule: Schedule, card: Card, mails_to: Named, occurrence_at: datetime) -> str:
    """Return why an occurrence gets no mail, as a sentence; empty if nothing speaks against it."""
    acting = {person.person_id for person in (card.own, *card.guardians) if person}
    if not schedule.on:
        return "Reminders were switched off before it was time."
    if practised_already(schedule, occurrence_at):
        return "The practice of that day was done already."
    if call.now - occurrence_at > TOO_LATE:
        return "It would have come more than two hours late."
    if mails_to.person_id not in acting:
        return "This person is not asked for this client any more. Choose the reminders again to get them yourself."
    return ""


def _take_over(call: Call, stored: Stored[Schedule], occurrence_at: datetime) -> str:
    """Note that this worker now sends the mail of an occurrence, and return the secret of its unsubscribe link.

    Raise Conflict while another worker, to whom the same message came, is at it.
    """
    schedule = stored.value
    for stop in schedule.stops:
        if stop.occurrence_at == occurrence_at and call.now - stop.begun_at < SENDING:
            message = "This reminder is being sent by another worker."
            raise Conflict(message)
    secret = new_secret()
    stop = Stop(digest=digest(secret), occurrence_at=occurrence_at, begun_at=call.now)
    write = replace(call, once=None).write()
    _write(write, stored, structs.replace(schedule, stops=(stop, *schedule.stops)[:LINKS_KEPT]))
    write.commit()
    return secret


def _reminder(call: Call, schedule: Schedule, to: Addressee, secret: str) -> Letter:
    site = settings().site_origin
    days = " and ".join(
        filter(None, (", ".join(_DAYS[day] for day in schedule.weekdays[:-1]), _DAYS[schedule.weekdays[-1]]))
    )
    return Letter(
        to=to,
        what=WHAT,
        subject="The time you set aside",
        lines=("This is the time you chose. What comes next is ready when you are; if today does not suit, it waits.",),
        button_label="Open today",
        button_url=f"{site}/today?for={schedule.client_id}",
        why=f"You asked to be reminded on {days} at {schedule.at} ({schedule.time_zone}).",
        unsubscribe_url=f"{site}/stop#{_token(call.actor.practice_id, schedule.client_id, secret)}",
    )


def _token(practice_id: PracticeId, client_id: ClientId, secret: str) -> str:
    return base64.urlsafe_b64encode(f"{practice_id}.{client_id}.{secret}".encode()).decode().rstrip("=")


def _open_token(token: str) -> tuple[PracticeId, ClientId, str]:
    try:
        practice_id, client_id, secret = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode().split(".")
    except ValueError:
        raise _not_ours() from None
    if not (is_id(practice_id) and is_id(client_id)):
        raise _not_ours()
    return PracticeId(practice_id), ClientId(client_id), secret


def _not_ours() -> Gone:
    return Gone("This link does not stop anything any more. You can switch reminders off on your reminders page.")


def unsubscribe(call: Call, token: str) -> Unsubscribed:
    """Switch off the reminders that a mail's link belongs to. Raise Gone for a link that is not of a recent mail."""
    practice_id, client_id, secret = _open_token(token)
    call = replace(call, actor=clockwork(practice_id))

    def act() -> Unsubscribed:
        page = ContactStore(call.table).page(client_id)
        if not page.schedule or digest(secret) not in {stop.digest for stop in page.schedule.value.stops}:
            raise _not_ours()
        before = page.schedule.value
        if not before.on:
            return Unsubscribed(name=page.practice_name)
        write = call.write()
        _write(write, page.schedule, structs.replace(before, on=False, next_at=None, revision=before.revision + 1))
        name = _name(before)
        line = ContactLine(
            at=call.now,
            what="Reminders stopped",
            to_name=name,
            state=LineState.NOT_SENT,
            why=f"{first_name(name)} switched them off with the link in a mail.",
        )
        keep_line(write, client_id, line)
        write.record("stopped reminders by the link in a mail", client_id=client_id)
        return write.commit(Unsubscribed(name=page.practice_name))

    return insist(act)


def note_practice(call: Call, client_id: ClientId, at: datetime) -> None:
    """Note on the schedule that the client practised at a moment, however late or often it is told.

    The day is that of the schedule's own zone, which may be another one than the client's. Where nobody has chosen
    reminders yet it is noted all the same: they may be chosen later that day.
    """
    page = ContactStore(call.table).page(client_id)
    write = call.write()
    if page.card:
        before = page.schedule.value if page.schedule else _unchosen(page.card)
        _write(write, page.schedule, with_practice(before, at))
    write.commit()
