"""`python3 -m infra.environments [--checks]`: makes .venv and .emulator. Needs only Python's own library.

.venv is the project's environment; the embedded AWS has one of its own, since it pins another botocore. With --checks
also what holds the template against the rules of others: large, and only for `make test`.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

from infra.steps import Trouble, run_command, step

ROOT = Path(__file__).parent.parent
UV = "infra/requirements-uv.txt"
ENVIRONMENTS = {
    ".venv": ("requirements-dev.txt", UV),
    ".emulator": ("infra/requirements-emulator.txt",),
}
CHECKS = {".checks": ("infra/requirements-checks.txt",)}
ADVISORIES = {".advisories": ("infra/requirements-advisories.txt",)}
CHECKS_OF_NODE = ROOT / "infra" / "checks"
OLDEST = (3, 12)


def main() -> None:
    """Make or renew what is missing or out of date."""
    if sys.version_info[:2] < OLDEST:
        raise Trouble(f"Python {'.'.join(map(str, OLDEST))} or newer is needed; this is {sys.version.split()[0]}.")
    checks = "--checks" in sys.argv
    for folder, requirements in (ENVIRONMENTS | (CHECKS if checks else {})).items():
        if not is_current(folder, requirements):
            with step(f"Installing {requirements[0]} into {folder}"):
                make(folder, requirements)
    if checks and not (CHECKS_OF_NODE / "node_modules" / ".package-lock.json").exists():
        with step("Installing AWS's rules for templates"):
            _run(["npm", "ci", "--ignore-scripts", "--silent", "--prefix", str(CHECKS_OF_NODE)])


def is_current(folder: str, requirements: tuple[str, ...]) -> bool:
    """Whether the environment has just what the requirements say, for this Python."""
    stamp = ROOT / folder / "installed"
    return stamp.exists() and stamp.read_text() == _stamp(requirements)


def make(folder: str, requirements: tuple[str, ...]) -> None:
    """Install the requirements, with uv where it can reach an index, else with pip and its own settings."""
    python = ROOT / folder / "bin" / "python"
    if not _runs(python):
        _create(ROOT / folder)
    uv = ROOT / ".venv" / "bin" / "uv"
    if not uv.exists():
        _run([str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", UV])
    by_uv = [str(uv), "pip", "sync", "--quiet", "--require-hashes", "--python", str(python), *requirements]
    if subprocess.run(by_uv, check=False, capture_output=True, cwd=ROOT).returncode:
        with_pip = [str(python), "-m", "pip", "install", "--quiet", "--require-hashes"]
        _run(with_pip + [word for file in requirements for word in ("--requirement", file)])
    (ROOT / folder / "installed").write_text(_stamp(requirements))


def _create(folder: Path) -> None:
    try:
        venv.create(folder, clear=True, with_pip=True)
    except subprocess.CalledProcessError as error:
        raise Trouble(
            "This Python cannot make environments. On Debian and Ubuntu: apt-get install python3-venv"
        ) from error


def _stamp(requirements: tuple[str, ...]) -> str:
    files = b"".join((ROOT / file).read_bytes() for file in requirements)
    return f"{sys.version}\n{hashlib.sha256(files).hexdigest()}\n"


def _runs(python: Path) -> bool:
    """Whether it is there and of this Python: an environment made by another one is made anew."""
    if not python.exists():
        return False
    told = subprocess.run(
        [str(python), "-c", "import sys; print(sys.version)"], check=False, capture_output=True, text=True
    )
    return told.stdout.strip() == sys.version.strip()


def _run(command: list[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        last = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise Trouble(f"The packages cannot be installed. Is there a network, and room on the disk?\n{last}")


if __name__ == "__main__":
    run_command(main)
