"""A bad day of one practice on the embedded stack, through its doors: the site, the stream, the queues, the clock.

Seconds are of this machine, which plays AWS as well; what counts is that nothing is lost, doubled or refused.
"""

import contextlib
import re
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier, Lock
from typing import Any
from zoneinfo import ZoneInfo

from bench.outcome import Outcome
from chalicelib.contact.model import SCHEDULE, Schedule
from chalicelib.contact.store import schedule_key
from chalicelib.foundation.events import OUTBOX
from chalicelib.foundation.ids import ClientId, PersonId, PracticeId
from chalicelib.foundation.table import Table
from chalicelib.practice.model import Named
from demo.browser import Browser, ProblemError
from demo.mailbox import Mailbox, until
from demo.steps import accept, answer, found, write_program
from infra.stack import Stack, running_stack

ZONE = "Europe/Lisbon"
THERAPIST = "therapist@hazel.example"
_REVIEWS = re.compile(r"/r#\S+")
CLIENTS = 30
REMINDED = 500
INVOICED = 200
POISON = 25
PATIENCE_S = 120.0
EACH_S = 0.3
"""More patience, for each reminder."""
AT_ONCE = 8
NO_ANSWER = {502, 503, 504}
AGAIN = 3
LESSONS: Any = [("Arms up", 10, [{"kind": "scale", "block_id": "ease", "prompt": "How?", "low": "a", "high": "b"}])]


@dataclass
class Practice:
    """A practice on a stack, with what the scenarios need of it."""

    stack: Stack
    mailbox: Mailbox = field(init=False)
    practice_id: str = field(init=False)
    owner: Browser = field(init=False)
    therapist: Browser = field(init=False)
    program: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        """Found it, with an owner, a therapist and a program of one lesson."""
        self.mailbox = Mailbox(f"{self.stack.mail_url}.json")
        founded = found(self.stack.operate, "Hazel Lane", "Robin Owner", "owner@hazel.example", ZONE)
        self.practice_id = founded["practice_id"]
        self.owner = accept(self.stack.origin, self.mailbox, "owner@hazel.example")
        details = {"name": "Kim Therapist", "email": THERAPIST, "roles": ["therapist"]}
        self.therapist_id = self.owner.post("/api/people", details)["person_id"]
        self.therapist = accept(self.stack.origin, self.mailbox, THERAPIST)
        self.program = write_program(self.therapist, "Arms up", "", LESSONS)

    def client(self, number: int) -> dict[str, Any]:
        """Add a client, and return their card."""
        details = {
            "name": f"Client {number}",
            "time_zone": ZONE,
            "email": _address(number),
            "therapist_ids": [self.therapist_id],
        }
        return dict(self.owner.post("/api/clients", details))

    def comes(self, number: int) -> tuple[Browser, str]:
        """Let a client come to the practice and begin the program: who, and the address of the lesson."""
        card = self.client(number)
        wanted = {"program_id": self.program["program_id"], "version": self.program["published"][-1]["version"]}
        home = f"/api/clients/{card['client_id']}"
        enrolment = self.therapist.post(f"{home}/enrolments", wanted)["enrolment_id"]
        person = accept(self.stack.origin, self.mailbox, _address(number))
        return person, f"{home}/enrolments/{enrolment}/lessons/1"

    def rows(self, kind: str) -> list[dict[str, Any]]:
        """Read all rows of a kind, as they lie."""
        pages = self.stack.account.client("dynamodb").get_paginator("scan")
        asked = {"FilterExpression": "kind = :kind", "ExpressionAttributeValues": {":kind": {"S": kind}}}
        return [
            item
            for page in pages.paginate(TableName=self.stack.outputs["Table"], ConsistentRead=True, **asked)
            for item in page["Items"]
        ]

    def put(self, items: Sequence[dict[str, Any]]) -> None:
        """Put rows straight into the table."""
        dynamodb = self.stack.account.client("dynamodb")
        for start in range(0, len(items), 25):
            wanted = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
            dynamodb.batch_write_item(RequestItems={self.stack.outputs["Table"]: wanted})

    def letters(self, subject: str) -> Counter[str]:
        """Count the mails of a subject to each address."""
        return Counter(to for mail in self.stack.mail() if mail["subject"] == subject for to in mail["to"])

    def messages(self, queue: str) -> tuple[int, int]:
        """Count the messages of a queue: those that wait, and those that somebody has in hand or let fall."""
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        asked = {"QueueUrl": self.stack.outputs[queue], "AttributeNames": list(names)}
        counts = self.stack.account.client("sqs").get_queue_attributes(**asked)["Attributes"]
        return int(counts[names[0]]), int(counts[names[1]])

    def is_quiet(self) -> bool:
        """Whether no message waits."""
        return self.messages("WorkQueueUrl")[0] == 0


