"""`python -m infra.tick [2026-12-01T08:00:00Z]`: let a moment, or now, come in the stack of `make run`."""

import argparse
import json
from datetime import UTC, datetime

from infra.running import find_stack
from infra.steps import Trouble, run_command, said

MOMENT = "%Y-%m-%dT%H:%M:%SZ"


def main() -> None:
    """Run the tick."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("at", nargs="?", default=f"{datetime.now(UTC):{MOMENT}}")
    at = parser.parse_args().at
    try:
        datetime.strptime(at, MOMENT).replace(tzinfo=UTC)
    except ValueError as error:
        raise Trouble(f"AT={at} is no moment. Write it in UTC, as in: make tick AT=2026-12-01T08:00:00Z") from error
    said(f"{at}: {json.dumps(find_stack().tick(at))}")


if __name__ == "__main__":
    run_command(main)
