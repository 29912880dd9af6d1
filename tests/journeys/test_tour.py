"""The whole loop over HTTP, as `make tour` takes it, and what of it can be overheard."""

from http.client import HTTPConnection
from typing import Any
from urllib.parse import unquote

import pytest

from demo import tour
from demo.clips import Clips
from infra.stack import Stack

from .canaries import entered, overheard, rows_of


def test_the_tour_ends_with_every_step_passed_and_nothing_of_it_is_overheard(
    stack: Stack, clips: Clips, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []
    addresses = _note_addresses(monkeypatch)
    assert tour.take(stack, clips, before_the_end=lambda: seen.extend(rows_of(stack))) >= 50
    # The stack may have other journeys' practices in it, and their mail bears their names.
    tours = {row["pk"]["S"] for row in seen if row["kind"]["S"] == "practice" and '"name":"Tour ' in row["body"]["S"]}
    mine = entered(row for row in seen if row["pk"]["S"].partition("#")[0] in tours)
    assert any("/copies/" in address for address in addresses)
    assert {"It went well.", "Kim Child", "Well done. Now part 2."} <= mine, "the tour's own words are canaries"
    found = {
        (where, text)
        for where, heard in (*overheard(stack, [*seen, *rows_of(stack)]), ("address", unquote("\n".join(addresses))))
        for text in mine
        if text in heard and not _may_be_said(where, text)
    }
    assert found == set()


def _note_addresses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the tour asks for, by which address: an access log sees no less."""
    asked: list[str] = []
    real = HTTPConnection.request

    def request(connection: HTTPConnection, method: str, url: str, *rest: Any, **more: Any) -> None:
        asked.append(url)
        real(connection, method, url, *rest, **more)

    monkeypatch.setattr(HTTPConnection, "request", request)
    return asked


def _may_be_said(where: str, text: str) -> bool:
    """Mail is in the practice's name and from its staff, and names an invoice by its number."""
    return where in {"mail", "subject"} and text.startswith("Tour ")
