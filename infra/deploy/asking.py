"""Questions before something is done that cannot be taken back by itself."""

import sys

from infra.steps import Trouble


def ask(question: str, *, yes: bool) -> bool:
    """Whether a person says yes. Raise Trouble where nobody is there to ask."""
    if yes:
        return True
    _somebody("YES=1")
    return input(f"\n{question} [y/N] ").strip().lower() in {"y", "yes"}


def ask_for_name(name: str, typed: str) -> bool:
    """Whether a person has typed just this name, now or with the command."""
    if typed:
        return typed == name
    _somebody(f"CONFIRM={name}")
    return input(f"\nType {name} to go on: ").strip() == name


def _somebody(words: str) -> None:
    if not sys.stdin.isatty():
        raise Trouble(f"Nobody is here to ask. To go on without being asked: {words}. Nothing was changed.")
