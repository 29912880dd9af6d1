"""A practice with a client, their guardian and therapist, and recordings on their way."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
from moto.s3.exceptions import NoSuchUpload
from moto.s3.models import S3Backend

from chalicelib.foundation import places
from chalicelib.foundation.actor import Role
from chalicelib.foundation.call import Call
from chalicelib.foundation.events import OUTBOX, Event
from chalicelib.foundation.ids import ClientId, PersonId, PracticeId, RecordingId, SubmissionId, new_id
from chalicelib.foundation.settings import settings
from chalicelib.foundation.table import Row
from chalicelib.media import service
from chalicelib.media.model import Home, MediaKind, Recording
from chalicelib.media.processing import Accepted, Budget, Outcome
from chalicelib.media.shapes import RecordingView, SentPart, Ticket
from chalicelib.media.store.recordings import RecordingStore
from chalicelib.practice.model import CARD, Card, Named

from ..conftest import NOW, CallAs
from .faults import BadDay


@pytest.fixture
def bad_day(monkeypatch: pytest.MonkeyPatch) -> BadDay:
    return BadDay(monkeypatch)


@dataclass
class FakeWork:
    """Makes renditions out of nothing, or answers what it is told to."""

    outcome: Outcome | None = None
    seen: list[bytes] = field(default_factory=list)
    asked: list[tuple[str, int | None]] = field(default_factory=list)
    before: Callable[[], object] = lambda: None

    copies: bool = False
    lasts_s: float = 12.3456
    limits: list[tuple[Budget | None, float | None]] = field(default_factory=list)

    def __call__(
        self,
        source: Path,
        out_dir: Path,
        *,
        kind: Literal["video", "audio"],
        longest_s: int | None,
        budget: Budget | None,
        cpu_s: float | None,
        copy: bool,
    ) -> Outcome:
        self.seen.append(source.read_bytes())
        self.asked.append((kind, longest_s))
        self.limits.append((budget, cpu_s))
        self.before()
        if self.outcome:
            return self.outcome
        rendition, poster = out_dir / f"rendition.{kind}", out_dir / "poster.jpg"
        rendition.write_bytes(b"plays" if copy else b"plays to its end")
        poster.write_bytes(b"shows")
        sprite, timeline = out_dir / "sprite.jpg", out_dir / "timeline.json"
        sprite.write_bytes(b"shows small")
        timeline.write_bytes(b"{}")
        film = kind == "video"
        return Accepted(
            rendition=rendition,
            poster=poster if film else None,
            sprite=sprite if film else None,
            timeline=timeline,
            loudness_lufs=-23.5,
            duration_s=self.lasts_s,
            width=720 if film else 0,
            height=1280 if film else 0,
            copied_video=self.copies and film and copy,
            copied_audio=self.copies and copy,
            damaged=not copy,
        )


@dataclass
class FakeLook:
    """Finds nothing that is damaged, or everything."""

    finds: bool = False
    seen: list[bytes] = field(default_factory=list)
    before: Callable[[], object] = lambda: None

    def __call__(self, accepted: Accepted, *, budget: Budget | None) -> Accepted:  # noqa: ARG002 - as `intake.Look`
        self.seen.append(accepted.rendition.read_bytes())
        self.before()
        return replace(accepted, damaged=self.finds)


class Practice:
    """Who is there, and what can be done as each."""

    def __init__(self, practice_id: PracticeId, call_as: CallAs, s3: Any) -> None:
        self.practice_id, self._call_as, self._s3 = practice_id, call_as, s3
        self.client_id = ClientId(new_id(NOW))
        self.submission_id = SubmissionId(new_id(NOW))
        self.guardian = PersonId(new_id(NOW))
        self.therapist = PersonId(new_id(NOW))
        card = Card(
            client_id=self.client_id,
            name="Mia Weber",
            time_zone="Europe/Berlin",
            therapists=(Named(self.therapist, "Ines Duarte"),),
            guardians=(Named(self.guardian, "Jonas Weber"),),
            since=NOW,
        )
        write = self.as_guardian().write()
        write.add(CARD, places.card(self.client_id), card)
        write.commit()

    @property
    def home(self) -> Home:
        return Home(client_id=self.client_id, submission_id=self.submission_id)

    def as_guardian(self, **given: Any) -> Call:
        return self._call_as(Role.GUARDIAN, person_id=self.guardian, **given)

    def as_therapist(self, **given: Any) -> Call:
        return self._call_as(Role.THERAPIST, person_id=self.therapist, **given)

    def open(
        self,
        size: int = 13,
        *,
        home: Home | None = None,
        kind: MediaKind = MediaKind.VIDEO,
        content_type: str = "video/mp4",
    ) -> Ticket:
        call = self.as_guardian()
        write = call.write()
        ticket = service.open_recording(
            call,
            write,
            recording_id=RecordingId(new_id(NOW)),
            home=self.home if home is None else home,
            kind=kind,
            content_type=content_type,
            size=size,
            longest_s=120,
        )
        write.commit()
        return ticket

    def recording(self, recording_id: RecordingId, home: Home | None = None) -> Recording:
        return service.recording(self.as_guardian(), self.home if home is None else home, recording_id)

    def put(self, recording: Recording, content: bytes = b"a video, sent", number: int = 1) -> SentPart:
        sent = self._s3.upload_part(
            Bucket=settings().uploads_bucket,
            Key=recording.key,
            UploadId=recording.upload_id,
            PartNumber=number,
            Body=content,
        )
        return SentPart(number=number, etag=sent["ETag"])

    def send(self, content: bytes = b"a video, sent", **given: Any) -> Recording:
        """Open a recording and send all of it; S3 has not told of it yet."""
        recording_id = self.open(len(content), **given).recording_id
        home = given.get("home")
        recording = self.recording(recording_id, home)
        call = self.as_guardian()
        part = self.put(recording, content)
        self.complete(recording, [part], call)
        return self.recording(recording_id, home)

    def complete(self, recording: Recording, parts: list[SentPart], call: Call | None = None) -> RecordingView:
        return service.complete(call or self.as_guardian(), recording.home.client_id, recording.recording_id, parts)

    def give_up(self, recording_id: RecordingId, home: Home | None = None) -> None:
        """Give up sending a recording, if it is there."""
        call = self.as_therapist()
        client_id = (self.home if home is None else home).client_id
        found = RecordingStore(call.table).get(client_id, recording_id)
        if found:
            write = call.write()
            service.abandon(write, found)
            write.commit()

    def events(self) -> list[Event]:
        return [
            msgspec.json.decode(row.body, type=Event)
            for row in Row.scan(Row.kind == OUTBOX.name)
            if row.pk.startswith(self.practice_id)
        ]

    def kept(self, below: str = "") -> dict[str, str]:
        """The keys in the media bucket with their content types."""
        bucket = settings().media_bucket
        listed = self._s3.list_objects_v2(Bucket=bucket, Prefix=below).get("Contents", [])
        return {one["Key"]: self._s3.head_object(Bucket=bucket, Key=one["Key"])["ContentType"] for one in listed}

    def stored(self, key: str) -> bytes:
        content: bytes = self._s3.get_object(Bucket=settings().media_bucket, Key=key)["Body"].read()
        return content


def told(recording: Recording, *, size: int | None = None, sequencer: str = "0055AED6DCD90281E5", **extra: Any) -> str:
    """What EventBridge sends when an upload has been put together."""
    arrived = {
        "key": recording.key,
        "size": recording.size if size is None else size,
        "etag": "b1946ac92492d2347c6235b4d2611184",
        "sequencer": sequencer,
        **extra,
    }
    event = {
        "version": "0",
        "source": "aws.s3",
        "detail-type": "Object Created",
        "time": "2026-05-14T09:00:00Z",
        "detail": {
            "version": "0",
            "bucket": {"name": settings().uploads_bucket},
            "object": arrived,
            "reason": "CompleteMultipartUpload",
        },
    }
    return msgspec.json.encode(event).decode()


@pytest.fixture(autouse=True)
def _s3_knows_when_an_upload_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    # moto fails with a KeyError where S3 says NoSuchUpload.
    real = S3Backend.complete_multipart_upload

    def complete(backend: S3Backend, bucket_name: str, multipart_id: str, body: Any) -> Any:
        if multipart_id not in backend.get_bucket(bucket_name).multiparts:
            raise NoSuchUpload(multipart_id)
        return real(backend, bucket_name, multipart_id, body)

    monkeypatch.setattr(S3Backend, "complete_multipart_upload", complete)


def of(practice: Practice, recording: Recording) -> Recording:
    """The recording as it is now."""
    return practice.recording(recording.recording_id, recording.home)


def originals(stack: dict[str, Any], recording: Recording) -> int:
    """How many versions of what was sent are kept."""
    listed = stack["s3"].list_object_versions(Bucket=settings().uploads_bucket, Prefix=recording.key)
    return len(listed.get("Versions", ()))


@pytest.fixture
def practice(stack: dict[str, Any], practice_id: PracticeId, call_as: CallAs) -> Practice:
    return Practice(practice_id, call_as, stack["s3"])
