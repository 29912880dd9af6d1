"""`make load`: many at once, on a bad day, and whether anything is lost, done twice or refused.

First on a stack that runs (load_stack.py), then against a table that refuses transactions which meet (load_table.py).
`python -m bench.load 5000` lets 5,000 reminders fall due in one minute; without a number, as many as a run of a few
minutes has room for.
"""

import sys

from bench import load_stack, load_table
from bench.outcome import table
from infra.steps import run_command


def main() -> int:
    """Run every scenario; 1 where something was lost, doubled or failed."""
    reminded = int(sys.argv[1]) if len(sys.argv) > 1 else load_stack.REMINDED
    outcomes = [*load_stack.outcomes(reminded), load_table.submissions(), load_table.invoices()]
    print(table(outcomes))
    if all(one.is_good for one in outcomes):
        return 0
    print("Something broke.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    run_command(main)
