"""Signing in, going on, signing out."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.foundation import clock
from chalicelib.foundation.actor import Role, clockwork
from chalicelib.foundation.call import Call
from chalicelib.foundation.http import ENDPOINTS, Endpoint
from chalicelib.foundation.ids import PersonId, PracticeId
from chalicelib.foundation.settings import settings
from chalicelib.foundation.table import Table
from chalicelib.practice import accounts
from chalicelib.practice.model.sessions import MOST_SESSIONS, SIGNED_IN, SessionId, SignedIn, device, too_many

from .conftest import PASSWORD, client_of, door
from .gateway import Gateway, Reply, Somebody
from .phone import Phone


@pytest.fixture
def jonas(gateway: Gateway, therapist: Somebody) -> Somebody:
    """A client: of him no code is asked."""
    person_id = client_of(gateway, therapist)["own"]["person_id"]
    return Somebody(therapist.practice_id, person_id, frozenset({Role.CLIENT}), "Jonas Weber")


@pytest.fixture
def signed_in(gateway: Gateway, jonas: Somebody) -> Reply:
    token = door(jonas.practice_id, jonas.person_id)
    reply = gateway.call("POST", "/api/doors/open", {"token": token, "password": PASSWORD})
    assert reply.status == 200, reply.body
    return reply


def _sign_in(gateway: Gateway, email: str = "jonas@home.example", password: str = PASSWORD) -> Reply:
    return gateway.call("POST", "/api/session", {"email": email, "password": password})


@pytest.mark.usefixtures("signed_in")
def test_signing_in_answers_who_one_is_and_keeps_the_session_in_a_cookie(gateway: Gateway, jonas: Somebody) -> None:
    reply = _sign_in(gateway, "JONAS@home.example")
    assert reply.status == 200
    (acts_for,) = reply.session["person"].pop("clients")
    assert (acts_for["name"], acts_for["relation"]) == ("Jonas Weber", "self")
    assert reply.session["person"] == {
        "person_id": jonas.person_id,
        "name": "Jonas Weber",
        "email": "jonas@home.example",
        "roles": ["client"],
        "practice": {
            "practice_id": jonas.practice_id,
            "name": "Praxis Lind",
            "time_zone": "Europe/Lisbon",
            "currency": "EUR",
        },
    }
    assert reply.session["expires_in_s"] == 3600  # moto takes no other
    (cookie,) = reply.cookies
    assert cookie.endswith("; HttpOnly; SameSite=Strict; Path=/api/session; Max-Age=2592000")
    assert reply.cookie.partition("=")[2] not in str(reply.body)
    assert reply.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("signed_in")
def test_over_tls_the_cookie_is_sent_and_taken_over_tls_only(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_ORIGIN", "https://practice.example")
    settings.cache_clear()
    reply = _sign_in(gateway)
    assert reply.cookies[0].startswith("__Secure-mw_session=")
    assert reply.cookies[0].endswith("; Secure")
    assert _goes_on(gateway, reply)
    planted = reply.cookie.removeprefix("__Secure-")
    assert gateway.call("POST", "/api/session/refresh", {}, cookie=planted).status == 401


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
    reply = gateway.call("POST", "/api/session/refresh", {}, cookie=signed_in.cookie)
    assert reply.status == 200
    assert reply.body["person"] == signed_in.session["person"]
    assert not reply.cookies


@pytest.mark.parametrize("cookie", ["", "mw_session=made-up", 'mw_session=b"roken'])
@pytest.mark.usefixtures("signed_in")
def test_a_dead_cookie_is_taken_away(gateway: Gateway, cookie: str) -> None:
    reply = gateway.call("POST", "/api/session/refresh", {}, cookie=cookie)
    assert (reply.status, reply.body["type"]) == (401, "signed-out")
    assert "Max-Age=0" in reply.cookies[0]
    assert reply.cookie == ""


@pytest.mark.usefixtures("signed_in")
def test_another_cookie_of_an_odd_name_is_no_hindrance(gateway: Gateway, signed_in: Reply) -> None:
    cookie = f"{signed_in.cookie}; odd@name=1"
    assert gateway.call("POST", "/api/session/refresh", {}, cookie=cookie).status == 200


def test_signing_out_here_ends_this_session_only(gateway: Gateway, signed_in: Reply) -> None:
    other = _sign_in(gateway)
    reply = gateway.call("DELETE", "/api/session", cookie=signed_in.cookie)
    assert (reply.status, reply.cookie) == (200, "")
    assert gateway.call("POST", "/api/session/refresh", {}, cookie=signed_in.cookie).status == 401
    assert gateway.call("POST", "/api/session/refresh", {}, cookie=other.cookie).status == 200


def test_signing_in_anew_ends_the_session_that_this_browser_had(gateway: Gateway, signed_in: Reply) -> None:
    elsewhere = _sign_in(gateway)
    body = {"email": "jonas@home.example", "password": PASSWORD}
    here = gateway.call("POST", "/api/session", body, cookie=signed_in.cookie)
    assert [_goes_on(gateway, one) for one in (signed_in, elsewhere, here)] == [False, True, True]
    refused = gateway.call("POST", "/api/session", body | {"password": "not the password"}, cookie=here.cookie)
    assert (refused.status, _goes_on(gateway, here)) == (401, True)


def test_a_refusal_is_logged_with_who_and_from_where_and_without_the_address(
    gateway: Gateway, jonas: Somebody, caplog: pytest.LogCaptureFixture
) -> None:
    for address in ("192.0.2.7", "192.0.2.7", "192.0.2.8"):
        assert gateway.call("GET", "/api/clients", by=jonas, source=address).status == 403
    lines = [vars(line) for line in caplog.records if line.getMessage() == "refused"]
    assert {line["person_id"] for line in lines} == {jonas.person_id}
    first, again, other = [line["source"] for line in lines]
    assert first == again != other
    assert "192.0.2" not in str(lines)


@pytest.mark.usefixtures("signed_in")
def test_a_try_that_failed_is_logged_with_whose_account_it_was_aimed_at_and_without_the_address(
    gateway: Gateway, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def aimed_at() -> list[str]:
        lines = [vars(line) for line in caplog.records if line.getMessage() == "refused"]
        assert "home.example" not in str(lines)
        caplog.clear()
        return [line["aimed_at"] for line in lines]

    for email in ("jonas@home.example", "Jonas@HOME.example", "nobody@home.example"):
        assert _sign_in(gateway, email, "not the password").status == 401
    jonas, again, nobody = aimed_at()
    assert jonas == again != nobody
    for _ in range(4):
        _sign_in(gateway, password="not the password")
    assert {*aimed_at()} == {jonas}
    assert _sign_in(gateway).status == 429
    assert aimed_at() == [jonas]
    monkeypatch.setenv("ORIGIN_KEY", "another stack's")
    settings.cache_clear()
    _sign_in(gateway)
    assert jonas not in aimed_at()
    settings.cache_clear()


def test_signing_out_without_a_session_is_done_already(gateway: Gateway) -> None:
    assert gateway.call("DELETE", "/api/session").status == 200


def test_signing_out_forgets_the_cookie_even_when_cognito_does_not_answer(
    gateway: Gateway, signed_in: Reply, failures: dict[str, Exception]
) -> None:
    failures["RevokeToken"] = EndpointConnectionError(endpoint_url="https://cognito.test")
    reply = gateway.call("DELETE", "/api/session", cookie=signed_in.cookie)
    assert (reply.status, reply.cookie) == (200, "")


def test_signing_out_everywhere_ends_every_session(gateway: Gateway, signed_in: Reply, jonas: Somebody) -> None:
    other = _sign_in(gateway)
    reply = gateway.call("DELETE", "/api/sessions", by=jonas)
    assert (reply.status, reply.cookie) == (200, "")
    for session in (signed_in, other):
        assert gateway.call("POST", "/api/session/refresh", {}, cookie=session.cookie).status == 401


@pytest.mark.usefixtures("owner")
def test_somebody_without_an_account_is_signed_out_everywhere_already(owner: Somebody) -> None:
    accounts.sign_out_everywhere(owner.person_id)  # type: ignore[arg-type]


def test_a_failure_of_signing_out_everywhere_is_not_hidden(
    gateway: Gateway, signed_in: Reply, owner: Somebody, refusals: dict[str, tuple[str, str]]
) -> None:
    refusals["AdminUserGlobalSignOut"] = ("InternalErrorException", "")
    assert gateway.call("DELETE", "/api/sessions", by=owner).status == 500
    assert gateway.call("POST", "/api/session/refresh", {}, cookie=signed_in.cookie).status == 200


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1"


def _where(gateway: Gateway, by: Somebody, here: Reply) -> list[dict[str, Any]]:
    reply = gateway.call("GET", "/api/session", by=by, cookie=here.cookie)
    assert reply.status == 200, reply.body
    return list(reply.body["sessions"])


def _goes_on(gateway: Gateway, reply: Reply) -> bool:
    return gateway.call("POST", "/api/session/refresh", {}, cookie=reply.cookie).status == 200


def test_one_sees_where_one_is_signed_in_this_browser_first(
    gateway: Gateway, signed_in: Reply, jonas: Somebody, owner: Somebody
) -> None:
    body = {"email": "jonas@home.example", "password": PASSWORD}
    phone = gateway.call("POST", "/api/session", body, agent=PHONE)
    here, there = _where(gateway, jonas, phone)
    assert (here["device"], here["here"]) == ("Safari on iPhone", True)
    assert (there["device"], there["here"]) == ("A browser", False)
    assert here["last_used_on"] == clock.stamp(clock.now())[:10]
    assert _where(gateway, owner, phone) == []
    assert signed_in


def test_a_session_that_is_ended_from_afar_does_not_go_on(gateway: Gateway, signed_in: Reply, jonas: Somebody) -> None:
    here = _sign_in(gateway)
    (theirs,) = [one for one in _where(gateway, jonas, here) if one["session_id"] in _opened(signed_in)]
    assert gateway.call("DELETE", f"/api/session/{theirs['session_id']}", by=jonas).status == 200
    assert (_goes_on(gateway, signed_in), _goes_on(gateway, here)) == (False, True)
    assert gateway.call("DELETE", f"/api/session/{theirs['session_id']}", by=jonas).status == 404


def _opened(reply: Reply) -> str:
    return base64.urlsafe_b64decode(reply.cookie.partition("=")[2] + "==").decode()


def test_nobody_ends_a_session_of_somebody_else(
    gateway: Gateway, signed_in: Reply, jonas: Somebody, owner: Somebody
) -> None:
    (line,) = _where(gateway, jonas, signed_in)
    assert gateway.call("DELETE", f"/api/session/{line['session_id']}", by=owner).status == 404
    assert _goes_on(gateway, signed_in)


def test_all_others_are_ended_and_this_one_stays(gateway: Gateway, signed_in: Reply, jonas: Somebody) -> None:
    here, other = _sign_in(gateway), _sign_in(gateway)
    assert gateway.call("DELETE", "/api/session/others", by=jonas, cookie=here.cookie).status == 200
    assert [_goes_on(gateway, one) for one in (here, other, signed_in)] == [True, False, False]
    assert [one["here"] for one in _where(gateway, jonas, here)] == [True]


def test_a_cookie_with_another_secret_opens_no_session(gateway: Gateway, signed_in: Reply) -> None:
    text = _opened(signed_in)
    forged = base64.urlsafe_b64encode((text[:-1] + ("A" if text[-1] != "A" else "B")).encode()).decode().rstrip("=")
    assert gateway.call("POST", "/api/session/refresh", {}, cookie=f"mw_session={forged}").status == 401


def test_neither_secret_nor_a_token_of_cognitos_is_in_the_browser_or_the_secret_in_the_table(
    gateway: Gateway, signed_in: Reply, jonas: Somebody
) -> None:
    _where(gateway, jonas, signed_in)
    table = Table(PracticeId(jonas.practice_id))
    (row,) = table.under(f"signing_in#{jonas.person_id}", "").all(SIGNED_IN)
    assert row.value.refresh_token
    assert row.value.refresh_token not in str(signed_in)
    assert _opened(signed_in)[78:] not in str(row)


def test_the_day_of_use_is_kept(gateway: Gateway, signed_in: Reply, jonas: Somebody) -> None:
    table = Table(PracticeId(jonas.practice_id))
    (row,) = table.under(f"signing_in#{jonas.person_id}", "").all(SIGNED_IN)
    yesterday = clock.now() - timedelta(days=1)
    write = Call(clockwork(PracticeId(jonas.practice_id)), clock.now()).write()
    write.replace(row, msgspec.structs.replace(row.value, last_used_at=yesterday))
    write.commit()
    assert _where(gateway, jonas, signed_in)[0]["last_used_on"] == str(yesterday.date())
    assert _goes_on(gateway, signed_in)
    assert _where(gateway, jonas, signed_in)[0]["last_used_on"] == str(clock.now().date())


def _unused_for(somebody: Somebody, gone_by: timedelta) -> None:
    """Let a person's only session have been used last so long ago."""
    (row,) = Table(PracticeId(somebody.practice_id)).under(f"signing_in#{somebody.person_id}", "session").all(SIGNED_IN)
    write = Call(clockwork(PracticeId(somebody.practice_id)), clock.now()).write()
    write.replace(row, msgspec.structs.replace(row.value, last_used_at=clock.now() - gone_by))
    write.commit()


