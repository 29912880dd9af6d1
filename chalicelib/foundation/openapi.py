"""The OpenAPI 3.1 document, made from the endpoints' own declarations."""

import inspect
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from chalicelib.foundation.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    PreconditionMissing,
    SignedOut,
    TooLarge,
    TooMany,
    WrongForm,
)
from chalicelib.foundation.http import IDEMPOTENCY_KEY, VERSION, Endpoint, Problem
from chalicelib.foundation.ids import ID_PATTERN

_PART = re.compile(r"{(\w+)}")
_AN_ID = "01k0000000000000000000000a"
_ABOUT = """\
Asynchronous therapy: programs of lessons, what clients send back, and what their therapists answer.

Whoever is signed in sends the id token of `POST /api/session` as `Authorization: Bearer …`. What somebody may not see
is answered like what is not there. Every refusal is RFC 9457 problem+json (2023): its `type` is stable, its `detail`
says what happened, what is safe and what to do. Moments are UTC (`2026-05-14T18:00:00.000Z`), days are local
(`2026-05-14`), money is in the smallest unit of its currency. Lists come in pages: `after` of one page asks for the
next, and is null in the last."""
_PARAMETERS: dict[str, dict[str, Any]] = {
    "Idempotency-Key": {
        "description": "Made by the caller for what it creates. The same key and request again: the same answer, and "
        "nothing is done twice, for 30 days. The same key and another request: 422.",
        "schema": {"type": "string", "pattern": IDEMPOTENCY_KEY},
        "example": "5f1c7a52-3c1e-4e8e-9a51-2f0d8f1f7c11",
    },
    "If-Match": {
        "description": "The version that is changed, as ETag or the body last told it. Another one: 409 with both.",
        "schema": {"type": "string", "pattern": VERSION},
        "example": '"3"',
    },
    "after": {
        "description": "The page marker that the page before ended with; left out for the first page.",
        "schema": {"type": "string"},
    },
    "since": {"description": "No entry before it.", "schema": {"type": "string"}, "example": "2026-05-01T00:00:00Z"},
    "until": {"description": "No entry after it.", "schema": {"type": "string"}, "example": "2026-05-14T00:00:00Z"},
    "number": {"description": "As it stands in what lists it.", "schema": {"type": "string"}},
    "version": {"description": "Counted from 1.", "schema": {"type": "string"}, "example": "1"},
    "block": {"description": "The `block_id` of a part of the lesson.", "schema": {"type": "string"}},
}
_REFUSALS = (
    SignedOut,
    Forbidden,
    NotFound,
    Conflict,
    TooLarge,
    WrongForm,
    Invalid,
    PreconditionMissing,
    TooMany,
)


def document(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """Describe the endpoints. The result has the same bytes for the same declarations."""
    chosen = sorted(endpoints, key=lambda spec: (spec.path, spec.method))
    shapes = {Problem} | {spec.answers for spec in chosen} | {spec.takes for spec in chosen if spec.takes}
    ordered = sorted(shapes, key=lambda shape: shape.__name__)
    references, components = msgspec.json.schema_components(ordered, ref_template="#/components/schemas/{name}")
    schema = dict(zip(ordered, references, strict=True))
    paths: dict[str, Any] = {}
    for spec in chosen:
        paths.setdefault(spec.path, {})[spec.method.lower()] = _operation(spec, schema)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Meanwhile", "version": "1", "description": _ABOUT},
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "responses": {kind.__name__: _refusal(kind, schema[Problem]) for kind in _REFUSALS},
            "securitySchemes": {"people": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _operation(spec: Endpoint, schema: dict[Any, Any]) -> dict[str, Any]:
    parameters = [_parameter("path", name, required=True) for name in _PART.findall(spec.path)]
    parameters += [_parameter("query", name) for name in spec.query]
    if spec.creates:
        parameters.append(_parameter("header", "Idempotency-Key", required=True))
    if spec.updates:
        parameters.append(_parameter("header", "If-Match", required=True))
    operation: dict[str, Any] = {
        "operationId": spec.view.__name__,
        "tags": [spec.view.__module__.split(".")[1]],
        "summary": spec.summary,
        "description": _description(spec),
        "parameters": parameters,
        "responses": {
            str(spec.status): {
                "description": "Done",
                "content": {"application/json": {"schema": schema[spec.answers]}},
            },
            **{str(kind.status): {"$ref": f"#/components/responses/{kind.__name__}"} for kind in _refused(spec)},
            "default": {
                "description": "Refused, with what to do about it",
                "content": {"application/problem+json": {"schema": schema[Problem]}},
            },
        },
        "security": [{"people": []}] if spec.roles is not None else [],
    }
    if spec.takes:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema[spec.takes]}},
        }
    return operation


def _description(spec: Endpoint) -> str:
    """Say who may ask, and what else the view's docstring says below its first line."""
    more = inspect.cleandoc(spec.view.__doc__ or "").partition("\n")[2].strip()
    who = f"Who may ask: {', '.join(sorted(spec.roles))}." if spec.roles is not None else "Asks for no sign-in."
    return f"{more}\n\n{who}" if more else who


def _refused(spec: Endpoint) -> list[type[DomainError]]:
    """Return what an operation may be refused with, by its declaration."""
    named, changes = "{" in spec.path, spec.method != "GET"
    asked = {
        SignedOut: spec.roles is not None,
        Forbidden: spec.roles is not None,
        NotFound: named,
        Conflict: changes,
        TooLarge: spec.takes,
        WrongForm: changes,
        PreconditionMissing: spec.updates,
    }
    return [kind for kind in _REFUSALS if asked.get(kind, True)]


def _refusal(kind: type[DomainError], schema: dict[str, Any]) -> dict[str, Any]:
    error = kind()
    example = Problem(
        type=error.problem_type, title=kind.title, status=kind.status, detail=error.detail, correlation_id=_AN_ID
    )
    content = {"schema": schema, "example": msgspec.to_builtins(example)}
    about = (kind.__doc__ or "").partition("\n")[0]
    return {"description": about, "content": {"application/problem+json": content}}


def _parameter(where: str, name: str, *, required: bool = False) -> dict[str, Any]:
    about = _PARAMETERS.get(name)
    if about is None:
        what = name.removesuffix("_id").replace("_", " ")
        schema = {"type": "string", "pattern": f"^{ID_PATTERN}$"} if name.endswith("_id") else {"type": "string"}
        about = {"description": f"Which {what}.", "schema": schema, **({"example": _AN_ID} if len(schema) > 1 else {})}
    return {"in": where, "name": name, "required": required, **about}
