"""Signing in, going on, signing out."""

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.foundation.settings import settings
from chalicelib.practice import accounts

from .conftest import PASSWORD, door
from .gateway import Gateway, Reply, Somebody


@pytest.fixture
def signed_in(gateway: Gateway, owner: Somebody) -> Reply:
    token = door(owner.practice_id, owner.person_id)
    reply = gateway.call("POST", "/api/doors/open", {"token": token, "password": PASSWORD})
    assert reply.status == 200, reply.body
    return reply


def _sign_in(gateway: Gateway, email: str = "ada@lind.example", password: str = PASSWORD) -> Reply:
    return gateway.call("POST", "/api/session", {"email": email, "password": password})


@pytest.mark.usefixtures("signed_in")
def test_signing_in_answers_who_one_is_and_keeps_the_session_in_a_cookie(gateway: Gateway, owner: Somebody) -> None:
    reply = _sign_in(gateway, "ADA@Lind.example")
    assert reply.status == 200
    assert reply.body["person"] == {
        "person_id": owner.person_id,
        "name": "Ada Lind",
        "email": "ada@lind.example",
        "roles": ["owner"],
        "practice": {
            "practice_id": owner.practice_id,
            "name": "Praxis Lind",
            "time_zone": "Europe/Lisbon",
            "currency": "EUR",
        },
        "clients": [],
    }
    assert reply.body["expires_in_s"] == 3600
    (cookie,) = reply.cookies
    assert cookie.endswith("; HttpOnly; SameSite=Strict; Path=/api/session; Max-Age=2592000")
    assert reply.refresh_token
    assert reply.refresh_token not in str(reply.body)
    assert reply.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("signed_in")
