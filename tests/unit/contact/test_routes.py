"""Reminders over HTTP."""

from typing import Any

import pytest

from chalicelib.foundation.actor import Role

from ..practice.gateway import Gateway, Somebody
from .house import House
from .reminding import THURSDAY, choose, stop_token

BODY = {"on": True, "weekdays": [0, 2], "at": "17:30", "time_zone": "Europe/Dublin"}


@pytest.fixture
def gateway(house: House) -> Gateway:  # noqa: ARG001 - what the views reach
    return Gateway()


@pytest.fixture
def dana(house: House) -> Somebody:
    return Somebody(house.practice_id, house.dana, frozenset({Role.GUARDIAN}), "Dana Brenner")


def test_what_was_chosen_is_what_is_seen(gateway: Gateway, house: House, dana: Somebody) -> None:
    path = f"/api/clients/{house.client_id}/reminders"
    before = gateway.call("GET", path, by=dana)
    assert (before.status, before.version, before.body["on"]) == (200, 0, False)
    changed = gateway.call("PUT", path, BODY, by=dana, if_match=0)
    assert (changed.status, changed.version) == (200, 1)
    after = gateway.call("GET", path, by=dana)
    assert after.body == changed.body
    assert {name: after.body[name] for name in BODY} == BODY
    repeated = gateway.call("PUT", path, BODY, by=dana, if_match=0)
    assert (repeated.status, repeated.version, repeated.body) == (200, 1, changed.body)
    assert gateway.call("PUT", path, BODY | {"at": "18:00"}, by=dana, if_match=0).status == 409
    assert gateway.call("PUT", path, BODY, by=dana).status == 428


@pytest.mark.parametrize(
    "change",
    [
        {"weekdays": [7]},
        {"weekdays": ["Monday"]},
        {"weekdays": [0, 1, 2, 3, 4, 5, 6, 0]},
        {"at": "24:00"},
        {"at": "5:30"},
        {"at": "17:30\n"},
        {"on": "yes"},
        {"time_zone": "Europe/Nowhere"},
        {"who": "me"},
    ],
)
def test_what_is_not_of_the_form_is_refused(
    gateway: Gateway, house: House, dana: Somebody, change: dict[str, Any]
) -> None:
    path = f"/api/clients/{house.client_id}/reminders"
    refused = gateway.call("PUT", path, BODY | change, by=dana, if_match=0)
    assert refused.status == 422
    assert "Nothing was changed" in refused.body["detail"]


def test_another_practices_client_is_not_there(gateway: Gateway, house: House, dana: Somebody) -> None:
    stranger = Somebody("0" * 26, dana.person_id, dana.roles)
    path = f"/api/clients/{house.client_id}/reminders"
    assert gateway.call("GET", path, by=stranger).status == 404
    assert gateway.call("PUT", path, BODY, by=stranger, if_match=0).status == 404


def test_the_link_is_pressed_by_somebody_who_is_not_signed_in(gateway: Gateway, house: House, wire: Any) -> None:
    choose(house)
    house.pass_time(THURSDAY)
    pressed = gateway.call("POST", "/api/unsubscribe", {"token": stop_token(wire)})
    assert (pressed.status, pressed.body) == (200, {"name": "Hazel Lane Therapy"})
    unknown = gateway.call("POST", "/api/unsubscribe", {"token": "x"})
    assert (unknown.status, unknown.body["type"]) == (410, "link-over")
