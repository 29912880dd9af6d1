"""`make bench`: measures, prints one table, writes bench/results.json, and fails where a row is over its limit."""

import sys

from bench.cold import cold_starts
from bench.rows import keep, table
from infra.steps import run_command, step
from infra.zips import ROOT

RESULTS = ROOT / "bench" / "results.json"


def main() -> int:
    """Run every instrument."""
    rows = []
    with step("Starting every function afresh"):
        rows += cold_starts()
    keep(rows, RESULTS)
    print(f"\n{table(rows)}\n")
    over = [row.name for row in rows if row.is_over]
    if over:
        print(f"Over the limit: {'; '.join(over)}", file=sys.stderr)
    return 1 if over else 0


if __name__ == "__main__":
    run_command(main)
