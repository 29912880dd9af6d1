"""A practice with a program, and letters as they left."""

from typing import Any

import pytest
from botocore.client import BaseClient

from .house import House


@pytest.fixture
def house(stack: dict[str, Any]) -> House:  # noqa: ARG001 - what it stands in
    house = House()
    house.found()
    return house


class Letters(list[tuple[str, str, str]]):
    """Letters that SES took: to whom, subject, text."""

    def to(self, name: str) -> list[tuple[str, str]]:
        return [(subject, text) for to, subject, text in self if to == f"{name}@example.org"]

    def token(self, name: str) -> str:
        """Return the secret of the last review link that somebody was sent."""
        (*_, text) = [text for _, text in self.to(name) if "/r#" in text]
        return text.partition("/r#")[2].split()[0]


class Wire:
    """Counts the calls of AWS, and keeps what SES was given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[str] = []
        self.letters = Letters()
        real = BaseClient._make_api_call  # type: ignore[attr-defined]

        def make(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
            self.calls.append(operation)
            answer = real(client, operation, arguments)
            if operation == "SendEmail":
                simple = arguments["Content"]["Simple"]
                (to,) = arguments["Destination"]["ToAddresses"]
                self.letters.append((to, simple["Subject"]["Data"], simple["Body"]["Text"]["Data"]))
            return answer

        monkeypatch.setattr(BaseClient, "_make_api_call", make)

    def count(self) -> list[str]:
        """Return the calls since the last count."""
        calls, self.calls = self.calls, []
        return calls


@pytest.fixture
def wire(house: House, monkeypatch: pytest.MonkeyPatch) -> Wire:  # noqa: ARG001 - it counts what comes after
    return Wire(monkeypatch)