def test_staff_who_were_not_there_for_a_working_day_sign_in_again(gateway: Gateway, therapist: Somebody) -> None:
    token = door(therapist.practice_id, therapist.person_id)
    here = Phone().enter(gateway, gateway.call("POST", "/api/doors/open", {"token": token, "password": PASSWORD}))
    _unused_for(therapist, timedelta(hours=7, minutes=59))
    assert _goes_on(gateway, here)
    table = Table(PracticeId(therapist.practice_id))
    (row,) = table.under(f"signing_in#{therapist.person_id}", "session").all(SIGNED_IN)
    assert clock.now() - row.value.last_used_at < timedelta(minutes=1)
    _unused_for(therapist, timedelta(hours=8))
    assert _where(gateway, therapist, here) == []
    assert not _goes_on(gateway, here)


def test_clients_who_were_not_there_for_a_month_are_still_signed_in(
    gateway: Gateway, signed_in: Reply, jonas: Somebody
) -> None:
    _unused_for(jonas, timedelta(days=29))
    assert _goes_on(gateway, signed_in)


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (FIREFOX, "Firefox on Linux"),
        (PHONE, "Safari on iPhone"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/143.0 Safari/537.36 Edg/143.0",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/143.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_device_is_named_as_its_owner_knows_it(agent: str, said: str) -> None:
    assert device(agent) == said


def test_of_many_sessions_those_make_room_that_were_not_used_for_longest() -> None:
    def made(day: int) -> SignedIn:
        since = datetime(2026, 5, day, tzinfo=UTC)
        return SignedIn(
            session_id=SessionId(str(day)),
            person_id=PersonId(""),
            device="",
            since=since,
            last_used_at=since,
            secret_hash="",
            refresh_token="",
            with_code=False,
        )

    sessions = [made(day) for day in range(1, MOST_SESSIONS + 2)]
    assert [one.session_id for one in too_many(sessions)] == ["2", "1"]
    assert too_many(sessions[: MOST_SESSIONS - 1]) == []


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


@pytest.mark.usefixtures("signed_in")
def test_guessing_from_one_address_waits_there_and_shuts_nobody_else_out(gateway: Gateway) -> None:
    for _ in range(5):
        assert _sign_in(gateway, password="not the password").status == 401
    reply = _sign_in(gateway)
    assert (reply.status, reply.body["type"]) == (429, "too-many-tries")
    assert reply.body["detail"] == "Too many tries. Nothing was changed; please try again in a minute."
    body = {"email": "jonas@home.example", "password": PASSWORD}
    assert gateway.call("POST", "/api/session", body, source="192.0.2.9").status == 200


@pytest.mark.usefixtures("signed_in")
def test_an_address_that_nobody_has_waits_as_long(gateway: Gateway) -> None:
    statuses = [_sign_in(gateway, "nobody@home.example").status for _ in range(6)]
    assert statuses == [401] * 5 + [429]


@pytest.mark.usefixtures("signed_in")
def test_guesses_from_very_many_addresses_make_the_account_wait(gateway: Gateway) -> None:
    body = {"email": "jonas@home.example", "password": "not the password"}
    statuses = [gateway.call("POST", "/api/session", body, source=f"192.0.2.{number}").status for number in range(51)]
    assert statuses == [401] * 50 + [429]


@pytest.mark.usefixtures("signed_in")
def test_a_sign_in_that_went_well_makes_earlier_failures_count_no_more(gateway: Gateway) -> None:
    for _ in range(3):
        for _ in range(4):
            assert _sign_in(gateway, password="not the password").status == 401
        assert _sign_in(gateway).status == 200


@pytest.mark.usefixtures("signed_in")
def test_known_and_unknown_addresses_cost_the_same_calls(gateway: Gateway, calls: list[str]) -> None:
    made = []
    for path, body in (
        ("/api/session", {"password": "not the password"}),
        ("/api/password/forgotten", {}),
    ):
        for email in ("jonas@home.example", "nobody@home.example"):
            calls.clear()
            gateway.call("POST", path, {"email": email, **body}, source="192.0.2.77")
            made.append(list(calls))
    assert made[0] == made[1]
    assert made[2] == made[3]


GUARDED = [spec for spec in ENDPOINTS if spec.guarded]


def test_whatever_a_stranger_may_send_something_to_is_guarded() -> None:
    open_to_all = {
        spec.view.__name__ for spec in ENDPOINTS if spec.roles is None and spec.takes and spec.method == "POST"
    }
    by_cookie = {"give_linked_feedback"}  # whose cookie is looked at first
    assert open_to_all - by_cookie == {spec.view.__name__ for spec in GUARDED}


@pytest.mark.usefixtures("founded")
@pytest.mark.parametrize("spec", GUARDED, ids=[spec.view.__name__ for spec in GUARDED])
def test_one_address_cannot_try_without_end(gateway: Gateway, spec: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIES_AN_ADDRESS", "2")
    settings.cache_clear()
    replies = [gateway.call("POST", spec.path, {}, source="192.0.2.1") for _ in range(3)]
    assert [reply.status == 429 for reply in replies] == [False, False, True]
    assert gateway.call("POST", spec.path, {}, source="192.0.2.2").status != 429
    settings.cache_clear()
