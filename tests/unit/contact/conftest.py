"""A practice with a family in it."""

from typing import Any

import pytest

from .house import House, Wire


@pytest.fixture
def wire(stack: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Wire:  # noqa: ARG001 - what it leads to
    return Wire(monkeypatch)


@pytest.fixture
def house(wire: Wire) -> House:  # noqa: ARG001 - so that what the house does can be watched
    house = House()
    house.found()
    return house
