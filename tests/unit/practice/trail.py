"""The audit trail as it lies in the table, and the stream that brings its entries to the chain."""

import json
import os
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.foundation.events import AUDIT
from chalicelib.foundation.ids import PracticeId
from chalicelib.foundation.table import Table
from chalicelib.practice.model.chain import LINK, Image, Seal
from chalicelib.practice.model.chain_check import Trail
from chalicelib.practice.service import audit
from chalicelib.practice.store import AuditStore


def images(stack: dict[str, Any], practice_id: str) -> list[Image]:
    """The entries of a practice, as DynamoDB gives them, oldest first."""
    pages = stack["dynamodb"].get_paginator("scan").paginate(TableName=os.environ["TABLE"])
    rows = [row for page in pages for row in page["Items"]]
    ours = [row for row in rows if row["kind"]["S"] == AUDIT.name and row["pk"]["S"].startswith(practice_id)]
    return sorted(ours, key=lambda row: row["sk"]["S"])


def chain_all(stack: dict[str, Any], practice_id: str, now: datetime) -> None:
    """What stream, relay and worker do for everything that is there."""
    for message in audit.to_be_linked(images(stack, practice_id)):
        audit.link(msgspec.json.decode(msgspec.json.encode(message), type=audit.Unlinked), now)


def kept(stack: dict[str, Any], practice_id: PracticeId) -> Trail:
    """All that is kept of a practice's trail."""
    table, bucket = Table(practice_id), os.environ["AUDIT_BUCKET"]
    listed = stack["s3"].list_objects_v2(Bucket=bucket, Prefix=f"{practice_id}/").get("Contents", ())
    bodies = [stack["s3"].get_object(Bucket=bucket, Key=one["Key"])["Body"].read() for one in listed]
    head = AuditStore(table).head()
    return Trail(
        practice_id,
        images(stack, practice_id),
        [row.value for row in table.under("chain", "2", limit=1000).all(LINK)],
        head.value if head else None,
        [msgspec.convert(json.loads(body), Seal, strict=False) for body in bodies],
    )
