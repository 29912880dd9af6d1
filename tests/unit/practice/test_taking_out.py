"""Somebody leaves the staff."""

from typing import Any

from chalicelib.foundation import clock
from chalicelib.foundation.actor import Role, clockwork
from chalicelib.foundation.call import Call
from chalicelib.foundation.ids import PersonId, PracticeId
from chalicelib.foundation.settings import settings
from chalicelib.practice import service
from chalicelib.practice.model.sessions import SIGNED_IN

from .conftest import PASSWORD, client_of, door, staff
from .events import told
from .gateway import Gateway, Reply, Somebody
from .phone import Phone


def _out(gateway: Gateway, by: Somebody, somebody: Somebody) -> Reply:
    return gateway.call("DELETE", f"/api/people/{somebody.person_id}", by=by)


def _call(somebody: Somebody) -> Call:
    return Call(clockwork(PracticeId(somebody.practice_id)), clock.now())


def _enter(gateway: Gateway, somebody: Somebody) -> Reply:
    token = door(somebody.practice_id, somebody.person_id)
    return Phone().enter(gateway, gateway.call("POST", "/api/doors/open", {"token": token, "password": PASSWORD}))


def test_somebody_taken_out_is_signed_out_everywhere_and_comes_in_no_more(
    gateway: Gateway, owner: Somebody, therapist: Somebody, cognito: Any
) -> None:
    session = _enter(gateway, therapist)
    assert _out(gateway, owner, therapist).status == 200
    assert told(_call(owner))[-1] == ("person.changed", {"person_id": therapist.person_id})
    assert _call(owner).table.under(f"signing_in#{therapist.person_id}", "session#").all(SIGNED_IN) == []
    assert gateway.call("POST", "/api/session/refresh", {}, cookie=session.cookie).status == 401
    given = {"email": "ines@lind.example", "password": PASSWORD}
    service.bring_account_up_to_date(_call(owner), PersonId(therapist.person_id))
    groups = cognito.admin_list_groups_for_user(UserPoolId=settings().user_pool_id, Username=therapist.person_id)
    assert groups["Groups"] == []
    assert gateway.call("POST", "/api/session", given).body["type"] == "sign-in-failed"
    staff_now = gateway.call("GET", "/api/practice", by=owner).body["staff"]
    assert [one["name"] for one in staff_now] == ["Ada Lind"]


def test_taken_out_twice_is_taken_out_once_and_an_invitation_brings_them_back(
    gateway: Gateway, owner: Somebody, therapist: Somebody
) -> None:
    _out(gateway, owner, therapist)
    before = len(told(_call(owner)))
    assert _out(gateway, owner, therapist).status == 200
    assert len(told(_call(owner))) == before
    body = {"name": "Ines Duarte", "email": "ines@lind.example", "roles": ["therapist"]}
    again = gateway.call("POST", "/api/people", body, by=owner, key="invite-once-more")
    assert (again.status, again.body["person_id"]) == (201, therapist.person_id)


def test_whoever_treats_a_client_stays_until_somebody_else_does(
    gateway: Gateway, owner: Somebody, therapist: Somebody
) -> None:
    client = client_of(gateway, therapist)
    reply = _out(gateway, owner, therapist)
    assert (reply.status, reply.body["type"]) == (409, "treats-clients")
    assert reply.body["detail"].startswith("Ines Duarte treats Jonas Weber. Choose another therapist")
    other = staff(gateway, owner, "Tom Reis", "tom@lind.example", Role.THERAPIST)
    change = {"name": "Jonas Weber", "time_zone": "Europe/Berlin", "therapist_ids": [other.person_id]}
    path = f"/api/clients/{client['client_id']}"
    assert gateway.call("PUT", path, change, by=owner, if_match=1).status == 200
    assert _out(gateway, owner, therapist).status == 200


def test_who_is_a_client_too_stays_one(gateway: Gateway, owner: Somebody, therapist: Somebody) -> None:
    jonas = client_of(gateway, therapist)["own"]["person_id"]
    staff(gateway, owner, "Jonas Weber", "jonas@home.example", Role.THERAPIST)
    assert gateway.call("DELETE", f"/api/people/{jonas}", by=owner).status == 200
    assert service.person(_call(owner), PersonId(jonas)).roles == {Role.CLIENT}


def test_nobody_takes_themselves_out_and_nobody_by_a_token_that_is_older_than_their_own_leaving(
    gateway: Gateway, owner: Somebody, therapist: Somebody
) -> None:
    reply = _out(gateway, owner, owner)
    assert (reply.status, reply.body["type"]) == (409, "is-oneself")
    other = staff(gateway, owner, "Ole Other", "ole@lind.example", Role.OWNER)
    assert _out(gateway, owner, other).status == 200
    assert _out(gateway, other, owner).status == 403
    assert _out(gateway, other, therapist).status == 403
    assert _out(gateway, therapist, other).status == 403


def test_of_two_owners_who_take_each_other_out_one_stays(
    gateway: Gateway, owner: Somebody, meanwhile: dict[str, Any]
) -> None:
    other = staff(gateway, owner, "Ole Other", "ole@lind.example", Role.OWNER)
    meanwhile["TransactWriteItems"] = lambda: _out(gateway, other, owner)
    assert _out(gateway, owner, other).status == 409
    assert service.person(_call(owner), PersonId(other.person_id)).roles == {Role.OWNER}
    assert service.person(_call(owner), PersonId(owner.person_id)).roles == frozenset()


def test_an_owner_who_was_taken_out_changes_nothing_with_the_token_that_is_left(
    gateway: Gateway, owner: Somebody, therapist: Somebody
) -> None:
    client = client_of(gateway, therapist)
    other = staff(gateway, owner, "Ole Other", "ole@lind.example", Role.OWNER)
    path = f"/api/clients/{client['client_id']}"
    friend = {"name": "Ole Again", "email": "ole@home.example"}
    assert _out(gateway, owner, other).status == 200
    tried = [
        gateway.call("POST", "/api/people", {**friend, "roles": ["owner"]}, by=other, key="come-back-in"),
        gateway.call("POST", f"{path}/guardians", friend, by=other, key="come-back-as"),
        gateway.call("DELETE", f"/api/people/{therapist.person_id}/authenticator", by=other),
        gateway.call("POST", f"{path}/erasure", {"name": "Jonas Weber"}, by=other, key="burn-it-all"),
        gateway.call("POST", f"{path}/copies", {}, by=other, key="take-it-all"),
    ]
    assert {reply.status for reply in tried} == {403}
    again = gateway.call("POST", "/api/people", {**friend, "roles": ["owner"]}, by=owner, key="by-the-other")
    assert again.status == 201