@dataclass
class Refusals:
    """What was refused, from many threads."""

    count: int = 0
    first: str = ""
    lock: Any = field(default_factory=Lock)

    def each[T, R](self, do: Callable[[T], R], many: Iterable[T], at_once: int) -> list[R]:
        """Do it for each at once, and return what came of those that went well."""

        def one(what: T) -> list[R]:
            try:
                return [do(what)]
            except Exception as error:  # noqa: BLE001 - counted, and the first is told
                with self.lock:
                    self.count += 1
                    self.first = self.first or f"{type(error).__name__}: {error}"
                return []

        with ThreadPoolExecutor(at_once) as pool:
            return [came for some in pool.map(one, many) for came in some]


def outcomes(reminded: int = REMINDED) -> list[Outcome]:
    """Run every scenario on a stack of its own, which is thrown away; so many clients are reminded."""
    with TemporaryDirectory() as folder, running_stack(log=Path(folder) / "emulator.log") as stack:
        practice = Practice(stack)
        came = lessons(practice)
        refusals, begun = Refusals(), time.monotonic()
        cards = refusals.each(practice.client, range(CLIENTS, CLIENTS + reminded), AT_ONCE)
        took = time.monotonic() - begun
        came.append(Outcome("clients added", reminded, len(cards), refusals.count, 0, took, refusals.first))
        # The reminders come last: a tick of later days would find all of them again beside the invoices.
        return [*came, *invoices(practice, cards[:INVOICED]), *reminders(practice, cards)]


def lessons(practice: Practice) -> list[Outcome]:
    """Let clients do a lesson at the same moment, while the outbox has rows in it that nobody can read."""
    arriving, refused = Refusals(), Refusals()
    people = arriving.each(practice.comes, range(CLIENTS), AT_ONCE)
    together = Barrier(len(people))

    tries = Counter[str]()

    def patiently(act: Callable[[], Any]) -> Any:
        """Do it again where no answer came in time, as the pages do: the same, under the same key."""
        for _ in range(AGAIN):
            try:
                return act()
            except ProblemError as problem:
                if problem.status not in NO_ANSWER:
                    raise
                tries["again"] += 1
        return act()

    def do(one: tuple[Browser, str]) -> str:
        (person, lesson), key = one, uuid.uuid4().hex
        together.wait()
        patiently(lambda: person.get(f"{lesson.partition('/enrolments')[0]}/today"))
        patiently(lambda: person.get(lesson))
        patiently(lambda: answer(person, lesson, {"ease": 6}))
        press = {"comment": "", "revision": patiently(lambda: person.get(lesson))["revision"]}
        return str(patiently(lambda: person.post(f"{lesson}/submission", press, key))["submission_id"])

    practice.put([_unreadable(practice, number) for number in range(POISON)])
    begun = time.monotonic()
    sent = refused.each(do, people, len(people))
    took = time.monotonic() - begun

    def told() -> Counter[str]:
        return Counter(link for mail in practice.mailbox.all_to(THERAPIST) for link in _REVIEWS.findall(mail["text"]))

    _wait(lambda: len(told()) >= len(sent) and practice.is_quiet())
    letters, all_took = told(), time.monotonic() - begun
    aside = sum(practice.messages("WorkQueueUrl")) + sum(practice.messages("WorkParkedUrl"))
    return [
        Outcome("clients who come", CLIENTS, len(people), arriving.count, error=arriving.first),
        Outcome(
            f"lessons sent at once, {tries['again']} asked again",
            CLIENTS,
            len(sent),
            refused.count,
            len(sent) - len(set(sent)),
            took,
            refused.first,
        ),
        Outcome(
            f"letters of them, {POISON} unreadable events before",
            CLIENTS,
            len(letters),
            doubled=letters.total() - len(letters),
            seconds=all_took,
        ),
        Outcome("unreadable events set aside", POISON, min(aside, POISON)),
    ]


