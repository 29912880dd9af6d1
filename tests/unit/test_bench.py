"""The bench's exact rows: calls, units and growth come out the same on any machine, so they are a test."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_no_request_asks_more_of_aws_than_it_may_and_every_page_stays_flat() -> None:
    # In a process of its own: AWS in memory lies below every client of this one.
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--exact"], check=False, capture_output=True, text=True, cwd=ROOT, env=kept
    )
    assert done.returncode == 0, done.stdout + done.stderr
