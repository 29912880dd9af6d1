"""`make bench`: measures, prints one table, writes bench/results.json, and fails where a row is over its limit.

`python -m bench --exact` takes the rows alone that come out the same on any machine; it is a test as well.
"""

import sys

from bench.cold import cold_starts
from bench.cost import rows as costs
from bench.counts import counts, loop_steps
from bench.growth import growth
from bench.rows import Row, keep, table
from bench.video import rows as video
from bench.warm import warm_requests
from infra.steps import run_command, step
from infra.zips import ROOT

RESULTS = ROOT / "bench" / "results.json"
_SMALL = (10, 1_000, 2_000)


def main() -> int:
    """Run every instrument."""
    exact = "--exact" in sys.argv[1:]
    rows: list[Row] = []
    with step("Going round the loop"):
        steps = loop_steps()
        rows += counts(steps)
    if not exact:
        with step("Starting every function afresh"):
            rows = cold_starts() + rows
        with step("Asking again and again"):
            rows += warm_requests()
        with step("Making recordings playable"):
            rows += video()
    with step("Opening every page as a practice grows"):
        rows += growth(_SMALL) if exact else growth()
    rows += costs(steps)
    print(f"\n{table(rows)}\n")
    if not exact:
        keep(rows, RESULTS)
    over = [row.name for row in rows if row.is_over]
    if over:
        print(f"Over the limit: {'; '.join(over)}", file=sys.stderr)
    return 1 if over else 0


if __name__ == "__main__":
    run_command(main)
