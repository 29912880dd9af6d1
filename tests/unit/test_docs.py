"""What the documents name is there: links, files, tests, commands. Whether they tell the truth is for readers."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
PATH = re.compile(r"[\w.@-]+(?:/[\w.@-]+)*/?")
TEST = re.compile(r"(?:([\w/.-]+\.py)::)?(test_\w+)")
MAKE = re.compile(r"\bmake ([a-z][a-z-]*)")
SUFFIXES = {".py", ".ts", ".svelte", ".yaml", ".json", ".toml", ".txt", ".md"}
MADE = ("build/", "infra/stages/prod.toml")
"""Files that a command writes, or a practice."""

by_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


@cache
def names_of(path: Path) -> frozenset[str]:
    return frozenset(re.findall(r"^\s*(?:async )?def (test_\w+)", path.read_text(), re.MULTILINE)) | {path.stem}


@cache
def every_test() -> frozenset[str]:
    return frozenset().union(*map(names_of, (ROOT / "tests").rglob("*.py")))


def words_in_code(document: Path) -> list[str]:
    return [word.strip(",;:.()") for code in CODE.findall(FENCE.sub("", document.read_text())) for word in code.split()]


def is_of_the_repository(word: str) -> bool:
    if not PATH.fullmatch(word) or "/" not in word or word.startswith(MADE):
        return False
    return Path(word).suffix in SUFFIXES or ((ROOT / word.partition("/")[0]).is_dir() and not word.startswith("."))


def slug(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@by_document
def test_every_link_within_the_repository_leads_somewhere(document: Path) -> None:
    dead = []
    for link in LINK.findall(FENCE.sub("", document.read_text())):
        place, _, part = link.partition("#")
        if re.match(r"[a-z]+:", place):
            continue
        target = document.parent / place if place else document
        parts = {slug(one) for one in HEADING.findall(target.read_text())} if part and target.is_file() else {part}
        if not target.exists() or part not in parts:
            dead.append(link)
    assert dead == []


@by_document
def test_every_file_that_is_named_is_there(document: Path) -> None:
    named = {word.partition("::")[0] for word in words_in_code(document)}
    # Decisions name what lies in a context as that context is named.
    places = (ROOT, ROOT / "chalicelib", document.parent)
    assert {word for word in named if is_of_the_repository(word) and not any((p / word).exists() for p in places)} == (
        set()
    )


@by_document
def test_every_test_that_is_named_is_there(document: Path) -> None:
    missing = set()
    for word in words_in_code(document):
        found = TEST.fullmatch(word)
        if found and found[2] not in (names_of(ROOT / found[1]) if found[1] else every_test()):
            missing.add(word)
    assert missing == set()


@by_document
def test_every_command_that_is_named_is_there(document: Path) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    text = document.read_text()
    in_code = "\n".join([*FENCE.findall(text), *CODE.findall(text)])
    assert set(MAKE.findall(in_code)) <= targets
