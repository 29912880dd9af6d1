"""Passkeys: added with the password, in place of it afterwards, removed; Cognito's checks are real ones here."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.foundation import clock
from chalicelib.foundation.actor import Role, clockwork
from chalicelib.foundation.call import Call
from chalicelib.foundation.events import AUDIT, Event
from chalicelib.foundation.ids import EventId, PersonId, PracticeId, new_id
from chalicelib.foundation.once import Once
from chalicelib.foundation.settings import settings
from chalicelib.practice import reactions
from chalicelib.practice.model import Person, Purpose
from chalicelib.practice.model.passkeys import MOST_PASSKEYS, Passkey, PasskeyId, counts, recognised
from infra.emulator.webauthn import encode

from .conftest import PASSWORD, Refusals, client_of, door
from .events import told
from .gateway import Gateway, Reply, Somebody
from .key import PRESENT, VERIFIED, Key, add_passkey, come_in
from .phone import Phone

INES, JONAS = "ines@lind.example", "jonas@home.example"


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
def ines(gateway: Gateway, therapist: Somebody, phone: Phone) -> Reply:
    """A therapist who is signed in with her password and a code."""
    token = door(therapist.practice_id, therapist.person_id)
    return phone.enter(gateway, gateway.call("POST", "/api/doors/open", {"token": token, "password": PASSWORD}))


@pytest.fixture
def jonas(gateway: Gateway, therapist: Somebody) -> Somebody:
    person_id = client_of(gateway, therapist)["own"]["person_id"]
    return Somebody(therapist.practice_id, person_id, frozenset({Role.CLIENT}), "Jonas Weber")


@pytest.fixture
def at_home(gateway: Gateway, jonas: Somebody) -> Reply:
    """A client who is signed in."""
    token = door(jonas.practice_id, jonas.person_id)
    return gateway.call("POST", "/api/doors/open", {"token": token, "password": PASSWORD})


@pytest.fixture
def key(gateway: Gateway, therapist: Somebody, ines: Reply) -> Key:
    """A therapist's passkey."""
    made = Key()
    reply = add_passkey(gateway, therapist, ines.cookie, made)
    assert reply.status == 201, reply.body
    return made


def _call(somebody: Somebody) -> Call:
    at = clock.now()
    return Call(clockwork(PracticeId(somebody.practice_id)), at, Once(part="event", name=new_id(at)))


def _listed(gateway: Gateway, somebody: Somebody) -> list[Any]:
    return list(gateway.call("GET", "/api/session/passkeys", by=somebody).body["passkeys"])


def _refreshes(gateway: Gateway, reply: Reply) -> bool:
    return gateway.call("POST", "/api/session/refresh", {}, cookie=reply.cookie).status == 200


def _password(gateway: Gateway, email: str) -> Reply:
    return gateway.call("POST", "/api/session", {"email": email, "password": PASSWORD})


def test_a_therapist_comes_in_with_a_passkey_and_is_asked_for_no_password_and_no_code(
    gateway: Gateway, therapist: Somebody, key: Key
) -> None:
    reply = come_in(gateway, "INES@lind.example", key)
    assert reply.session["person"]["roles"] == ["therapist"]
    assert _refreshes(gateway, reply)
    assert come_in(gateway, INES, key).session
    (line,) = _listed(gateway, therapist)
    assert line["last_used_on"] == f"{clock.now():%Y-%m-%d}"
    actions = [row.value.action for row in _call(therapist).table.under("audit", "").all(AUDIT)]
    assert actions.count("signed in with a passkey") == 2
    assert "added a passkey" in actions


def test_a_client_comes_in_with_a_passkey_and_with_the_password_as_before(
    gateway: Gateway, jonas: Somebody, at_home: Reply
) -> None:
    key = Key()
    assert add_passkey(gateway, jonas, at_home.cookie, key).status == 201
    assert come_in(gateway, JONAS, key).session["person"]["roles"] == ["client"]
    assert _password(gateway, JONAS).session


