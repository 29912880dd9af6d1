"""API Gateway as our views see it: requests with the claims that its authorizer would have put there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from app import app
from chalicelib.foundation.actor import Role
from chalicelib.foundation.http import ENDPOINTS, Endpoint

_PART = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Somebody:
    """Somebody who is signed in, as their token says."""

    practice_id: str
    person_id: str
    roles: frozenset[Role]
    name: str = "Somebody"

    def claims(self) -> dict[str, str]:
        return {
            "custom:practice_id": self.practice_id,
            "custom:person_id": self.person_id,
            "cognito:groups": ",".join(sorted(self.roles)),
            "name": self.name,
        }


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    body: Any
    headers: Mapping[str, str]
    cookies: tuple[str, ...] = field(default=())
    raw: bytes = b""

    @property
    def version(self) -> int:
        return int(self.headers["ETag"].strip('"'))

    @property
    def cookie(self) -> str:
        """What a browser sends back of the cookies that this answer set."""
        pairs = [cookie.partition(";")[0] for cookie in self.cookies]
        return "; ".join(pair for pair in pairs if not pair.endswith("="))

    @property
    def session(self) -> Any:
        """The session that the answer brought."""
        assert self.status == 200, self.body
        assert self.body["session"], self.body
        return self.body["session"]


class Gateway:
    """Calls the app's routes the way API Gateway does."""

    def __init__(self) -> None:
        self._app: Any = app

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        by: Somebody | None = None,
        key: str | None = None,
        if_match: int | str | None = None,
        cookie: str = "",
        agent: str = "",
        source: str = "192.0.2.200",
    ) -> Reply:
        """Send a request. `path` may carry a query."""
        path, _, query = path.partition("?")
        spec, parts = _route(method, path)
        headers = {"content-type": "application/json", "user-agent": agent}
        if key:
            headers["idempotency-key"] = key
        if if_match is not None:
            headers["if-match"] = f'"{if_match}"' if isinstance(if_match, int) else if_match
        if cookie:
            headers["cookie"] = f"other=1; {cookie}"
        values = [pair.split("=", 1) for pair in query.split("&")] if query else []
        text = None if body is None else body if isinstance(body, str) else msgspec.json.encode(body).decode()
        return self.send(spec, parts, headers, {name: [value] for name, value in values}, text, by=by, source=source)

    def send(
        self,
        spec: Endpoint,
        parts: dict[str, str],
        headers: Mapping[str, str],
        query: dict[str, list[str]],
        body: str | None,
        *,
        by: Somebody | None,
        source: str = "192.0.2.200",
    ) -> Reply:
        """Send a request to an endpoint with everything in it as it came over the wire."""
        path = _PART.sub(lambda part: parts[part[1]], spec.path)
        context: dict[str, Any] = {"httpMethod": spec.method, "resourcePath": spec.path, "path": f"/api{path}"}
        context["identity"] = {"sourceIp": source}
        if by:
            context["authorizer"] = {"claims": by.claims()}
        event = {
            "httpMethod": spec.method,
            "headers": headers,
            "pathParameters": parts,
            "multiValueQueryStringParameters": query or None,
            "requestContext": context,
            "body": body,
            "stageVariables": None,
        }
        answer = self._app(event, None)
        return Reply(
            answer["statusCode"],
            msgspec.json.decode(answer["body"]),
            answer["headers"],
            tuple(answer["multiValueHeaders"].get("Set-Cookie", ())),
            answer["body"].encode(),
        )


def _route(method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
    fits = []
    for spec in ENDPOINTS:
        pattern = _PART.sub(lambda part: f"(?P<{part[1]}>[^/]+)", spec.path)
        match = re.fullmatch(pattern, path)
        if spec.method == method and match:
            fits.append((len(_PART.findall(spec.path)), spec, match.groupdict()))
    if not fits:
        message = f"There is no route {method} {path}."
        raise LookupError(message)
    # A literal part goes before a parameter, as at API Gateway.
    return min(fits, key=lambda fit: fit[0])[1:]
