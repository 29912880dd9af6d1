"""Clients, and the people who act for them."""

from typing import Any

import pytest

from chalicelib.foundation import clock
from chalicelib.foundation.actor import Role, clockwork
from chalicelib.foundation.call import Call
from chalicelib.foundation.ids import ClientId, PersonId, PracticeId
from chalicelib.foundation.table import Key
from chalicelib.practice import service
from chalicelib.practice.model import CLIENT_LINE, ClientLine, Person

from .conftest import client_of, door, order, staff
from .events import told
from .gateway import Gateway, Reply, Somebody

ROSA = {"name": "Rosa Weber", "email": "rosa@home.example"}


@pytest.fixture
def colleague(gateway: Gateway, owner: Somebody) -> Somebody:
    return staff(gateway, owner, "Bea Horn", "bea@lind.example", Role.THERAPIST)


def _call(somebody: Somebody) -> Call:
    return Call(clockwork(PracticeId(somebody.practice_id)), clock.now())


def _person(of: Somebody, person_id: str) -> Person:
    return service.person(_call(of), PersonId(person_id))


def _names(gateway: Gateway, by: Somebody) -> list[tuple[str, str]]:
    lines = gateway.call("GET", "/api/clients", by=by).body["clients"]
    return [(line["name"], line["therapist_name"]) for line in lines]


def _change(gateway: Gateway, by: Somebody, client_id: str, version: int = 1, **changes: Any) -> Reply:
    body = {"name": "Jonas Weber", "time_zone": "Europe/Berlin", "therapist_ids": [by.person_id]} | changes
    return gateway.call("PUT", f"/api/clients/{client_id}", body, by=by, if_match=version)


def test_a_client_is_added_with_everybody_who_signs_in_for_them(gateway: Gateway, therapist: Somebody) -> None:
    answer = client_of(gateway, therapist, guardians=[ROSA])
    assert [one["name"] for one in answer["therapists"]] == ["Ines Duarte"]
    assert [one["name"] for one in answer["guardians"]] == ["Rosa Weber"]
    assert answer["own"]["name"] == "Jonas Weber"
    seen = gateway.call("GET", f"/api/clients/{answer['client_id']}", by=therapist)
    assert (seen.body, seen.version) == (answer, 1)
    own, rosa = _person(therapist, answer["own"]["person_id"]), _person(therapist, answer["guardians"][0]["person_id"])
    assert (own.roles, rosa.roles) == (frozenset({Role.CLIENT}), frozenset({Role.GUARDIAN}))
    assert [one.name for one in rosa.clients] == ["Jonas Weber"]
    assert {event for event, _ in told(_call(therapist))[-2:]} == {"person.invited"}


def test_a_child_needs_no_sign_in_of_their_own(gateway: Gateway, therapist: Somebody) -> None:
    answer = client_of(gateway, therapist, email=None, guardians=[ROSA])
    assert answer["own"] is None


def test_an_owner_names_the_therapists(gateway: Gateway, owner: Somebody, therapist: Somebody) -> None:
    answer = client_of(gateway, owner, therapist_ids=[therapist.person_id])
    assert [one["person_id"] for one in answer["therapists"]] == [therapist.person_id]
    body = {"name": "Mia", "time_zone": "Europe/Berlin", "email": "mia@home.example"}
    reply = gateway.call("POST", "/api/clients", body, by=owner, key="add-without")
    assert (reply.status, reply.body["type"]) == (422, "not-a-therapist")


def test_a_guardian_whom_the_practice_knows_acts_for_both_clients(gateway: Gateway, therapist: Somebody) -> None:
    first = client_of(gateway, therapist, name="Mia", email=None, guardians=[ROSA])
    second = client_of(
        gateway, therapist, name="Tom", email=None, guardians=[{"name": "R. Weber", "email": "ROSA@home.example"}]
    )
    assert first["guardians"] == second["guardians"]
    rosa = _person(therapist, first["guardians"][0]["person_id"])
    assert [one.name for one in rosa.clients] == ["Mia", "Tom"]
    by = Somebody(therapist.practice_id, rosa.person_id, rosa.roles)
    for client in (first, second):
        assert gateway.call("GET", f"/api/clients/{client['client_id']}", by=by).status == 200