def test_over_tls_the_cookie_is_sent_over_tls_only(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_ORIGIN", "https://practice.example")
    settings.cache_clear()
    assert _sign_in(gateway).cookies[0].endswith("; Secure")


@pytest.mark.usefixtures("signed_in")
def test_wrong_password_unknown_address_and_unopened_invitation_look_the_same(
    gateway: Gateway, therapist: Somebody
) -> None:
    door(therapist.practice_id, therapist.person_id)
    replies = [
        _sign_in(gateway, password="not the password"),
        _sign_in(gateway, "nobody@lind.example"),
        _sign_in(gateway, "ines@lind.example"),
    ]
    bodies = [{**reply.body, "correlation_id": ""} for reply in replies]
    assert [reply.status for reply in replies] == [401, 401, 401]
    assert bodies[0] == bodies[1] == bodies[2]
    assert bodies[0]["type"] == "sign-in-failed"
    assert not any(reply.cookies for reply in replies)


def test_a_password_that_cognito_made_up_does_not_sign_in(gateway: Gateway, owner: Somebody, cognito: Any) -> None:
    door(owner.practice_id, owner.person_id)
    cognito.admin_set_user_password(
        UserPoolId=settings().user_pool_id, Username=owner.person_id, Password=PASSWORD, Permanent=False
    )
    assert _sign_in(gateway).status == 401


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("code", ["TooManyRequestsException", "NotAuthorizedException"])
def test_too_many_tries_are_told_apart_as_cognito_does(
    gateway: Gateway, code: str, refusals: dict[str, tuple[str, str]]
) -> None:
    refusals["AdminInitiateAuth"] = (code, "Password attempts exceeded")
    reply = _sign_in(gateway)
    assert (reply.status, reply.body["type"]) == (429, "too-many-tries")


@pytest.mark.usefixtures("signed_in")
def test_what_nobody_expected_of_cognito_is_our_fault(gateway: Gateway, refusals: dict[str, tuple[str, str]]) -> None:
    refusals["AdminInitiateAuth"] = ("InternalErrorException", "")
    assert _sign_in(gateway).status == 500


def test_a_session_goes_on_with_its_cookie(gateway: Gateway, signed_in: Reply) -> None:
    reply = gateway.call("POST", "/api/session/refresh", {}, cookie=signed_in.refresh_token)
    assert reply.status == 200
    assert reply.body["person"] == signed_in.body["person"]
    assert not reply.cookies


@pytest.mark.parametrize("cookie", ["", "made-up", 'b"roken'])
@pytest.mark.usefixtures("signed_in")
def test_a_dead_cookie_is_taken_away(gateway: Gateway, cookie: str) -> None:
    reply = gateway.call("POST", "/api/session/refresh", {}, cookie=cookie)
    assert (reply.status, reply.body["type"]) == (401, "signed-out")
    assert "Max-Age=0" in reply.cookies[0]
    assert reply.refresh_token == ""


@pytest.mark.usefixtures("signed_in")
def test_another_cookie_of_an_odd_name_is_no_hindrance(gateway: Gateway, signed_in: Reply) -> None:
    cookie = f"{signed_in.refresh_token}; odd@name=1"
    assert gateway.call("POST", "/api/session/refresh", {}, cookie=cookie).status == 200


def test_signing_out_here_ends_this_session_only(gateway: Gateway, signed_in: Reply) -> None:
    other = _sign_in(gateway)
    reply = gateway.call("DELETE", "/api/session", cookie=signed_in.refresh_token)
    assert (reply.status, reply.refresh_token) == (200, "")
    assert gateway.call("POST", "/api/session/refresh", {}, cookie=signed_in.refresh_token).status == 401
    assert gateway.call("POST", "/api/session/refresh", {}, cookie=other.refresh_token).status == 200


def test_signing_out_without_a_session_is_done_already(gateway: Gateway) -> None:
    assert gateway.call("DELETE", "/api/session").status == 200


def test_signing_out_forgets_the_cookie_even_when_cognito_does_not_answer(
    gateway: Gateway, signed_in: Reply, failures: dict[str, Exception]
) -> None:
    failures["RevokeToken"] = EndpointConnectionError(endpoint_url="https://cognito.test")
    reply = gateway.call("DELETE", "/api/session", cookie=signed_in.refresh_token)
    assert (reply.status, reply.refresh_token) == (200, "")


def test_signing_out_everywhere_ends_every_session(gateway: Gateway, signed_in: Reply, owner: Somebody) -> None:
    other = _sign_in(gateway)
    reply = gateway.call("DELETE", "/api/sessions", by=owner)
    assert (reply.status, reply.refresh_token) == (200, "")
    for session in (signed_in, other):
        assert gateway.call("POST", "/api/session/refresh", {}, cookie=session.refresh_token).status == 401


@pytest.mark.usefixtures("owner")
def test_somebody_without_an_account_is_signed_out_everywhere_already(owner: Somebody) -> None:
    accounts.sign_out_everywhere(owner.person_id)  # type: ignore[arg-type]


def test_a_failure_of_signing_out_everywhere_is_not_hidden(
    gateway: Gateway, signed_in: Reply, owner: Somebody, refusals: dict[str, tuple[str, str]]
) -> None:
    refusals["AdminUserGlobalSignOut"] = ("InternalErrorException", "")
    assert gateway.call("DELETE", "/api/sessions", by=owner).status == 500
    assert gateway.call("POST", "/api/session/refresh", {}, cookie=signed_in.refresh_token).status == 200


@pytest.mark.parametrize(
    "body",
    [
        {"email": "ada@lind.example"},
        {"email": "ada", "password": "x"},
        {"email": "ada@lind.example", "password": 7},
        {"email": "ada@lind.example", "password": "x", "remember": True},
        "not json",
        "[]",
        '{"email": "a@b.example", "password": "\ud800"}'.encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
)
def test_a_request_of_another_form_is_refused_in_words(gateway: Gateway, body: Any) -> None:
    reply = gateway.call("POST", "/api/session", body)
    assert reply.status in {401, 422}
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert "password" not in reply.body.get("current", {})
