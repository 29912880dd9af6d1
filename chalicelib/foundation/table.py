"""The one table, seen from one practice.

Each row is `pk` (the practice and a part of it), `sk`, its kind, a version and a body: the kind's struct
as JSON. `due_shard` and `due_at` put a row into the sparse index of work that falls due, `expires_at`
into the care of TTL; `put_off` counts how often what was due could not be done. A `Table` is made with
a practice id and can build no key without it.
"""

import base64
import os
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection
from pynamodb.models import Model

from chalicelib.foundation.clock import stamp
from chalicelib.foundation.errors import Invalid, TooLarge
from chalicelib.foundation.ids import PracticeId
from chalicelib.foundation.kinds import KINDS, Kind

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LARGEST_BODY = 380_000
"""Bytes; DynamoDB's limit for an item is 400 KB (2026), keys and names included."""
LONGEST_KEY = 1024
"""Bytes of a sort key (DynamoDB, 2026)."""
DUE_SHARDS = 8
_AGAIN_AFTER, _AGAIN_WITHIN = timedelta(minutes=5), timedelta(days=1)
PAGE = 100
_READ_AT_ONCE = 100
"""Rows that one BatchGetItem takes (DynamoDB, 2026)."""


class DueIndex(GlobalSecondaryIndex["Row"]):  # type: ignore[no-untyped-call]
    """Rows that wait for a moment, in the order of those moments."""

    class Meta:
        """Where the index is."""

        index_name = "due"
        projection = IncludeProjection(["kind"])

    due_shard = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class Row(Model):
    """A row as it lies in the table."""

    class Meta:
        """Where the table is, and how long to wait for it."""

        table_name = os.environ.get("TABLE", "meanwhile")  # packaging imports this without a stack
        connect_timeout_seconds = 2
        read_timeout_seconds = 5
        max_retry_attempts = 3

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = UnicodeAttribute()
    version = NumberAttribute()
    body = UnicodeAttribute()
    due_shard = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    put_off = NumberAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    due = DueIndex()


class Key(NamedTuple):
    """A place in a practice: the part (`""` is the practice itself) and the sort key."""

    part: str
    sk: str


class Stored[T: msgspec.Struct](NamedTuple):
    """What a row held when it was read, with the version that a write has to name."""

    kind: Kind[T]
    key: Key
    version: int
    value: T


class Rows:
    """What one read returned, asked for by kind."""

    def __init__(self, found: Sequence[Stored[Any]], after: str | None = None) -> None:
        """Take the rows in the order of the read, and the cursor of the next page if there is one."""
        self._found = found
        self.after = after

    def __iter__(self) -> Iterator[Stored[Any]]:
        """Go through the rows of every kind."""
        return iter(self._found)

    def all[T: msgspec.Struct](self, kind: Kind[T]) -> list[Stored[T]]:
        """Return the rows of a kind, in the order of the read."""
        return [row for row in self._found if row.kind is kind]

    def one[T: msgspec.Struct](self, kind: Kind[T]) -> Stored[T] | None:
        """Return the first row of a kind, if there is any."""
        return next(iter(self.all(kind)), None)


