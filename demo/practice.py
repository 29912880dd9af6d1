"""The demo practice: who is in it and what has happened so far.

Everything is made as people make it: the operator founds the practice, and from then on its people act
through the public API with the links from their mail.
"""

import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from demo.browser import PHONE, Browser
from demo.clips import Clips, make_clips
from demo.codes import Authenticator
from demo.mailbox import Mailbox
from demo.pictures import mouth_picture, word_sheet
from demo.programs import quiet_sounds, steady_knee
from demo.steps import PASSWORD, accept, answer, found, in_queue, send_resource, shown, submit, write_program

type Operate = Callable[[Mapping[str, Any]], Any]

ZONE = "Europe/Lisbon"
OWNER, INES, JONAS = "nora@demo.example", "ines@demo.example", "jonas@demo.example"
DANA, RUTH, MAREK = "dana@demo.example", "ruth@demo.example", "marek@demo.example"
PEOPLE = f"""\
  Who can sign in (nobody of them exists), each with the password “{PASSWORD}”:
    {RUTH:20} Ruth, a client who waits for an answer to her video
    {DANA:20} Dana, who does the lessons with her son Theo and has new feedback
    {JONAS:20} Jonas, a therapist with two reviews waiting
    {INES:20} Ines, a speech therapist
    {OWNER:20} Nora, who owns the practice: people, fees, invoices
  The last three, who are staff, are asked for a code too: make code WHO={JONAS}"""


def make_practice(
    origin: str, mailbox: Mailbox, operate: Operate, clips: Clips | None = None, phone: Authenticator = PHONE
) -> None:
    """Make the practice in an empty deployment at `origin`. Who has made the clips already may give them."""
    with tempfile.TemporaryDirectory() as folder:
        _make(origin, mailbox, operate, clips or make_clips(Path(folder)), phone, Path(folder))


def _make(origin: str, mailbox: Mailbox, operate: Operate, clips: Clips, phone: Authenticator, folder: Path) -> None:
    found(operate, "Hazel Lane (demo)", "Nora Feld", OWNER, ZONE)
    owner = accept(origin, mailbox, OWNER, phone)
    staff = {}
    for name, email in (("Ines Duarte", INES), ("Jonas Lind", JONAS)):
        invited = owner.post("/api/people", {"name": name, "email": email, "roles": ["therapist"]})
        staff[email] = invited["person_id"]
    ines, jonas = (accept(origin, mailbox, email, phone) for email in (INES, JONAS))

    picture, sheet = mouth_picture(folder), word_sheet(folder)
    # What takes the machine some time is begun before the people come.
    film = send_resource(ines, "video", "How sh is made", clips.browser, "video/webm")
    moves = send_resource(jonas, "video", "The movement, once", clips.phone, "video/mp4")
    mouth = send_resource(ines, "image", "Lips for sh", picture, "image/png", "Rounded lips, a finger before them")
    words = send_resource(ines, "document", "Five words", sheet, "application/pdf")
    theo = _client(owner, "Theo Berg", staff[INES], guardians=[{"name": "Dana Berg", "email": DANA}])
    ruth = _client(owner, "Ruth Adeyemi", staff[JONAS], email=RUTH)
    marek = _client(owner, "Marek Nowak", staff[JONAS], email=MAREK)
    dana, her, him = (accept(origin, mailbox, email) for email in (DANA, RUTH, MAREK))

    files = [shown(ines, resource_id) for resource_id in (film, mouth, words)]
    sounds = write_program(ines, "Quiet sounds", "The sound sh, from alone to the table", quiet_sounds(*files))
    lessons = steady_knee(shown(jonas, moves))
    knee = write_program(jonas, "Steady knee", "After a knee operation, from the chair to the stairs", lessons)
    theos = _enrol(ines, theo, sounds)
    ruths, mareks = _enrol(jonas, ruth, knee), _enrol(jonas, marek, knee)

    his = _theo_sends(dana, theo, theos, clips)
    _ruth(her, jonas, ruth, ruths, clips)
    _answer_theo(ines, theo, *his)
    answer(him, f"{mareks}/lessons/1", {"knee": {"sets": 3, "reps": 8, "pain": 3, "note": ""}})
    submit(him, f"{mareks}/lessons/1", "The chair in the kitchen is too low. I used the one on the balcony.")
    for person, client_id, days, at in ((dana, theo, [0, 2, 4], "17:30"), (her, ruth, [0, 2, 4, 5], "07:30")):
        choice = {"on": True, "weekdays": days, "at": at, "time_zone": ZONE}
        person.put(f"/api/clients/{client_id}/reminders", choice, 0)
    today = datetime.now(UTC).date()
    for client_id, minor in ((ruth, 14_800), (theo, 12_000)):
        owner.post(f"/api/clients/{client_id}/fees", {"minor": minor, "from_on": today.isoformat()})


