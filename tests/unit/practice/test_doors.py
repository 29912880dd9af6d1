"""Invitations and forgotten passwords: links that open once."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.foundation import clock, places
from chalicelib.foundation.actor import Role, clockwork
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import NotFound, TooMany
from chalicelib.foundation.events import AUDIT, Event
from chalicelib.foundation.ids import EventId, PersonId, PracticeId, new_id
from chalicelib.foundation.once import DONE, Once
from chalicelib.foundation.settings import settings
from chalicelib.practice import reactions, service
from chalicelib.practice.model import DOOR, PersonState, Purpose

from .conftest import PASSWORD, client_of, door, order
from .events import told
from .gateway import Gateway, Reply, Somebody
from .phone import Phone

OTHER_PASSWORD = "four other calm words"


def _open(gateway: Gateway, token: str, password: str = PASSWORD) -> Reply:
    return gateway.call("POST", "/api/doors/open", {"token": token, "password": password})


def _look(gateway: Gateway, token: str) -> Reply:
    return gateway.call("POST", "/api/doors/look", {"token": token})


def _sign_in(gateway: Gateway, password: str = PASSWORD) -> int:
    return gateway.call("POST", "/api/session", {"email": "ada@lind.example", "password": password}).status


def _call(owner: Somebody, minutes: float = 0) -> Call:
    return Call(clockwork(PracticeId(owner.practice_id)), clock.now() + timedelta(minutes=minutes))


def test_looking_shows_whose_it_is_and_changes_nothing(gateway: Gateway, owner: Somebody) -> None:
    token = door(owner.practice_id, owner.person_id)
    for _ in range(3):
        reply = _look(gateway, token)
        assert reply.body == {
            "purpose": "invitation",
            "practice_name": "Praxis Lind",
            "name": "Ada Lind",
            "email_hint": "a•••a@lind.example",
        }
    assert _open(gateway, token).status == 200


def test_an_invitation_is_opened_with_a_password_of_ones_own(gateway: Gateway, owner: Somebody) -> None:
    reply = _open(gateway, door(owner.practice_id, owner.person_id))
    assert reply.status == 200
    assert reply.body["step"]["kind"] == "set_up"
    assert reply.cookie
    assert _sign_in(gateway) == 200
    assert service.person(_call(owner), PersonId(owner.person_id)).state is PersonState.ACTIVE
    (line,) = gateway.call("GET", "/api/practice", by=owner).body["staff"]
    assert line["state"] == "active"


def test_opening_leaves_a_line_in_the_audit_trail(gateway: Gateway, owner: Somebody) -> None:
    _open(gateway, door(owner.practice_id, owner.person_id))
    entries = _call(owner).table.under(places.audit(None), "").all(AUDIT)
    assert [(entry.value.person_id, entry.value.action) for entry in entries][-1] == (
        owner.person_id,
        "chose a password",
    )


def test_a_door_opens_once(gateway: Gateway, owner: Somebody) -> None:
    token = door(owner.practice_id, owner.person_id)
    _open(gateway, token)
    reply = _open(gateway, token, OTHER_PASSWORD)
    assert (reply.status, reply.body["type"]) == (410, "link-over")
    assert "sign in with the password you chose" in reply.body["detail"]
    assert _look(gateway, token).status == 410
    assert _sign_in(gateway) == 200


@pytest.mark.parametrize(
    ("purpose", "age", "words"),
    [
        (Purpose.INVITATION, timedelta(days=7), "Ask your practice"),
        (Purpose.RESET, timedelta(hours=2), "Your password is as it was"),
    ],
)
def test_a_door_closes_in_time(gateway: Gateway, owner: Somebody, purpose: Purpose, age: timedelta, words: str) -> None:
    late = door(owner.practice_id, owner.person_id, purpose, clock.now() - age)
    reply = _open(gateway, late)
    assert reply.status == 410
    assert words in reply.body["detail"]
    assert _open(gateway, door(owner.practice_id, owner.person_id, purpose, clock.now() - age * 0.99)).status == 200


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "token", ["", "x", "äöü", "a" * 92, _encoded("0" * 26), _encoded("not an id of ours at all, no" * 3)]
)
@pytest.mark.usefixtures("founded")
def test_a_link_that_is_not_ours_is_over(gateway: Gateway, token: str) -> None:
    for reply in (_look(gateway, token), _open(gateway, token)):
        assert reply.status == 410
        assert "copy the whole link" in reply.body["detail"]


def test_a_secret_opens_nothing_in_another_practice(gateway: Gateway, owner: Somebody) -> None:
    other = service.found_practice(clock.now(), order(name="Praxis Berg", owner_email="eva@berg.example"))
    token = door(owner.practice_id, owner.person_id)
    secret = base64.urlsafe_b64decode(token).decode()[26:]
    assert _open(gateway, _encoded(other.practice_id + secret)).status == 410


def test_the_secret_itself_is_not_kept(owner: Somebody) -> None:
    token = door(owner.practice_id, owner.person_id)
    secret = base64.urlsafe_b64decode(token).decode()[26:]
    (row,) = _call(owner).table.under("doors", "").all(DOOR)
    assert secret not in str(row)


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", " spaces at the ends ", "ada@lind.example1"])
def test_a_password_that_is_too_easy_leaves_the_door_open(gateway: Gateway, owner: Somebody, password: str) -> None:
    token = door(owner.practice_id, owner.person_id)
    reply = _open(gateway, token, password)
    assert (reply.status, reply.body["type"]) == (422, "password-refused")
    assert _open(gateway, token).status == 200


def test_what_cognito_refuses_is_told_in_words(
    gateway: Gateway, owner: Somebody, refusals: dict[str, tuple[str, str]], failures: dict[str, Exception]
) -> None:
    token = door(owner.practice_id, owner.person_id)
    refusals["AdminSetUserPassword"] = ("InvalidPasswordException", "Password did not conform with policy")
    reply = _open(gateway, token)
    assert (reply.status, reply.body["type"]) == (422, "password-refused")
    assert "please choose another" in reply.body["detail"]
    refusals["AdminSetUserPassword"] = ("InternalErrorException", "")
    assert _open(gateway, token).status == 500
    failures.clear()
    assert _open(gateway, token).status == 200


def test_a_door_opens_even_where_the_account_has_gone_missing(gateway: Gateway, owner: Somebody, cognito: Any) -> None:
    token = door(owner.practice_id, owner.person_id)
    cognito.admin_delete_user(UserPoolId=settings().user_pool_id, Username=owner.person_id)
    assert _open(gateway, token).status == 200
    assert _sign_in(gateway) == 200


def test_a_sign_in_that_asks_for_more_says_that_the_password_is_set(
    gateway: Gateway, owner: Somebody, refusals: dict[str, tuple[str, str]]
) -> None:
    token = door(owner.practice_id, owner.person_id)
    refusals["AdminInitiateAuth"] = ("NotAuthorizedException", "")
    reply = _open(gateway, token)
    assert (reply.status, reply.body["detail"]) == (401, "Your password is set. Please sign in with it.")


def test_a_new_password_ends_older_sessions_and_older_doors(gateway: Gateway, owner: Somebody) -> None:
    phone = Phone()
    first = phone.enter(gateway, _open(gateway, door(owner.practice_id, owner.person_id)))
    older = door(owner.practice_id, owner.person_id, Purpose.RESET, clock.now() - timedelta(minutes=5))
    newer = door(owner.practice_id, owner.person_id, Purpose.RESET)
    reply = phone.enter(gateway, _open(gateway, newer, OTHER_PASSWORD))
    assert gateway.call("POST", "/api/session/refresh", {}, cookie=first.cookie).status == 401
    assert gateway.call("POST", "/api/session/refresh", {}, cookie=reply.cookie).status == 200
    assert (_sign_in(gateway), _sign_in(gateway, OTHER_PASSWORD)) == (401, 200)
    assert _open(gateway, older).status == 410


def test_forgetting_a_password_looks_the_same_whether_known_or_not(gateway: Gateway, owner: Somebody) -> None:
    _open(gateway, door(owner.practice_id, owner.person_id))
    replies = [
        gateway.call("POST", "/api/password/forgotten", {"email": email})
        for email in ("Ada@Lind.example", "nobody@lind.example")
    ]
    assert [(reply.status, reply.body, reply.headers) for reply in replies] == [(202, {}, replies[0].headers)] * 2
    assert told(_call(owner))[-1] == ("password.forgotten", {"person_id": owner.person_id})
    nobody = Call(clockwork(PracticeId("0" * 26)), clock.now())
    assert [event for event, _ in told(nobody)] == ["password.forgotten_in_vain"]


def test_a_press_for_a_new_password_that_comes_twice_is_told_of_once(gateway: Gateway, owner: Somebody) -> None:
    _open(gateway, door(owner.practice_id, owner.person_id))
    nobody = Call(clockwork(PracticeId("0" * 26)), clock.now())
    for email, call, event in (
        ("ada@lind.example", _call(owner), "password.forgotten"),
        ("nobody@lind.example", nobody, "password.forgotten_in_vain"),
    ):
        for press, times in (("press-one", 1), ("press-one", 1), ("press-two", 2)):
            asked = gateway.call("POST", "/api/password/forgotten", {"email": email, "press": press})
            assert (asked.status, asked.body) == (202, {})
            assert [name for name, _ in told(call)].count(event) == times


def test_a_fourth_reset_within_the_hour_is_not_made(owner: Somebody) -> None:
    for minutes in (0, 10, 20):
        service.make_door(_call(owner, minutes), PersonId(owner.person_id), Purpose.RESET)
    with pytest.raises(TooMany):
        service.make_door(_call(owner, 59), PersonId(owner.person_id), Purpose.RESET)
    assert service.make_door(_call(owner, 59), PersonId(owner.person_id), Purpose.INVITATION)
    assert service.make_door(_call(owner, 61), PersonId(owner.person_id), Purpose.RESET)


def test_an_invitation_that_was_promised_is_made_however_often_its_event_comes(owner: Somebody) -> None:
    tokens = {service.make_door(_call(owner), PersonId(owner.person_id), Purpose.INVITATION) for _ in range(5)}
    assert len(tokens) == 5


def test_making_a_door_leaves_the_event_to_be_marked_by_who_sends_the_letter(owner: Somebody) -> None:
    once = Once(part="event", name="subscriber")
    call = Call(clockwork(PracticeId(owner.practice_id)), clock.now(), once)
    service.make_door(call, PersonId(owner.person_id), Purpose.INVITATION)
    assert call.table.get(DONE, once.key) is None


def _account(cognito: Any, person_id: str) -> tuple[dict[str, str], set[str]]:
    pool = settings().user_pool_id
    found = cognito.admin_get_user(UserPoolId=pool, Username=person_id)
    groups = cognito.admin_list_groups_for_user(UserPoolId=pool, Username=person_id)["Groups"]
    attributes = {one["Name"]: one["Value"] for one in found["UserAttributes"] if one["Name"] != "sub"}
    return attributes, {group["GroupName"] for group in groups}


def test_an_account_is_made_once_and_says_who_and_where(owner: Somebody, cognito: Any) -> None:
    for _ in range(2):
        service.ensure_sign_in(_call(owner), PersonId(owner.person_id))
    assert _account(cognito, owner.person_id) == (
        {
            "email": "ada@lind.example",
            "email_verified": "true",
            "name": "Ada Lind",
            "custom:practice_id": owner.practice_id,
            "custom:person_id": owner.person_id,
        },
        set(),  # of staff until there is an authenticator
    )


def test_nobody_has_no_account(owner: Somebody) -> None:
    with pytest.raises(NotFound):
        service.ensure_sign_in(_call(owner), PersonId(new_id(clock.now())))


def test_an_address_that_signs_in_elsewhere_makes_no_second_account(owner: Somebody) -> None:
    # Two practices invited it within the same seconds, before either account was made.
    other = service.found_practice(clock.now(), order(name="Praxis Berg"))
    service.ensure_sign_in(_call(owner), PersonId(owner.person_id))
    with pytest.raises(service.AddressTaken):
        service.ensure_sign_in(Call(clockwork(other.practice_id), clock.now()), other.owner_id)


def _set(cognito: Any, person_id: str, **attributes: str) -> None:
    cognito.admin_update_user_attributes(
        UserPoolId=settings().user_pool_id,
        Username=person_id,
        UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
    )


def test_an_account_that_went_astray_is_put_right(owner: Somebody, cognito: Any) -> None:
    service.ensure_sign_in(_call(owner), PersonId(owner.person_id))
    _set(cognito, owner.person_id, email="else@lind.example", email_verified="false")
    service.ensure_sign_in(_call(owner), PersonId(owner.person_id))
    attributes, _ = _account(cognito, owner.person_id)
    assert (attributes["email"], attributes["email_verified"]) == ("ada@lind.example", "true")


def test_an_account_does_not_take_an_address_from_another(owner: Somebody, therapist: Somebody, cognito: Any) -> None:
    for somebody in (owner, therapist):
        service.ensure_sign_in(_call(owner), PersonId(somebody.person_id))
    _set(cognito, owner.person_id, email="else@lind.example")
    _set(cognito, therapist.person_id, email="ada@lind.example")
    with pytest.raises(service.AddressTaken):
        service.ensure_sign_in(_call(owner), PersonId(owner.person_id))


@pytest.mark.parametrize("operation", ["AdminCreateUser", "AdminGetUser", "AdminUpdateUserAttributes"])
def test_what_nobody_expected_of_cognito_is_tried_again_later(
    owner: Somebody, cognito: Any, refusals: dict[str, tuple[str, str]], operation: str
) -> None:
    service.ensure_sign_in(_call(owner), PersonId(owner.person_id))
    _set(cognito, owner.person_id, email="else@lind.example")
    refusals[operation] = ("InternalErrorException", "")
    with pytest.raises(ClientError):
        service.ensure_sign_in(_call(owner), PersonId(owner.person_id))


def _changed(person_id: str, practice_id: str) -> tuple[Call, Event]:
    event = Event(
        event_id=EventId(new_id(clock.now())),
        type="person.changed",
        practice_id=PracticeId(practice_id),
        at=clock.now(),
        ids={"person_id": person_id},
    )
    return Call(clockwork(event.practice_id), clock.now(), Once(part=event.event_id, name="practice")), event


def test_the_account_follows_its_person(gateway: Gateway, therapist: Somebody, cognito: Any) -> None:
    jonas = client_of(gateway, therapist)
    own = jonas["own"]["person_id"]
    service.ensure_sign_in(_call(therapist), own)
    client_of(gateway, therapist, name="Mia", email=None, guardians=[{"name": "J", "email": "jonas@home.example"}])
    change = {"name": "Jonas Berg", "time_zone": "Europe/Berlin", "therapist_ids": [therapist.person_id]}
    gateway.call("PUT", f"/api/clients/{jonas['client_id']}", change, by=therapist, if_match=1)
    call, event = _changed(own, therapist.practice_id)
    reactions.bring_account_up_to_date(call, event)
    attributes, groups = _account(cognito, own)
    assert (attributes["name"], groups) == ("Jonas Berg", {"client", "guardian"})
    assert call.once
    assert call.table.get(DONE, call.once.key)


def test_somebody_without_a_role_left_is_signed_out(gateway: Gateway, therapist: Somebody, cognito: Any) -> None:
    mia = client_of(
        gateway,
        therapist,
        guardians=[{"name": "Rosa Weber", "email": "rosa@home.example"}],
    )
    rosa = mia["guardians"][0]["person_id"]
    session = _open(gateway, door(therapist.practice_id, rosa))
    path = f"/api/clients/{mia['client_id']}"
    as_rosa = Somebody(therapist.practice_id, rosa, frozenset({Role.GUARDIAN}))
    assert gateway.call("GET", path, by=as_rosa).status == 200
    assert gateway.call("DELETE", f"{path}/guardians/{rosa}", by=therapist, if_match=1).status == 200
    assert gateway.call("GET", path, by=as_rosa).status == 404
    # Even before the account has followed, the session does not go on.
    assert gateway.call("POST", "/api/session/refresh", {}, cookie=session.cookie).status == 401
    reactions.bring_account_up_to_date(*_changed(rosa, therapist.practice_id))
    assert _account(cognito, rosa)[1] == set()
    reply = gateway.call("POST", "/api/session", {"email": "rosa@home.example", "password": PASSWORD})
    assert (reply.status, reply.body["type"]) == (401, "sign-in-failed")
