"""`python -m infra.advisories`: asks the advisory databases of Python and npm about every package that is pinned.

Run it once a week and before a deployment, which asks about what ships by itself. What is found is to be mended within
the days that SECURITY.md gives. Status 0: all were asked, nothing is known. 1: something is. 2: not all could be asked,
and nothing is known of the others.
"""

import json
import subprocess
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from infra.environments import ADVISORIES, is_current, make
from infra.steps import Trouble, run_command, said, step
from infra.zips import ROOT, ZIPS

PAGES = "web/package-lock.json"
SHIPS = (*dict.fromkeys(file for files in ZIPS.values() for file in files), PAGES)
STAYS_HERE = (
    "requirements-dev.txt",
    "infra/requirements-uv.txt",
    "infra/requirements-emulator.txt",
    "infra/requirements-checks.txt",
    "infra/requirements-advisories.txt",
    "bench/requirements.txt",
    "infra/checks/package-lock.json",
)
_SECONDS = 180

type Ask = Callable[[list[str]], str]
"""Runs a command and returns what it wrote to standard output, however it ended."""


class Finding(NamedTuple):
    """A flaw that is known in a package: the advisory's names, and the versions that mend it, as words."""

    package: str
    names: str
    mended: str


class Answer(NamedTuple):
    """What a database said of one file of pins: of how many packages, which flaws, and whom it knew nothing of."""

    asked: int
    found: tuple[Finding, ...] = ()
    unasked: tuple[str, ...] = ()
    silence: str = ""
    """Why nothing was said at all; empty where something was."""


def main() -> int:
    """Ask about everything."""
    return tell(asked_about((*SHIPS, *STAYS_HERE)))


def warn_before_deploying() -> None:
    """Say what is known of what ships. Never in the way: whether to wait is for whoever deploys."""
    try:
        tell(asked_about(SHIPS))
    except Trouble as trouble:
        said(f"No advisory database was asked: {trouble}")


def asked_about(files: Iterable[str], ask: Ask | None = None) -> dict[str, Answer]:
    """Ask about each file of pins. Raise Trouble where what asks cannot be installed."""
    ask = ask or _ask()
    answers = {}
    for file in files:
        with step(f"Asking about {file}"):
            if file.endswith("package-lock.json"):
                # Vite makes every package of the pages one of development: npm's settings may leave those out.
                about = ["--include=dev", "--package-lock-only", "--prefix", str((ROOT / file).parent)]
                answers[file] = read_npm(ask(["npm", "audit", "--json", *about]))
            else:
                command = [*_PIP_AUDIT, "--requirement", str(ROOT / file)]
                answers[file] = read_pip(ask(command))
    return answers


def tell(answers: dict[str, Answer]) -> int:
    """Say it, and return the status."""
    for file, answer in answers.items():
        for finding in answer.found:
            said(f"{file}: {finding.package} has a known flaw ({finding.names}). {finding.mended}")
    unasked = {name for answer in answers.values() for name in answer.unasked}
    silent = {file: answer.silence for file, answer in answers.items() if answer.silence}
    if unasked:
        said(f"Of {len(unasked)} packages the database said nothing: {', '.join(sorted(unasked)[:5])}, …")
    for file, why in silent.items():
        said(f"Nobody answered about {file}: {why}")
    asked, found = sum(one.asked for one in answers.values()), sum(len(one.found) for one in answers.values())
    if asked:
        said(
            f"Asked about {asked} packages: {found or 'no'} known flaws. SECURITY.md says within how many days they go."
        )
    if unasked or silent:
        said("There is no line to a database, or not to all of them: try again where there is one.")
    return 1 if found else 2 if unasked or silent else 0


def read_pip(text: str) -> Answer:
    """Read pip-audit's JSON. A package that it skipped was not asked about, whatever its last line says."""
    try:
        every: list[dict[str, Any]] = json.loads(text)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Answer(0, silence="pip-audit got no answer")
    unasked = tuple(one["name"] for one in every if "skip_reason" in one)
    found = tuple(
        Finding(
            f"{one['name']} {one['version']}",
            ", ".join([flaw["id"], *flaw.get("aliases", [])]),
            f"Mended in {', '.join(flaw['fix_versions'])}." if flaw["fix_versions"] else "Not mended yet.",
        )
        for one in every
        for flaw in one.get("vulns", [])
    )
    return Answer(len(every) - len(unasked), found, unasked)


def read_npm(text: str) -> Answer:
    """Read npm's JSON (report version 2, npm 7 and later). A package that only needs a flawed one is left out."""
    try:
        report: dict[str, Any] = json.loads(text)
        every: dict[str, Any] = report["vulnerabilities"]
        asked: int = report["metadata"]["dependencies"]["total"]
    except (ValueError, KeyError, TypeError):
        return Answer(0, silence=_why(text))
    if not asked:
        return Answer(0, silence="npm asked about no package")
    found = tuple(
        Finding(
            f"{name} {one['range']}",
            f"{flaw['severity']}: {flaw['title']}, {flaw['url']}",
            "A newer version mends it." if one["fixAvailable"] else "Not mended yet.",
        )
        for name, one in every.items()
        for flaw in one["via"]
        if isinstance(flaw, dict)
    )
    return Answer(asked, found)


def _why(text: str) -> str:
    try:
        message = str(json.loads(text).get("message", ""))
    except (ValueError, AttributeError):
        message = ""
    return " ".join(message.split(" ")[:4]) or "npm got no answer"


_FOLDER, _REQUIREMENTS = next(iter(ADVISORIES.items()))
_PIP_AUDIT = [str(ROOT / _FOLDER / "bin" / "pip-audit"), "--disable-pip", "--require-hashes"]
_PIP_AUDIT += ["--format", "json", "--progress-spinner", "off"]


def _ask() -> Ask:
    if not is_current(_FOLDER, _REQUIREMENTS):
        with step(f"Installing {_REQUIREMENTS[0]} into {_FOLDER}"):
            make(_FOLDER, _REQUIREMENTS)
    return _told_by


def _told_by(command: list[str]) -> str:
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=_SECONDS, cwd=ROOT)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout


if __name__ == "__main__":
    run_command(main)