class Table:
    """The table as one practice sees it. All reads are strongly consistent."""

    def __init__(self, practice_id: PracticeId) -> None:
        """Bind every call to a practice."""
        self.practice_id = practice_id

    def pk(self, part: str) -> str:
        """Return the partition key of a part of this practice."""
        return f"{self.practice_id}#{part}" if part else self.practice_id

    def get[T: msgspec.Struct](self, kind: Kind[T], key: Key) -> Stored[T] | None:
        """Read one row, or None."""
        place = _place(self.pk(key.part), key.sk)
        item = _dynamodb().get_item(TableName=Row.Meta.table_name, Key=place, ConsistentRead=True).get("Item")
        return cast("Stored[T]", self._stored(item)) if item and item["kind"]["S"] == kind.name else None

    def get_due[T: msgspec.Struct](self, kind: Kind[T], key: Key, at: datetime) -> Stored[T] | None:
        """Read one row if its moment has come by `at`, or had come when it was put off."""
        row = self._due_row(kind.name, key, at)
        return cast("Stored[T]", self._stored(row.serialize())) if row else None

    def put_off(self, kind: str, key: Key, at: datetime) -> None:
        """Let ticks find a row that could not be done when it was due later, and each time twice as much later.

        Nothing else about it changes, its version included. The next write of the row forgets that it was put off.
        `kind` is the name in the row: after a rollback there are rows of kinds that this build does not know.
        """
        row = self._due_row(kind, key, at)
        if row is None:
            return
        times = int(row.put_off or 0)
        row.put_off = times + 1
        row.due_at = stamp(at + min(_AGAIN_AFTER * 2 ** min(times, 10), _AGAIN_WITHIN))
        try:
            row.save(Row.version == row.version)
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise  # Otherwise somebody has written it meanwhile, and said when it is due.

    def _due_row(self, kind: str, key: Key, at: datetime) -> Row | None:
        try:
            row = Row.get(self.pk(key.part), key.sk, consistent_read=True)
        except Row.DoesNotExist:
            return None
        if row.kind != kind or row.due_at is None:
            return None
        return row if row.put_off or row.due_at <= stamp(at) else None

    def get_many(self, keys: Sequence[Key]) -> Rows:
        """Read rows anywhere in the practice, in the order of the keys: one call for each hundred."""
        wanted = [(self.pk(key.part), key.sk) for key in dict.fromkeys(keys)]
        table = Row.Meta.table_name
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for some in batched(wanted, _READ_AT_ONCE, strict=False):
            asked: dict[str, Any] = {table: {"Keys": [_place(*pair) for pair in some], "ConsistentRead": True}}
            while asked:
                answer = _dynamodb().batch_get_item(RequestItems=asked)
                found |= {(item["pk"]["S"], item["sk"]["S"]): item for item in answer["Responses"].get(table, ())}
                asked = answer.get("UnprocessedKeys", {})  # more than 16 MB, or throttled
        return Rows([self._stored(found[pair]) for pair in wanted if pair in found])

    def query(
        self,
        part: str,
        first: str,
        last: str,
        *,
        newest_first: bool = False,
        limit: int = PAGE,
        after: str | None = None,
    ) -> Rows:
        """Read one page of the rows of a part whose sort key lies from `first` to `last`, both included."""
        pk = self.pk(part)
        asked: dict[str, Any] = {
            "TableName": Row.Meta.table_name,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "ExpressionAttributeValues": {":pk": {"S": pk}, ":first": {"S": first}, ":last": {"S": last}},
            "ConsistentRead": True,
            "ScanIndexForward": not newest_first,
        }
        if after:
            asked["ExclusiveStartKey"] = _place(pk, _open_cursor(after, first, last))
        found: list[dict[str, Any]] = []
        while True:  # one answer holds a megabyte at most
            answer = _dynamodb().query(**asked, Limit=limit - len(found))
            found += answer["Items"]
            more = answer.get("LastEvaluatedKey")
            if not more or len(found) == limit:
                break
            asked["ExclusiveStartKey"] = more
        return Rows([self._stored(item) for item in found], _close_cursor(more["sk"]["S"]) if more else None)

    def under(self, part: str, prefix: str, **page: Any) -> Rows:  # noqa: ANN401 - passed on to `query`
        """Read one page of the rows of a part whose sort key begins with a prefix."""
        return self.query(part, prefix or " ", prefix + "\U0010ffff", **page)

    def _stored(self, item: dict[str, Any]) -> Stored[msgspec.Struct]:
        kind = KINDS[item["kind"]["S"]]
        part = item["pk"]["S"].removeprefix(self.practice_id).removeprefix("#")
        value = msgspec.json.decode(item["body"]["S"], type=kind.shape)
        return Stored(kind, Key(part, item["sk"]["S"]), int(item["version"]["N"]), value)

    def row(
        self,
        kind: Kind[Any],
        key: Key,
        value: msgspec.Struct,
        version: int,
        *,
        due_at: datetime | None = None,
        expires_at: datetime | None = None,
    ) -> Row:
        """Build the row of a value. Raise TooLarge before DynamoDB would."""
        body = msgspec.json.encode(value)
        if len(body) > LARGEST_BODY:
            raise TooLarge
        row = Row(self.pk(key.part), key.sk, kind=kind.name, version=version, body=body.decode())
        if due_at:
            row.due_shard = f"due#{sum(self.pk(key.part).encode() + key.sk.encode()) % DUE_SHARDS}"
            row.due_at = stamp(due_at)
        if expires_at:
            row.expires_at = int(expires_at.timestamp())
        return row


def _dynamodb() -> "DynamoDBClient":
    # Reads pass PynamoDB's models by, which cost as much again as botocore's part of a page.
    found: DynamoDBClient = Row._get_connection().connection.client  # type: ignore[assignment]  # noqa: SLF001 - one client for all
    return found


def _place(pk: str, sk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _close_cursor(sk: str) -> str:
    return base64.urlsafe_b64encode(sk.encode()).decode().rstrip("=")


def _open_cursor(cursor: str, first: str, last: str) -> str:
    try:
        sk = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        sk = ""
    # DynamoDB refuses a start outside of the range, and keys over 1024 bytes (2026).
    if not first <= sk <= last or len(sk.encode()) > LONGEST_KEY:
        message = "This page marker is not one of ours. Start from the first page."
        raise Invalid(message)
    return sk
