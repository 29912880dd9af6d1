"""Choosing when to be reminded, with others who choose, and with the clockwork between."""

from datetime import date

import pytest

from chalicelib.contact import service
from chalicelib.contact.model import SCHEDULE
from chalicelib.contact.shapes import ChangeReminders, Reminders
from chalicelib.contact.store import schedule_key
from chalicelib.foundation import due
from chalicelib.foundation.errors import Invalid, NotFound, PreconditionMissing, StaleWrite

from ..conftest import NOW
from .house import House, Wire
from .reminding import DAY, EVERY_DAY, THURSDAY, choose, keep_practising, schedule


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
    keep_practising(house, wire)
    with pytest.raises(StaleWrite):
        service.change_reminders(house.as_dana(if_match=1), house.client_id, EVERY_DAY)
