"""Founding a practice happens once for an order."""

from typing import Any

import msgspec
import pytest

from chalicelib.foundation.actor import Role, clockwork
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import Invalid, NotFound
from chalicelib.practice import founding, service
from chalicelib.practice.model import PersonState
from chalicelib.practice.shapes import Founded

from ..conftest import NOW
from .conftest import order
from .events import told


def test_a_founded_practice_has_an_invited_owner(founded: Founded, as_clockwork: Call) -> None:
    practice = service.practice(as_clockwork)
    owner = service.person(as_clockwork, founded.owner_id)
    assert (practice.name, practice.currency, practice.time_zone) == ("Praxis Lind", "EUR", "Europe/Lisbon")
    assert (owner.roles, owner.state, owner.email) == (frozenset({Role.OWNER}), PersonState.INVITED, "ada@lind.example")
    assert told(as_clockwork) == [("person.invited", {"person_id": founded.owner_id})]


def test_the_same_order_founds_one_practice(founded: Founded, as_clockwork: Call) -> None:
    assert service.found_practice(NOW, order()) == founded
    assert len(told(as_clockwork)) == 1


def test_an_order_that_was_accepted_is_answered_alike_when_its_address_already_signs_in(
    founded: Founded, as_clockwork: Call
) -> None:
    service.ensure_sign_in(as_clockwork, founded.owner_id)
    assert service.found_practice(NOW, order()) == founded


@pytest.mark.usefixtures("cognito")
def test_a_key_stands_for_one_order() -> None:
    first = service.found_practice(NOW, order(key="order-1"))
    assert service.found_practice(NOW, order(key="order-1")) == first
    with pytest.raises(Invalid):
        service.found_practice(NOW, order(key="order-1", name="Another practice"))
    other = service.found_practice(NOW, order(key="order-2", owner_email="bo@lind.example"))
    assert other.practice_id != first.practice_id


@pytest.mark.usefixtures("founded")
def test_two_practices_see_nothing_of_each_other(founded: Founded) -> None:
    other = service.found_practice(NOW, order(name="Praxis Berg", owner_email="eva@berg.example"))
    call = Call(clockwork(other.practice_id), NOW)
    assert service.practice(call).name == "Praxis Berg"
    with pytest.raises(NotFound):
        service.person(call, founded.owner_id)


def test_an_owner_whose_address_signs_in_elsewhere_is_refused(founded: Founded, as_clockwork: Call) -> None:
    service.ensure_sign_in(as_clockwork, founded.owner_id)
    with pytest.raises(service.AddressTaken):
        service.found_practice(NOW, order(name="Praxis Berg"))


@pytest.mark.usefixtures("cognito")
@pytest.mark.parametrize("changes", [{"time_zone": "Europe/Nowhere"}, {"name": "  "}, {"owner_name": "\u200b"}])
def test_an_order_that_makes_no_sense_founds_nothing(changes: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        service.found_practice(NOW, order(**changes))


@pytest.mark.usefixtures("cognito")
def test_the_operator_orders_in_json() -> None:
    event: dict[str, Any] = {
        "do": "found_practice",
        "name": "Praxis Lind",
        "time_zone": "Europe/Lisbon",
        "currency": "EUR",
        "owner_name": "Ada Lind",
        "owner_email": "Ada@Lind.example",
    }
    first = founding.command(event, NOW)
    assert first.keys() == {"practice_id", "owner_id"}
    assert founding.command(event, NOW) == first


@pytest.mark.parametrize("event", [{}, {"do": "erase_everything"}, {"do": "found_practice", "name": "x"}])
def test_an_order_that_is_not_understood_is_refused(event: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        founding.command(event, NOW)
