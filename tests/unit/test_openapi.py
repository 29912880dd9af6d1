"""The document from which the web client's types are made says what the API answers."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import app
import chalicelib
from chalicelib.foundation.errors import DomainError
from chalicelib.foundation.http import Problem
from infra import openapi

assert app


def test_the_document_is_made_from_the_routes_as_they_are() -> None:
    assert openapi.TARGET.read_text() == openapi.current(), "Run `make openapi`."


def test_no_two_operations_have_the_same_name() -> None:
    paths = json.loads(openapi.current())["paths"]
    operations = [one["operationId"] for path in paths.values() for one in path.values()]
    assert sorted(operations) == sorted(set(operations))


def test_a_stranger_reads_who_may_ask_what_is_sent_and_what_may_be_refused() -> None:
    document = json.loads(openapi.current())
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            assert one["summary"].endswith("."), path
            assert one["description"].endswith("."), path
            assert all(parameter["description"] for parameter in one["parameters"]), path
            assert ("401" in one["responses"]) is ("403" in one["responses"]) is bool(one["security"]), path
            assert ("428" in one["responses"]) is any(given["name"] == "If-Match" for given in one["parameters"]), path
            assert "404" in one["responses"] or "{" not in path, (method, path)
    for name, refusal in document["components"]["responses"].items():
        assert refusal["content"]["application/problem+json"]["example"]["detail"], name


def test_every_member_of_a_problem_is_in_the_document() -> None:
    names = {kind.__name__ for kind in _kinds(DomainError)}
    used = {
        keyword.arg
        for path in Path(chalicelib.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
        for keyword in node.keywords
    }
    assert used - {"type"} == set(Problem.__struct_fields__) - {"type", "title", "status", "detail", "correlation_id"}


def _kinds(parent: type[DomainError]) -> Iterator[type[DomainError]]:
    yield parent
    for child in parent.__subclasses__():
        yield from _kinds(child)
