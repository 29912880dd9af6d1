"""A DynamoDB table in memory, as much of DynamoDB as the product asks for, that says what each call costs.

Units follow DynamoDB's published rules (Developer Guide, "Read and write operations", 2026): a read is charged by
4 KB, half where it is not strongly consistent, a query by the sum of what it reads, a batch by item; a write by 1 KB,
of the larger of the item before and after, twice in a transaction, and once more for what it changes in an index.
A key that is not there costs one unit. An operation that it does not know raises, so that nothing goes uncounted.
"""

import json
import math
import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

type Item = dict[str, dict[str, Any]]
type Key = tuple[str, str]
type Expand = Callable[[str, int], str]

READ_BY, WRITE_BY = 4096, 1024
_PAGE = 1_000_000
_INDEX_KEYS = ("due_shard", "due_at")
_IN_INDEX = ("pk", "sk", "kind", *_INDEX_KEYS)
_TERM = re.compile(
    r"attribute_(?P<there>not_exists|exists) ?\((?P<of>[^)]+)\)"
    r"|(?P<path>#?\w+) BETWEEN (?P<low>:\w+) AND (?P<high>:\w+)"
    r"|begins_with ?\((?P<begins>#?\w+), ?(?P<prefix>:\w+)\)"
    r"|(?P<left>#?\w+) (?P<sign>=|<=|<|>=|>) (?P<right>:\w+)"
)


class Touch(NamedTuple):
    """An item that a call read or wrote, its size in bytes (0: it was not there), and the units that are its own."""

    key: Key
    size: int
    units: float
    wrote: bool


class Bill(NamedTuple):
    """What a call cost, and the items that it was for."""

    operation: str
    reads: float
    writes: float
    touched: tuple[Touch, ...]


class UnknownRequestError(LookupError):
    """The table was asked for something that the depot does not know how to answer, or what it costs."""

    def __init__(self, request: str) -> None:
        """Name the request."""
        super().__init__(f"The depot does not know {request}. What it costs has to be written into bench/depot.py.")


class RefusedError(Exception):
    """DynamoDB says no: the body of its answer with status 400."""

    def __init__(self, kind: str, **more: Any) -> None:
        """Say of which kind the refusal is."""
        super().__init__(kind)
        self.body = {"__type": f"com.amazonaws.dynamodb.v20120810#{kind}", "message": kind, **more}