def test_a_therapist_may_be_a_guardian_too(gateway: Gateway, therapist: Somebody, colleague: Somebody) -> None:
    guardians = [{"name": "Bea Horn", "email": "bea@lind.example"}]
    answer = client_of(gateway, therapist, name="Mia", email=None, guardians=guardians)
    assert answer["guardians"][0]["person_id"] == colleague.person_id
    assert _person(therapist, colleague.person_id).roles == {Role.THERAPIST, Role.GUARDIAN}
    assert told(_call(therapist))[-1] == ("person.changed", {"person_id": colleague.person_id})


def test_nobody_is_two_clients(gateway: Gateway, therapist: Somebody) -> None:
    client_of(gateway, therapist)
    body = {"name": "Jonas again", "time_zone": "Europe/Berlin", "email": "jonas@home.example"}
    reply = gateway.call("POST", "/api/clients", body, by=therapist, key="add-again-1")
    assert (reply.status, reply.body["type"]) == (409, "address-taken")


def test_a_guardian_may_become_a_client_themself(gateway: Gateway, therapist: Somebody) -> None:
    mia = client_of(gateway, therapist, name="Mia", email=None, guardians=[ROSA])
    rosa = client_of(gateway, therapist, name="Rosa Weber", email=ROSA["email"])
    assert rosa["own"]["person_id"] == mia["guardians"][0]["person_id"]
    assert _person(therapist, rosa["own"]["person_id"]).roles == {Role.CLIENT, Role.GUARDIAN}


def test_an_address_at_another_practice_is_refused_and_nothing_is_added(gateway: Gateway, therapist: Somebody) -> None:
    other = service.found_practice(clock.now(), order(name="Praxis Berg", owner_email="eva@berg.example"))
    door(other.practice_id, other.owner_id)
    body = {"name": "Eva", "time_zone": "Europe/Berlin", "email": "eva@berg.example"}
    reply = gateway.call("POST", "/api/clients", body, by=therapist, key="add-eva-11")
    assert (reply.status, reply.body["type"]) == (409, "address-taken")
    assert _names(gateway, therapist) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"email": None}, "no-way-in"),
        ({"email": "rosa@home.example", "guardians": [ROSA]}, "invalid"),
        ({"guardians": [ROSA, {"name": "Rosa", "email": "Rosa@Home.example"}]}, "invalid"),
        ({"guardians": [{"name": f"G{n}", "email": f"g{n}@home.example"} for n in range(9)]}, "invalid"),
        ({"time_zone": "Berlin"}, "invalid"),
        ({"time_zone": "../../etc/passwd"}, "invalid"),
        ({"time_zone": "localtime"}, "invalid"),
        ({"time_zone": "Factory"}, "invalid"),
        ({"email": "jonas@home.example,eve"}, "address-unreachable"),
        ({"email": "Jonas<eve@home.example>"}, "address-unreachable"),
        ({"email": "jonas\x00@home.example"}, "address-unreachable"),
        ({"guardians": [{"name": "Rosa", "email": "rosa\u200b@home.example"}]}, "address-unreachable"),
        ({"name": " \n "}, "invalid"),
        ({"therapist_ids": ["0" * 26]}, "not-a-therapist"),
        ({"therapist_ids": ["' or 1=1"]}, "not-a-therapist"),
        ({"client_id": "0" * 26}, "invalid"),
        ({"since": "2026-01-01"}, "invalid"),
    ],
)
def test_a_client_who_makes_no_sense_is_refused(
    gateway: Gateway, therapist: Somebody, changes: dict[str, Any], problem: str
) -> None:
    body = {"name": "Jonas", "time_zone": "Europe/Berlin", "email": "jonas@home.example"} | changes
    reply = gateway.call("POST", "/api/clients", body, by=therapist, key="add-nobody")
    assert (reply.status, reply.body["type"]) == (422, problem)
    assert _names(gateway, therapist) == []