def reminders(practice: Practice, cards: Sequence[dict[str, Any]]) -> list[Outcome]:
    """Let all reminders of a practice fall due in one minute, and let two ticks find them."""
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    at = datetime.combine(tomorrow, clock_time(17, 30), ZoneInfo(ZONE)).astimezone(UTC)
    rows = []
    for card in cards:
        schedule = Schedule(
            client_id=ClientId(card["client_id"]),
            time_zone=ZONE,
            on=True,
            weekdays=(0, 1, 2, 3, 4, 5, 6),
            mails_to=Named(PersonId(card["own"]["person_id"]), card["name"]),
            revision=1,
            next_at=at,
        )
        key = schedule_key(schedule.client_id)
        row = Table(PracticeId(practice.practice_id)).row(SCHEDULE, key, schedule, 1, due_at=at)
        rows.append(row.serialize())
    unreadable = [row | {"sk": {"S": f"unreadable-{n}"}, "body": {"S": "{}"}} for n, row in enumerate(rows[:POISON])]
    practice.put(unreadable + rows)
    subject = "The time you set aside"
    begun = time.monotonic()
    for minute in range(2):
        practice.stack.tick(_moment(at + timedelta(minutes=minute)))
    _wait(lambda: practice.is_quiet() and len(practice.letters(subject)) >= len(cards), EACH_S * len(cards))
    took = time.monotonic() - begun
    letters = practice.letters(subject)
    put_off = [row for row in practice.rows(SCHEDULE.name) if "put_off" in row]
    return [
        Outcome(
            f"reminders of one minute, {POISON} unreadable among them",
            len(cards),
            len(letters),
            doubled=letters.total() - len(letters),
            seconds=took,
        ),
        Outcome("unreadable reminders put off", len(unreadable), len(put_off)),
    ]


def invoices(practice: Practice, cards: Sequence[dict[str, Any]]) -> list[Outcome]:
    """Let the fees of all clients fall due on one day."""
    first = datetime.now(UTC) + timedelta(days=7)
    refused = Refusals()

    def charge(card: dict[str, Any]) -> object:
        fee = {"minor": 14_800, "from_on": first.date().isoformat()}
        return practice.owner.post(f"/api/clients/{card['client_id']}/fees", fee)

    charged = refused.each(charge, cards, AT_ONCE)
    begun, minute = time.monotonic(), 0
    at = (first + timedelta(days=2)).replace(hour=3)

    def all_issued() -> bool:
        nonlocal minute
        practice.stack.tick(_moment(at + timedelta(minutes=minute)))
        minute += 1
        _wait(practice.is_quiet)
        return len(practice.rows("invoice")) >= len(charged)

    _wait(all_issued)
    took = time.monotonic() - begun
    _wait(practice.is_quiet)
    whose = Counter(row["pk"]["S"] for row in practice.rows("invoice"))
    lines = practice.rows("invoice_line")
    return [
        Outcome("fees set", len(cards), len(charged), refused.count, error=refused.first),
        Outcome(f"invoices of one day, {minute} ticks", len(cards), len(lines), 0, whose.total() - len(whose), took),
    ]


def _address(number: int) -> str:
    return f"client-{number}@hazel.example"


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _unreadable(practice: Practice, number: int) -> dict[str, Any]:
    """Make an outbox row as a version of the code that is not ours might have written it."""
    row = {"pk": f"{practice.practice_id}#outbox#{number}", "sk": f"unreadable-{number}", "kind": OUTBOX.name}
    return {name: {"S": value} for name, value in (row | {"body": '{"event": 2}'}).items()} | {"version": {"N": "1"}}


def _wait(is_done: Callable[[], bool], more_s: float = 0.0) -> None:
    """Look until it is done, or patience is at its end: what is missing then is counted."""
    with contextlib.suppress(TimeoutError):
        until("All of it", is_done, PATIENCE_S + more_s)