def size_of(item: Mapping[str, Mapping[str, Any]]) -> int:
    """Return the size of an item in bytes: its names and values (Developer Guide, "Item sizes and formats", 2026)."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, held),) = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "N":
            return math.ceil(len(held.lstrip("-")) / 2) + 1
        case "BOOL" | "NULL":
            return 1
        case _:
            raise UnknownRequestError(f"attributes of type {kind}")


def read_units(size: int, *, consistent: bool) -> float:
    """Return what reading that many bytes costs."""
    return max(1, math.ceil(size / READ_BY)) * (1 if consistent else 0.5)


def write_units(size: int) -> int:
    """Return what writing that many bytes costs, outside of a transaction."""
    return max(1, math.ceil(size / WRITE_BY))


class Depot:
    """The table. Rows may be kept unexpanded: a text and a number that `expand` makes an item of when it is read."""

    def __init__(self, expand: Expand = lambda text, _: text) -> None:
        """Begin empty."""
        self._rows = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._rows.executescript(
            "CREATE TABLE row (pk TEXT, sk TEXT, item TEXT, number INT, due_shard TEXT, due_at TEXT,"
            " PRIMARY KEY (pk, sk)) WITHOUT ROWID;"
            "CREATE INDEX due ON row (due_shard, due_at) WHERE due_shard IS NOT NULL;"
        )
        self._expand = expand
        self.stream: list[Item] = []
        """The new image of every row that was inserted, in order."""

    def close(self) -> None:
        """Forget everything."""
        self._rows.close()

    def answer(self, operation: str, asked: Mapping[str, Any]) -> tuple[dict[str, Any], Bill]:
        """Answer a call. Raise RefusedError with DynamoDB's words where a condition fails."""
        handlers: dict[str, Callable[[Mapping[str, Any]], tuple[dict[str, Any], Bill]]] = {
            "GetItem": self._get_item,
            "BatchGetItem": self._batch_get_item,
            "Query": self._query,
            "PutItem": lambda put: ({}, self._write("PutItem", [("Put", put)], times=1)),
            "DeleteItem": lambda delete: ({}, self._write("DeleteItem", [("Delete", delete)], times=1)),
            "TransactWriteItems": self._transact,
        }
        if operation not in handlers:
            raise UnknownRequestError(operation)
        return handlers[operation](asked)

    def items(self) -> dict[Key, Item]:
        """Return every row."""
        found = self._rows.execute("SELECT pk, sk, item, number FROM row")
        return {(pk, sk): json.loads(self._expand(text, number)) for pk, sk, text, number in found}

    def fill(self, rows: Iterable[tuple[str, str, str, int]]) -> None:
        """Put unexpanded rows in: pk, sk, text, number. They do not fall due and are not in the stream."""
        self._rows.execute("BEGIN")
        self._rows.executemany("INSERT OR REPLACE INTO row (pk, sk, item, number) VALUES (?, ?, ?, ?)", rows)
        self._rows.execute("COMMIT")

    def _get(self, key: Key) -> Item | None:
        found = self._rows.execute("SELECT item, number FROM row WHERE pk = ? AND sk = ?", key).fetchone()
        return json.loads(self._expand(*found)) if found else None

    # Reads

    def _get_item(self, asked: Mapping[str, Any]) -> tuple[dict[str, Any], Bill]:
        key, consistent = _key(asked["Key"]), asked.get("ConsistentRead", False)
        item = self._get(key)
        touch = _read(key, item, consistent=consistent)
        return {"Item": item} if item else {}, Bill("GetItem", touch.units, 0, (touch,))

    def _batch_get_item(self, asked: Mapping[str, Any]) -> tuple[dict[str, Any], Bill]:
        ((table, wanted),) = asked["RequestItems"].items()
        consistent = wanted.get("ConsistentRead", False)
        found = {_key(key): self._get(_key(key)) for key in wanted["Keys"]}
        touched = tuple(_read(key, item, consistent=consistent) for key, item in found.items())
        answer = {"Responses": {table: [item for item in found.values() if item]}, "UnprocessedKeys": {}}
        return answer, Bill("BatchGetItem", sum(touch.units for touch in touched), 0, touched)

    def _query(self, asked: Mapping[str, Any]) -> tuple[dict[str, Any], Bill]:
        index, consistent = asked.get("IndexName"), asked.get("ConsistentRead", False)
        hash_name, range_name = _INDEX_KEYS if index else ("pk", "sk")
        names, values = asked.get("ExpressionAttributeNames", {}), asked["ExpressionAttributeValues"]
        where, given = _range(asked["KeyConditionExpression"], names, values)
        order = "ASC" if asked.get("ScanIndexForward", True) else "DESC"
        sql = f"SELECT pk, sk, item, number FROM row WHERE {where}"  # noqa: S608 - made of our own names
        start = asked.get("ExclusiveStartKey")
        if start:
            sql += f" AND ({range_name}, pk, sk) {'>' if order == 'ASC' else '<'} (?, ?, ?)"
            given += [start[range_name]["S"], start["pk"]["S"], start["sk"]["S"]]
        sql += f" ORDER BY {range_name} {order}, pk {order}, sk {order}"
        limit, items, total, last = asked.get("Limit"), [], 0, None
        touched = []
        for pk, sk, text, number in self._rows.execute(sql, given):
            if last:
                break
            item = json.loads(self._expand(text, number))
            if index:
                item = {name: item[name] for name in _IN_INDEX}
            items.append(item)
            size = size_of(item)
            touched.append(Touch((pk, sk), size, 0, wrote=False))
            total += size
            if len(items) == limit or total >= _PAGE:
                last = {name: item[name] for name in dict.fromkeys(("pk", "sk", hash_name, range_name))}
        answer = {"Items": items, "Count": len(items), "ScannedCount": len(items)}
        units = read_units(total, consistent=consistent)
        shares = tuple(touch._replace(units=units * touch.size / total) for touch in touched)
        return answer | ({"LastEvaluatedKey": last} if last else {}), Bill("Query", units, 0, shares)

    # Writes

    def _transact(self, asked: Mapping[str, Any]) -> tuple[dict[str, Any], Bill]:
        actions = [next(iter(action.items())) for action in asked["TransactItems"]]
        return {}, self._write("TransactWriteItems", actions, times=2)

    def _write(self, operation: str, actions: Sequence[tuple[str, Mapping[str, Any]]], *, times: int) -> Bill:
        keys = [_key(action.get("Item") or action["Key"]) for _, action in actions]
        befores = [self._get(key) for key in keys]
        fits = [_holds(action, before) for (_, action), before in zip(actions, befores, strict=True)]
        if not all(fits):
            if operation != "TransactWriteItems":
                kind = "ConditionalCheckFailedException"
                raise RefusedError(kind)
            reasons = [{"Code": "None" if fit else "ConditionalCheckFailed"} for fit in fits]
            kind = "TransactionCanceledException"
            raise RefusedError(kind, CancellationReasons=reasons)
        units, touched = 0.0, []
        for (name, action), key, before in zip(actions, keys, befores, strict=True):
            after = {"Put": action.get("Item"), "Delete": None, "ConditionCheck": before}[name]
            size = max(size_of(before) if before else 0, size_of(after) if after else 0)
            own = times * write_units(size)
            if name != "ConditionCheck":
                own += _index_units(before, after)
                self._set(key, before, after)
            touched.append(Touch(key, size, own, wrote=True))
            units += own
        return Bill(operation, 0, units, tuple(touched))

    def _set(self, key: Key, before: Item | None, after: Item | None) -> None:
        if after is None:
            self._rows.execute("DELETE FROM row WHERE pk = ? AND sk = ?", key)
            return
        due = [after[name]["S"] if name in after else None for name in _INDEX_KEYS]
        self._rows.execute("INSERT OR REPLACE INTO row VALUES (?, ?, ?, 0, ?, ?)", (*key, json.dumps(after), *due))
        if before is None:
            self.stream.append(after)


