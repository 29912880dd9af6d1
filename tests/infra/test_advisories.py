"""What advisory databases say is told as it is; silence is never told as "nothing is known"."""

import json
from typing import Any

import pytest

from infra.advisories import SHIPS, STAYS_HERE, Answer, asked_about, read_npm, read_pip, tell
from infra.pins import SOURCES
from infra.zips import ROOT

OF_PIP = {
    "dependencies": [
        {"name": "calm", "version": "1.0", "vulns": []},
        {
            "name": "loud",
            "version": "2.0",
            "vulns": [{"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "fix_versions": ["2.1"], "description": "x"}],
        },
        {"name": "silent", "skip_reason": "Dependency not found on PyPI and could not be audited: silent (3.0)"},
    ],
    "fixes": [],
}
FLAW = {"title": "Reads what it should not", "url": "https://advisories.example/1", "severity": "high"}
OF_NPM: dict[str, Any] = {
    "auditReportVersion": 2,
    "vulnerabilities": {
        "loud": {"name": "loud", "range": "<=2.0.0", "via": [FLAW], "fixAvailable": True},
        "needs-loud": {"name": "needs-loud", "range": "*", "via": ["loud"], "fixAvailable": True},
    },
    "metadata": {"dependencies": {"total": 120}},
}
REFUSED = json.dumps({"message": "405 Method Not Allowed - POST https://registry.example/", "error": {}})


def test_a_known_flaw_is_told_with_its_names_and_what_mends_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell({"requirements.txt": read_pip(json.dumps(OF_PIP)), "web": read_npm(json.dumps(OF_NPM))}) == 1
    told = capsys.readouterr().out
    assert "requirements.txt: loud 2.0 has a known flaw (PYSEC-2026-1, CVE-2026-1). Mended in 2.1." in told
    assert "web: loud <=2.0.0 has a known flaw (high: Reads what it should not" in told
    assert "needs-loud" not in told
    assert "Asked about 122 packages: 2 known flaws" in told
    assert "silent" in told


def test_a_package_that_was_skipped_is_not_counted_as_asked() -> None:
    answer = read_pip(json.dumps({"dependencies": [OF_PIP["dependencies"][2]]}))
    assert answer == Answer(0, (), ("silent",))
    assert tell({"requirements.txt": answer}) == 2


@pytest.mark.parametrize("text", ["", "Traceback", "[]", "{}", REFUSED])
def test_without_a_line_it_says_so_and_not_that_nothing_is_known(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert tell({"requirements.txt": read_pip(text), "web/package-lock.json": read_npm(text)}) == 2
    told = capsys.readouterr().out
    assert "There is no line" in told
    assert "registry.example" not in told


def test_an_npm_that_was_told_to_ask_about_nothing_is_silent_too() -> None:
    assert read_npm(json.dumps(OF_NPM | {"vulnerabilities": {}, "metadata": {"dependencies": {"total": 0}}})).silence


def test_all_was_asked_and_nothing_is_known() -> None:
    calm = {"dependencies": [OF_PIP["dependencies"][0]]}
    quiet = OF_NPM | {"vulnerabilities": {}}
    assert tell({"requirements.txt": read_pip(json.dumps(calm)), "web": read_npm(json.dumps(quiet))}) == 0


def test_every_file_of_pins_is_asked_about() -> None:
    asked: list[list[str]] = []

    def ask(command: list[str]) -> str:
        asked.append(command)
        return ""

    assert list(asked_about((*SHIPS, *STAYS_HERE), ask)) == [*SHIPS, *STAYS_HERE]
    pinned = {source.replace(".in", ".txt") for source in SOURCES}
    locked = {str(path.relative_to(ROOT)) for path in ROOT.glob("*/package-lock.json")} | {
        str(path.relative_to(ROOT)) for path in ROOT.glob("infra/*/package-lock.json")
    }
    assert {*SHIPS, *STAYS_HERE} == pinned | locked
    assert len(asked) == len(pinned | locked)
