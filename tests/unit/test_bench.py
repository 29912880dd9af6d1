"""The bench's exact rows: calls, units and growth come out the same on any machine, so they are a test.

So is what they are reckoned with: DynamoDB's rounding (Developer Guide, "Read and write operations", 2026).
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bench.depot import Depot, UnknownRequestError, read_units, size_of, write_units

ROOT = Path(__file__).parents[2]


def test_no_request_asks_more_of_aws_than_it_may_and_every_page_stays_flat() -> None:
    # In a process of its own: AWS in memory lies below every client of this one.
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--exact"], check=False, capture_output=True, text=True, cwd=ROOT, env=kept
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def depot() -> Iterator[Depot]:
    with closing(Depot()) as opened:
        yield opened


def test_every_price_says_where_it_was_compared() -> None:
    table = json.loads((ROOT / "bench" / "prices.json").read_text())
    assert set(table["sources"]) == set(table["prices"])


def item(sk: str, size: int) -> dict[str, Any]:
    """Make an item of so many bytes: names and texts by their length."""
    named = {"pk": {"S": "p"}, "sk": {"S": sk}, "kind": {"S": "k"}}
    return named | {"body": {"S": "x" * (size - size_of(named) - len("body"))}}


@pytest.mark.parametrize(("size", "read", "write"), [(1, 1, 1), (1024, 1, 1), (1025, 1, 2), (4096, 1, 4), (4097, 2, 5)])
def test_a_read_is_charged_by_four_kilobytes_and_a_write_by_one(size: int, read: int, write: int) -> None:
    assert (read_units(size, consistent=True), write_units(size)) == (read, write)
    assert read_units(size, consistent=False) == read / 2


def test_a_transaction_writes_twice_a_query_reads_the_sum_and_an_index_entry_is_a_write_of_its_own(
    depot: Depot,
) -> None:
    at = {"due_shard": {"S": "due#1"}, "due_at": {"S": "2026"}}
    puts = [{"Put": {"Item": item("a", 1500)}}, {"Put": {"Item": item("b", 1500) | at}}]
    assert depot.answer("TransactWriteItems", {"TransactItems": puts})[1].writes == 2 * (2 + 2) + 1
    asked = {
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": "p"}},
        "ConsistentRead": True,
    }
    found, bill = depot.answer("Query", asked)
    assert (found["Count"], bill.reads) == (2, 1)  # 3 KB together; each alone would be 1


@pytest.mark.parametrize(
    ("operation", "asked", "named"),
    [
        ("UpdateItem", {}, "UpdateItem"),
        ("PutItem", {"Item": item("a", 100) | {"of": {"L": []}}}, "type L"),
        ("PutItem", {"Item": item("a", 100), "ConditionExpression": "size(body) > :n"}, "size(body)"),
        (
            "PutItem",
            {
                "Item": item("a", 100),
                "ConditionExpression": "sk > :n",
                "ExpressionAttributeValues": {":n": {"S": "a"}},
            },
            "sk > :n",
        ),
    ],
)
def test_a_request_that_the_benchs_table_does_not_know_is_named(
    operation: str, asked: dict[str, Any], named: str, depot: Depot
) -> None:
    depot.answer("PutItem", {"Item": item("a", 100)})
    with pytest.raises(UnknownRequestError, match=re.escape(named)):
        depot.answer(operation, asked)