def test_whoever_got_a_passkey_is_to_be_told(gateway: Gateway, jonas: Somebody, at_home: Reply) -> None:
    add_passkey(gateway, jonas, at_home.cookie, Key())
    assert told(_call(jonas))[-1] == ("passkey.added", {"person_id": jonas.person_id})


def test_nobody_learns_from_the_asking_who_has_a_sign_in_or_a_passkey(gateway: Gateway, key: Key) -> None:
    answers = [
        gateway.call("POST", "/api/session/passkey/options", {"email": email})
        for email in (INES, "ada@lind.example", "nobody@home.example")
    ]
    forms = []
    for answer in answers:
        options = json.loads(answer.body["options"])
        assert len(options.pop("challenge")) == 43
        (cookie,) = answer.cookies
        forms.append((answer.status, options, len(cookie), cookie.partition(";")[2]))
    assert forms[0] == forms[1] == forms[2]
    assert forms[0][1] == {"rpId": "site.test", "timeout": 180_000, "userVerification": "required"}
    refused = [
        gateway.call(
            "POST", "/api/session/passkey", {"credential": Key().sign(answer.body["options"])}, cookie=answer.cookie
        )
        for answer in answers
    ]
    assert {(reply.status, reply.body["type"], reply.body["title"], reply.cookies) for reply in refused} == {
        (401, "passkey-refused", refused[0].body["title"], refused[0].cookies)
    }
    assert come_in(gateway, INES, key).session


def test_the_same_calls_are_made_for_an_address_that_nobody_has(gateway: Gateway, key: Key, calls: list[str]) -> None:
    made = []
    for email in (INES, "nobody@home.example"):
        calls.clear()
        gateway.call("POST", "/api/session/passkey/options", {"email": email})
        made.append(tuple(calls))
    assert made[0] == made[1]
    assert key.count == 0


@pytest.mark.parametrize(
    "wrong", [{"flags": PRESENT}, {"flags": VERIFIED}, {"origin": "https://other.test"}, {"host": "other.test"}]
)
def test_a_key_that_did_not_recognise_its_person_or_is_another_sites_opens_nothing(
    gateway: Gateway, key: Key, wrong: dict[str, Any]
) -> None:
    right = dict(vars(key))
    vars(key).update(wrong)
    reply = come_in(gateway, INES, key)
    assert (reply.status, reply.body["type"]) == (401, "passkey-refused")
    vars(key).update(right | {"count": key.count})
    assert come_in(gateway, INES, key).session


def test_a_copy_of_a_key_that_lags_behind_opens_nothing(gateway: Gateway, key: Key) -> None:
    assert come_in(gateway, INES, key).session
    key.count -= 1
    assert come_in(gateway, INES, key).status == 401


def test_what_was_signed_once_signs_in_once(gateway: Gateway, key: Key) -> None:
    asked = gateway.call("POST", "/api/session/passkey/options", {"email": INES})
    signed = {"credential": key.sign(asked.body["options"])}
    assert gateway.call("POST", "/api/session/passkey", signed, cookie=asked.cookie).session
    assert gateway.call("POST", "/api/session/passkey", signed, cookie=asked.cookie).status == 401
    other = gateway.call("POST", "/api/session/passkey/options", {"email": INES})
    assert gateway.call("POST", "/api/session/passkey", signed, cookie=other.cookie).status == 401
    assert gateway.call("POST", "/api/session/passkey", signed).status == 401


def test_a_passkey_opens_no_other_address(gateway: Gateway, key: Key, jonas: Somebody, at_home: Reply) -> None:
    assert come_in(gateway, JONAS, key).status == 401
    assert add_passkey(gateway, jonas, at_home.cookie, Key()).status == 201
    assert come_in(gateway, JONAS, key).status == 401


