"""`python -m infra.verify_audit [--stage prod] [--practice id]`: hold the audit trails against their chains and seals.

Without a stage it is the stack of `make run`. It only reads. A finding is a line, and makes the status 1.
"""

import argparse
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from chalicelib.foundation import places
from chalicelib.foundation.ids import ClientId, PracticeId
from chalicelib.foundation.table import DUE_SHARDS
from chalicelib.practice.model.chain import SEALING, Head, Image, Link, Seal
from chalicelib.practice.model.chain_check import Checked, Trail, check
from chalicelib.practice.store import chain_head

from infra.aws_calls import Account
from infra.deploy.refusals import in_sentences
from infra.running import find
from infra.steps import Trouble, run_command, said

NOTHING = Checked(0, 0, None, ())


@dataclass(frozen=True)
class Kept:
    """Where a stack keeps its audit trails."""

    account: Account
    table: str
    bucket: str

    def practices(self) -> list[PracticeId]:
        """Every practice that waits for its next seal, or ever had one."""
        shards = [self._query("due_shard", f"due#{shard}", index="due") for shard in range(DUE_SHARDS)]
        waiting = {row["pk"]["S"] for rows in shards for row in rows if row["kind"]["S"] == SEALING.name}
        s3 = self.account.client("s3")
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Delimiter="/")
        sealed = {prefix["Prefix"] for page in pages for prefix in page.get("CommonPrefixes", ())}
        return [PracticeId(one) for one in sorted({name.partition("#")[0].rstrip("/") for name in waiting | sealed})]

    def verify(self, practice_id: PracticeId, now: datetime) -> Checked:
        """Read a practice's trail while it may grow, and check what was there at the beginning."""
        seals, faults = self._seals(practice_id)
        before = self._head(practice_id)
        links, unreadable = self._links(practice_id)
        after = self._head(practice_id)
        if max((link.seq for link in links), default=0) > after.seq:
            before = after  # no link can be ahead of its head: a finding
        else:
            links = [link for link in links if link.seq <= before.seq]
        parts = {places.audit(None), *(link.part for link in links), *self._parts_of_clients(practice_id)}
        entries = [row for part in sorted(parts) for row in self._part(practice_id, part)]
        found = check(Trail(practice_id, entries, links, before, seals), now)
        return found._replace(faults=(*faults, *unreadable, *found.faults))

    def _links(self, practice_id: PracticeId) -> tuple[list[Link], list[str]]:
        links, faults = [], []
        for row in self._part(practice_id, places.CHAIN):
            if row["sk"]["S"] != chain_head().sk:
                try:
                    links.append(_body(row, Link))
                except (KeyError, msgspec.MsgspecError):
                    faults.append(f"The link {row['sk']['S']} cannot be read.")
        return links, faults

    def _head(self, practice_id: PracticeId) -> Head:
        key = chain_head()
        rows = self._query("pk", f"{practice_id}#{key.part}", ("sk", key.sk))
        return next((_body(row, Head) for row in rows), Head())

    def _parts_of_clients(self, practice_id: PracticeId) -> Iterator[str]:
        for row in self._part(practice_id, places.CLIENTS):
            yield places.audit(ClientId(json.loads(row["body"]["S"])["client_id"]))

    def _part(self, practice_id: PracticeId, part: str) -> Iterator[Image]:
        return self._query("pk", f"{practice_id}#{part}")

    def _query(self, name: str, value: str, also: tuple[str, str] | None = None, index: str = "") -> Iterator[Image]:
        asked: dict[str, Any] = {
            "TableName": self.table,
            "KeyConditionExpression": "#n = :v",
            "ExpressionAttributeNames": {"#n": name},
            "ExpressionAttributeValues": {":v": {"S": value}},
        }
        if also:
            asked["KeyConditionExpression"] += " AND #a = :a"
            asked["ExpressionAttributeNames"]["#a"] = also[0]
            asked["ExpressionAttributeValues"][":a"] = {"S": also[1]}
        asked |= {"IndexName": index} if index else {"ConsistentRead": True}
        for page in self.account.client("dynamodb").get_paginator("query").paginate(**asked):
            yield from page["Items"]

    def _seals(self, practice_id: PracticeId) -> tuple[list[Seal], list[str]]:
        """The seals as they were first set, and what is wrong with how they lie there."""
        s3, seals, faults = self.account.client("s3"), [], []
        versions: dict[str, list[dict[str, Any]]] = {}
        asked = {"Bucket": self.bucket, "Prefix": f"{practice_id}/"}
        for page in s3.get_paginator("list_object_versions").paginate(**asked):
            for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                versions.setdefault(one["Key"], []).append(one)
        for key, found in sorted(versions.items()):
            oldest, *later = sorted(found, key=lambda one: one["LastModified"])
            if later:
                faults.append(f"The seal {key} was covered by another or marked as deleted; the first one counts.")
            body = s3.get_object(Bucket=self.bucket, Key=key, VersionId=oldest["VersionId"])["Body"].read()
            try:
                seals.append(msgspec.json.decode(body, type=Seal))
            except msgspec.MsgspecError:
                faults.append(f"The seal {key} cannot be read.")
        return seals, faults


def _body[T](row: Image, shape: type[T]) -> T:
    return msgspec.json.decode(row["body"]["S"], type=shape)


def told(practice_id: PracticeId, found: Checked) -> str:
    """One practice in a line, and a line for each finding."""
    sealed = f"sealed to {found.sealed}" if found.sealed else "not sealed yet"
    waiting = f", {found.waiting:,} on the way" if found.waiting else ""
    verdict = f"{len(found.faults):,} FINDINGS" if found.faults else "as it was written"
    line = f"practice {practice_id}: {found.linked:,} entries chained{waiting}, {sealed}: {verdict}"
    return "\n".join([line, *(f"  - {fault}" for fault in found.faults)])


@in_sentences
def main() -> int:
    """Verify, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", default=os.environ.get("STAGE", ""))
    parser.add_argument("--practice", default="")
    given = parser.parse_args()
    account, of = find(given.stage)
    kept = Kept(account, of["Table"], of["AuditBucket"])
    practices = [PracticeId(given.practice)] if given.practice else kept.practices()
    if not practices:
        raise Trouble("No practice has an audit trail here yet.")
    faults = 0
    for practice_id in practices:
        found = kept.verify(practice_id, datetime.now(UTC))
        if found == NOTHING:
            raise Trouble(f"There is nothing here of a practice {practice_id}, and no seal that says there was.")
        said(told(practice_id, found))
        faults += len(found.faults)
    return 1 if faults else 0


if __name__ == "__main__":
    run_command(main)
