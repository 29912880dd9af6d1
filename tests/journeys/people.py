"""Practices, people and lessons that a journey needs before it begins, made through the public API."""

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

from demo.browser import Browser
from demo.clips import Clips
from demo.mailbox import Mailbox
from demo.programs import Blocks
from demo.steps import PASSWORD, accept, answer, found, in_queue, submit, write_program
from infra.stack import Stack

type Program = dict[str, Any]

_NUMBERS = count(1)

WORDS = {"kind": "text", "block_id": "words", "title": "Before you start", "markdown": "Sit *well*, both feet down."}
MOVE = {
    "kind": "exercise",
    "block_id": "move",
    "title": "Arms up",
    "instructions": "Slowly, **both** arms.",
    "sets": 2,
    "reps": 5,
    "ask_pain": True,
    "pain_of": "your shoulder",
    "stop_above": 5,
}
EASE = {"kind": "scale", "block_id": "ease", "prompt": "How easy was it?", "low": "not at all", "high": "very"}
BEST = {"kind": "choice", "block_id": "best", "prompt": "Which went best?", "options": ["left", "right"]}
NOTICED = {"kind": "long_text", "block_id": "noticed", "prompt": "What did you notice?", "required": False}
SHOW = {
    "kind": "recording",
    "block_id": "show",
    "prompt": "Show it once",
    "show": "From the side.",
    "media": "video",
    "longest_s": 60,
}
LESSONS: list[tuple[str, int, Blocks]] = [
    ("Arms up, sitting", 10, [WORDS, MOVE, BEST, NOTICED, SHOW]),
    ("Arms up, standing", 12, [EASE]),
]


@dataclass(frozen=True)
class Client:
    """A client and who acts for them."""

    client_id: str
    name: str
    email: str
    person: Browser
    enrolment: str = ""

    @property
    def api(self) -> str:
        return f"/api/clients/{self.client_id}"

    def lesson(self, number: int) -> str:
        """The API address of a lesson."""
        return f"{self.enrolment}/lessons/{number}"

    def page(self, number: int) -> str:
        """The address of a lesson's page."""
        return f"/lessons/{self.enrolment.rpartition('/')[2]}/{number}"


@dataclass
class House:
    """A practice of a journey's own."""

    stack: Stack
    mailbox: Mailbox
    zone: str = "Europe/Lisbon"
    run: str = field(default_factory=lambda: uuid4().hex[:8])
    owner_email: str = ""
    ids: dict[str, str] = field(default_factory=dict)
    owner: Browser = field(init=False)

    def __post_init__(self) -> None:
        self.owner_email = self.email("olga")
        found(self.stack.operate, f"House {self.run}", "Olga Owner", self.owner_email, self.zone)
        self.owner = self.accept(self.owner_email)

    def email(self, name: str) -> str:
        return f"{name.split(maxsplit=1)[0].lower()}.{self.run}@house.example"

    def accept(self, email: str) -> Browser:
        return accept(self.stack.origin, self.mailbox, email)

    def therapist(self, name: str) -> Browser:
        email = self.email(name)
        invited = self.owner.post("/api/people", {"name": name, "email": email, "roles": ["therapist"]})
        self.ids[name] = invited["person_id"]
        return self.accept(email)

    def client(self, name: str, *therapists: str, guardian: str = "") -> Client:
        """A client of therapists by name, who acts alone or through a guardian."""
        email = f"{next(_NUMBERS)}.{self.email(guardian or name)}"
        details = {
            "name": name,
            "time_zone": self.zone,
            "email": None if guardian else email,
            "guardians": [{"name": guardian, "email": email}] if guardian else [],
            "therapist_ids": [self.ids[therapist] for therapist in therapists],
        }
        client_id = str(self.owner.post("/api/clients", details)["client_id"])
        return Client(client_id, name, email, self.accept(email))

    def enrolled(self, client: Client, therapist: Browser, program: Program) -> Client:
        """The client, enrolled in the newest version of a program."""
        wanted = {"program_id": program["program_id"], "version": program["published"][-1]["version"]}
        enrolment = therapist.post(f"{client.api}/enrolments", wanted)["enrolment_id"]
        return Client(
            client.client_id, client.name, client.email, client.person, f"{client.api}/enrolments/{enrolment}"
        )

    def program(self, therapist: Browser, title: str = "Arms up") -> Program:
        return write_program(therapist, title, "For the journeys", LESSONS)


def send_lesson(client: Client, therapist: Browser, clips: Clips | None = None, number: int = 1) -> dict[str, Any]:
    """Do a lesson of LESSONS over HTTP, up to its line in the therapist's queue."""
    lesson = client.lesson(number)
    if number == 1:
        answer(client.person, lesson, {"move": {"sets": 2, "reps": 5, "pain": 3, "note": "left first"}, "best": 1})
        client.person.send_recording(client.client_id, lesson, "show", _video(clips), "video/webm")
    else:
        answer(client.person, lesson, {"ease": 6})
    sent = submit(client.person, lesson, "He was tired.")
    in_queue(therapist, sent["submission_id"])
    return sent


def _video(clips: Clips | None) -> Path:
    assert clips, "The lesson asks for a video."
    return clips.browser


def storage_of(origin: str, email: str, password: str = PASSWORD) -> dict[str, Any]:
    """What a browser keeps of somebody who has signed in before."""
    browser = Browser(origin).sign_in(email, password)
    cookies = [
        {
            "name": name,
            "value": value,
            "domain": "localhost",
            "path": "/api/session",
            "expires": -1,
            "httpOnly": True,
            "secure": False,
            "sameSite": "Strict",
        }
        for name, value in browser._cookies.items()
    ]
    hint = [{"name": "meanwhile.signed-in", "value": "1"}]
    return {"cookies": cookies, "origins": [{"origin": origin, "localStorage": hint}]}
