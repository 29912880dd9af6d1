"""Trying again where a write met another one."""

import pytest

from chalicelib.foundation.errors import StaleWrite
from chalicelib.foundation.insisting import TRIES, insist


def test_who_keeps_losing_is_told_after_some_tries() -> None:
    tries = []

    def act() -> None:
        tries.append(1)
        raise StaleWrite

    with pytest.raises(StaleWrite):
        insist(act)
    assert len(tries) == TRIES


def test_who_is_told_what_was_changed_is_told_at_once() -> None:
    tries = []

    def act() -> None:
        tries.append(1)
        raise StaleWrite(current="one text", yours="another")

    with pytest.raises(StaleWrite):
        insist(act)
    assert len(tries) == 1
