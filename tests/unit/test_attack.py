"""Whatever is sent by whomever, the answer is one that the document promises. The app is asked without a server."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import requests
from schemathesis import Response

from chalicelib.foundation.actor import Role
from chalicelib.foundation.http import ENDPOINTS

from ..attacking import NOBODY, AnyCase, Operation, attack, operations
from .conftest import Rows, empty_stack
from .practice.cognito import teach
from .practice.world import World

TIMES = 3
SPECS = {(spec.method, spec.path): spec for spec in ENDPOINTS}


@pytest.fixture(scope="module")
def world(clients: dict[str, Any]) -> Iterator[World]:
    empty_stack(clients)
    with pytest.MonkeyPatch.context() as monkeypatch:
        teach(monkeypatch)
        yield World()


@pytest.mark.parametrize("operation", operations(), ids=lambda one: one.label)
def test_whatever_is_sent_is_answered_as_the_document_says(world: World, operation: Operation) -> None:
    def ask(case: AnyCase, who: str) -> Response:
        request = requests.Request(**case.as_transport_kwargs(base_url="http://site.test")).prepare()
        spec = SPECS[case.method, operation.path]
        query = urlsplit(str(request.url)).query
        reply = world.gateway.send(
            spec,
            {name: unquote(str(value)) for name, value in case.path_parameters.items()},
            {name.lower(): str(value) for name, value in request.headers.items()},
            parse_qs(query, keep_blank_values=True),
            _text(request.body),
            by=None if who == NOBODY else world.ours.people[Role(who)],
        )
        headers = {name: [str(value)] for name, value in reply.headers.items()}
        return Response(reply.status, headers, reply.raw, request=request, elapsed=0.0, verify=False)

    rows = Rows()
    begun = rows.keep()
    attack(operation, ask, world.ours.ids, TIMES)
    rows.bring_back(begun)


def _text(body: Any) -> str | None:
    return body.decode(errors="replace") if isinstance(body, bytes) else body
