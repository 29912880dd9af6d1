"""What the demo and the tour both do: fill a library, write a program, invite, do a lesson."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from demo.browser import PHONE, Browser
from demo.codes import Authenticator
from demo.mailbox import Mailbox, until
from demo.programs import Blocks

PASSWORD = "a calm evening walk"


def found(
    operate: Callable[[Mapping[str, Any]], Any], name: str, owner_name: str, owner_email: str, zone: str
) -> dict[str, Any]:
    """Let the operator found a practice; its owner gets an invitation by mail."""
    founded: dict[str, Any] = operate(
        {
            "do": "found_practice",
            "name": name,
            "time_zone": zone,
            "currency": "EUR",
            "owner_name": owner_name,
            "owner_email": owner_email,
        }
    )
    return founded


def accept(origin: str, mailbox: Mailbox, email: str, phone: Authenticator = PHONE) -> Browser:
    """Open the invitation that was mailed to an address, with the demo's password and an authenticator."""
    _, link = mailbox.take(email, "/door#")
    return Browser(origin, phone).open_door(email, link.partition("#")[2], PASSWORD)


def add_resource(therapist: Browser, kind: str, title: str, file: Path, content_type: str, alt: str = "") -> str:
    """Put a file into the library, wait until it can be shown, and return its id."""
    return shown(therapist, send_resource(therapist, kind, title, file, content_type, alt))


def send_resource(therapist: Browser, kind: str, title: str, file: Path, content_type: str, alt: str = "") -> str:
    """Put a file into the library and return its id; it is made ready to be shown while other things go on."""
    content = file.read_bytes()
    about = {
        "kind": kind,
        "title": title,
        "alt": alt,
        "content_type": content_type,
        "size": len(content),
        "file_name": file.name,
    }
    opened = therapist.post("/api/resources", about)
    resource_id = str(opened["resource"]["resource_id"])
    therapist.upload(f"/api/library/{resource_id}", opened["ticket"], content)
    return resource_id


def shown(therapist: Browser, resource_id: str) -> str:
    """Wait until a file of the library can be shown, and return its id."""
    until("A file of the library, ready,", lambda: ready(therapist, f"/api/library/{resource_id}"))
    return resource_id


def ready(person: Browser, path: str) -> dict[str, Any] | None:
    """Return a recording once it is settled, whichever way."""
    found: dict[str, Any] = person.get(path)
    return found if found["state"] in {"ready", "rejected"} else None


def write_program(
    therapist: Browser, title: str, summary: str, lessons: list[tuple[str, int, Blocks]]
) -> dict[str, Any]:
    """Write a program and publish its first version."""
    program_id = therapist.post("/api/programs", {"title": title, "summary": summary})["program_id"]
    for lesson_title, minutes, blocks in lessons:
        program = therapist.post(f"/api/programs/{program_id}/lessons", {"title": lesson_title, "minutes": minutes})
        draft = program["lessons"][-1]
        therapist.put(
            f"/api/programs/{program_id}/lessons/{draft['lesson_id']}",
            {"title": lesson_title, "minutes": minutes, "blocks": blocks},
            draft["version"],
        )
    published: dict[str, Any] = therapist.post(f"/api/programs/{program_id}/versions", {"note": "First version"})
    return published


def answer(person: Browser, lesson: str, answers: dict[str, Any]) -> None:
    """Answer blocks of the lesson at `lesson`, each for the first time."""
    for block_id, value in answers.items():
        person.put(f"{lesson}/answers/{block_id}", {"value": value}, 0)


def submit(person: Browser, lesson: str, comment: str = "", key: str | None = None) -> dict[str, Any]:
    """Send the lesson as it stands."""
    revision = person.get(lesson)["revision"]
    sent: dict[str, Any] = person.post(f"{lesson}/submission", {"comment": comment, "revision": revision}, key)
    return sent


def in_queue(therapist: Browser, submission_id: str) -> dict[str, Any]:
    """Wait until a submission stands in a therapist's queue and return its line."""

    def look() -> dict[str, Any] | None:
        lines = therapist.get("/api/queue")["lines"]
        return next((line for line in lines if line["submission_id"] == submission_id), None)

    return until("A line in the queue", look)
