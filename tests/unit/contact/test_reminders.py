"""Reminders: one mail an occurrence, none when there is a reason, and a log that says which."""

import base64
from datetime import UTC, date, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from chalicelib.contact import service
from chalicelib.contact.model import SCHEDULE, ContactLine, LineState, Schedule
from chalicelib.contact.shapes import ChangeReminders, Reminders
from chalicelib.contact.store import schedule_key
from chalicelib.foundation import due, places
from chalicelib.foundation.errors import Conflict, Gone, Invalid, NotFound, PreconditionMissing, StaleWrite
from chalicelib.foundation.ids import digest
from chalicelib.foundation.table import Row
from chalicelib.practice.model import CARD

from ..conftest import NOW
from .house import House, Killed, Wire

# NOW is Thursday, 14 May 2026, 09:00 UTC; Dublin is an hour ahead.
THURSDAY = datetime(2026, 5, 14, 16, 30, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
EVERY_DAY = ChangeReminders(on=True, weekdays=tuple(range(7)), at="17:30", time_zone="Europe/Dublin")


def choose(house: House, change: ChangeReminders = EVERY_DAY, at: datetime = NOW) -> Reminders:
    _, revision = service.reminders(house.as_dana(at), house.client_id)
    return service.change_reminders(house.as_dana(at, if_match=revision), house.client_id, change)[0]


def schedule(house: House) -> Schedule:
    stored = house.table.get(SCHEDULE, schedule_key(house.client_id))
    assert stored is not None
    return stored.value


def last(house: House) -> ContactLine:
    return house.log()[-1]


def practise(house: House, at: datetime = NOW) -> None:
    write = house.clockwork(at).write()
    write.tell("lesson.submitted", client_id=house.client_id)
    write.commit()
    house.settle(NOW)


def stop_token(wire: Wire) -> str:
    return wire.texts()[-1].rpartition("/stop#")[2].strip()


# What somebody chooses


def test_until_somebody_chooses_reminders_are_off_in_the_clients_own_zone(house: House) -> None:
    view, revision = service.reminders(house.as_dana(), house.client_id)
    assert revision == 0
    assert (view.on, view.weekdays, view.time_zone, view.next_at, view.mails_to) == (
        False,
        (),
        "Europe/Dublin",
        None,
        "",
    )


def test_who_chooses_gets_the_mails_and_sees_when_the_next_one_comes(house: House) -> None:
    change = ChangeReminders(on=True, weekdays=(5, 3, 3), at="17:30", time_zone="Europe/Dublin")
    view = choose(house, change)
    assert (view.weekdays, view.mails_to, view.next_at) == ((3, 5), "Dana Brenner", THURSDAY)
    assert service.reminders(house.as_ines(), house.client_id)[0] == view


def test_a_therapist_sees_reminders_and_cannot_choose_them(house: House) -> None:
    with pytest.raises(NotFound):
        service.change_reminders(house.as_ines(if_match=0), house.client_id, EVERY_DAY)


def test_the_office_does_not_see_what_was_sent(house: House) -> None:
    with pytest.raises(NotFound):
        service.reminders(house.as_ana(), house.client_id)


@pytest.mark.parametrize(
    "change",
    [
        ChangeReminders(on=True, weekdays=(), at="17:30", time_zone="Europe/Dublin"),
        ChangeReminders(on=True, weekdays=(1,), at="17:30", time_zone="Mars/Olympus"),
        ChangeReminders(on=False, weekdays=(), at="17:30", time_zone="../../etc/passwd"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(house: House, change: ChangeReminders) -> None:
    with pytest.raises(Invalid):
        choose(house, change)
    assert house.table.get(SCHEDULE, schedule_key(house.client_id)) is None


def test_a_change_names_what_it_changes(house: House) -> None:
    with pytest.raises(PreconditionMissing):
        service.change_reminders(house.as_dana(), house.client_id, EVERY_DAY)


def test_the_second_of_two_who_choose_gets_both_texts(house: House) -> None:
    choose(house)
    off = ChangeReminders(on=False, weekdays=(), at="17:30", time_zone="Europe/Dublin")
    with pytest.raises(StaleWrite) as refusal:
        service.change_reminders(house.as_dana(if_match=0), house.client_id, off)
    current = refusal.value.extra["current"]
    assert isinstance(current, Reminders)
    assert current.on
    assert refusal.value.extra["yours"] == off


def test_the_same_choice_of_somebody_else_is_a_conflict_because_the_mails_are_not_theirs(house: House) -> None:
    choose(house)
    assert service.change_reminders(house.as_dana(if_match=0), house.client_id, EVERY_DAY)[1] == 1
    house.change_card(house.card(house.client_id, "Theo", house.ines))
    with pytest.raises(StaleWrite):
        service.change_reminders(house.as_ines(if_match=0), house.client_id, EVERY_DAY)


def test_what_the_clockwork_notes_is_no_conflict_for_who_is_choosing(house: House) -> None:
    choose(house)
    house.pass_time(THURSDAY)
    off = ChangeReminders(on=False, weekdays=(1,), at="08:00", time_zone="Europe/Dublin")
    view, revision = service.change_reminders(house.as_dana(if_match=1), house.client_id, off)
    assert (view.on, view.next_at, revision) == (False, None, 2)
    assert list(due.found_due(THURSDAY + 30 * DAY)) == []


def test_a_note_of_the_clockwork_in_the_middle_of_a_choice_is_no_conflict_either(house: House, wire: Wire) -> None:
    choose(house)

    def practise_meanwhile(_number: int, operation: str) -> None:
        if operation == "TransactWriteItems":
            wire.watch()
            service.note_practice(house.clockwork(NOW), house.client_id, NOW)

    wire.watch(before=practise_meanwhile)
    service.change_reminders(house.as_dana(if_match=1), house.client_id, EVERY_DAY)
    assert (schedule(house).revision, schedule(house).practised) == (2, (date(2026, 5, 14),))


def test_where_it_never_stops_changing_the_choice_is_refused_rather_than_tried_for_ever(
    house: House, wire: Wire
) -> None:
    choose(house)
    busy = False

    def practise_always(_number: int, operation: str) -> None:
        nonlocal busy
        if operation == "TransactWriteItems" and not busy:
            busy = True
            service.note_practice(house.clockwork(NOW), house.client_id, NOW)
            busy = False

    wire.watch(before=practise_always)
    with pytest.raises(StaleWrite):
        service.change_reminders(house.as_dana(if_match=1), house.client_id, EVERY_DAY)


# What comes of it


def test_one_mail_goes_out_when_it_is_time_and_the_log_says_so(house: House, wire: Wire) -> None:
    choose(house)
    house.pass_time(THURSDAY - MINUTE)
    assert wire.sent == []
    house.pass_time(THURSDAY)
    assert wire.subjects() == [("dana@example.org", "The time you set aside")]
    assert [(line.what, line.to_name, line.state) for line in house.log()] == [
        ("Reminder", "Dana Brenner", LineState.SENT)
    ]
    assert schedule(house).next_at == THURSDAY + DAY
    text = wire.texts()[0]
    assert f"http://site.test/today?for={house.client_id}" in text
    assert "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday and Sunday at 17:30" in text


def test_the_mail_names_no_client_and_nothing_about_health(house: House, wire: Wire) -> None:
    choose(house, ChangeReminders(on=True, weekdays=(3,), at="17:30", time_zone="Europe/Dublin"))
    house.pass_time(THURSDAY)
    (sent,) = wire.sent
    said = str(sent["Content"]).lower()
    assert "theo" not in said
    assert "brenner" not in said
    assert not any(word in said for word in ("lesson", "exercise", "pain", "practise", "session", "video"))
    assert sent["Content"]["Simple"]["Headers"][0]["Name"] == "List-Unsubscribe"


def test_however_often_the_tick_and_the_message_come_there_is_one_mail(house: House, wire: Wire) -> None:
    choose(house)
    found = [*due.found_due(THURSDAY), *due.found_due(THURSDAY)]
    for one in found:
        due.do_due(one, one.at)
    house.tick(THURSDAY + MINUTE)
    house.settle(THURSDAY)
    for event in house.events():
        house.deliver(event, THURSDAY + MINUTE)
    assert len(wire.sent) == 1
    assert len(house.log()) == 1


def test_a_second_worker_with_the_same_message_leaves_the_mail_to_the_first(house: House, wire: Wire) -> None:
    choose(house)
    house.tick(THURSDAY)
    (event,) = [one for one in house.events() if one.type == "reminder.due"]

    def deliver_again(_number: int, operation: str) -> None:
        if operation == "SendEmail":
            wire.watch()
            with pytest.raises(Conflict):
                house.deliver(event, THURSDAY)

    wire.watch(before=deliver_again)
    house.deliver(event, THURSDAY)
    assert len(wire.sent) == 1


def test_it_is_not_sent_where_the_days_practice_is_done(house: House, wire: Wire) -> None:
    choose(house)
    practise(house)
    house.pass_time(THURSDAY)
    assert wire.sent == []
    assert (last(house).state, last(house).why) == (
        LineState.NOT_SENT,
        "The practice of that day was done already.",
    )
    house.pass_time(THURSDAY + DAY)
    assert len(wire.sent) == 1


def test_the_day_of_practice_is_one_of_the_zone_in_which_somebody_wants_to_be_reminded(
    house: House, wire: Wire
) -> None:
    choose(house, ChangeReminders(on=True, weekdays=tuple(range(7)), at="17:30", time_zone="Pacific/Auckland"))
    friday = datetime(2026, 5, 15, 5, 30, tzinfo=UTC)  # in Auckland, half a day ahead
    practise(house, datetime(2026, 5, 14, 21, 0, tzinfo=UTC))  # on Friday morning there, still on Thursday in Dublin
    house.pass_time(friday)
    assert wire.sent == []
    house.pass_time(friday + DAY)
    assert len(wire.sent) == 1


def test_days_that_are_told_late_and_out_of_order_still_count(house: House, wire: Wire) -> None:
    choose(house)
    for at in (NOW + DAY, NOW - DAY, NOW):
        practise(house, at)
    house.pass_time(THURSDAY)
    assert wire.sent == []


def test_practice_before_anybody_chose_counts_for_reminders_that_are_chosen_later_that_day(
    house: House, wire: Wire
) -> None:
    practise(house)
    assert service.reminders(house.as_dana(), house.client_id)[1] == 0
    choose(house)
    house.pass_time(THURSDAY)
    assert wire.sent == []


def test_practice_of_a_client_who_is_gone_is_noted_nowhere(house: House) -> None:
    card = house.table.get(CARD, places.card(house.client_id))
    assert card is not None
    write = house.clockwork(NOW).write()
    write.remove(card)
    write.commit()
    practise(house)
    assert house.table.get(SCHEDULE, schedule_key(house.client_id)) is None


def test_it_is_not_sent_where_reminders_were_switched_off_after_the_claim(house: House, wire: Wire) -> None:
    choose(house)
    house.tick(THURSDAY)
    choose(house, ChangeReminders(on=False, weekdays=(), at="17:30", time_zone="Europe/Dublin"), THURSDAY)
    house.settle(THURSDAY)
    assert wire.sent == []
    assert last(house).why == "Reminders were switched off before it was time."


def test_it_is_not_sent_where_the_message_comes_more_than_two_hours_late(house: House, wire: Wire) -> None:
    choose(house)
    house.tick(THURSDAY)
    house.settle(THURSDAY + timedelta(hours=2, minutes=1))
    assert wire.sent == []
    assert last(house).why == "It would have come more than two hours late."


def test_it_is_not_sent_to_somebody_who_no_longer_acts_for_the_client(house: House, wire: Wire) -> None:
    choose(house)
    house.change_card(house.card(house.client_id, "Theo", house.ines))
    house.pass_time(THURSDAY)
    assert wire.sent == []
    assert "not asked for this client any more" in last(house).why


def test_a_schedule_that_is_gone_by_then_leaves_nothing_but_the_mark(house: House, wire: Wire) -> None:
    choose(house)
    house.tick(THURSDAY)
    write = house.clockwork(NOW).write()
    write.discard(schedule_key(house.client_id))
    write.commit()
    house.settle(THURSDAY)
    assert wire.sent == []
    assert house.log() == []


@pytest.mark.parametrize(("hours", "sent"), [(2, 1), (2.1, 0)])
def test_after_an_outage_only_the_occurrence_of_the_last_two_hours_is_sent(
    house: House, wire: Wire, hours: float, sent: int
) -> None:
    choose(house)
    later = THURSDAY + 3 * DAY + timedelta(hours=hours)
    house.pass_time(later)
    assert len(wire.sent) == sent
    (missed,) = [line for line in house.log() if line.state is LineState.NOT_SENT]
    assert missed.why.startswith(f"Our clock stood still: {4 - sent} of them, from Thursday, 14 May, 17:30 to ")
    assert schedule(house).next_at == THURSDAY + 4 * DAY
    house.pass_time(later + MINUTE)
    assert len(wire.sent) == sent


def test_one_that_was_missed_is_named_by_its_day(house: House) -> None:
    choose(house)
    house.pass_time(THURSDAY + timedelta(hours=3))
    assert last(house).why == (
        "Our clock stood still: the one for Thursday, 14 May, 17:30 would have come more than two hours late."
    )


def test_an_address_that_is_refused_is_noted_and_a_mail_that_could_not_go_is_tried_again(
    house: House, wire: Wire
) -> None:
    choose(house)
    wire.refuse_mail = ClientError({"Error": {"Code": "MessageRejected", "Message": ""}}, "SendEmail")
    house.pass_time(THURSDAY)
    assert last(house).why == "The mail service does not accept this address."
    wire.refuse_mail = ClientError({"Error": {"Code": "TooManyRequestsException", "Message": ""}}, "SendEmail")
    house.tick(THURSDAY + DAY)
    with pytest.raises(ClientError):
        house.settle(THURSDAY + DAY)
    wire.refuse_mail = None
    house.settle(THURSDAY + DAY + 6 * MINUTE)
    assert len(wire.sent) == 1
    assert last(house).state is LineState.SENT


# The link


def test_the_link_stops_them_when_it_is_pressed_and_the_log_says_who_did(house: House, wire: Wire) -> None:
    choose(house)
    house.pass_time(THURSDAY)
    nobody = house.clockwork(THURSDAY + MINUTE)
    for _ in range(2):
        assert service.unsubscribe(nobody, stop_token(wire)).name == "Hazel Lane Therapy"
    view, revision = service.reminders(house.as_dana(), house.client_id)
    assert (view.on, view.next_at, revision) == (False, None, 2)
    assert (view.log[0].what, view.log[0].why) == (
        "Reminders stopped",
        "Dana switched them off with the link in a mail.",
    )
    assert len(view.log) == 2
    house.pass_time(THURSDAY + 9 * DAY)
    assert len(wire.sent) == 1


def test_the_link_of_an_older_mail_works_as_well(house: House, wire: Wire) -> None:
    choose(house)
    house.pass_time(THURSDAY)
    first = stop_token(wire)
    for n in range(1, 5):
        house.pass_time(THURSDAY + n * DAY)
    assert service.unsubscribe(house.clockwork(THURSDAY), first)
    assert not schedule(house).on


def test_an_old_link_stops_nothing_that_somebody_else_has_chosen_since(house: House, wire: Wire) -> None:
    choose(house)
    house.pass_time(THURSDAY)
    house.change_card(house.card(house.client_id, "Theo", house.ines))
    by_another = house.as_ines(THURSDAY + MINUTE, if_match=schedule(house).revision)
    service.change_reminders(by_another, house.client_id, EVERY_DAY)
    with pytest.raises(Gone):
        service.unsubscribe(house.clockwork(THURSDAY + 2 * MINUTE), stop_token(wire))
    assert schedule(house).on


@pytest.mark.parametrize("token", ["", "x", "é", "####", "YWJj", "YS5iLmM", "a" * 400])
def test_a_link_that_is_not_ours_stops_nothing(house: House, wire: Wire, token: str) -> None:
    choose(house)
    house.pass_time(THURSDAY)
    with pytest.raises(Gone):
        service.unsubscribe(house.clockwork(THURSDAY), token)
    with pytest.raises(Gone):
        service.unsubscribe(house.clockwork(THURSDAY), stop_token(wire)[:-4] + "AAAA")
    assert schedule(house).on


def test_of_the_links_secret_only_its_hash_is_kept(house: House, wire: Wire) -> None:
    choose(house)
    house.pass_time(THURSDAY)
    token = stop_token(wire)
    secret = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode().rpartition(".")[2]
    (stop,) = schedule(house).stops
    assert stop.digest == digest(secret)
    assert not any(secret in row.body for row in Row.scan())


def test_two_presses_at_once_stop_them_once(house: House, wire: Wire) -> None:
    choose(house)
    house.pass_time(THURSDAY)
    token = stop_token(wire)

    def press_meanwhile(_number: int, operation: str) -> None:
        if operation == "TransactWriteItems":
            wire.watch()
            service.unsubscribe(house.clockwork(THURSDAY + MINUTE), token)

    wire.watch(before=press_meanwhile)
    service.unsubscribe(house.clockwork(THURSDAY + MINUTE), token)
    assert [line.what for line in house.log()] == ["Reminder", "Reminders stopped"]


def test_where_it_never_stops_changing_the_press_is_refused_with_what_to_do(house: House, wire: Wire) -> None:
    choose(house)
    house.pass_time(THURSDAY)
    busy = False

    def practise_always(_number: int, operation: str) -> None:
        nonlocal busy
        if operation == "TransactWriteItems" and not busy:
            busy = True
            service.note_practice(house.clockwork(NOW), house.client_id, NOW)
            busy = False

    wire.watch(before=practise_always)
    with pytest.raises(StaleWrite):
        service.unsubscribe(house.clockwork(THURSDAY), stop_token(wire))


# A process that dies


@pytest.mark.parametrize("applied", [False, True])
def test_a_reminder_survives_a_death_at_every_call(house: House, wire: Wire, *, applied: bool) -> None:
    number, falls = 1, THURSDAY
    choose(house)
    while True:
        sent, lines = len(wire.sent), len(house.log())
        wire.kill(number, applied=applied)
        try:
            house.pass_time(falls)
        except Killed:
            wire.watch()
            house.pass_time(falls + 6 * MINUTE)
            died = True
        else:
            wire.watch()
            died = False
        assert len(house.log()) == lines + 1, number
        assert last(house).state is LineState.SENT
        # A death between the mail and its line cannot be told from one before the mail: it goes again.
        assert len(wire.sent) - sent in {1, 2}, number
        assert schedule(house).next_at == falls + DAY
        if not died:
            assert len(wire.sent) - sent == 1
            return
        number, falls = number + 1, falls + DAY
