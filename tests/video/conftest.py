"""What became of each file of the corpus, done once in a run of the tests, whichever worker asks first."""

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chalicelib.media.processing.timeline import Timeline
from infra.zips import ROOT
from tests.video.corpus import KINDS, Kind, film_of

WITHIN_S = 120


class Told(msgspec.Struct):
    """What the command prints, and how it ended."""

    status: int
    said: dict[str, Any]
    errors: str


@dataclass(frozen=True)
class Outcome:
    """A file of the corpus and what was made of it."""

    kind: Kind
    source: Path
    folder: Path
    told: Told

    @property
    def rendition(self) -> Path:
        return self.folder / ("rendition.mp4" if self.kind.asked == "video" else "rendition.m4a")

    @property
    def timeline(self) -> Timeline:
        return msgspec.json.decode((self.folder / "timeline.json").read_bytes(), type=Timeline)

    def files(self) -> list[Path]:
        return sorted(self.folder.iterdir())


type Made = Callable[[str], Outcome]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Made:
    """Processes a kind, by its name, through the command, and answers what came of it."""
    own = tmp_path_factory.getbasetemp()
    shared = (own if worker_id == "master" else own.parent) / "corpus"
    shared.mkdir(exist_ok=True)

    def make(name: str) -> Outcome:
        kind = KINDS[name]
        source, folder, told = film_of(kind), shared / f"{name}.out", shared / f"{name}.json"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not told.exists():
                shutil.rmtree(folder, ignore_errors=True)
                told.write_bytes(msgspec.json.encode(_run(kind, source, folder)))
        return Outcome(kind, source, folder, msgspec.json.decode(told.read_bytes(), type=Told))

    return make


def _run(kind: Kind, source: Path, folder: Path) -> Told:
    words = [sys.executable, "-m", "chalicelib.media", str(source), str(folder)]
    words += ["--audio"] if kind.asked == "audio" else []
    words += ["--limit-seconds", str(kind.limit_s)] if kind.limit_s else []
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=WITHIN_S)
    lines = done.stdout.splitlines()
    assert len(lines) == 1, f"{done.returncode}: {done.stdout}{done.stderr}"
    return Told(done.returncode, msgspec.json.decode(lines[0]), done.stderr)
