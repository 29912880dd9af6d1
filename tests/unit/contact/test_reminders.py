"""Reminders: one mail an occurrence, none when there is a reason, and a log that says which."""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from chalicelib.contact import service
from chalicelib.contact.model import SCHEDULE, LineState
from chalicelib.contact.shapes import ChangeReminders
from chalicelib.contact.store import schedule_key
from chalicelib.foundation import due, places
from chalicelib.foundation.errors import Conflict
from chalicelib.practice.model import CARD

from ..conftest import NOW
from .house import House, Killed, Wire
from .reminding import DAY, MINUTE, THURSDAY, choose, last, practise, schedule


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
