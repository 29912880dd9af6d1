"""The staff's second factor: set up, asked for, lost."""

from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError

from chalicelib.foundation import clock
from chalicelib.foundation.actor import Role, clockwork
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import Conflict, NotFound
from chalicelib.foundation.events import Event
from chalicelib.foundation.ids import EventId, PersonId, PracticeId, new_id
from chalicelib.foundation.once import Once
from chalicelib.foundation.settings import settings
from chalicelib.practice import founding, reactions, service
from chalicelib.practice.model import Person, Purpose
from chalicelib.practice.model.sessions import STEP, STEP_LASTS
from demo.codes import code

from .conftest import PASSWORD, client_of, door, staff
from .events import told
from .gateway import Gateway, Reply, Somebody
from .phone import Phone, show

EMAIL = "ines@lind.example"


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
def opened(gateway: Gateway, therapist: Somebody) -> Reply:
    """The invitation is open, and the password chosen."""
    token = door(therapist.practice_id, therapist.person_id)
    return gateway.call("POST", "/api/doors/open", {"token": token, "password": PASSWORD})


@pytest.fixture
def set_up(gateway: Gateway, opened: Reply, phone: Phone) -> Reply:
    return phone.enter(gateway, opened)


def _sign_in(gateway: Gateway, email: str = EMAIL) -> Reply:
    return gateway.call("POST", "/api/session", {"email": email, "password": PASSWORD})


def _groups(cognito: Any, somebody: Somebody) -> set[str]:
    found = cognito.admin_list_groups_for_user(UserPoolId=settings().user_pool_id, Username=somebody.person_id)
    return {group["GroupName"] for group in found["Groups"]}


def _call(somebody: Somebody) -> Call:
    at = clock.now()
    return Call(clockwork(PracticeId(somebody.practice_id)), at, Once(part="event", name=new_id(at)))


def _person(somebody: Somebody) -> Person:
    return service.person(_call(somebody), PersonId(somebody.person_id))


def _refreshes(gateway: Gateway, reply: Reply) -> bool:
    return gateway.call("POST", "/api/session/refresh", {}, cookie=reply.cookie).status == 200


def _event(somebody: Somebody) -> Event:
    ids = {"person_id": somebody.person_id}
    practice_id, at = PracticeId(somebody.practice_id), clock.now()
    return Event(event_id=EventId(new_id(at)), type="authenticator.reset", practice_id=practice_id, at=at, ids=ids)


def test_staff_come_in_only_after_setting_up_an_authenticator(
    gateway: Gateway, opened: Reply, therapist: Somebody, cognito: Any, phone: Phone
) -> None:
    assert opened.body["session"] is None
    step = opened.body["step"]
    assert step["uri"] == f"otpauth://totp/Praxis%20Lind:ines%40lind.example?secret={step['key']}&issuer=Praxis%20Lind"
    assert not _refreshes(gateway, opened)
    assert _groups(cognito, therapist) == set()
    reply = phone.enter(gateway, opened)
    assert reply.session["person"]["name"] == "Ines Duarte"
    assert _groups(cognito, therapist) == {"therapist"}
    assert _refreshes(gateway, reply)
    assert "mw_step" not in reply.cookie


def test_neither_key_nor_token_is_in_a_cookie_or_in_a_second_answer(gateway: Gateway, opened: Reply) -> None:
    assert opened.body["step"]["key"] not in opened.cookie
    again = _sign_in(gateway)
    assert again.body["step"]["kind"] == "set_up"
    assert again.body["step"]["key"] != opened.body["step"]["key"]


@pytest.mark.usefixtures("set_up")
def test_from_then_on_the_password_leads_to_a_code(gateway: Gateway, phone: Phone) -> None:
    asked = _sign_in(gateway)
    assert asked.body["session"] is None
    assert (asked.body["step"]["kind"], asked.body["step"]["key"]) == ("code", None)
    assert asked.cookies[0].endswith("; HttpOnly; SameSite=Strict; Path=/api/session; Max-Age=600")
    reply = phone.enter(gateway, asked)
    assert reply.session["person"]["roles"] == ["therapist"]
    assert _refreshes(gateway, reply)


