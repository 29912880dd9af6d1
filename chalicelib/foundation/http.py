"""HTTP: one decorator between Chalice and a view.

A view takes a `Call`, the decoded body if there is one, and the parts of its path; it calls one use
case and returns a struct, or an `Answer` where a version, a cookie or another status belongs to it.
The decorator decodes strictly, authenticates, keeps idempotency keys, and turns every refusal into
problem+json (RFC 9457, 2023). The same declarations make `web/openapi.json`.
"""

import functools
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
from chalice import Blueprint, CognitoUserPoolAuthorizer, Response
from chalice.app import Request

from chalicelib.foundation import clock, throttle
from chalicelib.foundation.actor import Actor, Role
from chalicelib.foundation.audit import note_seen
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import (
    DomainError,
    Flaw,
    Forbidden,
    Invalid,
    NotFound,
    SignedOut,
    TooLarge,
    WrongForm,
)
from chalicelib.foundation.ids import PersonId, PracticeId, is_id, new_id
from chalicelib.foundation.log import log
from chalicelib.foundation.once import DONE, Done, Once, Repeated, once_for_request
from chalicelib.foundation.pace import keep_pace
from chalicelib.foundation.settings import settings
from chalicelib.foundation.source import pseudonym, source

PEOPLE = CognitoUserPoolAuthorizer("people", provider_arns=["arn:aws:cognito-idp:::userpool/set-by-the-template"])
LARGEST_BODY = 400_000
"""Bytes of a request. A row holds less, so that most long texts are refused where their field is known."""
IDEMPOTENCY_KEY = "^[A-Za-z0-9_-]{8,64}$"
VERSION = '^(?:W/)?"([0-9]{1,9})"$'
_REFUSED = 400
_ONE_MORE_TRY = timedelta(seconds=3)
_PROBLEM = "application/problem+json"
GUARDS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
"""What CloudFront adds too (infra/resources/site.yaml), for whoever calls API Gateway past it."""
_PLAIN = {"Content-Type": "application/json", **GUARDS}


class Nothing(msgspec.Struct, frozen=True):
    """An answer or a body with nothing in it."""


class Problem(msgspec.Struct, frozen=True):
    """RFC 9457 problem details; `type` is stable and safe to branch on, and says which further members are there."""

    type: str
    title: str
    status: int
    detail: str
    correlation_id: str = ""
    current: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    """What somebody else wrote first, in the shape in which it is read."""
    yours: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    """What was sent and not kept, as it came."""
    revision: int | msgspec.UnsetType = msgspec.UNSET
    """The revision that a lesson has now."""
    block_id: str | msgspec.UnsetType = msgspec.UNSET
    """The part of a lesson that it is about."""
    missing: tuple[str | int, ...] | msgspec.UnsetType = msgspec.UNSET
    """What is still asked for: parts of a lesson by id, parts of a file by number."""
    problems: tuple[Flaw, ...] | msgspec.UnsetType = msgspec.UNSET
    """All that stands in the way, in reading order."""
    path: str | msgspec.UnsetType = msgspec.UNSET
    """Where to go on after signing in."""


@dataclass(frozen=True)
class Answer:
    """What a view returns where the struct alone does not say it all."""

    body: msgspec.Struct
    version: int | None = None
    status: int | None = None
    cookies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Endpoint:
    """What one route promises; `web/openapi.json` and the permission tests are made from these."""

    method: str
    path: str
    view: Callable[..., Any]
    summary: str
    answers: type[msgspec.Struct]
    status: int
    takes: type[msgspec.Struct] | None
    roles: frozenset[Role] | None
    """Who may come at all; None is open to people who are not signed in."""
    creates: bool
    updates: bool
    query: tuple[str, ...]
    sees: str
    """What of a client's record staff see by it, as the audit trail calls it; empty where it shows no record."""
    guarded: bool
    """Whether what one address tries is counted."""
    starts: bool
    """Whether it begins what costs, which one person may do so often only."""


ENDPOINTS: list[Endpoint] = []

type View = Callable[..., msgspec.Struct | Answer]
type Identify = Callable[[Request], Actor]
type Standing = Callable[[Call], None]

_STANDING: list[Standing] = []


def before_an_owner_changes(check: Standing) -> Standing:
    """Have whoever comes as an owner checked before each request that changes something; it raises Forbidden.

    A token says for a quarter of an hour what its person was when it was made. An owner who was taken out meanwhile
    could do in that time what outlives it: invite somebody, or let a guardian in.
    """
    _STANDING.append(check)
    return check


