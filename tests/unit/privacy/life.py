"""Mia's record with something of every kind in it, made as it is made in life: through the API, events and ticks.

Each of her words and names is like nothing else (`WORDS`), so that they can be looked for. Jonas acts for her and
for Leo, who stays.
"""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from chalicelib import triggers
from chalicelib.contact.store import schedule_key
from chalicelib.foundation import due, outbox, places
from chalicelib.foundation.actor import Role, clockwork
from chalicelib.foundation.call import Call
from chalicelib.foundation.events import AUDIT, OUTBOX, Event
from chalicelib.foundation.ids import ClientId, PracticeId
from chalicelib.foundation.settings import settings
from chalicelib.foundation.table import Row
from chalicelib.media.intake import process_upload
from chalicelib.media.model import RECORDING
from chalicelib.media.processing import Accepted
from chalicelib.practice import service as practice

from ..media.conftest import told
from ..practice.conftest import order, staff
from ..practice.gateway import Gateway, Reply, Somebody

assert triggers  # every context's reactions are entered

BLOCKS = [
    {"kind": "scale", "block_id": "ease", "prompt": "How easy was it?"},
    {"kind": "long_text", "block_id": "words", "prompt": "How was it?", "required": False},
    {"kind": "recording", "block_id": "clip", "prompt": "Show it", "required": False},
]
WORDS = {
    "name": "Miazebra Quagga",
    "own": "miazebra@okapi.example",
    "answer": "tapirtapir",
    "comment": "gnugnugnu",
    "feedback": "dingodingo",
    "draft": "vicunavicuna",
    "fee": "axolotlcare",
    "note": "pangolinnote",
}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Life:
    """The practice, and how time goes by in it."""

    def __init__(self, stack: dict[str, Any], now: datetime, gateway: Gateway | None = None) -> None:
        self.stack, self.now = stack, now
        self.gateway, self._keys = gateway or Gateway(), itertools.count()
        self.delivered: set[str] = set()
        self.letters: list[str] = []
        founded = practice.found_practice(now, order(name="lind", owner_email="ana@lind.example"))
        self.practice_id = PracticeId(founded.practice_id)
        self.ana = Somebody(founded.practice_id, founded.owner_id, frozenset({Role.OWNER}), "Ana Lind")
        self.ines = staff(self.gateway, self.ana, "Ines Duarte", "ines@lind.example", Role.THERAPIST)
        self.tom = staff(self.gateway, self.ana, "Tom Healy", "tom@lind.example", Role.THERAPIST)
        team = [self.ines.person_id, self.tom.person_id]
        guardian = {"name": "Jonas Weber", "email": "jonas@home.example"}
        shared = {"time_zone": "Europe/Berlin", "therapist_ids": team}
        new = {"name": WORDS["name"], "email": WORDS["own"], "guardians": [guardian], **shared}
        mia = self.ask("POST", "/api/clients", self.ines, new)
        self.mia = ClientId(mia["client_id"])
        self.mia_herself = self._somebody(mia["own"]["person_id"], Role.CLIENT, WORDS["name"])
        self.jonas = self._somebody(mia["guardians"][0]["person_id"], Role.GUARDIAN, "Jonas Weber")
        leo = self.ask("POST", "/api/clients", self.ines, {"name": "Leo", "guardians": [guardian], **shared})
        self.leo = ClientId(leo["client_id"])
        self.deliver()

    def _somebody(self, person_id: str, role: Role, name: str) -> Somebody:
        return Somebody(self.practice_id, person_id, frozenset({role}), name)

    # What happens

    def try_(self, method: str, path: str, by: Somebody | None, body: Any = None, **given: Any) -> Reply:
        key = f"life-{next(self._keys):06}" if method == "POST" else None
        return self.gateway.call(method, path.replace("{mia}", getattr(self, "mia", "")), body, by=by, key=key, **given)

    def ask(self, method: str, path: str, by: Somebody | None, body: Any = None, **given: Any) -> Any:
        reply = self.try_(method, path, by, body, **given)
        assert reply.status < 300, (method, path, reply.body)
        return reply.body

    def live(self) -> None:
        """Fill Mia's record; Leo's gets a program and an answer."""
        knees, hips = self.publish("Knees", 2), self.publish("Hips", 1)
        self.enrol(self.leo, knees)
        self.enrolment, other = self.enrol(self.mia, knees), self.enrol(self.mia, hips)
        self.first = self.do_lesson(1)
        self.deliver()
        review = f"/api/clients/{{mia}}/submissions/{self.first}/review"
        self.ask(
            "PUT", f"{review}/draft", self.tom, {"comments": [], "text": WORDS["draft"], "decision": None}, if_match=0
        )
        answer = {"comments": [], "text": WORDS["feedback"], "decision": "go_on"}
        self.ask("POST", f"{review}/feedback", self.ines, answer)
        self.deliver()
        self.second = self.do_lesson(2)
        self.deliver()
        self.open_review_link()
        self.enrolment = other
        self.clip = self.record(1)
        self.stranded = self.upload(self.record(1), complete=True)  # takes the other's place; S3 has not told of it yet
        weekdays = list(range(7))
        wanted = {"on": True, "weekdays": weekdays, "at": "18:00", "time_zone": "Europe/Berlin"}
        self.ask("PUT", "/api/clients/{mia}/reminders", self.jonas, wanted, if_match=0)
        fee = {"minor": 14800, "from_on": f"{self.now:%Y-%m-%d}", "title": WORDS["fee"]}
        self.ask("POST", "/api/clients/{mia}/fees", self.ana, fee)
        self.tick()
        self.deliver()
        self.ask(
            "PUT",
            "/api/clients/{mia}/keeping",
            self.ana,
            {"ended_on": f"{self.now:%Y-%m-%d}", "hold_reason": None},
            if_match=0,
        )
        self.copy = self.ask("POST", "/api/clients/{mia}/copies", self.ana)["copy_id"]
        self.deliver()
        self.ask("GET", "/api/clients/{mia}", self.ines)
        self.ask("POST", "/api/clients/{mia}/copies", self.mia_herself)

    def publish(self, title: str, lessons: int) -> str:
        program = str(self.ask("POST", "/api/programs", self.ines, {"title": title})["program_id"])
        path = f"/api/programs/{program}/lessons"
        for number in range(lessons):
            lesson = {"title": f"Part {number + 1}", "minutes": 10}
            drafted = self.ask("POST", path, self.ines, lesson)["lessons"][-1]["lesson_id"]
            self.ask("PUT", f"{path}/{drafted}", self.ines, {**lesson, "blocks": BLOCKS}, if_match=1)
        self.ask("POST", f"/api/programs/{program}/versions", self.ines, {"note": ""})
        return program

    def enrol(self, client_id: ClientId, program_id: str) -> str:
        wanted = {"program_id": program_id, "version": 1}
        return str(self.ask("POST", f"/api/clients/{client_id}/enrolments", self.ines, wanted)["enrolment_id"])

    def do_lesson(self, number: int) -> str:
        path = f"/api/clients/{{mia}}/enrolments/{self.enrolment}/lessons/{number}"
        for block, value in (("ease", 4), ("words", WORDS["answer"])):
            self.ask("PUT", f"{path}/answers/{block}", self.jonas, {"value": value}, if_match=0)
        self.upload(self.record(number), complete=True, told_of=True)
        self.deliver()
        sent = self.ask("POST", f"{path}/submission", self.jonas, {"comment": WORDS["comment"], "revision": 1})
        return str(sent["submission_id"])

    def record(self, number: int) -> str:
        path = f"/api/clients/{{mia}}/enrolments/{self.enrolment}/lessons/{number}/recordings"
        clip = {"block_id": "clip", "content_type": "video/mp4", "size": 13, "file_name": "a.mp4"}
        return str(self.ask("POST", path, self.mia_herself, clip)["recording_id"])

    def upload(self, recording_id: str, *, complete: bool = False, told_of: bool = False) -> str:
        """Send a recording's bytes; return what S3 tells of it."""
        recording = self.recording(recording_id)
        where = {"Bucket": settings().uploads_bucket, "Key": recording.key, "UploadId": recording.upload_id}
        etag = self.stack["s3"].upload_part(**where, PartNumber=1, Body=b"a video, sent")["ETag"]
        if complete:
            self.stack["s3"].complete_multipart_upload(
                **where, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]}
            )
        event = told(recording)
        if told_of:
            process_upload(event, self.now, work=film)
        return event

    def recording(self, recording_id: str) -> Any:
        (row,) = [row for row in Row.scan(Row.kind == RECORDING.name) if recording_id in row.sk]
        return self.call().table._stored(row.serialize()).value

    def open_review_link(self) -> None:
        token = next(text for text in reversed(self.letters) if "/r#" in text).partition("/r#")[2].split()[0]
        self.token = token
        self.ask("POST", "/api/review-link", None, {"token": token})

    # Time

    def call(self) -> Call:
        return Call(clockwork(self.practice_id), self.now)

    def events(self) -> list[Event]:
        rows = Row.scan(Row.kind == OUTBOX.name, consistent_read=True)
        return sorted((msgspec.json.decode(row.body, type=Event) for row in rows), key=lambda event: event.event_id)

    def deliver(self) -> None:
        """Deliver what has happened until nothing more follows."""
        while new := [event for event in self.events() if event.event_id not in self.delivered]:
            for event in new:
                self.deliver_once(event)
                self.delivered.add(event.event_id)

    def deliver_once(self, event: Event) -> None:
        for queue in (outbox.WORK, outbox.DOCUMENTS):
            outbox.deliver(msgspec.json.encode(event).decode(), queue, self.now)

    def tick(self) -> int:
        """Do what is due by now; return how much it was."""
        found = list(due.found_due(self.now))
        for one in found:
            due.do_due(one, self.now)
        return len(found)

    def erase(self) -> None:
        """Let Ana erase Mia."""
        self.ask("POST", "/api/clients/{mia}/erasure", self.ana, {"name": WORDS["name"].lower()})

    def to_the_end(self) -> None:
        """Let the erasure come to its end, the last look included."""
        for _ in range(2):
            for _ in range(20):
                if not self.tick():
                    break
            self.deliver()
            self.now += DAY + HOUR
        for _ in range(20):
            if not self.tick():
                break
        self.deliver()

    # What is there

    def rows(self) -> list[Row]:
        return list(Row.scan(consistent_read=True))

    def of_mia(self) -> Iterator[Row]:
        """The rows that say anything of Mia: her id, or a word of hers."""
        for row in self.rows():
            text = f"{row.pk} {row.sk} {row.body}"
            if self.mia in text or any(word in text for word in WORDS.values()):
                yield row

    def files(self) -> list[str]:
        """Every version of every file of Mia's, and uploads that could still be put together."""
        s3, found = self.stack["s3"], []
        for bucket in (settings().uploads_bucket, settings().media_bucket):
            listed = s3.list_object_versions(Bucket=bucket)
            found += [one["Key"] for one in (*listed.get("Versions", ()), *listed.get("DeleteMarkers", ()))]
            found += [one["Key"] for one in s3.list_multipart_uploads(Bucket=bucket).get("Uploads", ())]
        return [key for key in found if self.mia in key]

    def reminder_due(self) -> due.Due:
        key = schedule_key(self.mia)
        at = self.now + DAY
        return due.Due(pk=f"{self.practice_id}#{key.part}", sk=key.sk, kind="schedule", at=at)

    def audit(self) -> list[str]:
        """What the audit trail says was done with Mia's record."""
        rows = self.call().table.under(places.audit(self.mia), "").all(AUDIT)
        return [row.value.action for row in rows]


def film(source: Path, out_dir: Path, *, kind: str, longest_s: int | None, **_given: object) -> Accepted:
    """Make a rendition out of nothing."""
    rendition, poster = out_dir / f"rendition.{kind}", out_dir / "poster.jpg"
    rendition.write_bytes(source.read_bytes())
    poster.write_bytes(b"shows" * (longest_s or 1))
    return Accepted(
        rendition=rendition,
        poster=poster,
        duration_s=12.3,
        width=720,
        height=1280,
        copied_video=False,
        copied_audio=False,
    )