def _client(
    owner: Browser,
    name: str,
    therapist_id: str,
    *,
    email: str | None = None,
    guardians: list[dict[str, str]] | None = None,
) -> str:
    details = {
        "name": name,
        "time_zone": ZONE,
        "email": email,
        "guardians": guardians or [],
        "therapist_ids": [therapist_id],
    }
    return str(owner.post("/api/clients", details)["client_id"])


def _enrol(therapist: Browser, client_id: str, program: dict[str, Any]) -> str:
    """Enrol a client in the newest version and return the enrolment's API address."""
    wanted = {"program_id": program["program_id"], "version": program["published"][-1]["version"]}
    enrolment = therapist.post(f"/api/clients/{client_id}/enrolments", wanted)
    return f"/api/clients/{client_id}/enrolments/{enrolment['enrolment_id']}"


def _theo_sends(dana: Browser, client_id: str, enrolment: str, clips: Clips) -> tuple[str, dict[str, Any]]:
    """Return the recording's id and what was sent."""
    lesson = f"{enrolment}/lessons/1"
    answer(dana, lesson, {"ease": 4})
    recording_id = dana.send_recording(client_id, lesson, "sh", clips.browser, "video/webm")
    return recording_id, submit(dana, lesson, "The first try was before dinner, so he was a bit tired.")


def _answer_theo(ines: Browser, client_id: str, recording_id: str, sent: dict[str, Any]) -> None:
    in_queue(ines, sent["submission_id"])
    comments = [
        _comment("one", recording_id, 1.0, "Round lips here. That is the shape we want."),
        _comment("two", recording_id, 2.5, "The tongue slips forward. Try it slowly in the mirror."),
        _comment("three", recording_id, 4.0, "He corrected himself. Let him know you heard it."),
    ]
    _answer_to(ines, client_id, sent, comments, "Three short tries a day are plenty. Next: the same sound, in words.")


def _ruth(ruth: Browser, jonas: Browser, client_id: str, enrolment: str, clips: Clips) -> None:
    first, second = f"{enrolment}/lessons/1", f"{enrolment}/lessons/2"
    answer(ruth, first, {"knee": {"sets": 3, "reps": 8, "pain": 5, "note": ""}, "stairs": "One step at a time."})
    sent = submit(ruth, first)
    in_queue(jonas, sent["submission_id"])
    _answer_to(jonas, client_id, sent, [], "Good start. Keep to the higher chair this week.")
    answer(ruth, second, {"knee": {"sets": 3, "reps": 8, "pain": 3, "note": ""}})
    answer(ruth, second, {"stairs": "Up is fine. Down I still hold the rail."})
    ruth.send_recording(client_id, second, "side", clips.rotated, "video/quicktime")
    in_queue(jonas, submit(ruth, second, "Filmed by my grandson.")["submission_id"])


def _comment(comment_id: str, recording_id: str, at_s: float, text: str) -> dict[str, Any]:
    return {"comment_id": comment_id, "recording_id": recording_id, "at_s": at_s, "text": text}


def _answer_to(
    therapist: Browser, client_id: str, sent: dict[str, Any], comments: list[dict[str, Any]], text: str
) -> None:
    feedback = {"comments": comments, "text": text, "decision": "go_on"}
    therapist.post(f"/api/clients/{client_id}/submissions/{sent['submission_id']}/review/feedback", feedback)