def endpoint(
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    answers: type[msgspec.Struct],
    roles: frozenset[Role] | None,
    takes: type[msgspec.Struct] | None = None,
    status: int = 200,
    creates: bool = False,
    updates: bool = False,
    query: tuple[str, ...] = (),
    identify: Identify | None = None,
    sees: str = "the record",
    guarded: bool = False,
    starts: bool = False,
) -> Callable[[View], View]:
    """Make a view a route.

    `roles` None makes it public, unless `identify` says who calls by other means than the portal's
    sign-in (the session of a review link). `creates` asks for an Idempotency-Key, `updates` for If-Match.
    Parameters named in `query` are passed on as strings or None. `sees` says in the audit trail's words what of a
    client's record a GET of one shows; each look of staff is noted there before it is answered. `guarded` counts
    what one address tries (foundation/throttle.py): for whatever a stranger might guess at. `starts` counts what one
    person begins (foundation/pace.py): for whatever goes on to cost something by itself.
    """

    def enter(view: View) -> View:
        summary = (view.__doc__ or view.__name__).strip().partition("\n")[0]
        seen = sees if method == "GET" and "{client_id}" in path else ""
        spec = Endpoint(
            method, path, view, summary, answers, status, takes, roles, creates, updates, query, seen, guarded, starts
        )
        ENDPOINTS.append(spec)
        # Without a separate name Chalice would take two views of one path for one.
        authorizer = {"authorizer": PEOPLE} if roles is not None else {}

        @functools.wraps(view)
        def handle(**parts: str) -> Response:
            return _respond(spec, blueprint.current_request, parts, identify)

        blueprint.route(path, methods=[method], name=view.__name__, **authorizer)(handle)
        return view

    return enter


def _respond(spec: Endpoint, request: Request, parts: Mapping[str, str], identify: Identify | None) -> Response:
    correlation_id = new_id(clock.now())
    try:
        return _answer(spec, request, parts, identify, correlation_id)
    except DomainError as error:
        return _problem(error, request, spec.path, spec.method, correlation_id)
    except Exception as error:  # noqa: BLE001 - the one place where what nobody expected becomes an answer
        log(
            "unexpected failure",
            failed=True,
            trace=True,
            route=spec.path,
            method=spec.method,
            error=type(error).__name__,
            correlation_id=correlation_id,
        )
        return _problem(_Unexpected(), request, spec.path, spec.method, correlation_id)


class _Unexpected(DomainError):
    status = 500
    type = "our-fault"
    title = "Something went wrong on our side. What you had sent before is safe; please try again in a minute."


def _answer(
    spec: Endpoint, request: Request, parts: Mapping[str, str], identify: Identify | None, correlation_id: str
) -> Response:
    for name, part in parts.items():
        if name.endswith("_id") and not is_id(part):
            raise NotFound
    if spec.guarded:
        per_address = throttle.Bucket("address", settings().tries_an_address, _ONE_MORE_TRY)
        throttle.take(clock.now(), (per_address, source(request.context, request.headers)))
    actor = identify(request) if identify else _signed_in(request) if spec.roles is not None else _NOBODY
    if actor.person_id:
        keep_pace(actor.person_id, clock.now(), starts=spec.starts)
    if spec.roles is not None and not actor.roles & spec.roles:
        raise Forbidden
    raw = _raw(request)
    once = _once(spec, request, actor, raw, parts.get("client_id") or actor.client or "")
    call = Call(actor, clock.now(), once, _if_match(request), correlation_id)
    _stand(spec, call)
    arguments = [call, *([_decode(spec.takes, raw)] if spec.takes else [])]
    given = request.query_params or {}
    by_name: dict[str, str | None] = {**parts, **{name: given.get(name) for name in spec.query}}
    try:
        result = spec.view(*arguments, **by_name)
        if spec.sees and actor.roles & _STAFF:
            note_seen(call, f"saw {spec.sees}", **parts)
        return _render(spec, result)
    except Repeated as repeated:
        return _again(spec, repeated.done, once)
    except DomainError:
        # A request that was applied, and whose answer got lost, comes again and finds the world moved on.
        done = once and call.table.get(DONE, once.key)
        if not done:
            raise
        return _again(spec, done.value, once)


def _stand(spec: Endpoint, call: Call) -> None:
    if Role.OWNER in call.actor.roles and spec.method != "GET":
        for check in _STANDING:
            check(call)


_STAFF = frozenset({Role.OWNER, Role.THERAPIST})
_NOBODY = Actor(practice_id=PracticeId(""), person_id=PersonId(""), name="")


_OURS = frozenset({"custom:practice_id", "custom:person_id"})


