"""The tour, what goes by itself and what stays closed: reminders, invoices, strangers."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from demo.mailbox import until
from demo.walk import Walk, expect, refused


def reminders(walk: Walk) -> None:
    """One reminder that is not needed, one that is, twice found, and one that is no longer wanted."""
    greta = walk.who["greta"]
    path = f"{walk.client}/reminders"
    with walk.step("The guardian chooses every day, ten minutes from now") as say:
        at = datetime.now(ZoneInfo(walk.zone)) + timedelta(minutes=10)
        choice = {"on": True, "weekdays": list(range(7)), "at": f"{at:%H:%M}", "time_zone": walk.zone}
        chosen = greta.put(path, choice, 0)
        say(f"next at {chosen['next_at']}, mails go to {chosen['mails_to']}")
    with walk.step("Practised today already: the reminder of today is not sent, and the log says why") as say:
        today = datetime.fromisoformat(chosen["next_at"])
        walk.tick(today)
        line = until("The log's line", lambda: _last_reminder(walk, "not_sent"))
        say(line)
    with walk.step("Tomorrow's is sent, once, though the tick comes three times") as say:
        before = len(walk.mailbox.all_to(walk.email("greta")))
        for _ in range(3):
            walk.tick(today + timedelta(days=1))
        mail, link = walk.mailbox.take(walk.email("greta"), "/stop#")
        walk.tick(today + timedelta(days=1, minutes=1))
        until("The log's line", lambda: _last_reminder(walk, "sent"))
        expect(len(walk.mailbox.all_to(walk.email("greta"))) - before, 1)
        say(f"“{mail['subject']}”, one mail")
    with walk.step("The link that stops reminders acts on a press, not on being fetched") as say:
        walk.browser().fetch(link.partition("#")[0])
        expect(_is_on(walk), "on")
        walk.browser().post("/api/unsubscribe", {"token": link.partition("#")[2]})
        expect(_is_on(walk), "off")
        say("fetched: on; pressed: off")


def invoices(walk: Walk) -> None:
    """A fee, two months of invoices, each run twice, one paid by hand."""
    owner, greta = walk.who["owner"], walk.who["greta"]
    start = datetime.now(ZoneInfo(walk.zone))
    with walk.step("The owner sets a monthly fee from today; today's tick issues the first invoice") as say:
        fee = owner.post(f"{walk.client}/fees", {"minor": 14_800, "from_on": start.date().isoformat()})
        walk.tick(start)
        (first,) = until("An invoice", lambda: _invoices(walk, 1))
        say(f"{first['number']}, due by {first['due_on']}")
    with walk.step("A month passes; the tick comes twice: one more invoice, the next number") as say:
        following = datetime.combine(datetime.fromisoformat(fee_next(walk)).date(), start.time(), ZoneInfo(walk.zone))
        for _ in range(2):
            walk.tick(following)
        numbers = [one["number"] for one in until("A second invoice", lambda: _invoices(walk, 2))]
        walk.tick(following + timedelta(minutes=1))
        expect([one["number"] for one in _invoices(walk, 2) or []], numbers)
        say(", ".join(numbers))
        expect(fee["amount"]["minor"], 14_800)
    with walk.step("The invoice is a PDF; the guardian gets a link to it") as say:
        until("The PDF", lambda: all(one["pdf_ready"] for one in _invoices(walk, 2) or []))
        pdf = greta.fetch(greta.get(f"{walk.client}/invoices/{first['number']}/pdf")["url"])
        expect(pdf[:5], b"%PDF-")
        mail, _ = walk.mailbox.take(walk.email("greta"), "/invoices/")
        say(f"{len(pdf) // 1000} KB; “{mail['subject']}”")
    with walk.step("The owner marks it paid by hand; the guardian sees it") as say:
        owner.post(
            f"{walk.client}/invoices/{first['number']}/payment",
            {"paid_on": start.date().isoformat(), "note": "bank transfer"},
        )
        paid = [one for one in _invoices(walk, 2) or [] if one["state"] == "paid"]
        expect([one["number"] for one in paid], [first["number"]])
        say(f"{first['number']} paid on {paid[0]['paid_on']}")


def strangers(walk: Walk) -> None:
    """What is somebody else's is not there."""
    with walk.step("Another client, a therapist of nobody here, the owner: what is not theirs is not there") as say:
        ada, owner = walk.who["ada"], walk.who["owner"]
        for path in ("today", "progress", "program", "invoices", f"submissions/{walk.ids['submission']}"):
            refused(lambda path=path: ada.get(f"{walk.client}/{path}"), 404)  # type: ignore[misc]
        refused(lambda: walk.who["tilda"].get(f"/api/clients/{walk.ids['other']}/progress"), 404)
        refused(lambda: owner.get(f"{walk.client}/submissions/{walk.ids['submission']}"), 403)
        say("404 for every page; the owner reads no clinical record: 403")


def nothing_parked(walk: Walk) -> None:
    """Look where what failed too often would wait."""
    with walk.step("Nothing is parked") as say:
        sqs = walk.stack.account.client("sqs")
        parked = {
            name: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"]
            for name, url in walk.stack.outputs.items()
            if name.endswith("ParkedUrl")
        }
        expect(
            {name: found["ApproximateNumberOfMessages"] for name, found in parked.items()}, dict.fromkeys(parked, "0")
        )
        say(f"{len(parked)} queues for what fails: empty")


def fee_next(walk: Walk) -> str:
    """Return the day on which the next period of the tour's fee begins."""
    (fee,) = walk.who["owner"].get(f"{walk.client}/invoices")["fees"]
    return str(fee["next_on"])


def _invoices(walk: Walk, wanted: int) -> list[dict[str, Any]] | None:
    found = walk.who["greta"].get(f"{walk.client}/invoices")["invoices"]
    return sorted(found, key=lambda one: one["number"]) if len(found) >= wanted else None


def _is_on(walk: Walk) -> str:
    return "on" if walk.who["greta"].get(f"{walk.client}/reminders")["on"] else "off"


def _last_reminder(walk: Walk, state: str) -> str | None:
    log = walk.who["greta"].get(f"{walk.client}/reminders")["log"]
    lines = [line for line in log if line["what"] == "Reminder"]
    if not lines or lines[0]["state"] != state:
        return None
    return f"{lines[0]['state'].replace('_', ' ')}: {lines[0]['why']}"
