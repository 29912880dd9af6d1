"""The loop, once around, as people go round it: every step with what it asks of AWS and what follows from it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.house import House, Person
from bench.wire import UPLOADED
from chalicelib import triggers
from chalicelib.foundation import clock
from demo.programs import steady_knee
from demo.steps import write_program

ZONE = "Europe/Lisbon"
DID = {"sets": 3, "reps": 8, "pain": 3, "note": "Better than on Monday, a little stiff at first."}
REMINDERS = {"on": True, "weekdays": [0, 1, 2, 3, 4, 5, 6], "at": "17:30", "time_zone": ZONE}
_LINK = re.compile(r"/r#(\S+)")
WORDS = "Good. Keep to the higher chair this week, and push through the heels. Next: the same on the stairs."


def found(house: House, name: str) -> Any:
    """Let the operator found a practice."""
    return triggers.operate(
        {
            "do": "found_practice",
            "name": name,
            "time_zone": ZONE,
            "currency": "EUR",
            "owner_name": "Robin Owner",
            "owner_email": f"owner-{len(house.wire.depot.stream)}@example.org",
        }
    )


class Practice:
    """A practice with a program, in a house, and whoever comes to it."""

    def __init__(self, house: House, name: str = "Hazel Lane") -> None:
        """Found a practice with an owner, a therapist and a published program of four lessons."""
        self.house = house
        founded = found(house, name)
        self.practice_id: str = founded["practice_id"]
        self.owner = self.somebody(founded["owner_id"], "owner")
        email = f"therapist-{len(house.wire.depot.stream)}@example.org"
        invited = self.owner.post("/api/people", {"name": "Kim Therapist", "email": email, "roles": ["therapist"]})
        self.therapist = self.somebody(invited["person_id"], "therapist")
        house.settle()
        self.film = self._in_library()
        self.program = write_program(
            self.therapist, "Steady knee", "From the chair to the stairs", steady_knee(self.film)
        )
        house.settle()

    def somebody(self, person_id: str, *roles: str) -> Person:
        """Let somebody of the practice in."""
        return Person(self.house, self.practice_id, person_id, *roles)

    def by_link(self) -> Person:
        """Let in whoever presses the button behind the link of the last letter for a review."""
        token = next(found[1] for letter in reversed(self.house.wire.letters) if (found := _LINK.search(letter)))
        bearer = Person(self.house, "", "")
        bearer.post("/api/review-link", {"token": token})
        return bearer

    def begin_film(self) -> str:
        """Begin to send a film for the library, and return its id."""
        return str(self._opened_film()["resource"]["resource_id"])

    def _opened_film(self) -> Any:
        about = {
            "kind": "video",
            "title": "The movement, once",
            "content_type": "video/mp4",
            "size": len(UPLOADED),
            "file_name": "knee.mp4",
        }
        return self.therapist.post("/api/resources", about)

    def _in_library(self) -> str:
        opened = self._opened_film()
        self.therapist.upload(f"/api/library/{opened['resource']['resource_id']}", opened["ticket"], UPLOADED)
        return str(opened["resource"]["resource_id"])

    def client(self, name: str = "Sam Client") -> "Client":
        """Add a client who signs in, with a fee and reminders."""
        return Client(self, name)


class Client:
    """A client of a practice, who is reminded and pays."""

    def __init__(self, practice: Practice, name: str) -> None:
        """Come to the practice."""
        self.practice, self.house = practice, practice.house
        email = f"client-{len(self.house.wire.depot.stream)}@example.org"
        details = {
            "name": name,
            "time_zone": ZONE,
            "email": email,
            "therapist_ids": [practice.therapist.claims["custom:person_id"]],
        }
        with self.house.step("add a client"):
            card = practice.owner.post("/api/clients", details)
        self.client_id: str = card["client_id"]
        self.self = practice.somebody(card["own"]["person_id"], "client")
        self.home = f"/api/clients/{self.client_id}"
        with self.house.step("choose reminders"):
            self.self.put(f"{self.home}/reminders", REMINDERS, 0)
        next_week = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()
        with self.house.step("set a fee"):
            self.fee = practice.owner.post(f"{self.home}/fees", {"minor": 14_800, "from_on": next_week})

    def do_program(self) -> None:
        """Do all of the program."""
        enrolment_id = self.enrol(self.practice.program)
        for number in range(1, len(self.practice.program["lessons"]) + 1):
            self.answered(self.do_lesson(enrolment_id, number))

    def enrol(self, program: dict[str, Any]) -> str:
        """Begin a program, and return the enrolment's id."""
        wanted = {"program_id": program["program_id"], "version": program["published"][-1]["version"]}
        with self.house.step("enrol"):
            enrolment = self.practice.therapist.post(f"{self.home}/enrolments", wanted)
        return str(enrolment["enrolment_id"])

    def do_lesson(self, enrolment_id: str, number: int) -> str:
        """Do a lesson from today's page until it is sent, and return the submission's id."""
        me, step = self.self, self.house.step
        lesson = f"{self.home}/enrolments/{enrolment_id}/lessons/{number}"
        with step("today"):
            me.get(f"{self.home}/today")
        with step("lesson"):
            shown = me.get(lesson)
        for block in shown["lesson"]["blocks"]:
            self._do_block(lesson, block)
        with step("submit"):
            sent = me.post(f"{lesson}/submission", {"comment": "The chair was low.", "revision": shown["revision"]})
        return str(sent["submission_id"])

    def answered(self, submission_id: str) -> None:
        """Let the therapist answer, and the client see it."""
        me, them, step = self.self, self.practice.therapist, self.house.step
        submission = f"{self.home}/submissions/{submission_id}"
        with step("queue"):
            them.get("/api/queue")
        with step("review"):
            them.get(f"{submission}/review")
        with step("draft"):
            them.put(f"{submission}/review/draft", {"comments": [], "text": WORDS[:40], "decision": None}, 0)
        with step("feedback"):
            them.post(f"{submission}/review/feedback", {"comments": [], "text": WORDS, "decision": "go_on"})
        with step("answer"):
            me.get(submission)
        with step("seen"):
            me.post(f"{submission}/seen")
        with step("progress"):
            me.get(f"{self.home}/progress")

    def begin_recording(self, program: dict[str, Any]) -> str:
        """Begin a program and a recording for its first lesson, and return the recording's id."""
        lesson = f"{self.home}/enrolments/{self.enrol(program)}/lessons/1"
        blocks = self.self.get(lesson)["lesson"]["blocks"]
        block_id = next(block["block_id"] for block in blocks if block["kind"] == "recording")
        about = {"block_id": block_id, "content_type": "video/mp4", "size": len(UPLOADED)}
        return str(self.self.post(f"{lesson}/recordings", about)["recording_id"])

    def copy(self) -> str:
        """Ask for a copy of everything, let it be made, and return its id."""
        asked = self.self.post(f"{self.home}/copies")
        self.house.settle()
        return str(asked["copy_id"])

    def _do_block(self, lesson: str, block: dict[str, Any]) -> None:
        values: dict[str, Any] = {"exercise": DID, "scale": 4, "number": 12, "short_text": "One step at a time."}
        values |= {"long_text": "It went well, once I had found the right chair.", "choice": 0}
        values |= {"several": [0, 2]}
        if block["kind"] in values:
            with self.house.step("keep an answer"):
                self.self.put(f"{lesson}/answers/{block['block_id']}", {"value": values[block["kind"]]}, 0)
        if block["kind"] == "recording":
            about = {"block_id": block["block_id"], "content_type": "video/mp4", "size": len(UPLOADED)}
            with self.house.step("open a recording"):
                ticket = self.self.post(f"{lesson}/recordings", about)
            self.recording_id = ticket["recording_id"]
            self.self.upload(f"{self.home}/recordings/{self.recording_id}", ticket, UPLOADED)

    def time_passes(self) -> None:
        """Let a reminder fall due, and then the fee of the month."""
        with self.house.step("reminders"):
            next_at = self.self.get(f"{self.home}/reminders")["next_at"]
        at = clock.parse(next_at)
        self.house.tick(at, "a reminder")
        with self.house.step("reminders off"):
            self.self.put(f"{self.home}/reminders", REMINDERS | {"on": False}, 1)
        self.house.tick(at + timedelta(days=9), "an invoice")
        with self.house.step("invoices"):
            invoices = self.self.get(f"{self.home}/invoices")["invoices"]
        self.invoice_number = invoices[0]["number"]
