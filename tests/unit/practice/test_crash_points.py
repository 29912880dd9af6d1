"""Each AWS call of a use case fails once before it is applied and once after; pressing again ends alike."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ReadTimeoutError

from chalicelib.foundation import clock
from chalicelib.foundation.actor import clockwork
from chalicelib.foundation.call import Call
from chalicelib.foundation.ids import PersonId, PracticeId
from chalicelib.foundation.table import Row
from chalicelib.practice import service
from chalicelib.practice.model import Purpose
from chalicelib.practice.shapes import Founded

from ..conftest import NOW
from .conftest import PASSWORD, door, order
from .events import told
from .gateway import Gateway, Somebody


class Crashes:
    """Lets one AWS call fail: number `at`, before it is applied or after."""

    def __init__(self) -> None:
        self.made = 0
        self.at = -1
        self.applied = False

    def arm(self, at: int, *, applied: bool) -> None:
        self.made, self.at, self.applied = 0, at, applied

    def step(self, make: Callable[[], Any]) -> Any:
        self.made += 1
        failing = self.made - 1 == self.at
        if failing and not self.applied:
            raise ReadTimeoutError(endpoint_url="https://aws.test")
        answer = make()
        if failing:
            raise ReadTimeoutError(endpoint_url="https://aws.test")
        return answer


@pytest.fixture
def crashes(monkeypatch: pytest.MonkeyPatch) -> Crashes:
    chosen = Crashes()
    call: Any = vars(BaseClient)["_make_api_call"]

    def make(self: Any, operation: str, parameters: Any) -> Any:
        return chosen.step(lambda: call(self, operation, parameters))

    monkeypatch.setattr(BaseClient, "_make_api_call", make)
    return chosen


def _sweep(crashes: Crashes, calls: int) -> Iterator[None]:
    for at in range(calls):
        for applied in (False, True):
            crashes.arm(at, applied=applied)
            yield
    crashes.arm(-1, applied=False)


def _rows(kind: str) -> int:
    return sum(1 for _ in Row.scan(filter_condition=Row.kind == kind))


def test_a_practice_is_founded_once_however_often_the_operator_has_to_ask(crashes: Crashes, cognito: Any) -> None:  # noqa: ARG001
    expected: list[Founded] = []
    for number, _ in enumerate(_sweep(crashes, 3)):
        wanted = order(key=f"order-{number}", owner_email=f"o{number}@lind.example")
        answers: list[Founded] = []
        while not answers:
            try:
                answers.append(service.found_practice(NOW, wanted))
            except Exception:  # noqa: BLE001 - a crash ends whatever it meets
                crashes.at = -1
        expected.append(answers[0])
    assert len({founded.practice_id for founded in expected}) == 6
    assert [_rows(kind) for kind in ("practice", "person", "email", "staff_line", "outbox")] == [6] * 5


def test_a_client_is_added_once_however_often_the_button_is_pressed(
    gateway: Gateway, therapist: Somebody, crashes: Crashes
) -> None:
    for number, _ in enumerate(_sweep(crashes, 5)):
        body = {
            "name": f"Client {number}",
            "time_zone": "Europe/Berlin",
            "email": f"c{number}@home.example",
            "guardians": [{"name": "Rosa", "email": "rosa@home.example"}],
        }
        replies = []
        for _ in range(3):
            replies.append(gateway.call("POST", "/api/clients", body, by=therapist, key=f"press-{number:04}"))
            crashes.arm(-1, applied=False)
        assert replies[0].status in {201, 500}
        assert [reply.status for reply in replies[1:]] == [201, 201]
        assert replies[1].body == replies[2].body
    assert (_rows("card"), _rows("client_line")) == (10, 20)
    rosa = gateway.call("GET", f"/api/clients/{replies[0].body['client_id']}", by=therapist).body["guardians"][0]
    person = service.person(Call(clockwork(PracticeId(therapist.practice_id)), clock.now()), rosa["person_id"])
    assert len(person.clients) == 10


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_door_opens_in_the_end_whatever_dies_in_between(
    gateway: Gateway, owner: Somebody, crashes: Crashes, purpose: Purpose
) -> None:
    for number, _ in enumerate(_sweep(crashes, 8)):
        at, applied = crashes.at, crashes.applied
        crashes.arm(-1, applied=False)
        Row(f"{owner.practice_id}#doors", f"made#{owner.person_id}").delete()
        token = door(owner.practice_id, owner.person_id, purpose)
        crashes.arm(at, applied=applied)
        body = {"token": token, "password": PASSWORD}
        statuses = [gateway.call("POST", "/api/doors/open", body).status for _ in range(3)]
        # Once the door is marked as used, what is left is to sign in with the password that was chosen.
        assert statuses[-1] == 410
        assert set(statuses[:-1]) <= {200, 500, 410}
        body = {"email": "ada@lind.example", "password": PASSWORD}
        assert gateway.call("POST", "/api/session", body, source=f"192.0.2.{number}").status == 200


def test_an_account_is_complete_in_the_end_whatever_dies_in_between(
    gateway: Gateway, owner: Somebody, crashes: Crashes
) -> None:
    assert gateway
    call = Call(clockwork(PracticeId(owner.practice_id)), clock.now())
    for _ in _sweep(crashes, 4):
        for _again in range(2):
            try:
                service.ensure_sign_in(call, PersonId(owner.person_id))
            except Exception:  # noqa: BLE001, S112 - a crash ends whatever it meets; the message comes again
                continue
    token = service.make_door(call, PersonId(owner.person_id), Purpose.INVITATION)
    assert gateway.call("POST", "/api/doors/open", {"token": token, "password": PASSWORD}).status == 200
    assert len(told(call)) == 1
