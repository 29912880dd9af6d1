"""Two people at the same moment: one is first, the other is told, nothing is lost."""

from collections.abc import Callable
from typing import Any

from chalicelib.foundation import clock
from chalicelib.foundation.actor import clockwork
from chalicelib.foundation.call import Call
from chalicelib.foundation.ids import PersonId, PracticeId
from chalicelib.practice import service
from chalicelib.practice.model import PERSON, Purpose
from chalicelib.practice.store import person_key

from ..conftest import NOW
from .conftest import PASSWORD, client_of, door, order
from .gateway import Gateway, Somebody

type Meanwhile = dict[str, Callable[[], object]]
ROSA = {"name": "Rosa Weber", "email": "rosa@home.example"}


def _call(somebody: Somebody) -> Call:
    return Call(clockwork(PracticeId(somebody.practice_id)), clock.now())


def _touch(somebody: Somebody, person_id: str) -> None:
    call = _call(somebody)
    stored = call.table.get(PERSON, person_key(PersonId(person_id)))
    assert stored
    write = call.write()
    write.replace(stored, stored.value)
    write.commit()


def test_two_operators_found_one_practice(cognito: Any, meanwhile: Meanwhile) -> None:  # noqa: ARG001
    answers = []
    meanwhile["TransactWriteItems"] = lambda: answers.append(service.found_practice(NOW, order()))
    assert service.found_practice(NOW, order()) == answers[0]


def test_two_invitations_of_one_address_make_one_person(
    gateway: Gateway, owner: Somebody, meanwhile: Meanwhile
) -> None:
    body = {"name": "Ines", "email": "ines@lind.example", "roles": ["therapist"]}
    replies = []
    meanwhile["TransactWriteItems"] = lambda: replies.append(
        gateway.call("POST", "/api/people", body, by=owner, key="from-phone")
    )
    late = gateway.call("POST", "/api/people", body, by=owner, key="from-desk")
    assert (replies[0].status, late.status, late.body["type"]) == (201, 409, "address-taken")
    assert len(gateway.call("GET", "/api/practice", by=owner).body["staff"]) == 2


def test_a_person_who_changes_meanwhile_is_not_overwritten(
    gateway: Gateway, therapist: Somebody, meanwhile: Meanwhile
) -> None:
    mia = client_of(gateway, therapist, name="Mia", guardians=[ROSA])
    rosa = mia["guardians"][0]["person_id"]
    path = f"/api/clients/{mia['client_id']}/guardians/{rosa}"
    meanwhile["TransactWriteItems"] = lambda: _touch(therapist, rosa)
    late = gateway.call("DELETE", path, by=therapist, if_match=1)
    assert (late.status, late.body["type"]) == (409, "conflict")
    assert "try again" in late.body["detail"]
    assert gateway.call("DELETE", path, by=therapist, if_match=1).status == 200


def test_a_card_that_changes_meanwhile_is_not_overwritten(
    gateway: Gateway, therapist: Somebody, meanwhile: Meanwhile
) -> None:
    client_id = client_of(gateway, therapist)["client_id"]
    path = f"/api/clients/{client_id}"
    body = {"name": "Jonas B", "time_zone": "Europe/Berlin", "therapist_ids": [therapist.person_id]}
    meanwhile["TransactWriteItems"] = lambda: gateway.call("PUT", path, body, by=therapist, if_match=1)
    late = gateway.call("PUT", path, {**body, "name": "Jonas C"}, by=therapist, if_match=1)
    assert (late.status, late.body["type"]) == (409, "changed-meanwhile")
    assert (late.body["current"]["name"], late.body["yours"]["name"]) == ("Jonas B", "Jonas C")
    assert gateway.call("GET", path, by=therapist).body["name"] == "Jonas B"


def test_a_door_that_is_opened_twice_at_once_opens_once(
    gateway: Gateway, owner: Somebody, meanwhile: Meanwhile
) -> None:
    body = {"token": door(owner.practice_id, owner.person_id), "password": PASSWORD}
    replies = []
    meanwhile["AdminSetUserPassword"] = lambda: replies.append(gateway.call("POST", "/api/doors/open", body))
    late = gateway.call("POST", "/api/doors/open", body)
    assert (replies[0].status, late.status) == (200, 410)


def test_a_door_opens_at_the_next_press_where_its_person_changed_meanwhile(
    gateway: Gateway, owner: Somebody, meanwhile: Meanwhile
) -> None:
    body = {"token": door(owner.practice_id, owner.person_id, Purpose.RESET), "password": PASSWORD}
    meanwhile["AdminSetUserPassword"] = lambda: _touch(owner, owner.person_id)
    late = gateway.call("POST", "/api/doors/open", body)
    assert (late.status, late.body["type"]) == (409, "conflict")
    assert "press the button again" in late.body["detail"]
    assert gateway.call("POST", "/api/doors/open", body).status == 200


def test_settings_that_change_meanwhile_are_not_overwritten(
    gateway: Gateway, owner: Somebody, meanwhile: Meanwhile
) -> None:
    body = {
        "name": "Praxis B",
        "time_zone": "Europe/Berlin",
        "answer_within_hours": 24,
        "review_links_need_sign_in": False,
    }
    meanwhile["TransactWriteItems"] = lambda: gateway.call("PUT", "/api/practice", body, by=owner, if_match=1)
    late = gateway.call("PUT", "/api/practice", {**body, "name": "Praxis C"}, by=owner, if_match=1)
    assert late.status == 409
    assert (late.body["current"]["practice"]["name"], late.body["yours"]["name"]) == ("Praxis B", "Praxis C")
