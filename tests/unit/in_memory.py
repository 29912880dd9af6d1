"""moto without what it does for nothing: most of these tests' time would be its bookkeeping.

What AWS answers is the same. An empty stack is made once and copied for each test, transactions do not copy rows that
nobody changes, and an answer of DynamoDB's, which moto has just as it goes over the wire, is not put together again.
"""

import copy
import json
import sys
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from botocore.client import BaseClient
from joserfc.jwk import RSAKey
from moto.backends import get_backend
from moto.core import responses
from moto.core.base_backend import BackendDict
from moto.core.responses import ActionResult
from moto.dynamodb.models.table import Table
from moto.s3.models import s3_backends
from moto.utilities.utils import load_resource

_ROWS = frozenset(
    {"GetItem", "BatchGetItem", "Query", "Scan", "PutItem", "DeleteItem", "TransactWriteItems", "TransactGetItems"}
)


def hurry(patch: pytest.MonkeyPatch) -> None:
    """Spare moto its detours, as long as the patch holds."""
    patch.setattr(BaseClient, "_make_api_call", _unmeasured(vars(BaseClient)["_make_api_call"]))
    # For each row of a transaction moto copies the table to its depths; but nobody changes a row that lies in it.
    patch.setattr(Table, "__deepcopy__", _copy_of_table, raising=False)
    # It looks each name of an answer up in ten ways, for the sake of services whose answers are objects.
    patch.setattr(ActionResult, "execute_result", _as_it_is(vars(ActionResult)["execute_result"]))
    # For each call it looks at everything that its class has, to know the names.
    patch.setattr(responses, "method_names_from_class", dir)
    # For each pool it takes a tenth of a second to work out the key that all its pools sign with.
    key = RSAKey.import_key(load_resource("cognitoidp/resources/jwks-private.json"))
    patch.setattr(RSAKey, "import_key", lambda *_: key)


def _unmeasured(call: Callable[..., Any]) -> Callable[..., Any]:
    """The same, without coverage looking on: of botocore and moto nothing is measured, and it takes twice as long."""

    def make(client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        tracer = sys.gettrace()
        sys.settrace(None)
        try:
            return call(client, operation, arguments)
        finally:
            sys.settrace(tracer)

    return make


def _as_it_is(execute: Callable[..., Any]) -> Callable[..., Any]:
    def answer(action: ActionResult, context: Any) -> Any:
        result = action.result
        if isinstance(result, dict) and context.operation_model.name in _ROWS:
            return 200, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(result)
        return execute(action, context)

    return answer


def _copy_of_table(table: Any, _memo: Any) -> Any:
    copied = copy.copy(table)
    copied.items = copy_of_rows(table.items)
    return copied


def copy_of_rows(items: Any) -> Any:
    """The rows of a table as they are now: writes replace rows, and change none."""
    copied = copy.copy(items)
    copied.update((pk, dict(rows)) for pk, rows in items.items())
    return copied


class Kept:
    """What lies in moto's services, to be brought back as often as it is wanted."""

    def __init__(self, services: Iterable[str]) -> None:
        self._states = {
            (service, account, region): _copy_of_state(vars(backend))
            for service in services
            for account, regions in _backends(service).items()
            for region, backend in regions.items()
        }
        self._buckets = dict(s3_backends.bucket_accounts)

    def bring_back(self) -> None:
        """Let the services hold what they held, and nothing else."""
        BackendDict.reset()
        for (service, account, region), state in self._states.items():
            vars(_backends(service)[account][region]).update(_copy_of_state(state))
        s3_backends.bucket_accounts.update(self._buckets)


def _backends(service: str) -> Any:
    return get_backend(service)


def _copy_of_state(state: dict[str, Any]) -> dict[str, Any]:
    # A queue's lock cannot be copied; nobody waits for it here.
    locks = [queue._messages_lock for queue in state.get("queues", {}).values()]
    return copy.deepcopy(state, {id(lock): lock for lock in locks})
