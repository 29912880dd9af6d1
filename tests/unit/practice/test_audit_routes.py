"""Every route that changes something leaves an entry in the audit trail, or its reason not to stands here.

Which functions a view reaches is read from their sources, so that a new route joins by itself.
"""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

import pytest

from app import app
from chalicelib.foundation.http import ENDPOINTS, Endpoint

DRAFT = "what a client or a therapist has not sent yet is theirs; sending it is the entry"
PROGRAM = "a draft of a program reaches nobody; publishing it is the entry"
NOTHING = "changes nothing"
NO_ENTRY = {
    "keep_answer": DRAFT,
    "open_lesson_recording": DRAFT,
    "sign_recording_parts": NOTHING,
    "complete_recording": DRAFT,
    "keep_review_draft": DRAFT,
    "keep_linked_draft": DRAFT,
    "create_program": PROGRAM,
    "change_program": PROGRAM,
    "add_lesson": PROGRAM,
    "save_lesson": PROGRAM,
    "sign_library_parts": NOTHING,
    "complete_library_file": "opening its place is the entry",
    "look_at_door": NOTHING,
    "ask_for_passkey": "whoever asks is not known yet; showing it is the entry",
    "ask_for_new_passkey": "adding it is the entry",
    "forgot_password": "whoever asks is not known yet; choosing the password is the entry",
}
CHANGING = [spec for spec in ENDPOINTS if spec.method != "GET"]


def _leaves_an_entry(spec: Endpoint) -> bool:
    reached: set[Any] = set()
    waiting: list[Any] = [spec.view]
    while waiting:
        function = waiting.pop()
        if function in reached:
            continue
        reached.add(function)
        for called in _calls(function):
            if isinstance(called, ast.Attribute) and called.attr == "record":
                return True
            found = _what(called, function.__globals__)
            if inspect.isfunction(found) and found.__module__.startswith("chalicelib."):
                waiting.append(found)
    return False


def _calls(function: Any) -> Iterator[ast.expr]:
    source = textwrap.dedent(inspect.getsource(function))
    return (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))


def _what(called: ast.expr, names: dict[str, Any]) -> Any:
    """What is called, where it is a function by its name, or one of a module or a class."""
    match called:
        case ast.Name(id=name):
            return names.get(name)
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            return getattr(names.get(name), attribute, None)
    return None


@pytest.mark.parametrize("spec", CHANGING, ids=[spec.view.__name__ for spec in CHANGING])
def test_a_route_that_changes_something_leaves_an_entry(spec: Endpoint) -> None:
    if spec.view.__name__ in NO_ENTRY:
        assert not _leaves_an_entry(spec), "It leaves one now: take it from the list."
    else:
        assert _leaves_an_entry(spec), "Call write.record in its write, or give a reason in NO_ENTRY."


def test_no_reason_is_given_for_a_route_that_is_not_there() -> None:
    assert app
    assert NO_ENTRY.keys() <= {spec.view.__name__ for spec in CHANGING}


def test_every_page_of_a_record_says_what_of_it_staff_see() -> None:
    pages = {spec.path: spec.sees for spec in ENDPOINTS if spec.method == "GET" and "{client_id}" in spec.path}
    unnamed = [path for path, sees in pages.items() if sees == "the record"]
    assert unnamed == ["/api/clients/{client_id}/recordings/{recording_id}/parts"]  # the sender's own