def _key(named: Mapping[str, Mapping[str, str]]) -> Key:
    return named["pk"]["S"], named["sk"]["S"]


def _read(key: Key, item: Item | None, *, consistent: bool) -> Touch:
    size = size_of(item) if item else 0
    return Touch(key, size, read_units(size, consistent=consistent), wrote=False)


def _index_units(before: Item | None, after: Item | None) -> int:
    """A new entry, a changed one and a removed one are a write each; one whose place changes is two."""
    old, new = (
        {name: item[name] for name in _IN_INDEX} if item and all(name in item for name in _INDEX_KEYS) else None
        for item in (before, after)
    )
    if old == new:
        return 0
    moved = old and new and any(old[name] != new[name] for name in _INDEX_KEYS)
    return write_units(max(size_of(one) for one in (old, new) if one)) * (2 if moved else 1)


def _named(path: str, names: Mapping[str, str]) -> str:
    return names[path] if path.startswith("#") else path


def _range(expression: str, names: Mapping[str, str], values: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Make SQL of a key condition."""
    where, given = [], []
    for term in _TERM.finditer(expression):
        if term["path"]:
            where.append(f"{_named(term['path'], names)} BETWEEN ? AND ?")
            given += [values[term["low"]]["S"], values[term["high"]]["S"]]
        elif term["begins"]:
            where.append(f"{_named(term['begins'], names)} BETWEEN ? AND ?")
            given += [values[term["prefix"]]["S"], values[term["prefix"]]["S"] + "\U0010ffff"]
        else:
            where.append(f"{_named(term['left'], names)} {term['sign']} ?")
            given.append(values[term["right"]]["S"])
    return " AND ".join(where), given


def _holds(action: Mapping[str, Any], item: Item | None) -> bool:
    """Tell whether a write's condition holds for what is there."""
    expression = action.get("ConditionExpression", "")
    names, values = action.get("ExpressionAttributeNames", {}), action.get("ExpressionAttributeValues", {})
    rest = re.sub(r"[() ]|AND", "", _TERM.sub("", expression))
    if rest:
        raise UnknownRequestError(f"the condition {expression!r}")
    return all(_term_holds(term, names, values, item or {}) for term in _TERM.finditer(expression))


def _term_holds(term: re.Match[str], names: Mapping[str, str], values: Mapping[str, Any], item: Item) -> bool:
    if term["there"]:
        return (_named(term["of"].strip(), names) in item) is (term["there"] == "exists")
    here = item.get(_named(term["left"] or term["path"] or term["begins"], names))
    if here is None:
        return False
    match term["sign"]:
        case "=":
            return bool(here == values[term["right"]])
        case "<":
            return bool(_plain(here) < _plain(values[term["right"]]))
        case "<=":
            return bool(_plain(here) <= _plain(values[term["right"]]))
        case _:
            raise UnknownRequestError(f"the condition {term[0]!r}")


def _plain(value: Mapping[str, Any]) -> Any:
    ((kind, held),) = value.items()
    return float(held) if kind == "N" else held