@pytest.mark.usefixtures("set_up")
def test_a_wrong_code_and_an_old_one_are_refused_and_may_be_followed_by_the_right_one(
    gateway: Gateway, phone: Phone
) -> None:
    asked = _sign_in(gateway)
    for shown in ("000000", code(phone.key, 0)):
        reply = show(gateway, shown, asked)
        assert (reply.status, reply.body["type"]) == (401, "code-wrong")
        assert "let your phone set its clock" in reply.body["detail"]
    assert phone.enter(gateway, asked).status == 200


def test_a_code_that_was_shown_signs_nobody_in(gateway: Gateway, opened: Reply, phone: Phone) -> None:
    phone.key = opened.body["step"]["key"]
    shown = phone.code()
    assert show(gateway, shown, opened).status == 200
    reply = show(gateway, shown, _sign_in(gateway))
    assert (reply.status, reply.body["type"]) == (401, "code-used")


@pytest.mark.usefixtures("set_up")
def test_what_cognito_says_of_a_used_code_is_told_in_the_same_words(
    gateway: Gateway, phone: Phone, refusals: dict[str, tuple[str, str]]
) -> None:
    asked = _sign_in(gateway)
    refusals["AdminRespondToAuthChallenge"] = ("ExpiredCodeException", "Your token has already been used once.")
    assert phone.enter(gateway, asked).body["type"] == "code-used"


@pytest.mark.usefixtures("set_up")
def test_a_step_is_taken_once_and_only_with_its_cookie(gateway: Gateway, phone: Phone) -> None:
    asked = _sign_in(gateway)
    assert phone.enter(gateway, asked).status == 200
    for cookie in (asked.cookie, "", "mw_step=made-up", asked.cookie[:-4]):
        reply = gateway.call(
            "POST", "/api/session/code", {"code": phone.code() if not cookie else "123456"}, cookie=cookie
        )
        assert (reply.status, reply.body["type"]) == (401, "step-over")
        assert "mw_step=;" in reply.cookies[0]


@pytest.mark.usefixtures("set_up")
def test_a_step_that_took_too_long_begins_again(gateway: Gateway, therapist: Somebody, phone: Phone) -> None:
    asked = _sign_in(gateway)
    table = _call(therapist).table
    (row,) = table.under("sign_in_steps", "").all(STEP)
    late = msgspec.structs.replace(row.value, expires_at=clock.now() - STEP_LASTS)
    write = _call(therapist).write()
    write.replace(row, late)
    write.commit()
    assert phone.enter(gateway, asked).body["type"] == "step-over"


@pytest.mark.usefixtures("set_up")
@pytest.mark.parametrize("call", ["AdminRespondToAuthChallenge", "VerifySoftwareToken"])
def test_a_challenge_that_cognito_has_forgotten_begins_again(
    gateway: Gateway, owner: Somebody, phone: Phone, refusals: dict[str, tuple[str, str]], call: str
) -> None:
    asked = _sign_in(gateway)
    if call == "VerifySoftwareToken":
        token = door(owner.practice_id, owner.person_id)
        asked = gateway.call("POST", "/api/doors/open", {"token": token, "password": PASSWORD})
    refusals[call] = ("NotAuthorizedException", "Invalid session for the user, session is expired.")
    assert phone.enter(gateway, asked).body["type"] == "step-over"
    refusals[call] = ("InternalErrorException", "")
    assert show(gateway, "123456", asked).status == 500


def test_a_set_up_that_broke_off_is_begun_again(
    gateway: Gateway, opened: Reply, therapist: Somebody, phone: Phone, failures: dict[str, Exception], cognito: Any
) -> None:
    failures["AdminInitiateAuth"] = ClientError({"Error": {"Code": "InternalErrorException"}}, "AdminInitiateAuth")
    assert phone.enter(gateway, opened).status == 500
    failures.clear()
    assert not _person(therapist).has_authenticator
    other = phone.enter(gateway, _sign_in(gateway))  # the code is asked for, and then a new authenticator
    assert other.body["step"]["kind"] == "set_up"
    assert phone.enter(gateway, other).session
    assert _groups(cognito, therapist) == {"therapist"}


