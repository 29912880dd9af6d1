"""`python -m infra.pins [--upgrade]`: writes every requirements-*.txt from its .in, exact versions with hashes.

A package whose file has another hash is not installed (--require-hashes, pip's and uv's). No index's address goes in.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from infra.steps import Trouble, run_command, step
from infra.zips import BASE, ROOT

OLDEST_PYTHON = "3.12"
SOURCES = (
    "infra/requirements-uv.in",
    "requirements.in",
    "infra/requirements-video.in",
    "infra/requirements-documents.in",
    "infra/requirements-emulator.in",
    "infra/requirements-checks.in",
    "infra/requirements-advisories.in",
    "bench/requirements.in",
    "requirements-dev.in",  # the last: it takes in the files of what ships
)
# Shipped without what its command line needs; development installs that too.
ALONE = "chalice"


def main() -> None:
    """Write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take newer versions, where a source allows them")
    newer = ["--upgrade"] if parser.parse_args().upgrade else []
    for source in SOURCES:
        target = ROOT / Path(source).with_suffix(".txt")
        with step(f"Pinning {source}"):
            if source == Path(BASE).with_suffix(".in").name:
                alone = _pinned(ALONE, target, "--no-deps", *newer)
                target.write_text(_pinned((ROOT / source).read_text(), target, *newer) + alone)
            else:
                _compile(source, target, *newer)


def _pinned(text: str, known: Path, *options: str) -> str:
    """What `text` asks for, at the versions that the file `known` has already."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "asked.in"), Path(folder, "asked.txt")
        source.write_text(text)
        shutil.copyfile(known, target)
        _compile(str(source), target, "--no-annotate", *options)
        return target.read_text()


def _compile(source: str, target: Path, *options: str) -> None:
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv), "pip", "compile", "--quiet", source, "--output-file", str(target), "--universal"]
    command += ["--python-version", OLDEST_PYTHON, "--generate-hashes", "--no-header", *options]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise Trouble(f"{source} cannot be pinned:\n{done.stderr.strip()}")


if __name__ == "__main__":
    run_command(main)
