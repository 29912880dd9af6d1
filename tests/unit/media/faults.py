"""AWS on a bad day: one call of a use case fails, before it is applied or after, when the reply gets lost."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

_CALL = "_make_api_call"
"""Where every call of every client passes, PynamoDB's included."""


class Lost(Exception):
    """The connection broke; nobody knows whether the call was applied."""


class Died(BaseException):
    """The function is gone: no code of ours runs any more."""


def die() -> None:
    raise Died


def collide() -> None:
    """What DynamoDB answers to a transaction that meets another one."""
    raise ClientError(
        {
            "Error": {"Code": "TransactionCanceledException", "Message": "Transaction cancelled [TransactionConflict]"},
            "CancellationReasons": [{"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}],
        },
        "TransactWriteItems",
    )


class BadDay:
    """Counts the calls of AWS, and breaks the one that it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls = 0
        self._fails: tuple[int, bool] | None = None
        self._meanwhile: dict[int, Callable[[], object]] = {}
        real: Any = getattr(BaseClient, _CALL)

        def make(client: Any, operation: str, arguments: Any) -> Any:
            number, self.calls = self.calls, self.calls + 1
            if act := self._meanwhile.pop(number, None):
                act()
            if self._fails == (number, False):
                raise Lost(operation)
            answer = real(client, operation, arguments)
            if self._fails == (number, True):
                raise Lost(operation)
            return answer

        monkeypatch.setattr(BaseClient, _CALL, make)

    def fail(self, number: int, *, applied: bool) -> None:
        """Break the call of that number, counted from now."""
        self.calls, self._fails = 0, (number, applied)

    def meanwhile(self, number: int, act: Callable[[], object]) -> None:
        """Let something else happen right before the call of that number, counted from now."""
        self.calls = 0
        self._meanwhile[number] = act

    def over(self) -> None:
        """Let everything pass again."""
        self.calls, self._fails = 0, None

    def sweep(self, attempt: Callable[[], object], *, most: int = 40) -> Iterator[str]:
        """Break each call of `attempt` in turn, once before and once after it is applied.

        Yields after every broken attempt, with all well again; ends when no call was left to break.
        """
        for number in range(most):
            for applied in (False, True):
                self.fail(number, applied=applied)
                with contextlib.suppress(Lost):
                    attempt()
                broke = self.calls > number
                self.over()
                if not broke:
                    return
                yield f"call {number} broke {'after' if applied else 'before'} it was applied"
        pytest.fail(f"more than {most} calls of AWS")
