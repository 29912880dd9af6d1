"""One's own password, changed while signed in; and an owner who signs somebody out everywhere."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.foundation import clock
from chalicelib.foundation.actor import Role, clockwork
from chalicelib.foundation.call import Call
from chalicelib.foundation.events import AUDIT
from chalicelib.foundation.ids import PracticeId
from chalicelib.practice.model import Purpose

from .conftest import PASSWORD, client_of, door
from .events import told
from .gateway import Gateway, Reply, Somebody
from .key import Key, add_passkey, come_in
from .phone import Phone

type Meanwhile = dict[str, Callable[[], object]]

MAIL = "jonas@home.example"
OTHER = "four calmer words here"


@pytest.fixture
def card(gateway: Gateway, therapist: Somebody) -> dict[str, Any]:
    return client_of(gateway, therapist, guardians=[{"name": "Rosa Weber", "email": "rosa@home.example"}])


@pytest.fixture
def jonas(therapist: Somebody, card: dict[str, Any]) -> Somebody:
    return Somebody(therapist.practice_id, card["own"]["person_id"], frozenset({Role.CLIENT}), "Jonas Weber")


@pytest.fixture
def here(gateway: Gateway, jonas: Somebody) -> Reply:
    """The browser at which Jonas sits."""
    token = door(jonas.practice_id, jonas.person_id)
    return gateway.call("POST", "/api/doors/open", {"token": token, "password": PASSWORD})


def change(gateway: Gateway, by: Somebody, cookie: str, old: str, new: str, key: str = "a-change-1") -> Reply:
    body = {"password": old, "new_password": new}
    return gateway.call("POST", "/api/session/password", body, by=by, cookie=cookie, key=key)


def sign_in(gateway: Gateway, password: str, email: str = MAIL) -> Reply:
    return gateway.call("POST", "/api/session", {"email": email, "password": password})


def goes_on(gateway: Gateway, at: Reply) -> bool:
    return gateway.call("POST", "/api/session/refresh", {}, cookie=at.cookie).status == 200


def trail(somebody: Somebody, part: str = "audit") -> list[Any]:
    call = Call(clockwork(PracticeId(somebody.practice_id)), clock.now())
    return [row.value for row in call.table.under(part, "").all(AUDIT)]


def actions(somebody: Somebody) -> list[str]:
    return [entry.action for entry in trail(somebody)]


def call_of(somebody: Somebody) -> Call:
    return Call(clockwork(PracticeId(somebody.practice_id)), clock.now())


def test_a_password_is_changed_with_the_present_one_and_every_other_browser_is_signed_out(
    gateway: Gateway, jonas: Somebody, here: Reply
) -> None:
    elsewhere = sign_in(gateway, PASSWORD)
    assert change(gateway, jonas, here.cookie, PASSWORD, OTHER).status == 200
    assert goes_on(gateway, here)
    assert not goes_on(gateway, elsewhere)
    assert sign_in(gateway, PASSWORD).status == 401
    assert sign_in(gateway, OTHER).session
    assert actions(jonas).count("changed the password") == 1
    assert ("password.changed", {"person_id": jonas.person_id}) in told(call_of(jonas))


def test_somebody_of_the_staff_changes_theirs_and_is_asked_for_a_code_at_the_next_sign_in_as_before(
    gateway: Gateway, therapist: Somebody
) -> None:
    phone = Phone()
    token = door(therapist.practice_id, therapist.person_id)
    ines = phone.enter(gateway, gateway.call("POST", "/api/doors/open", {"token": token, "password": PASSWORD}))
    assert change(gateway, therapist, ines.cookie, PASSWORD, OTHER).status == 200
    assert goes_on(gateway, ines)
    assert sign_in(gateway, OTHER, "ines@lind.example").body["step"]["kind"] == "code"


def test_nobody_changes_a_password_at_a_page_that_was_left_open(gateway: Gateway, jonas: Somebody, here: Reply) -> None:
    reply = change(gateway, jonas, here.cookie, "not what it is", OTHER)
    assert (reply.status, reply.body["type"]) == (422, "password-wrong")
    assert sign_in(gateway, PASSWORD).session
    assert "changed the password" not in actions(jonas)


def test_guesses_at_the_present_password_count_as_guesses_at_the_sign_in(
    gateway: Gateway, jonas: Somebody, here: Reply
) -> None:
    answers = [
        change(gateway, jonas, here.cookie, f"a guess like {number}", OTHER, f"guesses-{number}").status
        for number in range(4)
    ]
    assert answers[-1] == 429
    assert sign_in(gateway, PASSWORD).status == 429


@pytest.mark.parametrize("new", ["short", "password123456", "jonas@home.example!", PASSWORD, "praxislind is mine"])
def test_a_password_that_is_not_good_enough_or_the_present_one_changes_nothing(
    gateway: Gateway, jonas: Somebody, here: Reply, new: str
) -> None:
    elsewhere = sign_in(gateway, PASSWORD)
    reply = change(gateway, jonas, here.cookie, PASSWORD, new)
    assert (reply.status, reply.body["type"]) == (422, "password-refused"), reply.body
    assert goes_on(gateway, elsewhere)
    assert "changed the password" not in actions(jonas)


def test_a_token_without_the_session_it_came_from_changes_no_password(
    gateway: Gateway, jonas: Somebody, here: Reply, card: dict[str, Any]
) -> None:
    rosa = Somebody(jonas.practice_id, card["guardians"][0]["person_id"], frozenset({Role.GUARDIAN}))
    for by, cookie in ((jonas, ""), (rosa, here.cookie)):
        reply = change(gateway, by, cookie, PASSWORD, OTHER, f"a-change-{by.name[:2]}")
        assert (reply.status, reply.body["type"]) == (409, "not-signed-in-here")


def test_a_link_to_a_new_password_that_was_sent_before_opens_no_more(
    gateway: Gateway, jonas: Somebody, here: Reply
) -> None:
    token = door(jonas.practice_id, jonas.person_id, Purpose.RESET, clock.now() - timedelta(minutes=1))
    assert change(gateway, jonas, here.cookie, PASSWORD, OTHER).status == 200
    assert gateway.call("POST", "/api/doors/open", {"token": token, "password": PASSWORD}).status == 410


def test_a_passkey_goes_on_signing_in_after_the_password_was_changed(
    gateway: Gateway, jonas: Somebody, here: Reply
) -> None:
    key = Key()
    add_passkey(gateway, jonas, here.cookie, key)
    assert change(gateway, jonas, here.cookie, PASSWORD, OTHER).status == 200
    assert come_in(gateway, MAIL, key).session


def test_a_change_whose_answer_got_lost_is_answered_again_and_happens_once(
    gateway: Gateway, jonas: Somebody, here: Reply
) -> None:
    first = change(gateway, jonas, here.cookie, PASSWORD, OTHER)
    again = change(gateway, jonas, here.cookie, PASSWORD, OTHER)
    assert (first.status, first.body) == (again.status, again.body) == (200, {})
    assert actions(jonas).count("changed the password") == 1


def test_a_change_that_broke_off_after_the_password_was_set_is_brought_to_its_end_by_the_same_press(
    gateway: Gateway, jonas: Somebody, here: Reply, failures: dict[str, Exception]
) -> None:
    elsewhere = sign_in(gateway, PASSWORD)
    failures["RevokeToken"] = RuntimeError()
    assert change(gateway, jonas, here.cookie, PASSWORD, OTHER).status == 500
    failures.clear()
    assert change(gateway, jonas, here.cookie, PASSWORD, OTHER).status == 200
    assert not goes_on(gateway, elsewhere)
    assert sign_in(gateway, OTHER).session


def test_a_card_that_changes_at_the_same_moment_asks_for_the_press_once_more(
    gateway: Gateway, jonas: Somebody, here: Reply, therapist: Somebody, card: dict[str, Any], meanwhile: Meanwhile
) -> None:
    path = f"/api/clients/{card['client_id']}"
    changed = {"name": "Jona Weber", "time_zone": "Europe/Berlin", "therapist_ids": [therapist.person_id]}
    meanwhile["AdminSetUserPassword"] = lambda: gateway.call("PUT", path, changed, by=therapist, if_match=1)
    assert change(gateway, jonas, here.cookie, PASSWORD, OTHER).status == 409
    assert change(gateway, jonas, here.cookie, PASSWORD, OTHER).status == 200


def test_an_owner_signs_out_a_client_who_lost_a_phone_and_nobody_else(
    gateway: Gateway, owner: Somebody, jonas: Somebody, here: Reply, card: dict[str, Any]
) -> None:
    rosa = card["guardians"][0]["person_id"]
    opened = gateway.call("POST", "/api/doors/open", {"token": door(jonas.practice_id, rosa), "password": PASSWORD})
    path = f"/api/people/{jonas.person_id}/sessions"
    assert gateway.call("DELETE", path, by=owner).status == 200
    assert not goes_on(gateway, here)
    assert goes_on(gateway, opened)
    (entry,) = [one for one in trail(jonas, f"audit#{card['client_id']}") if "everywhere" in one.action]
    assert (entry.person_id, entry.ids["person_id"]) == (owner.person_id, jonas.person_id)
    assert sign_in(gateway, PASSWORD).session


def test_signing_out_somebody_who_is_signed_in_nowhere_is_done_already(
    gateway: Gateway, owner: Somebody, jonas: Somebody, card: dict[str, Any]
) -> None:
    assert gateway.call("DELETE", f"/api/people/{jonas.person_id}/sessions", by=owner).status == 200
    assert "signed somebody out everywhere" not in [one.action for one in trail(jonas, f"audit#{card['client_id']}")]


def test_somebody_of_the_staff_is_signed_out_by_an_owner_and_the_practices_trail_says_so(
    gateway: Gateway, owner: Somebody, therapist: Somebody
) -> None:
    token = door(therapist.practice_id, therapist.person_id)
    ines = Phone().enter(gateway, gateway.call("POST", "/api/doors/open", {"token": token, "password": PASSWORD}))
    assert gateway.call("DELETE", f"/api/people/{therapist.person_id}/sessions", by=owner).status == 200
    assert not goes_on(gateway, ines)
    assert actions(owner).count("signed somebody out everywhere") == 1


def test_nobody_but_an_owner_signs_somebody_else_out(
    gateway: Gateway, therapist: Somebody, jonas: Somebody, here: Reply
) -> None:
    for by in (therapist, jonas):
        assert gateway.call("DELETE", f"/api/people/{jonas.person_id}/sessions", by=by).status == 403
    assert goes_on(gateway, here)
