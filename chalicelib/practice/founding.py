"""The operator's commands, as the function `operate` receives them."""

from datetime import datetime
from typing import Any

import msgspec

from chalicelib.practice import service
from chalicelib.practice.shapes import FoundPractice, ResetAuthenticator


def command(event: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Do one order and answer.

    - `{"do": "found_practice", …}` (shapes.FoundPractice) → `{practice_id, owner_id}`
    - `{"do": "reset_authenticator", "practice_id": …, "email": …}` → `{}`

    Raise msgspec.ValidationError for anything else, and the refusals of the use case.
    """
    order: FoundPractice | ResetAuthenticator = msgspec.convert(event, FoundPractice | ResetAuthenticator)
    done: msgspec.Struct = (
        service.found_practice(now, order)
        if isinstance(order, FoundPractice)
        else service.reset_by_operator(now, order)
    )
    answer: dict[str, Any] = msgspec.to_builtins(done)
    return answer
