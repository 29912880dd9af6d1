"""The tour, what a client may ask of what is kept: a copy of everything, and its end."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

from demo.mailbox import until
from demo.tour_care import queue_is_empty, repeat_upload_event
from demo.walk import Walk, expect, refused


def copy(walk: Walk) -> None:
    """The guardian takes a copy of everything."""
    greta = walk.who["greta"]
    with walk.step("The guardian asks for a copy of everything; a mail says when it is ready") as say:
        made = greta.post(f"{walk.client}/copies")
        expect(made["state"], "making")
        mail, _ = walk.mailbox.take(walk.email("greta"), "/data?for=")
        (ready,) = greta.get(f"{walk.client}/data")["copies"]
        expect((ready["state"], len(ready["sizes"])), ("ready", 1))
        say(f"“{mail['subject']}”")
    with walk.step("It holds the records, the recordings and the invoices, and opens for nobody else") as say:
        path = f"{walk.client}/copies/{made['copy_id']}/files/1"
        packed = zipfile.ZipFile(io.BytesIO(greta.fetch(greta.get(path)["url"])))
        expect(packed.testzip(), None)
        kinds = {name.split("/")[0] for name in packed.namelist()}
        expect(kinds, {"ABOUT.txt", "records", "recordings", "invoices"})
        (first, *_) = json.loads(packed.read("records/submission.json"))
        expect(first["comment"], "It went well.")
        refused(lambda: walk.who["owner"].get(path), 404)
        say(f"{len(packed.namelist())} files; the owner's own request: 404")


def erasure(walk: Walk) -> None:
    """The owner erases the client; nothing that comes late brings anything back."""
    owner = walk.who["owner"]
    with walk.step("On hold nothing is erased; without, what goes and what stays is shown first") as say:
        hold = {"ended_on": None, "hold_reason": "A question that is open."}
        owner.put(f"{walk.client}/keeping", hold, 0)
        name = {"name": "Kim Child"}
        say(str(refused(lambda: owner.post(f"{walk.client}/erasure", name), 409, "on-hold")))
        owner.put(f"{walk.client}/keeping", hold | {"hold_reason": None}, 1)
        shown = owner.get(f"{walk.client}/erasure")
        say(f"goes: {shown['goes'][2]} Stays: {shown['stays'][0]}")
    with walk.step("The owner types the name: at once nobody opens the record") as say:
        owner.post(f"{walk.client}/erasure", name)
        for who in ("greta", "tilda", "owner"):
            refused(lambda who=who: walk.who[who].get(walk.client), 404)  # type: ignore[misc]
        expect([line for line in walk.who["tilda"].get("/api/queue")["lines"] if line["client_name"] == "Kim"], [])
        say("404 for the guardian, the therapist, the owner")
    with walk.step("The ticks remove the rest; the upload's event comes once more; a day later the last look") as say:
        repeat_upload_event(walk, walk.ids["recording"])
        now = datetime.now(UTC)
        for later in (timedelta(), timedelta(minutes=1), timedelta(days=1, hours=1)):
            walk.tick(now + later)
            until("What is left to go", lambda: queue_is_empty(walk, "WorkQueueUrl"))
        until("An empty queue of uploads", lambda: queue_is_empty(walk, "UploadsQueueUrl"))
        left = until("The end", lambda: _left(walk))
        say(f"left are {', '.join(sorted(left))}")
    with walk.step("No file is left but the invoices, and the owner still opens those") as say:
        expect([key for key in _files(walk) if "/invoices/" not in key], [])
        (invoice, *_) = owner.get("/api/invoices")["invoices"]
        pdf = owner.fetch(owner.get(f"{walk.client}/invoices/{invoice['number']}/pdf")["url"])
        expect((pdf[:5], invoice["client_name"]), (b"%PDF-", "Kim Child"))
        refused(lambda: walk.browser().sign_in(walk.email("greta"), "a calm evening walk"), 401)
        say(f"{invoice['number']} for {invoice['client_name']}; the guardian's sign-in is gone")


_STAYS = {"audit", "tombstone", "erasure", "invoice", "invoice_line", "outbox", "link"}


def _left(walk: Walk) -> set[str] | None:
    """The kinds of rows that name the client, once none of them is one that goes."""
    found: set[str] = set()
    pages = walk.stack.account.client("dynamodb").get_paginator("scan")
    for page in pages.paginate(TableName=walk.stack.outputs["Table"], ConsistentRead=True):
        found |= {row["kind"]["S"] for row in page["Items"] if walk.ids["client"] in _text(row)}
    return found if found <= _STAYS else None


def _text(row: dict[str, Any]) -> str:
    return " ".join(row[name]["S"] for name in ("pk", "sk", "body"))


def _files(walk: Walk) -> list[str]:
    s3, found = walk.stack.account.client("s3"), []
    for bucket in ("UploadsBucket", "MediaBucket"):
        listed = s3.list_object_versions(Bucket=walk.stack.outputs[bucket])
        found += [one["Key"] for one in (*listed.get("Versions", ()), *listed.get("DeleteMarkers", ()))]
    return [key for key in found if walk.ids["client"] in key]
