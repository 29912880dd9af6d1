"""A practice whose therapists write programs over HTTP."""

from typing import Any

import msgspec
import pytest

from chalicelib.curriculum.model import Lesson, Text
from chalicelib.curriculum.store import CurriculumStore
from chalicelib.foundation import places
from chalicelib.foundation.actor import Role
from chalicelib.foundation.ids import LessonId, PersonId, PracticeId, ProgramId, ResourceId, new_id
from chalicelib.foundation.table import Row
from chalicelib.media.model import RECORDING, MediaKind, Recording, RecordingState, Rendition
from chalicelib.media.store.files import MADE, POSTER, SPRITE, TIMELINE
from chalicelib.media.store.recordings import recording_key
from chalicelib.practice.model import PRACTICE, Practice

from ..conftest import NOW, CallAs
from ..media.faults import BadDay
from ..practice.gateway import Gateway, Reply, Somebody


@pytest.fixture
def bad_day(monkeypatch: pytest.MonkeyPatch) -> BadDay:
    return BadDay(monkeypatch)


class Desk:
    """A therapist at work, and what the practice's table then holds."""

    def __init__(self, practice_id: PracticeId, call_as: CallAs) -> None:
        self.practice_id, self.call_as = practice_id, call_as
        self.ines = Somebody(practice_id, PersonId(new_id(NOW)), frozenset({Role.THERAPIST}), "Ines Duarte")
        self.sam = Somebody(practice_id, PersonId(new_id(NOW)), frozenset({Role.THERAPIST}), "Sam Otte")
        self._gateway = Gateway()
        self._keys = 0
        self.allow(20)

    def allow(self, minutes: int) -> None:
        """Let the practice take recordings of so many minutes."""
        call = self.call_as(Role.THERAPIST)
        practice = Practice(
            practice_id=self.practice_id,
            name="Knees",
            time_zone="Europe/Berlin",
            currency="EUR",
            longest_recording_minutes=minutes,
        )
        write = call.write()
        write.put(PRACTICE, places.PRACTICE, practice)
        write.commit()

    def send(self, method: str, path: str, body: Any = None, *, by: Somebody | None = None, **given: Any) -> Reply:
        if method == "POST" and "key" not in given:
            self._keys += 1
            given["key"] = f"key-{self._keys:08}"
        return self._gateway.call(method, path, body, by=by or self.ines, **given)

    def do(self, method: str, path: str, body: Any = None, **given: Any) -> Any:
        reply = self.send(method, path, body, **given)
        assert reply.status < 300, reply.body
        return reply.body

    def program(self, *titles: str) -> Any:
        """A program with a lesson of that title each, and one text in it."""
        made = self.do("POST", "/api/programs", {"title": "Knee, after surgery", "summary": "Six weeks"})
        for title in titles:
            made = self.add(made["program_id"], title)
            self.save(made["program_id"], made["lessons"][-1], blocks=[text()])
        return self.see(made["program_id"])

    def add(self, program_id: str, title: str) -> Any:
        return self.do("POST", f"/api/programs/{program_id}/lessons", {"title": title, "minutes": 12})

    def save(self, program_id: str, lesson: Any, **changes: Any) -> Any:
        return self.do(
            "PUT", f"/api/programs/{program_id}/lessons/{lesson['lesson_id']}", change_of(lesson, **changes),
            if_match=lesson["version"],
        )  # fmt: skip

    def see(self, program_id: str) -> Any:
        return self.do("GET", f"/api/programs/{program_id}")

    def fill(self, program_id: str, lessons: int, markdown: str = "Hello.") -> None:
        """Write so many lessons into an empty program at once."""
        call = self.call_as(Role.THERAPIST)
        header = CurriculumStore(call.table).header(ProgramId(program_id))
        assert header is not None
        made = [
            Lesson(
                lesson_id=LessonId(new_id(NOW)),
                title=f"Lesson {number}",
                blocks=tuple(Text(block_id=f"t{part}", markdown=markdown) for part in range(3)),
            )
            for number in range(lessons)
        ]
        write = call.write()
        for lesson in made:
            CurriculumStore.add_draft(write, header.value.program_id, lesson)
        write.replace(header, msgspec.structs.replace(header.value, lessons=tuple(one.lesson_id for one in made)))
        write.commit()

    def publish(self, program_id: str, note: str = "", **given: Any) -> Reply:
        return self.send("POST", f"/api/programs/{program_id}/versions", {"note": note}, **given)

    def resource(self, kind: str = "video", state: RecordingState = RecordingState.READY) -> ResourceId:
        """A file of the library that has come so far."""
        content_type = {"video": "video/mp4", "image": "image/png", "document": "application/pdf"}.get(kind, "")
        new = {"kind": kind, "title": f"A {kind}", "content_type": content_type, "size": 5}
        opened = self.do("POST", "/api/resources", new)
        resource_id = opened["resource"]["resource_id"]
        call = self.call_as(Role.THERAPIST)
        stored = call.table.get(RECORDING, recording_key(None, resource_id))
        assert stored is not None
        write = call.write()
        write.replace(stored, _as(stored.value, state))
        write.commit()
        return ResourceId(resource_id)

    def rows(self, kind: str) -> list[Any]:
        """The bodies of all rows of a kind."""
        return [msgspec.json.decode(row.body) for row in Row.scan(Row.kind == kind)]


def _as(recording: Recording, state: RecordingState) -> Recording:
    rendition = None
    if state is RecordingState.READY:
        film = recording.kind is MediaKind.VIDEO
        rendition = Rendition(
            key=f"{recording.key}/{MADE[recording.kind].name}",
            poster_key=f"{recording.key}/{POSTER.name}" if film else None,
            sprite_key=f"{recording.key}/{SPRITE.name}" if film else None,
            timeline_key=f"{recording.key}/{TIMELINE.name}" if film else None,
            duration_s=12.5 if film else 0,
        )
    says = "It would not open." if state is RecordingState.REJECTED else None
    return msgspec.structs.replace(recording, state=state, rendition=rendition, says=says)


def change_of(lesson: Any, **changes: Any) -> Any:
    return {name: lesson[name] for name in ("title", "minutes", "blocks")} | changes


def text(block_id: str = "intro", markdown: str = "Hello.") -> dict[str, Any]:
    return {"kind": "text", "block_id": block_id, "markdown": markdown}


@pytest.fixture
def desk(stack: dict[str, Any], practice_id: PracticeId, call_as: CallAs) -> Desk:  # noqa: ARG001 - what it reaches
    return Desk(practice_id, call_as)
