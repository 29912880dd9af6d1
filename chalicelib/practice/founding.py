"""The operator's command, as the function `operate` receives it."""

from datetime import datetime
from typing import Any

import msgspec

from chalicelib.practice import service
from chalicelib.practice.shapes import FoundPractice


def command(event: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Found a practice: `{"do": "found_practice", …}` (shapes.FoundPractice) → `{practice_id, owner_id}`.

    Raise msgspec.ValidationError for anything else, and the refusals of the use case.
    """
    answer: dict[str, Any] = msgspec.to_builtins(service.found_practice(now, msgspec.convert(event, FoundPractice)))
    return answer