@pytest.mark.parametrize("credential", ["", "{}", "[]", '{"id": "x", "response": {"authenticatorData": "?"}}'])
def test_what_is_no_passkey_is_refused(
    gateway: Gateway, therapist: Somebody, ines: Reply, key: Key, credential: str
) -> None:
    asked = gateway.call("POST", "/api/session/passkey/options", {"email": INES})
    body = {"credential": credential}
    assert gateway.call("POST", "/api/session/passkey", body, cookie=asked.cookie).body["type"] == "passkey-refused"
    gateway.call("POST", "/api/session/passkeys/options", {"password": PASSWORD}, by=therapist, cookie=ines.cookie)
    added = gateway.call("POST", "/api/session/passkeys", body, by=therapist, key="no-passkey", cookie=ines.cookie)
    assert (added.status, added.body["type"]) == (409, "passkey-not-made")
    assert len(_listed(gateway, therapist)) == 1
    assert key.count == 0


def test_a_passkey_is_added_with_the_password_at_ones_own_session_only(
    gateway: Gateway, therapist: Somebody, ines: Reply, jonas: Somebody, at_home: Reply
) -> None:
    def ask(by: Somebody, password: str, cookie: str) -> tuple[int, str]:
        reply = gateway.call("POST", "/api/session/passkeys/options", {"password": password}, by=by, cookie=cookie)
        return reply.status, reply.body.get("type", "")

    assert ask(therapist, "another calm evening", ines.cookie) == (422, "password-wrong")
    assert ask(therapist, PASSWORD, "") == (409, "not-signed-in-here")
    assert ask(therapist, PASSWORD, at_home.cookie) == (409, "not-signed-in-here")
    gateway.call("DELETE", "/api/sessions", by=jonas)
    assert ask(jonas, PASSWORD, at_home.cookie) == (409, "not-signed-in-here")
    made = gateway.call(
        "POST", "/api/session/passkeys", {"credential": "{}"}, by=therapist, key="unasked-", cookie=ines.cookie
    )
    assert (made.status, made.body["type"]) == (409, "passkey-not-made")
    assert _listed(gateway, therapist) == []


def test_passwords_are_not_guessed_where_passkeys_are_added(gateway: Gateway, therapist: Somebody, ines: Reply) -> None:
    tries = [
        gateway.call(
            "POST", "/api/session/passkeys/options", {"password": "x"}, by=therapist, cookie=ines.cookie
        ).status
        for _ in range(7)
    ]
    assert tries == [422] * 5 + [429] * 2


def test_asking_for_passkeys_over_and_over_has_to_wait(gateway: Gateway) -> None:
    tries = [gateway.call("POST", "/api/session/passkey/options", {"email": INES}).status for _ in range(12)]
    assert tries == [200] * 10 + [429] * 2


def test_there_are_ten_at_most(gateway: Gateway, therapist: Somebody, ines: Reply) -> None:
    for _ in range(MOST_PASSKEYS):
        assert add_passkey(gateway, therapist, ines.cookie, Key()).status == 201
    reply = gateway.call(
        "POST", "/api/session/passkeys/options", {"password": PASSWORD}, by=therapist, cookie=ines.cookie
    )
    assert (reply.status, reply.body["type"]) == (409, "passkeys-full")


def test_a_removed_passkey_opens_nothing_and_ends_what_it_had_begun_elsewhere(
    gateway: Gateway, therapist: Somebody, ines: Reply, key: Key
) -> None:
    here, elsewhere = come_in(gateway, INES, key), come_in(gateway, INES, key)
    (line,) = _listed(gateway, therapist)
    path = f"/api/session/passkeys/{line['passkey_id']}"
    assert gateway.call("DELETE", path, by=therapist, cookie=here.cookie).status == 200
    assert come_in(gateway, INES, key).status == 401
    assert (_refreshes(gateway, here), _refreshes(gateway, elsewhere), _refreshes(gateway, ines)) == (True, False, True)
    assert gateway.call("DELETE", path, by=therapist, cookie=here.cookie).status == 404
    assert add_passkey(gateway, therapist, ines.cookie, key).status == 201  # Cognito has forgotten it too


