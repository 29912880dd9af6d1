"""Hazel Lane Therapy: Ines and Tom treat Theo, for whom Dana acts; Ines treats Ruth, who signs in herself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from chalicelib.care import reactions as _care  # noqa: F401 - entering the subscribers
from chalicelib.care import service
from chalicelib.care.model.answers import Did, Value
from chalicelib.care.model.enrolment import Decision
from chalicelib.care.model.submission import Comment
from chalicelib.care.shapes import (
    Enrol,
    EnrolmentView,
    FeedbackGiven,
    GiveFeedback,
    LessonView,
    OpenRecording,
    PutAnswer,
    Sent,
    Submit,
)
from chalicelib.care.store import CareStore
from chalicelib.contact import reactions as _contact  # noqa: F401
from chalicelib.contact.model import CONTACT_LINE
from chalicelib.curriculum.model import (
    AnyBlock,
    Edition,
    Exercise,
    Lesson,
    LongText,
    Number,
    Recording,
    Scale,
    Text,
    Video,
)
from chalicelib.curriculum.store import CurriculumStore
from chalicelib.foundation import outbox, places
from chalicelib.foundation.actor import Actor, Role, clockwork
from chalicelib.foundation.call import Call
from chalicelib.foundation.events import AUDIT, OUTBOX, Event
from chalicelib.foundation.ids import (
    ClientId,
    LessonId,
    PersonId,
    PracticeId,
    ProgramId,
    RecordingId,
    ResourceId,
    SubmissionId,
    new_id,
)
from chalicelib.foundation.once import Once
from chalicelib.foundation.table import Row, Stored, Table
from chalicelib.media.model import RECORDING, RecordingState, Rendition
from chalicelib.media.model import Recording as MediaRecording
from chalicelib.media.store.recordings import recording_key
from chalicelib.practice.model import CARD, PERSON, PRACTICE, ActsFor, Card, Named, Person, Practice, Relation
from chalicelib.practice.store import person_key

from ..conftest import NOW

HOUR = timedelta(hours=1)


def _id() -> str:
    return new_id(NOW)


FILM = ResourceId(_id())
MOVE = Exercise(block_id="move", title="Arms up", sets=2, reps=5, pain_of="your shoulder")
EASE = Scale(block_id="ease", prompt="How easy was it?")
WALK = Number(block_id="walk", prompt="Steps", unit="m", least=0, most=500, required=False)
WORDS = LongText(block_id="words", prompt="How was it?", required=False)
SHOW = Recording(block_id="show", prompt="Show it once", longest_s=60)
INTRO = Text(block_id="intro", markdown="Sit *well*.")
HOW = Video(block_id="how", resource_id=FILM, title="How it is done")
ALL: tuple[AnyBlock, ...] = (INTRO, HOW, MOVE, EASE, WALK, WORDS, SHOW)


def lesson_of(title: str, *blocks: AnyBlock) -> Lesson:
    return Lesson(lesson_id=LessonId(_id()), title=title, minutes=12, blocks=blocks or ALL)


@dataclass
class House:
    """Everybody, a program of three lessons, and what each of them can do."""

    practice_id: PracticeId = field(default_factory=lambda: PracticeId(_id()))
    theo: ClientId = field(default_factory=lambda: ClientId(_id()))
    ruth: ClientId = field(default_factory=lambda: ClientId(_id()))
    ana: PersonId = field(default_factory=lambda: PersonId(_id()))
    ines: PersonId = field(default_factory=lambda: PersonId(_id()))
    tom: PersonId = field(default_factory=lambda: PersonId(_id()))
    dana: PersonId = field(default_factory=lambda: PersonId(_id()))
    ruth_herself: PersonId = field(default_factory=lambda: PersonId(_id()))
    program_id: ProgramId = field(default_factory=lambda: ProgramId(_id()))
    lessons: tuple[Lesson, ...] = field(default_factory=lambda: tuple(lesson_of(f"Part {n}") for n in (1, 2, 3)))
    delivered: set[str] = field(default_factory=set)

    @property
    def table(self) -> Table:
        return Table(self.practice_id)

    @property
    def store(self) -> CareStore:
        return CareStore(self.table)

    def found(self) -> None:
        write = self.clockwork().write()
        practice = Practice(
            practice_id=self.practice_id, name="Hazel Lane Therapy", time_zone="Europe/Dublin", currency="EUR"
        )
        write.add(PRACTICE, places.PRACTICE, practice)
        ines, tom = Named(self.ines, "Ines Rocha"), Named(self.tom, "Tom Healy")
        dana, ruth = Named(self.dana, "Dana Brenner"), Named(self.ruth_herself, "Ruth Adeyemi")
        here = {"time_zone": "Europe/Dublin", "since": NOW}
        theos = Card(client_id=self.theo, name="Theo", therapists=(ines, tom), guardians=(dana,), **here)  # type: ignore[arg-type]
        ruths = Card(client_id=self.ruth, name="Ruth Adeyemi", therapists=(ines,), own=ruth, **here)  # type: ignore[arg-type]
        for card in (theos, ruths):
            write.add(CARD, places.card(card.client_id), card)
        acts = ActsFor(client_id=self.theo, name="Theo", relation=Relation.GUARDIAN)
        herself = ActsFor(client_id=self.ruth, name="Ruth Adeyemi", relation=Relation.SELF)
        for person_id, name, role, clients in (
            (self.ana, "Ana Lind", Role.OWNER, ()),
            (self.ines, "Ines Rocha", Role.THERAPIST, ()),
            (self.tom, "Tom Healy", Role.THERAPIST, ()),
            (self.dana, "Dana Brenner", Role.GUARDIAN, (acts,)),
            (self.ruth_herself, "Ruth Adeyemi", Role.CLIENT, (herself,)),
        ):
            person = Person(
                person_id=person_id,
                name=name,
                email=f"{name.split()[0].lower()}@example.org",
                roles=frozenset({role}),
                clients=clients,
                since=NOW,
            )
            write.add(PERSON, person_key(person_id), person)
        self._publish(write, self.program_id, "Arms up", self.lessons)
        write.commit()

    def publish(self, title: str, *lessons: Lesson) -> ProgramId:
        """Publish another program."""
        program_id = ProgramId(_id())
        write = self.clockwork().write()
        self._publish(write, program_id, title, lessons)
        write.commit()
        return program_id

    @staticmethod
    def _publish(write: Any, program_id: ProgramId, title: str, lessons: tuple[Lesson, ...]) -> None:
        ids = tuple(lesson.lesson_id for lesson in lessons)
        edition = Edition(program_id=program_id, title=title, summary="", version=1, lessons=ids)
        CurriculumStore.add_edition(write, edition, lessons)

    # Who calls

    def clockwork(self, at: datetime = NOW) -> Call:
        return Call(clockwork(self.practice_id), at)

    def as_dana(self, at: datetime = NOW, **given: Any) -> Call:
        return self._as(self.dana, "Dana Brenner", Role.GUARDIAN, at, **given)

    def as_ruth(self, at: datetime = NOW, **given: Any) -> Call:
        return self._as(self.ruth_herself, "Ruth Adeyemi", Role.CLIENT, at, **given)

    def as_ines(self, at: datetime = NOW, **given: Any) -> Call:
        return self._as(self.ines, "Ines Rocha", Role.THERAPIST, at, **given)

    def as_tom(self, at: datetime = NOW, **given: Any) -> Call:
        return self._as(self.tom, "Tom Healy", Role.THERAPIST, at, **given)

    def as_ana(self, at: datetime = NOW, **given: Any) -> Call:
        return self._as(self.ana, "Ana Lind", Role.OWNER, at, **given)

    def _as(
        self,
        person_id: PersonId,
        name: str,
        role: Role,
        at: datetime,
        *,
        if_match: int | None = None,
        key: str | None = None,
    ) -> Call:
        actor = Actor(practice_id=self.practice_id, person_id=person_id, name=name, roles=frozenset({role}))
        return Call(actor, at, Once(part=person_id, name=key) if key else None, if_match)

    # What they do

    def enrol(self, at: datetime = NOW, client_id: ClientId | None = None) -> EnrolmentView:
        wanted = Enrol(program_id=self.program_id, version=1)
        return service.enrol(self.as_ines(at), client_id or self.theo, wanted)

    def lesson(self, enrolment: EnrolmentView, number: int = 1, *, by: Callable[..., Call] | None = None) -> LessonView:
        call = (by or self.as_dana)()
        return service.lesson(call, self.theo, enrolment.enrolment_id, number)

    def answer(
        self,
        enrolment: EnrolmentView,
        block_id: str,
        value: Value,
        number: int = 1,
        version: int = 0,
        at: datetime = NOW,
    ) -> int:
        call = self.as_dana(at, if_match=version)
        body = PutAnswer(value=value)
        return service.keep_answer(call, self.theo, enrolment.enrolment_id, number, block_id, body).version

    def record(self, enrolment: EnrolmentView, number: int = 1, block_id: str = "show", **given: Any) -> RecordingId:
        about: dict[str, Any] = {"block_id": block_id, "content_type": "video/mp4", "size": 1000}
        body = OpenRecording(**(about | given))
        ticket = service.open_recording(self.as_dana(), self.theo, enrolment.enrolment_id, number, body)
        return ticket.recording_id

    def settle(
        self,
        recording_id: RecordingId,
        state: RecordingState = RecordingState.READY,
        *,
        at: datetime = NOW,
        tell: bool = True,
    ) -> MediaRecording:
        """Do what media does when a recording has been looked at."""
        key = recording_key(self.theo, recording_id)
        stored = self.table.get(RECORDING, key)
        assert stored is not None
        ready = state is RecordingState.READY
        settled = msgspec.structs.replace(
            stored.value,
            state=state,
            rendition=Rendition(key=f"{stored.value.key}/play.mp4", duration_s=92.0, width=720, height=1280)
            if ready
            else None,
            reason=None if ready else "too_long",
            says=None if ready else "The video is longer than the minute asked for here.",
        )
        write = self.clockwork(at).write()
        write.replace(stored, settled)
        home = stored.value.home
        if tell and home.client_id and home.submission_id:
            write.tell(
                "recording.settled",
                recording_id=recording_id,
                client_id=home.client_id,
                submission_id=home.submission_id,
            )
        write.commit()
        return settled

    def in_library(self, resource_id: ResourceId, state: RecordingState) -> None:
        """Let media come to that state with a file of the library."""
        stored = self.table.get(RECORDING, places.library_recording(resource_id))
        assert stored is not None
        write = self.clockwork().write()
        write.replace(stored, msgspec.structs.replace(stored.value, state=state))
        write.commit()

    def submit(self, enrolment: EnrolmentView, number: int = 1, at: datetime = NOW, **given: Any) -> Sent:
        words: dict[str, Any] = {"comment": "", "revision": 1}
        body = Submit(**(words | given))
        return service.submit(self.as_dana(at), self.theo, enrolment.enrolment_id, number, body)

    def answer_all(self, enrolment: EnrolmentView, number: int = 1, *, pain: int = 3, ease: int = 5) -> None:
        self.answer(enrolment, "move", Did(sets=2, reps=5, pain=pain), number)
        self.answer(enrolment, "ease", ease, number)

    def send(self, enrolment: EnrolmentView, number: int = 1, at: datetime = NOW, **numbers: int) -> Sent:
        """Do a lesson with everything in it, its recording settled, and submit it."""
        self.answer_all(enrolment, number, **numbers)
        recording_id = self.record(enrolment, number)
        self.settle(recording_id, at=at)
        self.deliver(at)
        copy = self.lesson(enrolment, number).revision
        return self.submit(enrolment, number, at, revision=copy)

    def feedback(
        self,
        submission_id: SubmissionId,
        decision: Decision = Decision.GO_ON,
        at: datetime = NOW + HOUR,
        *,
        by: Callable[..., Call] | None = None,
        text: str = "Well done.",
        comments: tuple[Comment, ...] = (),
        key: str | None = None,
    ) -> FeedbackGiven:
        body = GiveFeedback(comments=comments, text=text, decision=decision)
        return service.give_feedback((by or self.as_ines)(at, key=key), self.theo, submission_id, body)

    # What follows

    def events(self, event_type: str | None = None) -> list[Event]:
        rows = Row.scan(Row.kind == OUTBOX.name, consistent_read=True)
        found = sorted((msgspec.json.decode(row.body, type=Event) for row in rows), key=lambda one: one.event_id)
        return [event for event in found if event_type in (None, event.type)]

    def deliver(self, at: datetime = NOW) -> None:
        """Deliver what has happened until nothing more follows."""
        while new := [event for event in self.events() if event.event_id not in self.delivered]:
            for event in new:
                self.deliver_once(event, at)
                self.delivered.add(event.event_id)

    def deliver_once(self, event: Event, at: datetime = NOW) -> None:
        outbox.deliver(msgspec.json.encode(event).decode(), outbox.WORK, at)

    def card(self, client_id: ClientId | None = None) -> Stored[Card]:
        found = self.table.get(CARD, places.card(client_id or self.theo))
        assert found is not None
        return found

    def change_card(self, **changes: Any) -> None:
        stored = self.card()
        write = self.clockwork().write()
        write.replace(stored, msgspec.structs.replace(stored.value, **changes))
        write.tell("client.changed", client_id=self.theo)
        write.commit()

    def change_practice(self, **changes: Any) -> None:
        stored = self.table.get(PRACTICE, places.PRACTICE)
        assert stored is not None
        write = self.clockwork().write()
        write.replace(stored, msgspec.structs.replace(stored.value, **changes))
        write.commit()

    def audit(self) -> list[str]:
        """What the audit trail says was done to Theo's record, in order."""
        return [entry.value.action for entry in self.table.under(places.audit(self.theo), "").all(AUDIT)]

    def log(self) -> list[tuple[str, str]]:
        """What was sent to whom, oldest first."""
        rows = self.table.under(places.client(self.theo), places.CONTACT).all(CONTACT_LINE)
        return [(row.value.what, row.value.to_name) for row in rows]

    def queue_of(self, person: Callable[..., Call]) -> list[str]:
        return [line.submission_id for line in service.queue(person(), None).lines]

    def states(self, enrolment: EnrolmentView) -> list[str]:
        stored = self.store.enrolment(self.theo, enrolment.enrolment_id)
        assert stored is not None
        return [str(line.state) for line in stored.value.lines]
