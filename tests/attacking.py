"""What anybody may send, made from web/openapi.json by schemathesis, and what it may be answered with.

Half of the requests fit the document, half break it somewhere. Each has to be answered as the document says: never
with a failure of ours, a refusal always as problem+json in words, and what breaks the document always with a refusal.
The requests are the same in each run. `ATTACK=50` makes fifty of each half for every operation, and other ones.
"""

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, Response
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from chalicelib.foundation.actor import Role
from infra.openapi import TARGET

NOBODY = "nobody"
WHO = (NOBODY, *Role)
"""As whom a request is made."""
TIMES = int(os.environ.get("ATTACK", "0"))
_OURS = 500
_REFUSED = 400

type Operation = APIOperation[Any, Any, Any, Any]
type AnyCase = Case[Any]
type Ask = Callable[[AnyCase, str], Response]


def operations() -> list[Operation]:
    """Return everything that the document says can be asked."""
    config = SchemathesisConfig.from_dict({"generation": {"with-security-parameters": False}})
    schema = schemathesis.openapi.from_dict(json.loads(TARGET.read_text()), config=config)
    return [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]


def attack(operation: Operation, ask: Ask, ids: Mapping[str, str], times: int) -> None:
    """Send what fits and what breaks the document, `times` of each, as anybody, and look at what comes back.

    Half of the time the path leads to what is there: `ids` are the parts of it by name.
    """
    raw = operation.definition.raw
    for mode in GenerationMode if raw.get("parameters") or "requestBody" in raw else (GenerationMode.POSITIVE,):
        known = {name: ids[name] for name in _parts(operation) if name in ids}
        anywhere = operation.as_strategy(mode)
        cases = anywhere | operation.as_strategy(mode, path_parameters=known) if known else anywhere

        @settings(
            max_examples=TIMES or times,
            derandomize=not TIMES,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(cases, st.sampled_from(WHO))
        def send(case: AnyCase, who: str) -> None:
            look(case, ask(case, who), who)

        send()


def look(case: AnyCase, response: Response, who: str) -> None:
    """Raise where an answer is not as it may be."""
    status, body = response.status_code, response.json()
    said = f"{case.method} {case.formatted_path} by {who}: {status} {body}"
    assert status < _OURS, said
    if status >= _REFUSED:
        assert response.headers["content-type"] == ["application/problem+json"], said
        assert body["status"] == status, said
        assert body["detail"].strip(), said
    else:
        assert str(status) in case.operation.definition.raw["responses"], said
    case.validate_response(
        response,
        checks=[
            status_code_conformance,
            content_type_conformance,
            response_schema_conformance,
            negative_data_rejection,
        ],
    )


def _parts(operation: Operation) -> list[str]:
    return [one["name"] for one in operation.definition.raw.get("parameters", ()) if one["in"] == "path"]