def test_a_passkey_that_is_removed_without_a_session_opens_nothing_and_can_be_added_again(
    gateway: Gateway, therapist: Somebody, ines: Reply, key: Key
) -> None:
    (line,) = _listed(gateway, therapist)
    assert gateway.call("DELETE", f"/api/session/passkeys/{line['passkey_id']}", by=therapist).status == 200
    assert come_in(gateway, INES, key).status == 401
    assert add_passkey(gateway, therapist, ines.cookie, key).status == 201
    key.count = 9
    assert come_in(gateway, INES, key).session


def test_nobody_removes_anothers_passkey(gateway: Gateway, therapist: Somebody, jonas: Somebody, key: Key) -> None:
    (line,) = _listed(gateway, therapist)
    assert gateway.call("DELETE", f"/api/session/passkeys/{line['passkey_id']}", by=jonas).status == 404
    assert come_in(gateway, INES, key).session


def test_with_the_authenticator_the_passkeys_go_too(
    gateway: Gateway, owner: Somebody, therapist: Somebody, key: Key, phone: Phone
) -> None:
    by_passkey = come_in(gateway, INES, key)
    gateway.call("DELETE", f"/api/people/{therapist.person_id}/authenticator", by=owner)
    assert come_in(gateway, INES, key).status == 401
    assert not _refreshes(gateway, by_passkey)
    at = clock.now()
    ids = {"person_id": therapist.person_id}
    event = Event(
        event_id=EventId(new_id(at)),
        type="authenticator.reset",
        practice_id=PracticeId(therapist.practice_id),
        at=at,
        ids=ids,
    )
    reactions.forget_authenticator(_call(therapist), event)
    assert come_in(gateway, INES, key).status == 401
    anew = phone.enter(gateway, _password(gateway, INES))
    assert come_in(gateway, INES, key).status == 401
    assert add_passkey(gateway, therapist, anew.cookie, key).status == 201
    assert come_in(gateway, INES, key).session


def test_whoever_is_taken_out_comes_in_with_no_passkey(
    gateway: Gateway, owner: Somebody, therapist: Somebody, key: Key
) -> None:
    assert gateway.call("DELETE", f"/api/people/{therapist.person_id}", by=owner).status == 200
    assert come_in(gateway, INES, key).status == 401


def test_a_new_password_by_mail_takes_the_passkeys_with_it(
    gateway: Gateway, therapist: Somebody, key: Key, phone: Phone
) -> None:
    token = door(therapist.practice_id, therapist.person_id, Purpose.RESET)
    opened = gateway.call("POST", "/api/doors/open", {"token": token, "password": "another calm evening"})
    assert come_in(gateway, INES, key).status == 401
    assert phone.enter(gateway, opened).session
    assert _listed(gateway, therapist) == []


def test_a_passkey_that_was_made_and_not_written_down_opens_nothing_and_is_made_again(
    gateway: Gateway, therapist: Somebody, ines: Reply, failures: dict[str, Exception]
) -> None:
    key = Key()
    asked = {"password": PASSWORD}
    options = gateway.call("POST", "/api/session/passkeys/options", asked, by=therapist, cookie=ines.cookie)
    failures["TransactWriteItems"] = ConnectionError()
    made = {"credential": key.make(options.body["options"])}
    lost = gateway.call("POST", "/api/session/passkeys", made, by=therapist, key="lost-key", cookie=ines.cookie)
    assert lost.status == 500
    failures.clear()
    again = gateway.call("POST", "/api/session/passkeys", made, by=therapist, key="lost-key", cookie=ines.cookie)
    assert (again.status, again.body["type"]) == (409, "passkey-not-made")
    assert come_in(gateway, INES, key).status == 401
    assert add_passkey(gateway, therapist, ines.cookie, key).status == 201
    assert come_in(gateway, INES, key).session