def _signed_in(request: Request) -> Actor:
    """Return who API Gateway's Cognito authorizer let through."""
    claims = request.context.get("authorizer", {}).get("claims")
    if not claims or not claims.keys() >= _OURS:  # an access token says who, and not of which practice
        raise SignedOut
    groups = claims.get("cognito:groups", "")
    names = groups if isinstance(groups, list) else re.split(r"[,\s\[\]]+", groups)
    return Actor(
        practice_id=PracticeId(claims["custom:practice_id"]),
        person_id=PersonId(claims["custom:person_id"]),
        name=claims.get("name", ""),
        roles=frozenset(Role(name) for name in names if name in set(Role)),
    )


def _once(spec: Endpoint, request: Request, actor: Actor, raw: bytes, client_id: str) -> Once | None:
    if not spec.creates:
        return None
    key = request.headers.get("idempotency-key", "")
    if not re.fullmatch(IDEMPOTENCY_KEY, key):
        message = "Send an Idempotency-Key of 8 to 64 letters, digits, - or _ with everything that creates."
        raise Invalid(message, type="idempotency-key-missing")
    asked = f"{spec.method} {request.context.get('path', '')}\n".encode() + raw
    return once_for_request(actor.person_id, key, hashlib.sha256(asked).hexdigest(), client_id)


def _again(spec: Endpoint, done: Done, once: Once | None) -> Response:
    if once is None or done.fingerprint != once.fingerprint:
        message = "This Idempotency-Key has been used for another request."
        raise Invalid(message, type="idempotency-key-reused")
    return Response(body=done.answer, status_code=spec.status, headers=dict(_PLAIN))


def _if_match(request: Request) -> int | None:
    header = request.headers.get("if-match")
    if header is None:
        return None
    match = re.fullmatch(VERSION, header)
    if not match:
        message = 'If-Match takes one version as it came in ETag, such as "3".'
        raise Invalid(message)
    return int(match[1])


def _raw(request: Request) -> bytes:
    try:
        return request.raw_body or b""
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can spell and UTF-8 cannot
        message = "The request is not text. Nothing was changed."
        raise Invalid(message, type="not-json") from None


def _decode(shape: type[msgspec.Struct], raw: bytes) -> msgspec.Struct:
    if len(raw) > LARGEST_BODY:
        raise TooLarge
    try:
        return msgspec.json.decode(raw or b"{}", type=shape)
    except msgspec.ValidationError as error:
        message = f"{error}. Nothing was changed."
        raise Invalid(message) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        message = "The request is not JSON. Nothing was changed."
        raise Invalid(message, type="not-json") from None


def _render(spec: Endpoint, result: msgspec.Struct | Answer) -> Response:
    answer = result if isinstance(result, Answer) else Answer(result)
    headers: dict[str, str | list[str]] = dict(_PLAIN)
    if answer.version is not None:
        headers["ETag"] = f'"{answer.version}"'
    if answer.cookies:
        headers["Set-Cookie"] = list(answer.cookies)
    # Bytes would need a binary media type; text of our own encoding passes Chalice as it is.
    return Response(
        body=msgspec.json.encode(answer.body).decode(), status_code=answer.status or spec.status, headers=headers
    )


def in_our_words(request: Request, answer: Callable[[Request], Response]) -> Response:
    """Turn what Chalice refuses before a view is asked, as a body that is not JSON, into a problem of ours."""
    response = answer(request)
    if response.status_code < _REFUSED or response.headers.get("Content-Type") == _PROBLEM:
        return response
    error = WrongForm() if response.status_code == WrongForm.status else _Unexpected()
    route, method = str(request.context.get("resourcePath", "")), str(request.method)
    return _problem(error, request, route, method, new_id(clock.now()))


def _problem(error: DomainError, request: Request, route: str, method: str, correlation_id: str) -> Response:
    claims = request.context.get("authorizer", {}).get("claims") or {}
    log(
        "refused",
        route=route,
        method=method,
        status=error.status,
        problem=error.problem_type,
        person_id=claims.get("custom:person_id", ""),
        source=pseudonym(source(request.context, request.headers)),
        aimed_at=error.aimed_at,
        correlation_id=correlation_id,
    )
    body = {
        "type": error.problem_type,
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "correlation_id": correlation_id,
        **error.extra,
    }
    headers: dict[str, str | list[str]] = {"Content-Type": _PROBLEM, **GUARDS}
    if error.cookies:
        headers["Set-Cookie"] = list(error.cookies)
    return Response(body=msgspec.json.encode(body).decode(), status_code=error.status, headers=headers)
