"""A practice with people in it, reached over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from chalicelib.foundation import clock
from chalicelib.foundation.actor import Role, clockwork
from chalicelib.foundation.call import Call
from chalicelib.foundation.ids import PersonId, PracticeId
from chalicelib.practice import service
from chalicelib.practice.model import Purpose
from chalicelib.practice.shapes import Founded, FoundPractice

from ..conftest import NOW
from .cognito import teach
from .gateway import Gateway, Somebody

PASSWORD = "three calm words"


@pytest.fixture
def cognito(stack: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Cognito as it is, in memory."""
    teach(monkeypatch)
    return stack["cognito-idp"]


@pytest.fixture
def gateway(cognito: Any) -> Gateway:  # noqa: ARG001 - what the views reach
    return Gateway()


def order(**changes: str) -> FoundPractice:
    """An operator's order."""
    fields = {
        "name": "Praxis Lind",
        "time_zone": "Europe/Lisbon",
        "currency": "EUR",
        "owner_name": "Ada Lind",
        "owner_email": "ada@lind.example",
    }
    return FoundPractice(**(fields | changes))


@pytest.fixture
def founded(cognito: Any) -> Founded:  # noqa: ARG001 - the order asks whose the address is
    return service.found_practice(NOW, order())


@pytest.fixture
def owner(founded: Founded) -> Somebody:
    return Somebody(founded.practice_id, founded.owner_id, frozenset({Role.OWNER}), "Ada Lind")


@pytest.fixture
def as_clockwork(founded: Founded) -> Call:
    """A call of the practice's own clockwork."""
    return Call(clockwork(founded.practice_id), NOW)


@pytest.fixture
def therapist(gateway: Gateway, owner: Somebody) -> Somebody:
    return staff(gateway, owner, "Ines Duarte", "ines@lind.example", Role.THERAPIST)


def staff(gateway: Gateway, owner: Somebody, name: str, email: str, *roles: Role) -> Somebody:
    """Invite somebody to the staff."""
    body = {"name": name, "email": email, "roles": roles}
    reply = gateway.call("POST", "/api/people", body, by=owner, key=f"invite-{email.partition('@')[0]}")
    assert reply.status == 201, reply.body
    return Somebody(owner.practice_id, reply.body["person_id"], frozenset(roles), name)


def client_of(gateway: Gateway, therapist: Somebody, **changes: Any) -> dict[str, Any]:
    """Add a client and return what was answered."""
    body = {"name": "Jonas Weber", "time_zone": "Europe/Berlin", "email": "jonas@home.example"} | changes
    reply = gateway.call("POST", "/api/clients", body, by=therapist, key=f"client-{abs(hash(str(body)))}")
    assert reply.status == 201, reply.body
    answer: dict[str, Any] = reply.body
    return answer


def door(practice_id: str, person_id: str, purpose: Purpose = Purpose.INVITATION, at: Any = None) -> str:
    """Do what the reaction to an invitation does, but for the letter."""
    call = Call(clockwork(PracticeId(practice_id)), at or clock.now())
    service.ensure_sign_in(call, PersonId(person_id))
    return service.make_door(call, PersonId(person_id), purpose)


@pytest.fixture
def failures(monkeypatch: pytest.MonkeyPatch) -> dict[str, Exception]:
    """What AWS calls of a name fail with, instead of being made. Fill it in where it is to begin."""
    chosen: dict[str, Exception] = {}
    call: Any = vars(BaseClient)["_make_api_call"]

    def make(self: Any, operation: str, parameters: Any) -> Any:
        if operation in chosen:
            raise chosen[operation]
        return call(self, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", make)
    return chosen


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the AWS calls that are made, in their order."""
    made: list[str] = []
    call: Any = vars(BaseClient)["_make_api_call"]

    def make(self: Any, operation: str, parameters: Any) -> Any:
        made.append(operation)
        return call(self, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", make)
    return made


class Refusals(dict[str, tuple[str, str]]):
    """What AWS refuses, by the name of the call: code and message."""

    def __init__(self, failures: dict[str, Exception]) -> None:
        super().__init__()
        self._failures = failures

    def __setitem__(self, operation: str, refusal: tuple[str, str]) -> None:
        code, message = refusal
        self._failures[operation] = ClientError({"Error": {"Code": code, "Message": message}}, operation)


@pytest.fixture
def refusals(failures: dict[str, Exception]) -> Refusals:
    """What AWS calls of a name are refused with: code and message."""
    return Refusals(failures)


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], object]]:
    """What somebody else does just before an AWS call of a name, once."""
    others: dict[str, Callable[[], object]] = {}
    call: Any = vars(BaseClient)["_make_api_call"]

    def make(self: Any, operation: str, parameters: Any) -> Any:
        if operation in others:
            others.pop(operation)()
        return call(self, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", make)
    return others
