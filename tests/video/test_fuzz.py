"""A thousand spoilt files: each is accepted or refused, in time, and nothing is left of it but what was asked for.

`SEEDS=0-99999` tries others or more of them, `SEEDS=17` one alone. The command runs in this process, to save its start;
what it starts is what it always starts.
"""

import contextlib
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from chalicelib.media.__main__ import main

from .corpus import TINY, film_of
from .spoiling import spoilt

FIRST, _, LAST = os.environ.get("SEEDS", "0-999").partition("-")
SEEDS = range(int(FIRST), int(LAST or FIRST) + 1)
TOGETHER = 25
WITHIN_S = 30


@contextlib.contextmanager
def in_time(seed: int) -> Iterator[None]:
    def stop(*_: object) -> None:
        pytest.fail(f"SEEDS={seed} hangs")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(WITHIN_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def processes() -> set[Path]:
    return set(Path("/proc").glob("[0-9]*"))


def running_in(folder: Path, before: set[Path]) -> list[str]:
    """The commands of all processes that work in a folder or on a file of it, of those that were not there before."""
    found = []
    for process in processes() - before:
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_bytes()
            if str(folder).encode() in words or (process / "cwd").readlink().is_relative_to(folder):
                found.append(words.replace(b"\0", b" ").decode())
    return found


@pytest.mark.parametrize("begin", SEEDS[::TOGETHER])
def test_a_spoilt_file_is_accepted_or_refused_and_leaves_nothing_behind(
    begin: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    honest = [(kind, film_of(kind).read_bytes()) for kind in TINY]
    films = [content for kind, content in honest if kind.asked == "video"]
    everything = [content for _, content in honest]
    for seed in SEEDS[SEEDS.index(begin) :][:TOGETHER]:
        folder = tmp_path / str(seed)
        folder.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        audio = seed % 4 == 0
        source, out = folder / "file.mp4", folder / "out"
        content = spoilt(seed, everything if audio else films)
        source.write_bytes(content)
        before = processes()
        with in_time(seed):
            status = main([str(source), str(out), *(["--audio"] if audio else [])])
        printed = capsys.readouterr()
        assert status in {0, 2}, f"SEEDS={seed}: {printed.err}"
        said = msgspec.json.decode(printed.out)
        assert (said["verdict"] == "accepted") is (status == 0), f"SEEDS={seed}"
        assert {str(path) for path in out.iterdir()} == set(said["outputs"]), f"SEEDS={seed}"
        assert {path.name for path in folder.iterdir()} == {"file.mp4", "out"}, f"SEEDS={seed}"
        assert source.read_bytes() == content, f"SEEDS={seed}"
        assert not running_in(folder, before), f"SEEDS={seed}"


def test_the_same_seed_spoils_the_same_way() -> None:
    honest = [film_of(kind).read_bytes() for kind in TINY]
    assert [spoilt(seed, honest) for seed in range(20)] == [spoilt(seed, honest) for seed in range(20)]
    assert len({spoilt(seed, honest) for seed in range(100)}) > 95
