"""Every route × every role × own, another client's, another practice's record.

It walks the endpoints that the app has: a new one joins by itself, with a request made from its declaration.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.foundation.actor import Role
from chalicelib.foundation.http import ENDPOINTS, Endpoint

from ..conftest import empty_stack
from .cognito import teach
from .examples import names_in
from .gateway import Reply
from .world import PART, Record, World


@pytest.fixture(scope="module")
def world(clients: dict[str, Any]) -> Iterator[World]:
    """Both practices. Whoever is turned away changes nothing, so that all the refusals share one."""
    empty_stack(clients)
    with pytest.MonkeyPatch.context() as monkeypatch:
        teach(monkeypatch)
        yield World()


def _id_parts(spec: Endpoint) -> set[str]:
    return {part for part in PART.findall(spec.path) if part.endswith("_id") or part == "number"}


def _done_already(spec: Endpoint, world: World, reply: Reply, owner: Record) -> bool:
    """Tell whether a removal of what is not there was answered as done, and what its owner has is still there."""
    if spec.method != "DELETE" or reply.status != 200:
        return False
    seeing = next(one for one in SIGNED_IN if (one.method, one.path) == ("GET", spec.path))
    role = min(seeing.roles or ())
    return world.ask(seeing, owner.people[role], owner.ids).status == 200


def _each(specs: list[Endpoint]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("spec", specs, ids=[f"{spec.method} {spec.path}" for spec in specs])


SIGNED_IN = [spec for spec in ENDPOINTS if spec.roles is not None]
PUBLIC = [spec for spec in ENDPOINTS if spec.roles is None]
OF_A_CLIENT = [spec for spec in SIGNED_IN if "client_id" in _id_parts(spec)]
OF_SOMETHING = [spec for spec in SIGNED_IN if _id_parts(spec)]
WITHIN_A_CLIENT = [spec for spec in OF_A_CLIENT if _id_parts(spec) - {"client_id", "number"}]
NAMING_OTHERS = [
    spec for spec in SIGNED_IN if spec.takes and names_in(spec.takes) & {"program_id", "therapist_ids", "lessons"}
]


def test_the_world_has_a_record_of_every_kind(world: World) -> None:
    assert [step for step in world.steps if step[1] >= 400] == []


@_each([spec for spec in OF_SOMETHING if spec.method == "GET"])
def test_what_others_are_refused_is_there_for_those_whose_it_is(world: World, spec: Endpoint) -> None:
    # Without this a route could be refused for want of a record, and nobody would notice.
    assert spec.roles is not None
    for record in (world.ours, world.other, world.theirs):
        assert 200 in {world.ask(spec, record.people[role], record.ids).status for role in spec.roles}


def test_every_id_in_a_path_is_one_of_a_record(world: World) -> None:
    named = {part for spec in OF_SOMETHING for part in _id_parts(spec) if part.endswith("_id")}
    for record in (world.ours, world.other, world.theirs):
        assert {name for name in named if set(record.ids.get(name, "0")) == {"0"}} == set()


@_each(SIGNED_IN)
def test_nobody_comes_in_without_signing_in(world: World, spec: Endpoint) -> None:
    assert world.ask(spec, None, world.ours.ids).status == 401


@_each(SIGNED_IN)
def test_a_role_that_may_never_do_this_is_told_so(world: World, spec: Endpoint) -> None:
    assert spec.roles is not None
    for role in set(Role) - spec.roles:
        reply = world.ask(spec, world.ours.people[role], world.ours.ids)
        assert (role, reply.status, reply.body["type"]) == (role, 403, "not-yours-to-do")


@_each(OF_SOMETHING)
def test_what_is_another_practices_is_not_there(world: World, spec: Endpoint) -> None:
    assert spec.roles is not None
    for role in spec.roles:
        reply = world.ask(spec, world.ours.people[role], world.theirs.ids)
        if "client_id" in _id_parts(spec) or not _done_already(spec, world, reply, world.theirs):
            assert (role, reply.status, reply.body.get("type")) == (role, 404, "not-found")


@_each(OF_A_CLIENT)
def test_what_is_another_clients_is_not_there(world: World, spec: Endpoint) -> None:
    assert spec.roles is not None
    for role in spec.roles - {Role.OWNER}:
        reply = world.ask(spec, world.ours.people[role], world.other.ids)
        assert (role, reply.status, reply.body["type"]) == (role, 404, "not-found")


@_each(OF_A_CLIENT)
def test_a_role_alone_opens_no_record(world: World, spec: Endpoint) -> None:
    # The client of one record with the token of a therapist, and so on: roles do not add up to a relation.
    everything = frozenset(Role) - {Role.OWNER}
    for somebody in world.ours.people.values():
        if Role.OWNER not in somebody.roles and spec.roles != frozenset({Role.OWNER}):
            grown = type(somebody)(somebody.practice_id, somebody.person_id, everything)
            assert world.ask(spec, grown, world.other.ids).status == 404


@_each(WITHIN_A_CLIENT)
def test_another_clients_things_are_not_in_ones_own_record(world: World, spec: Endpoint) -> None:
    assert spec.roles is not None
    for theirs in (world.other, world.theirs):
        mixed = {**theirs.ids, "client_id": world.ours.ids["client_id"]}
        for role in spec.roles:
            reply = world.ask(spec, world.ours.people[role], mixed)
            if not _done_already(spec, world, reply, theirs):
                assert (role, reply.status) == (role, 404), reply.body


@_each(NAMING_OTHERS)
def test_a_request_cannot_name_what_is_another_practices(world: World, spec: Endpoint) -> None:
    assert spec.roles is not None
    for role in spec.roles:
        reply = world.ask(spec, world.ours.people[role], world.ours.ids, body_ids=world.theirs.ids)
        assert 400 <= reply.status < 500, (role, reply.body)


@_each(PUBLIC)
def test_who_is_not_signed_in_is_answered_in_words(world: World, spec: Endpoint) -> None:
    reply = world.ask(spec, None, world.ours.ids)
    assert reply.status < 500
    assert reply.status < 300 or reply.body["detail"]
