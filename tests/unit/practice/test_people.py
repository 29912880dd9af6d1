"""The staff, and whose an address is."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.foundation import clock
from chalicelib.foundation.actor import Role, clockwork
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import NotFound
from chalicelib.foundation.ids import ClientId, PersonId, PracticeId, new_id
from chalicelib.foundation.pace import STARTING
from chalicelib.foundation.settings import settings
from chalicelib.foundation.table import Row
from chalicelib.practice import service
from chalicelib.practice.model import Purpose

from .conftest import PASSWORD, client_of, door, order
from .events import told
from .gateway import Gateway, Reply, Somebody


def _invite(gateway: Gateway, by: Somebody, key: str = "invite-1", **changes: Any) -> Reply:
    body = {"name": "Ines Duarte", "email": "ines@lind.example", "roles": ["therapist"]} | changes
    return gateway.call("POST", "/api/people", body, by=by, key=key)


def _call(somebody: Somebody) -> Call:
    return Call(clockwork(PracticeId(somebody.practice_id)), clock.now())


def test_nobody_has_letters_sent_without_end_and_others_go_on(
    gateway: Gateway, owner: Somebody, therapist: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STARTS_A_PERSON", "1")
    settings.cache_clear()
    STARTING.forget()
    before = len(gateway.call("GET", "/api/practice", by=owner).body["staff"])
    assert _invite(gateway, owner, email="iris@lind.example").status == 201
    reply = _invite(gateway, owner, "invite-2", email="ida@lind.example")
    assert (reply.status, reply.body["type"]) == (429, "too-many-tries")
    assert reply.body["detail"] == "Too many tries. Nothing was changed; please try again in a minute."
    page = gateway.call("GET", "/api/practice", by=owner)
    assert (page.status, len(page.body["staff"])) == (200, before + 1)
    other = {
        "name": "Theo",
        "email": "theo@lind.example",
        "time_zone": "Europe/Berlin",
        "therapist_ids": [therapist.person_id],
        "guardians": [],
    }
    assert gateway.call("POST", "/api/clients", other, by=therapist, key="add-theo").status == 201
    settings.cache_clear()


def test_somebody_invited_is_on_the_practices_page_and_is_written_to(gateway: Gateway, owner: Somebody) -> None:
    reply = _invite(gateway, owner, name="  Ines   Duarte ", email="Ines@Lind.example")
    assert reply.status == 201
    person_id = reply.body.pop("person_id")
    assert reply.body == {
        "name": "Ines Duarte",
        "email": "ines@lind.example",
        "roles": ["therapist"],
        "state": "invited",
        "has_authenticator": False,
        "invitation_trouble": "",
    }
    staff = gateway.call("GET", "/api/practice", by=owner).body["staff"]
    assert [one["name"] for one in staff] == ["Ada Lind", "Ines Duarte"]
    assert told(_call(owner))[-1] == ("person.invited", {"person_id": person_id})


def test_the_same_request_twice_invites_once(gateway: Gateway, owner: Somebody) -> None:
    first, second = _invite(gateway, owner), _invite(gateway, owner)
    assert first.body == second.body
    assert (first.status, second.status) == (201, 201)
    assert len(told(_call(owner))) == 2
    assert _invite(gateway, owner, name="Another").body["type"] == "idempotency-key-reused"


def test_an_address_that_the_practice_knows_gets_a_role_more(gateway: Gateway, owner: Somebody) -> None:
    reply = _invite(gateway, owner, email="ada@lind.example")
    assert (reply.body["person_id"], reply.body["name"]) == (owner.person_id, "Ada Lind")
    assert reply.body["roles"] == ["owner", "therapist"]
    assert told(_call(owner))[-1] == ("person.changed", {"person_id": owner.person_id})
    again = _invite(gateway, owner, "invite-2", email="ada@lind.example")
    assert (again.status, again.body["type"]) == (409, "already-here")


def test_an_address_that_signs_in_at_another_practice_is_refused(gateway: Gateway, owner: Somebody) -> None:
    other = service.found_practice(clock.now(), order(name="Praxis Berg", owner_email="eva@berg.example"))
    door(other.practice_id, other.owner_id)
    reply = _invite(gateway, owner, email="eva@berg.example")
    assert (reply.status, reply.body["type"]) == (409, "address-taken")


@pytest.mark.parametrize(
    "changes",
    [
        {"roles": []},
        {"roles": ["client"]},
        {"roles": ["guardian"]},
        {"name": ""},
        {"name": "\t "},
        {"email": "ines"},
        {"email": "ines@x.example\r\nBcc: all@x.example"},
        {"state": "active"},
        {"name": "x" * 121},
    ],
)
def test_an_invitation_of_another_form_is_refused(gateway: Gateway, owner: Somebody, changes: dict[str, Any]) -> None:
    assert _invite(gateway, owner, **changes).status == 422


def test_an_invitation_is_sent_again_three_times_an_hour(
    gateway: Gateway, owner: Somebody, therapist: Somebody
) -> None:
    path = f"/api/people/{therapist.person_id}/invitation"
    before = len(told(_call(owner)))
    for number in range(3):
        door(therapist.practice_id, therapist.person_id, at=clock.now() - timedelta(minutes=3 - number))
        if number < 2:
            assert gateway.call("POST", path, {}, by=owner, key=f"again-{number:04}").status == 200
    reply = gateway.call("POST", path, {}, by=owner, key="again-4444")
    assert (reply.status, reply.body["type"]) == (429, "too-many-tries")
    assert "Ines Duarte" in reply.body["detail"]
    assert len(told(_call(owner))) == before + 2


def test_an_invitation_that_was_opened_is_not_sent_again(gateway: Gateway, owner: Somebody) -> None:
    token = door(owner.practice_id, owner.person_id)
    gateway.call("POST", "/api/doors/open", {"token": token, "password": PASSWORD})
    reply = gateway.call("POST", f"/api/people/{owner.person_id}/invitation", {}, by=owner, key="again-1111")
    assert (reply.status, reply.body["type"]) == (409, "already-active")


@pytest.mark.parametrize("person_id", ["0" * 26, "not-an-id", "%2e%2e"])
def test_nobody_is_invited_again(gateway: Gateway, owner: Somebody, person_id: str) -> None:
    reply = gateway.call("POST", f"/api/people/{person_id}/invitation", {}, by=owner, key="again-1111")
    assert reply.status == 404


def test_letters_find_everybody_of_a_client_with_their_addresses(gateway: Gateway, therapist: Somebody) -> None:
    guardians = [{"name": "Rosa Weber", "email": "rosa@home.example"}]
    answer = client_of(gateway, therapist, guardians=guardians)
    found = service.addressees(_call(therapist), ClientId(answer["client_id"]))
    assert [one.email for one in found.client_side] == ["jonas@home.example", "rosa@home.example"]
    assert [one.email for one in found.therapists] == ["ines@lind.example"]
    assert (found.practice.name, found.card.name) == ("Praxis Lind", "Jonas Weber")


@pytest.mark.parametrize("read", [service.person, service.card, service.addressees])
def test_a_read_of_what_is_not_there_says_so(owner: Somebody, read: Any) -> None:
    with pytest.raises(NotFound):
        read(_call(owner), new_id(clock.now()))


def test_letters_of_a_client_without_a_practice_go_nowhere(gateway: Gateway, therapist: Somebody) -> None:
    client_id = ClientId(client_of(gateway, therapist)["client_id"])
    Row(therapist.practice_id, "practice").delete()
    with pytest.raises(NotFound):
        service.addressees(_call(therapist), client_id)


def test_a_practice_that_is_not_there_is_not_found(owner: Somebody, gateway: Gateway) -> None:
    stranger = Somebody("0" * 26, owner.person_id, frozenset({Role.OWNER}))
    assert gateway.call("GET", "/api/practice", by=stranger).status == 404
    with pytest.raises(NotFound):
        service.practice(_call(stranger))


def test_a_door_of_somebody_who_is_gone_is_over(gateway: Gateway, owner: Somebody) -> None:
    token = service.make_door(_call(owner), PersonId(new_id(clock.now())), Purpose.RESET)
    assert gateway.call("POST", "/api/doors/look", {"token": token}).status == 410


@pytest.mark.parametrize("email", ["<tom@lind.example>", "tom@lind..example", "töm@lind.example", "tom@-lind.example"])
def test_nobody_is_invited_at_an_address_that_no_mail_reaches(gateway: Gateway, owner: Somebody, email: str) -> None:
    body = {"name": "Tom", "email": email, "roles": ["therapist"]}
    reply = gateway.call("POST", "/api/people", body, by=owner, key="invite-tom")
    assert (reply.status, reply.body["type"]) == (422, "address-unreachable")
    assert "Nothing was changed" in reply.body["detail"]
