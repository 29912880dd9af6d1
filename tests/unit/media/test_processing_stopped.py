"""The command when somebody stops it, or nobody can hear what it says."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from infra.zips import ROOT

from .test_processing_child import is_gone
from .test_processing_sources import FAST, make, pictures


def command(source: Path, out: Path) -> list[str]:
    return [sys.executable, "-m", "chalicelib.media", str(source), str(out)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_command_that_is_stopped_leaves_no_process_and_no_file(tmp_path: Path, number: signal.Signals) -> None:
    # Larger than is copied, so that there is something to do for a while.
    source = make(tmp_path / "long.mp4", f"{pictures('2048x1152', 5, 30)} {FAST}")
    out = tmp_path / "out"
    with subprocess.Popen(command(source, out), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as started:
        children = Path(f"/proc/{started.pid}/task/{started.pid}/children")
        while not list(out.glob("making-*/rendition.mp4")):
            assert started.poll() is None
        (child,) = map(int, children.read_text(encoding="ascii").split())
        started.send_signal(number)
        assert started.communicate(timeout=20) == (b"", b"")
    assert started.returncode == 128 + number
    assert is_gone(child)
    assert list(out.iterdir()) == []


def test_what_cannot_be_printed_is_said_in_a_sentence(tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("Nothing that plays, and long enough to be looked at.", encoding="utf-8")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command(text, tmp_path / "out"), cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 1
    assert done.stderr == b"What became of it could not be printed: No space left on device.\n"
