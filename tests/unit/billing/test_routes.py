"""Fees and invoices over HTTP."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.foundation.actor import Role

from ..contact.house import House
from ..practice.gateway import Gateway, Reply, Somebody


@pytest.fixture
def gateway(house: House) -> Gateway:  # noqa: ARG001 - what the views reach
    return Gateway()


@pytest.fixture
def ana(house: House) -> Somebody:
    return Somebody(house.practice_id, house.ana, frozenset({Role.OWNER}), "Ana Lind")


def set_fee(gateway: Gateway, house: House, by: Somebody, **change: Any) -> Reply:
    # The routes ask the real clock.
    today = datetime.now(UTC).date().isoformat()
    path = f"/api/clients/{house.client_id}/fees"
    return gateway.call("POST", path, {"minor": 14_800, "from_on": today} | change, by=by, key="key-0001")


def test_from_the_fee_to_the_payment(gateway: Gateway, house: House, ana: Somebody) -> None:
    fee = set_fee(gateway, house, ana)
    assert (fee.status, fee.version) == (201, 1)
    assert set_fee(gateway, house, ana).body == fee.body
    house.pass_time(datetime.now(UTC))
    seen = gateway.call("GET", f"/api/clients/{house.client_id}/invoices", by=ana).body
    (invoice,) = seen["invoices"]
    assert invoice["amount"] == {"minor": 14_800, "currency": "EUR"}
    path = f"/api/clients/{house.client_id}/invoices/{invoice['number']}"
    assert gateway.call("GET", f"{path}/pdf", by=ana).body["url"].startswith("https://")
    paid = gateway.call("POST", f"{path}/payment", {"paid_on": invoice["issued_on"]}, by=ana, key="key-0002")
    assert (paid.status, paid.body["state"]) == (200, "paid")
    again = gateway.call("POST", f"{path}/payment", {"paid_on": invoice["issued_on"]}, by=ana, key="key-0002")
    assert again.body == paid.body
    listed = gateway.call("GET", "/api/invoices", by=ana).body["invoices"]
    assert [one["state"] for one in listed] == ["paid"]
    (now,) = seen["fees"]
    ended = gateway.call(
        "DELETE",
        f"/api/clients/{house.client_id}/fees/{now['subscription_id']}",
        by=ana,
        if_match=now["version"],
    )
    assert (ended.status, ended.body["next_on"]) == (200, None)


@pytest.mark.parametrize(
    "change",
    [
        {"minor": 0},
        {"minor": -1},
        {"minor": 1.5},
        {"minor": "148"},
        {"from_on": "14 May"},
        {"from_on": "2020-01-01"},
        {"title": ""},
        {"title": "x" * 81},
        {"currency": "USD"},
    ],
)
def test_what_is_not_of_the_form_is_refused(
    gateway: Gateway, house: House, ana: Somebody, change: dict[str, Any]
) -> None:
    assert set_fee(gateway, house, ana, **change).status == 422


def test_a_guardian_is_told_that_fees_are_not_theirs_to_set(gateway: Gateway, house: House) -> None:
    dana = Somebody(house.practice_id, house.dana, frozenset({Role.GUARDIAN}), "Dana Brenner")
    assert set_fee(gateway, house, dana).status == 403
    assert gateway.call("GET", "/api/invoices", by=dana).status == 403