def test_an_owner_who_does_not_treat_is_no_therapist(gateway: Gateway, owner: Somebody, therapist: Somebody) -> None:
    body = {"name": "Jonas", "time_zone": "Europe/Berlin", "email": "j@home.example"}
    for ids in ([owner.person_id], [therapist.person_id, owner.person_id]):
        reply = gateway.call("POST", "/api/clients", body | {"therapist_ids": ids}, by=owner, key="add-for-1")
        assert reply.body["type"] == "not-a-therapist"


def test_a_list_shows_an_owner_everybody_and_a_therapist_their_own(
    gateway: Gateway, owner: Somebody, therapist: Somebody, colleague: Somebody
) -> None:
    client_of(gateway, therapist, name="Zoe", email="zoe@home.example")
    client_of(gateway, therapist, name="Élodie", email="elodie@home.example")
    client_of(gateway, colleague, name="ben", email="ben@home.example")
    client_of(gateway, colleague, name="🌻 Sun", email="sun@home.example", therapist_ids=[therapist.person_id])
    assert [name for name, _ in _names(gateway, owner)] == ["ben", "Élodie", "Zoe", "🌻 Sun"]
    assert [name for name, _ in _names(gateway, therapist)] == ["Élodie", "Zoe", "🌻 Sun"]
    assert _names(gateway, colleague) == [("ben", "Bea Horn")]


def test_pages_of_a_list_follow_each_other(gateway: Gateway, therapist: Somebody) -> None:
    names = [f"Client {number:03}" for number in range(105)]
    for name in names:
        line = ClientLine(client_id=ClientId(name), name=name, therapist_name="Ines", since=clock.now())
        key = Key(f"therapist#{therapist.person_id}", f"client#{name.lower()}")
        _call(therapist).table.row(CLIENT_LINE, key, line, 1).save()
    first = gateway.call("GET", "/api/clients", by=therapist).body
    second = gateway.call("GET", f"/api/clients?after={first['after']}", by=therapist).body
    assert [line["name"] for line in first["clients"] + second["clients"]] == names
    assert (len(first["clients"]), second["after"]) == (100, None)


@pytest.mark.parametrize("after", ["!!", "zzz", "c3RhcnQ", "//79", "cXVldWUjMjAyNg"])
def test_a_page_marker_of_somebody_elses_is_refused(gateway: Gateway, therapist: Somebody, after: str) -> None:
    assert gateway.call("GET", f"/api/clients?after={after}", by=therapist).status == 422


def test_a_new_name_is_told_everywhere_at_once(gateway: Gateway, owner: Somebody, therapist: Somebody) -> None:
    answer = client_of(gateway, therapist, guardians=[ROSA])
    reply = _change(gateway, therapist, answer["client_id"], name="Jonas Berg", time_zone="Europe/Lisbon")
    assert (reply.status, reply.version) == (200, 2)
    assert (reply.body["name"], reply.body["time_zone"]) == ("Jonas Berg", "Europe/Lisbon")
    assert reply.body["own"] == {"person_id": answer["own"]["person_id"], "name": "Jonas Berg"}
    for by in (owner, therapist):
        assert _names(gateway, by) == [("Jonas Berg", "Ines Duarte")]
    own = _person(therapist, answer["own"]["person_id"])
    rosa = _person(therapist, answer["guardians"][0]["person_id"])
    assert (own.name, rosa.name) == ("Jonas Berg", "Rosa Weber")
    assert [one.name for one in (*own.clients, *rosa.clients)] == ["Jonas Berg", "Jonas Berg"]
    events = [event for event, _ in told(_call(therapist))]
    assert events.count("client.changed") == 1
    assert events.count("person.changed") == 1