def test_a_client_who_joins_the_staff_is_a_client_only_until_there_is_an_authenticator(
    gateway: Gateway, owner: Somebody, therapist: Somebody, phone: Phone, cognito: Any
) -> None:
    jonas = Somebody(owner.practice_id, client_of(gateway, therapist)["own"]["person_id"], frozenset())
    token = door(owner.practice_id, jonas.person_id)
    before = gateway.call("POST", "/api/doors/open", {"token": token, "password": PASSWORD})
    staff(gateway, owner, "Jonas Weber", "jonas@home.example", Role.THERAPIST)
    assert not _refreshes(gateway, before)
    reactions.bring_account_up_to_date(_call(jonas), _event(jonas))
    assert _groups(cognito, jonas) == {"client"}
    reply = phone.enter(gateway, _sign_in(gateway, "jonas@home.example"))
    assert reply.session["person"]["roles"] == ["client", "therapist"]
    assert _groups(cognito, jonas) == {"client", "therapist"}


def test_a_lost_authenticator_is_reset_by_the_owner_and_replaced(
    gateway: Gateway, owner: Somebody, therapist: Somebody, set_up: Reply, phone: Phone, cognito: Any
) -> None:
    before = phone.key
    reply = gateway.call("DELETE", f"/api/people/{therapist.person_id}/authenticator", by=owner)
    assert (reply.status, reply.body["has_authenticator"]) == (200, False)
    assert told(_call(owner))[-1] == ("authenticator.reset", {"person_id": therapist.person_id})
    assert not _refreshes(gateway, set_up)  # before the account has followed
    reactions.forget_authenticator(_call(therapist), _event(therapist))
    assert _groups(cognito, therapist) == set()
    reply = phone.enter(gateway, _sign_in(gateway))
    assert reply.session
    assert phone.key != before
    late = _call(therapist)
    reactions.forget_authenticator(late, _event(therapist))
    assert _person(therapist).has_authenticator
    assert _refreshes(gateway, reply)


@pytest.mark.usefixtures("set_up")
def test_between_the_reset_and_what_follows_the_old_code_leads_to_a_new_authenticator_only(
    gateway: Gateway, owner: Somebody, therapist: Somebody, phone: Phone
) -> None:
    gateway.call("DELETE", f"/api/people/{therapist.person_id}/authenticator", by=owner)
    reply = phone.enter(gateway, _sign_in(gateway))
    assert (reply.status, reply.body["session"], reply.body["step"]["kind"]) == (200, None, "set_up")


def test_an_owners_authenticator_is_reset_by_the_operator_only(
    gateway: Gateway, owner: Somebody, therapist: Somebody, phone: Phone
) -> None:
    token = door(owner.practice_id, owner.person_id)
    phone.enter(gateway, gateway.call("POST", "/api/doors/open", {"token": token, "password": PASSWORD}))
    other = staff(gateway, owner, "Ole Other", "ole@lind.example", *owner.roles)
    reply = gateway.call("DELETE", f"/api/people/{owner.person_id}/authenticator", by=other)
    assert (reply.status, reply.body["type"]) == (409, "is-an-owner")
    order = {"do": "reset_authenticator", "practice_id": owner.practice_id, "email": "Ada@lind.example"}
    assert founding.command(order, clock.now()) == {}
    assert not _person(owner).has_authenticator
    with pytest.raises(Conflict):
        founding.command(order, clock.now())
    with pytest.raises(NotFound):
        founding.command(order | {"email": "nobody@lind.example"}, clock.now())
    reply = gateway.call("DELETE", f"/api/people/{therapist.person_id}/authenticator", by=owner)
    assert (reply.status, reply.body["type"]) == (409, "no-authenticator")


@pytest.mark.usefixtures("set_up")
def test_a_forgotten_password_does_not_go_round_the_code(gateway: Gateway, therapist: Somebody, phone: Phone) -> None:
    token = door(therapist.practice_id, therapist.person_id, Purpose.RESET)
    reply = gateway.call("POST", "/api/doors/open", {"token": token, "password": "another calm evening"})
    assert (reply.body["session"], reply.body["step"]["kind"]) == (None, "code")
    assert phone.enter(gateway, reply).session
