"""The OpenAPI 3.1 document, made from the endpoints' own declarations."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from chalicelib.foundation.http import IDEMPOTENCY_KEY, VERSION, Endpoint, Problem
from chalicelib.foundation.ids import ID_PATTERN

_PART = re.compile(r"{(\w+)}")
_FORMS = {"Idempotency-Key": IDEMPOTENCY_KEY, "If-Match": VERSION}


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
        "info": {"title": "Meanwhile", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
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
        "parameters": parameters,
        "responses": {
            str(spec.status): {
                "description": "Done",
                "content": {"application/json": {"schema": schema[spec.answers]}},
            },
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


def _parameter(where: str, name: str, *, required: bool = False) -> dict[str, Any]:
    form = f"^{ID_PATTERN}$" if where == "path" and name.endswith("_id") else _FORMS.get(name)
    schema = {"type": "string", **({"pattern": form} if form else {})}
    return {"in": where, "name": name, "required": required, "schema": schema}