def test_a_client_moves_from_one_therapist_to_another(
    gateway: Gateway, owner: Somebody, therapist: Somebody, colleague: Somebody
) -> None:
    client_id = client_of(gateway, therapist)["client_id"]
    both = [colleague.person_id, therapist.person_id, colleague.person_id]
    assert _change(gateway, therapist, client_id, therapist_ids=both).status == 200
    assert _names(gateway, therapist) == _names(gateway, colleague) == [("Jonas Weber", "Bea Horn")]
    assert _change(gateway, therapist, client_id, 2, therapist_ids=[colleague.person_id]).status == 200
    assert _names(gateway, therapist) == []
    assert _names(gateway, owner) == [("Jonas Weber", "Bea Horn")]
    for path in ("", "/guardians"):
        method, body = ("GET", None) if not path else ("POST", ROSA)
        reply = gateway.call(method, f"/api/clients/{client_id}{path}", body, by=therapist, key="late-guardian")
        assert reply.status == 404
    rows = _call(owner).table.under("clients", "").all(CLIENT_LINE)
    assert len(rows) == 1


def test_the_second_of_two_changes_is_shown_both_texts(gateway: Gateway, therapist: Somebody) -> None:
    client_id = client_of(gateway, therapist)["client_id"]
    assert _change(gateway, therapist, client_id, name="Jonas Berg").status == 200
    reply = _change(gateway, therapist, client_id, name="Jonas Tal")
    assert (reply.status, reply.body["type"]) == (409, "changed-meanwhile")
    assert (reply.body["current"]["name"], reply.body["yours"]["name"]) == ("Jonas Berg", "Jonas Tal")


def test_the_same_change_again_after_a_lost_answer_is_answered(gateway: Gateway, therapist: Somebody) -> None:
    client_id = client_of(gateway, therapist)["client_id"]
    first, again = (_change(gateway, therapist, client_id, name="Jonas Berg") for _ in range(2))
    assert (again.status, again.version, again.body) == (200, 2, first.body)


@pytest.mark.parametrize("if_match", [None, "*", "abc", '"x"'])
def test_a_change_names_the_version_that_it_changes(gateway: Gateway, therapist: Somebody, if_match: Any) -> None:
    client_id = client_of(gateway, therapist)["client_id"]
    body = {"name": "J", "time_zone": "Europe/Berlin", "therapist_ids": [therapist.person_id]}
    reply = gateway.call("PUT", f"/api/clients/{client_id}", body, by=therapist, if_match=if_match)
    assert reply.status in {422, 428}


@pytest.mark.parametrize("changes", [{"therapist_ids": []}, {"time_zone": ""}, {"name": " "}, {"email": "x@y.example"}])
def test_a_change_that_makes_no_sense_changes_nothing(
    gateway: Gateway, therapist: Somebody, changes: dict[str, Any]
) -> None:
    client_id = client_of(gateway, therapist)["client_id"]
    assert _change(gateway, therapist, client_id, **changes).status == 422
    assert gateway.call("GET", f"/api/clients/{client_id}", by=therapist).version == 1


def _add_guardian(
    gateway: Gateway, by: Somebody, client_id: str, who: dict[str, str] = ROSA, key: str = "guardian-1"
) -> Reply:
    return gateway.call("POST", f"/api/clients/{client_id}/guardians", who, by=by, key=key)


