"""What every route promises: strict decoding, problem+json, idempotency keys, If-Match."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from chalice import Blueprint, Chalice
from chalice.test import Client

from chalicelib.foundation import http
from chalicelib.foundation.actor import Actor, Role
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import Conflict, StaleWrite
from chalicelib.foundation.http import Answer, Nothing, endpoint
from chalicelib.foundation.ids import PracticeId, new_id
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind
from chalicelib.foundation.openapi import document
from chalicelib.foundation.table import Key

from ..conftest import NOW

pytestmark = pytest.mark.usefixtures("stack")


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: str


class Granted(msgspec.Struct, frozen=True):
    wish_id: str
    text: str


WISH = Kind("test wish", Granted, Handling(Export.NEVER, Erase.NOTHING, keep_days=None))


def _views(blueprint: Blueprint) -> None:
    @endpoint(
        blueprint,
        "POST",
        "/api/wishes",
        takes=Wish,
        answers=Granted,
        roles=frozenset({Role.CLIENT}),
        creates=True,
        status=201,
    )
    def wish(call: Call, body: Wish) -> Granted:
        """Make a wish."""
        if call.table.get(WISH, Key("wishes", body.text)):
            message = "That wish has been made. It is kept."
            raise Conflict(message)
        granted = Granted(new_id(call.now), body.text)
        write = call.write()
        write.add(WISH, Key("wishes", body.text), granted)
        return write.commit(granted)

    @endpoint(
        blueprint,
        "PUT",
        "/api/wishes/{wish_id}",
        takes=Wish,
        answers=Granted,
        roles=frozenset({Role.CLIENT}),
        updates=True,
        query=("after",),
    )
    def change_wish(call: Call, body: Wish, wish_id: str, after: str | None) -> Answer:
        """Change a wish."""
        if call.version == 1:
            message = "Somebody else changed it."
            raise StaleWrite(message, current=Granted(wish_id, "theirs"), yours=body)
        return Answer(Granted(wish_id, body.text + (after or "")), version=call.version + 1, cookies=("a=b", "c=d"))

    @endpoint(blueprint, "GET", "/api/broken", answers=Nothing, roles=None)
    def broken(_call: Call) -> Nothing:
        """Break."""
        message = "knee hurts"
        raise RuntimeError(message)


@pytest.fixture
def client() -> Iterator[Client]:
    before = list(http.ENDPOINTS)
    app = Chalice(app_name="wishes")
    blueprint = Blueprint("wishes")
    http.ENDPOINTS.clear()
    _views(blueprint)
    app.register_blueprint(blueprint)
    with Client(app) as client:
        yield client
    http.ENDPOINTS[:] = before


PRACTICE = PracticeId(new_id(NOW))


class Browser:
    """Sends requests as API Gateway passes them on, with or without somebody signed in."""

    def __init__(self, client: Client, roles: str = "client", person_id: str = "p1") -> None:
        self._app = client._app
        self._claims = {
            "custom:practice_id": PRACTICE,
            "custom:person_id": person_id,
            "cognito:groups": roles,
            "name": "Dana",
        }

    def send(
        self, method: str, path: str, body: Any = None, resource: str = "", **headers: str
    ) -> tuple[int, Any, Any]:
        event = {
            "requestContext": {
                "httpMethod": method,
                "resourcePath": resource or path,
                "path": path,
                "authorizer": {"claims": self._claims} if self._claims["cognito:groups"] else {},
            },
            "headers": {"content-type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}},
            "multiValueHeaders": {},
            "multiValueQueryStringParameters": {"after": ["!"]},
            "pathParameters": {"wish_id": path.rpartition("/")[2]} if resource else {},
            "stageVariables": {},
            "isBase64Encoded": False,
            "body": body if isinstance(body, str) else json.dumps(body),
        }
        answer = self._app(event, None)
        return answer["statusCode"], json.loads(answer["body"]), answer


def test_a_created_thing_is_answered_with_201(client: Client) -> None:
    status, body, _ = Browser(client).send("POST", "/api/wishes", {"text": "rain"}, idempotency_key="key-00001")
    assert (status, body["text"]) == (201, "rain")


def test_what_the_api_answers_has_its_guards_without_cloudfront_too(client: Client) -> None:
    for key in ("key-00001", "short"):
        _, _, answer = Browser(client).send("POST", "/api/wishes", {"text": "rain"}, idempotency_key=key)
        assert http.GUARDS.items() <= answer["headers"].items()


def test_the_same_key_and_body_give_the_same_answer(client: Client) -> None:
    answers = [
        Browser(client).send("POST", "/api/wishes", {"text": "rain"}, idempotency_key="key-00001")[:2] for _ in range(3)
    ]
    assert answers[0] == answers[1] == answers[2]


def test_the_same_key_with_another_body_is_refused(client: Client) -> None:
    Browser(client).send("POST", "/api/wishes", {"text": "rain"}, idempotency_key="key-00001")
    status, body, _ = Browser(client).send("POST", "/api/wishes", {"text": "sun"}, idempotency_key="key-00001")
    assert (status, body["type"]) == (422, "idempotency-key-reused")


def test_keys_of_two_people_do_not_meet(client: Client) -> None:
    Browser(client).send("POST", "/api/wishes", {"text": "rain"}, idempotency_key="key-00001")
    other = Browser(client, person_id="p2")
    assert other.send("POST", "/api/wishes", {"text": "sun"}, idempotency_key="key-00001")[0] == 201


def test_a_refusal_without_an_earlier_success_stays_a_refusal(client: Client) -> None:
    Browser(client).send("POST", "/api/wishes", {"text": "rain"}, idempotency_key="key-00001")
    status, body, _ = Browser(client).send("POST", "/api/wishes", {"text": "rain"}, idempotency_key="key-00002")
    assert (status, body["detail"]) == (409, "That wish has been made. It is kept.")


@pytest.mark.parametrize("key", ["", "short", "with space in it", "x" * 65])
def test_creating_asks_for_an_idempotency_key(client: Client, key: str) -> None:
    status, body, _ = Browser(client).send("POST", "/api/wishes", {"text": "rain"}, idempotency_key=key)
    assert (status, body["type"]) == (422, "idempotency-key-missing")


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ({"text": 1}, "invalid"),
        ({}, "invalid"),
        ({"text": "a", "more": 1}, "invalid"),
        ([], "invalid"),
        ("{", "not-json"),
        ('"\ud800"', "not-json"),
        ('{"text": "' + "x" * 400_001 + '"}', "too-large"),
    ],
)
def test_a_body_of_another_form_is_refused_and_changes_nothing(client: Client, sent: Any, kind: str) -> None:
    status, body, answer = Browser(client).send("POST", "/api/wishes", sent, idempotency_key="key-00001")
    assert (status, body["type"]) in {(422, kind), (413, kind)}
    assert answer["headers"]["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_what_a_form_of_another_site_can_send_is_refused_in_our_words(client: Client, content_type: str) -> None:
    client._app.register_middleware(http.in_our_words, "http")
    status, body, answer = Browser(client).send("POST", "/api/wishes", {"text": "rain"}, content_type=content_type)
    assert (status, body["type"], body["status"]) == (415, "not-json", 415)
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert Browser(client).send("POST", "/api/wishes", {"text": "rain"}, idempotency_key="key-00001")[0] == 201


def test_nobody_signed_in_is_401_and_another_role_403(client: Client) -> None:
    assert Browser(client, roles="").send("POST", "/api/wishes", {"text": "a"})[0] == 401
    assert Browser(client, roles="[owner therapist]").send("POST", "/api/wishes", {"text": "a"})[0] == 403


def test_a_token_that_says_nothing_of_a_practice_signs_nobody_in(client: Client) -> None:
    for missing in ("custom:practice_id", "custom:person_id"):
        browser = Browser(client)
        del browser._claims[missing]
        assert browser.send("POST", "/api/wishes", {"text": "rain"}, idempotency_key="key-00001")[0] == 401


WISH_PATH = f"/api/wishes/{new_id(NOW)}"
BODY = {"text": "b"}
CHANGE: dict[str, Any] = {"method": "PUT", "path": WISH_PATH, "body": BODY, "resource": "/api/wishes/{wish_id}"}


def test_an_update_names_its_version_and_gets_the_next(client: Client) -> None:
    status, body, answer = Browser(client).send(**CHANGE, if_match='"2"')
    assert (status, body["text"]) == (200, "b!")
    assert answer["headers"]["ETag"] == '"3"'
    assert answer["multiValueHeaders"]["Set-Cookie"] == ["a=b", "c=d"]


def test_an_update_without_a_version_is_asked_for_it(client: Client) -> None:
    assert Browser(client).send(**CHANGE)[0] == 428
    for odd in ("three", '"' + "9" * 5_000 + '"'):
        assert Browser(client).send(**CHANGE, if_match=odd)[0] == 422


def test_a_stale_write_gives_both_texts_back(client: Client) -> None:
    status, body, _ = Browser(client).send(**CHANGE, if_match='"1"')
    assert (status, body["current"]["text"], body["yours"]) == (409, "theirs", {"text": "b"})


def test_an_id_of_another_form_is_not_found(client: Client) -> None:
    assert Browser(client).send(**(CHANGE | {"path": "/api/wishes/1"}), if_match='"2"')[0] == 404


def test_what_nobody_expected_is_a_problem_without_its_words(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    status, body, _ = Browser(client, roles="").send("GET", "/api/broken")
    assert (status, body["type"]) == (500, "our-fault")
    assert "knee" not in json.dumps(body) + str([vars(record) for record in caplog.records])


def test_the_document_says_what_the_routes_promise(client: Client) -> None:
    assert client
    paths = document(http.ENDPOINTS)["paths"]
    names = {parameter["name"] for parameter in paths["/api/wishes/{wish_id}"]["put"]["parameters"]}
    assert names == {"wish_id", "after", "If-Match"}
    assert paths["/api/wishes"]["post"]["security"] == [{"people": []}]
    assert paths["/api/broken"]["get"]["security"] == []


def test_an_actor_of_no_role_has_no_role() -> None:
    assert Actor(practice_id=PRACTICE, person_id="p", name="n").roles == frozenset()  # type: ignore[arg-type]
