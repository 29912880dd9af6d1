"""A step of the product taken again and again from the same table, each time with another call of AWS failing.

A call fails before it is applied or after: then its reply got lost. The step is insisted on as a page or a queue
does, and has to leave the table that the calm step leaves, and to answer the same.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from .conftest import Rows
from .practice.gateway import Reply

TRIES = 3
READS = frozenset({"GetItem", "BatchGetItem", "Query"})
"""To these it is one and the same whether they or their reply got lost."""
_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{26}")
_HASH = re.compile(r"[0-9a-f]{64}")
_UPLOAD = re.compile(r'"upload_id": "[^"]+"')

type Act = Callable[[], Reply | None]


class Faults:
    """Counts the calls of AWS that the product makes, and lets one of them fail once."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[str] = []
        self.watching = False
        self.mails: list[tuple[str, str]] = []
        self._number, self._applied = 0, False
        self.failed = ""
        real = BaseClient._make_api_call  # type: ignore[attr-defined]

        def make(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
            if not self.watching:
                return real(client, operation, arguments)
            self.calls.append(operation)
            number = len(self.calls)
            if number == self._number and not self._applied:
                self.failed = operation
                raise ConnectionClosedError(endpoint_url="https://aws.test")
            answer = real(client, operation, arguments)
            if operation == "SendEmail":
                subject = arguments["Content"]["Simple"]["Subject"]["Data"]
                self.mails.append((arguments["Destination"]["ToAddresses"][0], subject))
            if number == self._number:
                self.failed = operation
                raise ReadTimeoutError(endpoint_url="https://aws.test")
            return answer

        monkeypatch.setattr(BaseClient, "_make_api_call", make)

    def at(self, number: int, *, applied: bool) -> None:
        """Count from now on, and let the call of that number fail."""
        self.calls, self.mails, self.failed = [], [], ""
        self._number, self._applied = number, applied

    def insist(self, act: Act) -> Any:
        """Do something of the product, again if it fails: as a page or a queue does."""
        says = ""
        for _ in range(TRIES):
            self.watching = True
            try:
                reply = act()
            except Exception as error:  # noqa: BLE001 - whatever a worker raises, the message comes again
                says = repr(error)
                continue
            finally:
                self.watching = False
            if reply is None or reply.status < 500:
                return reply and reply.body
            says = str(reply.body)
        pytest.fail(f"{self.failed} failed once, and it never worked again: {says}")


class Outcome(msgspec.Struct):
    """What a step left behind: the answer, every row, and the letters that went."""

    answer: str
    rows: Counter[str]
    letters: Counter[tuple[str, str]]


class Steps:
    """Takes one step as often as it is wanted, each time from where the table was when the step began."""

    NOT_COMPARED = frozenset({"tries"})
    """Kinds of row that count requests: asking again counts again."""

    def __init__(self, rows: Rows, faults: Faults) -> None:
        self._rows, self._faults = rows, faults
        self._begun = rows.keep()
        self._known = set(_ID.findall(json.dumps(rows.read())))
        self.answer: Any = None

    def take(self, act: Act, number: int = 0, *, applied: bool = False) -> Outcome:
        """Take the step with its call of that number failing."""
        self._rows.bring_back(self._begun)
        self._faults.at(number, applied=applied)
        self.answer = self._faults.insist(act)
        text = json.dumps(self.answer)
        # Ids are new each time; those of the answer are told apart by their place in it.
        names = {found: f"id {place} of the answer" for place, found in enumerate(dict.fromkeys(_ID.findall(text)))}

        def steady(text: str) -> str:
            text = _UPLOAD.sub("an upload", _HASH.sub("a hash", text))
            return _ID.sub(lambda found: found[0] if found[0] in self._known else names.get(found[0], "an id"), text)

        rows = Counter[str]()
        for row in self._rows.read():
            if row["kind"] in self.NOT_COMPARED:
                continue
            body = json.dumps(json.loads(row["body"]), sort_keys=True)
            text_of_row = steady(f"{row['kind']} v{row['version']} {row['pk']} {row['sk']} {body}")
            # Outbox rows are spread by the end of their id.
            rows[re.sub(r"#outbox#\w\w ", "#outbox ", text_of_row)] += 1
        return Outcome(steady(text), rows, Counter(self._faults.mails))
