"""Mia's record, and the letters that left."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.client import BaseClient

from chalicelib.foundation import clock

from ..conftest import empty_stack
from ..practice.cognito import teach
from .life import Life

NOW = datetime(2026, 5, 14, 9, 0, tzinfo=UTC)


@pytest.fixture
def practice(stack: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Life:
    """The practice before anything has happened in Mia's record."""
    return lead(stack, monkeypatch)


@pytest.fixture
def life(practice: Life) -> Life:
    """Mia's record with something of every kind in it."""
    practice.live()
    return practice


@pytest.fixture(scope="module")
def shared_life(clients: dict[str, Any]) -> Iterator[Life]:
    """The same for tests that only look at it."""
    empty_stack(clients)
    with pytest.MonkeyPatch.context() as monkeypatch:
        life = lead(clients, monkeypatch)
        life.live()
        yield life


def lead(
    clients: dict[str, Any], monkeypatch: pytest.MonkeyPatch, begin: Callable[[dict[str, Any], datetime], Life] = Life
) -> Life:
    teach(monkeypatch)
    life: list[Life] = []
    monkeypatch.setattr(clock, "now", lambda: life[0].now if life else NOW)
    letters: list[str] = []
    real = BaseClient._make_api_call  # type: ignore[attr-defined]

    def make(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "SendEmail":
            simple = arguments["Content"]["Simple"]
            letters.append(f"{arguments['Destination']} {simple['Subject']['Data']}\n{simple['Body']['Text']['Data']}")
        return real(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", make)
    life.append(begin(clients, NOW))
    life[0].letters = letters
    return life[0]