def test_a_guardian_is_let_in_and_out(gateway: Gateway, therapist: Somebody) -> None:
    client_id = client_of(gateway, therapist)["client_id"]
    added = _add_guardian(gateway, therapist, client_id)
    assert (added.status, added.version) == (200, 2)
    rosa = added.body["guardians"][0]["person_id"]
    by = Somebody(therapist.practice_id, rosa, frozenset({Role.GUARDIAN}))
    assert gateway.call("GET", f"/api/clients/{client_id}", by=by).status == 200
    path = f"/api/clients/{client_id}/guardians/{rosa}"
    assert gateway.call("DELETE", path, by=therapist, if_match=1).status == 409
    removed = gateway.call("DELETE", path, by=therapist, if_match=2)
    assert (removed.status, removed.version, removed.body["guardians"]) == (200, 3, [])
    again = gateway.call("DELETE", path, by=therapist, if_match=2)
    assert (again.status, again.version, again.body) == (200, 3, removed.body)
    assert gateway.call("GET", f"/api/clients/{client_id}", by=by).status == 404
    assert gateway.call("DELETE", path, by=therapist, if_match=3).status == 404
    person = _person(therapist, rosa)
    assert (person.roles, person.clients) == (frozenset(), ())
    assert told(_call(therapist))[-1] == ("person.changed", {"person_id": rosa})


def test_a_guardian_who_was_removed_can_be_let_in_again(gateway: Gateway, therapist: Somebody) -> None:
    client_id = client_of(gateway, therapist)["client_id"]
    rosa = _add_guardian(gateway, therapist, client_id).body["guardians"][0]["person_id"]
    gateway.call("DELETE", f"/api/clients/{client_id}/guardians/{rosa}", by=therapist, if_match=2)
    again = _add_guardian(gateway, therapist, client_id, key="guardian-2")
    assert [one["person_id"] for one in again.body["guardians"]] == [rosa]
    assert _person(therapist, rosa).roles == {Role.GUARDIAN}


def test_the_same_guardian_twice_is_said_in_words(gateway: Gateway, therapist: Somebody) -> None:
    client_id = client_of(gateway, therapist)["client_id"]
    first, second = _add_guardian(gateway, therapist, client_id), _add_guardian(gateway, therapist, client_id)
    assert first.body == second.body
    other = _add_guardian(gateway, therapist, client_id, key="guardian-2")
    assert (other.status, other.body["type"]) == (409, "already-guardian")
    own = _add_guardian(gateway, therapist, client_id, {"name": "J", "email": "jonas@home.example"}, "guardian-3")
    assert own.body["type"] == "already-guardian"


def test_a_client_has_eight_guardians_at_most(gateway: Gateway, therapist: Somebody) -> None:
    guardians = [{"name": f"G{number}", "email": f"g{number}@home.example"} for number in range(8)]
    client_id = client_of(gateway, therapist, guardians=guardians)["client_id"]
    reply = _add_guardian(gateway, therapist, client_id)
    assert (reply.status, reply.body["type"]) == (409, "too-many-guardians")


def test_the_last_way_to_a_record_stays(gateway: Gateway, therapist: Somebody) -> None:
    answer = client_of(gateway, therapist, name="Mia", email=None, guardians=[ROSA])
    rosa = answer["guardians"][0]["person_id"]
    path = f"/api/clients/{answer['client_id']}/guardians/{rosa}"
    reply = gateway.call("DELETE", path, by=therapist, if_match=1)
    assert (reply.status, reply.body["type"]) == (409, "last-way-in")
    assert "Mia" in reply.body["detail"]


def test_a_guardian_of_two_keeps_the_other(gateway: Gateway, therapist: Somebody) -> None:
    mia = client_of(gateway, therapist, name="Mia", guardians=[ROSA])
    tom = client_of(gateway, therapist, name="Tom", email=None, guardians=[ROSA])
    rosa = mia["guardians"][0]["person_id"]
    gateway.call("DELETE", f"/api/clients/{mia['client_id']}/guardians/{rosa}", by=therapist, if_match=1)
    person = _person(therapist, rosa)
    assert (person.roles, [one.client_id for one in person.clients]) == (frozenset({Role.GUARDIAN}), [tom["client_id"]])
