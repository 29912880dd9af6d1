"""Letters with a door in them: sent to whoever was asked in, or forgot their password."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.contact import service
from chalicelib.contact.model import LineState
from chalicelib.foundation.actor import Role
from chalicelib.foundation.ids import PersonId
from chalicelib.foundation.table import Row
from chalicelib.practice import service as practice
from chalicelib.practice.model import PERSON, Person
from chalicelib.practice.store import person_key

from ..conftest import NOW
from ..practice.cognito import teach
from .house import House, Killed, Wire


@pytest.fixture(autouse=True)
def cognito(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - the stack comes first
    teach(monkeypatch)


def tell(house: House, event_type: str, person_id: PersonId) -> None:
    write = house.clockwork(NOW).write()
    write.tell(event_type, person_id=person_id)
    write.commit()


def door_token(wire: Wire) -> str:
    return wire.texts()[-1].partition("/door#")[2].split()[0]


def test_whoever_is_asked_in_gets_a_door_and_the_clients_log_says_so(house: House, wire: Wire) -> None:
    tell(house, "person.invited", house.dana)
    house.settle(NOW)
    assert wire.subjects() == [("dana@example.org", "Your sign-in at Hazel Lane Therapy")]
    assert [(line.what, line.state) for line in house.log()] == [("Invitation", LineState.SENT)]
    seen = practice.look_at_door(house.clockwork(NOW), door_token(wire))
    assert (seen.purpose, seen.name) == ("invitation", "Dana Brenner")
    assert "Theo" not in wire.texts()[0]


def test_staff_are_asked_in_without_any_clients_log(house: House, wire: Wire) -> None:
    tell(house, "person.invited", house.ines)
    house.settle(NOW)
    assert len(wire.sent) == 1
    assert house.log() == []


def test_the_secret_of_a_door_is_nowhere_but_in_the_mail(house: House, wire: Wire) -> None:
    tell(house, "person.invited", house.dana)
    house.settle(NOW)
    token = door_token(wire)
    assert not any(token in row.body or token in row.sk for row in Row.scan())


def test_somebody_whom_nobody_knows_is_not_written_to(house: House, wire: Wire) -> None:
    for event_type in ("person.invited", "password.forgotten"):
        tell(house, event_type, PersonId("0" * 26))
    house.settle(NOW)
    assert wire.sent == []


def test_an_address_that_signs_in_elsewhere_is_noted(house: House, wire: Wire, stack: dict[str, Any]) -> None:
    stack["cognito-idp"].admin_create_user(
        UserPoolId=_pool(stack),
        Username="somebody-else",
        UserAttributes=[
            {"Name": "email", "Value": "dana@example.org"},
            {"Name": "email_verified", "Value": "true"},
            {"Name": "custom:practice_id", "Value": "1" * 26},
            {"Name": "custom:person_id", "Value": "1" * 26},
        ],
    )
    tell(house, "person.invited", house.dana)
    tell(house, "password.forgotten", house.dana)
    house.settle(NOW)
    assert wire.sent == []
    (line,) = house.log()
    assert (line.state, line.why) == (
        LineState.NOT_SENT,
        "This address is in use for a sign-in at another practice.",
    )


def _pool(stack: dict[str, Any]) -> str:
    (pool,) = stack["cognito-idp"].list_user_pools(MaxResults=1)["UserPools"]
    return str(pool["Id"])


def test_a_refused_address_is_noted(house: House, wire: Wire) -> None:
    wire.refuse_mail = ClientError({"Error": {"Code": "BadRequestException", "Message": ""}}, "SendEmail")
    tell(house, "person.invited", house.dana)
    house.settle(NOW)
    (line,) = house.log()
    assert line.why == "The mail service does not accept this address."


def test_a_forgotten_password_brings_at_most_three_letters_an_hour(house: House, wire: Wire) -> None:
    for _ in range(5):
        tell(house, "password.forgotten", house.dana)
    house.settle(NOW)
    assert wire.subjects() == [("dana@example.org", "A new password for Hazel Lane Therapy")] * 3
    assert practice.look_at_door(house.clockwork(NOW), door_token(wire)).purpose == "reset"
    assert house.log() == []
    tell(house, "password.forgotten", house.dana)
    house.settle(NOW + timedelta(hours=1, minutes=1))
    assert len(wire.sent) == 4


def test_the_same_message_twice_brings_one_letter(house: House, wire: Wire) -> None:
    tell(house, "person.invited", house.dana)
    for _ in range(2):
        for event in house.events():
            house.deliver(event, NOW)
    assert len(wire.sent) == 1
    assert len(house.log()) == 1


@pytest.mark.parametrize("applied", [False, True])
def test_an_invitation_survives_a_death_at_every_call(house: House, wire: Wire, *, applied: bool) -> None:
    for number in range(1, 40):
        person = Person(
            person_id=PersonId(f"{number:026}"),
            name="Nia Okoro",
            email=f"nia{number}@example.org",
            roles=frozenset({Role.THERAPIST}),
            since=NOW,
        )
        write = house.clockwork(NOW).write()
        write.add(PERSON, person_key(person.person_id), person)
        write.tell("person.invited", person_id=person.person_id)
        write.commit()
        sent = len(wire.sent)
        wire.kill(number, applied=applied)
        try:
            house.settle(NOW)
        except Killed:
            wire.watch()
            house.settle(NOW)
            assert len(wire.sent) - sent in {1, 2}
        else:
            wire.watch()
            assert len(wire.sent) - sent == 1
            return
        assert practice.look_at_door(house.clockwork(NOW), door_token(wire)).name == "Nia Okoro"
    pytest.fail("An invitation takes fewer calls than that.")


def test_somebody_who_has_a_passkey_now_is_told_of_it(house: House, wire: Wire) -> None:
    tell(house, "passkey.added", house.ines)
    house.settle(NOW)
    service.tell_of_passkey(house.clockwork(NOW), PersonId("0" * 26))
    ((_, subject),) = wire.subjects()
    assert subject == "A passkey was added to your sign-in at Hazel Lane Therapy"
    assert "If this was not you" in wire.texts()[0]


def test_somebody_whose_password_was_changed_is_told(house: House, wire: Wire) -> None:
    tell(house, "password.changed", house.dana)
    house.settle(NOW)
    service.tell_of_password(house.clockwork(NOW), PersonId("0" * 26))
    ((_, subject),) = wire.subjects()
    assert subject == "Your password for Hazel Lane Therapy was changed"
    assert "If this was not you" in wire.texts()[0]


def test_somebody_whose_authenticator_was_reset_is_told(house: House, wire: Wire) -> None:
    tell(house, "authenticator.reset", house.ines)
    house.settle(NOW)
    service.tell_of_reset(house.clockwork(NOW), PersonId("0" * 26))
    ((_, subject),) = wire.subjects()
    assert subject == "Your authenticator for Hazel Lane Therapy was reset"
    assert "every browser was signed out" in wire.texts()[0]


def test_an_invitation_of_the_staff_that_could_not_be_sent_says_so_until_it_is(house: House, wire: Wire) -> None:
    wire.refuse_mail = ClientError({"Error": {"Code": "BadRequestException", "Message": ""}}, "SendEmail")
    tell(house, "person.invited", house.ines)
    house.settle(NOW)
    assert "does not accept this address" in practice.person(house.clockwork(NOW), house.ines).invitation_trouble
    wire.refuse_mail = None
    tell(house, "person.invited", house.ines)
    house.settle(NOW)
    assert not practice.person(house.clockwork(NOW), house.ines).invitation_trouble
