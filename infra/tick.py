"""`make tick AT=2026-12-01T08:00:00Z`: run the tick as if it were that moment."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from infra.aws_calls import invoke
from infra.steps import Trouble, run_command, said

if TYPE_CHECKING:
    from infra.aws_calls import Account


def tick(account: Account, function: str, at: str) -> Any:
    """Invoke the function with EventBridge's event of a scheduled rule at `at` (ISO 8601, UTC)."""
    event = {
        "version": "0",
        "id": f"tick-{at}",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "",
        "time": at,
        "region": account.region,
        "resources": [],
        "detail": {},
    }
    return invoke(account, function, event)


def main() -> None:
    """Tick in the stack of `make run`."""
    from infra.running import find_stack  # it needs this module

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("at", nargs="?", help="as 2026-12-01T08:00:00Z; now if it is not given")
    at = parser.parse_args().at or f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    try:
        datetime.strptime(at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise Trouble(f"AT={at} is no moment. Write it in UTC, as in: make tick AT=2026-12-01T08:00:00Z") from error
    stack = find_stack()
    said(f"{at}: {json.dumps(stack.tick(at))}")


if __name__ == "__main__":
    run_command(main)