def test_an_answer_that_got_lost_is_answered_once_more(gateway: Gateway, therapist: Somebody, ines: Reply) -> None:
    key = Key()
    options = gateway.call(
        "POST", "/api/session/passkeys/options", {"password": PASSWORD}, by=therapist, cookie=ines.cookie
    )
    made = {"credential": key.make(options.body["options"])}
    first, again = (
        gateway.call("POST", "/api/session/passkeys", made, by=therapist, key="one-key-", cookie=ines.cookie)
        for _ in range(2)
    )
    assert (first.status, first.body) == (again.status, again.body) == (201, first.body)


def test_a_sign_in_that_broke_off_is_begun_again_with_the_same_passkey(
    gateway: Gateway, key: Key, failures: dict[str, Exception]
) -> None:
    asked = gateway.call("POST", "/api/session/passkey/options", {"email": INES})
    signed = {"credential": key.sign(asked.body["options"])}
    failures["AdminRespondToAuthChallenge"] = ConnectionError()
    assert gateway.call("POST", "/api/session/passkey", signed, cookie=asked.cookie).status == 500
    failures.clear()
    assert gateway.call("POST", "/api/session/passkey", signed, cookie=asked.cookie).status == 401
    assert come_in(gateway, INES, key).session


def test_cognito_that_asks_to_slow_down_is_passed_on(
    gateway: Gateway, therapist: Somebody, ines: Reply, key: Key, refusals: Refusals
) -> None:
    busy = ("TooManyRequestsException", "")
    refusals["AdminRespondToAuthChallenge"] = busy
    assert come_in(gateway, INES, key).status == 429
    asked = {"password": PASSWORD}
    options = gateway.call("POST", "/api/session/passkeys/options", asked, by=therapist, cookie=ines.cookie)
    made = {"credential": Key().make(options.body["options"])}
    refusals["CompleteWebAuthnRegistration"] = busy
    added = gateway.call("POST", "/api/session/passkeys", made, by=therapist, key="busy-key", cookie=ines.cookie)
    assert added.status == 429
    for operation in ("StartWebAuthnRegistration", "ListWebAuthnCredentials"):
        refusals[operation] = busy
        assert add_passkey(gateway, therapist, ines.cookie, Key()).status == 429


def test_without_the_option_nothing_is_offered(
    gateway: Gateway, therapist: Somebody, ines: Reply, key: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert gateway.call("GET", "/api/session/ways").body == {"passkeys": True}
    monkeypatch.delenv("USER_POOL_CLIENT_SECRET")
    settings.cache_clear()
    assert gateway.call("GET", "/api/session/ways").body == {"passkeys": False}
    assert gateway.call("GET", "/api/session/passkeys", by=therapist).body == {"offered": False, "passkeys": []}
    assert gateway.call("POST", "/api/session/passkey/options", {"email": INES}).status == 404
    asked = {"password": PASSWORD}
    assert gateway.call("POST", "/api/session/passkeys/options", asked, by=therapist, cookie=ines.cookie).status == 404
    assert key.count == 0


@given(added=st.integers(-3, 3), reset=st.none() | st.integers(-3, 3), roles=st.sets(st.sampled_from(Role), min_size=1))
def test_a_passkey_of_staff_is_never_older_than_their_authenticator(
    added: int, reset: int | None, roles: set[Role]
) -> None:
    now = clock.now()
    person = Person(
        person_id=PersonId("p"),
        name="P",
        email="p@home.example",
        roles=frozenset(roles),
        since=now,
        authenticator_at=None if reset is None else now + timedelta(days=reset),
    )
    passkey = Passkey(
        passkey_id=PasskeyId("k"),
        person_id=PersonId("p"),
        credential_id="c",
        device="",
        added_at=now + timedelta(days=added),
    )
    staff = bool(roles & {Role.OWNER, Role.THERAPIST})
    assert counts(passkey, person) == (not staff or (reset is not None and added >= reset))


@given(st.binary(max_size=64))
def test_a_person_was_recognised_where_the_authenticator_says_so(data: bytes) -> None:
    assert recognised(encode(data)) == (len(data) > 32 and data[32] & 4 == 4)
