"""The link in a mail that stops reminders: whose, how often and how long it works."""

import base64

import pytest

from chalicelib.contact import service
from chalicelib.foundation.errors import Gone, StaleWrite
from chalicelib.foundation.ids import digest
from chalicelib.foundation.table import Row

from .house import House, Wire
from .reminding import DAY, EVERY_DAY, MINUTE, THURSDAY, choose, keep_practising, schedule, stop_token


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
    keep_practising(house, wire)
    with pytest.raises(StaleWrite):
        service.unsubscribe(house.clockwork(THURSDAY), stop_token(wire))
