"""Captions of the library's videos: given by a therapist, there at once in whatever shows the video."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from chalicelib.curriculum.model import CAPTIONED, Captioned
from chalicelib.curriculum.service import captions
from chalicelib.foundation import places
from chalicelib.foundation.actor import Role
from chalicelib.foundation.ids import PersonId, PracticeId, RecordingId, ResourceId, new_id
from chalicelib.foundation.settings import settings
from chalicelib.media import service as media
from chalicelib.media.model import RecordingState

from ..conftest import NOW
from ..practice.gateway import Reply, Somebody
from .conftest import Desk

SAID = "WEBVTT\n\n00:01.000 --> 00:02.000\n<b>Slowly</b> down.\n"
WRITTEN = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nSlowly down.\n"


def give(desk: Desk, resource_id: str, text: str = SAID, **given: Any) -> Reply:
    return desk.send("PUT", f"/api/library/{resource_id}/captions", {"text": text}, **given)


def at(address: str, stack: dict[str, Any]) -> str:
    """What lies behind a signed address."""
    key = urlsplit(address).path.partition(f"{settings().media_bucket}/")[2] or urlsplit(address).path[1:]
    found = stack["s3"].get_object(Bucket=settings().media_bucket, Key=key)
    assert found["ContentType"] == "text/vtt; charset=utf-8"
    return str(found["Body"].read().decode())


def showing(desk: Desk, *films: str) -> Any:
    """A program whose lesson shows these videos."""
    program = desk.program("Squats")
    blocks = [
        {"kind": "video", "block_id": f"v{number}", "resource_id": film, "title": "How"}
        for number, film in enumerate(films)
    ]
    desk.save(program["program_id"], program["lessons"][0], blocks=blocks)
    return program["program_id"]


def test_a_video_that_was_published_without_captions_has_them_as_soon_as_they_are_given(
    desk: Desk, stack: dict[str, Any]
) -> None:
    said, silent = desk.resource(), desk.resource()
    program_id = showing(desk, said, silent)
    assert desk.publish(program_id).status == 201
    version = f"/api/programs/{program_id}/versions/1"
    assert desk.do("GET", version)["media"][said]["captions_url"] is None

    view = give(desk, said).body
    assert at(view["captions_url"], stack) == WRITTEN
    listed = {one["resource_id"]: one["captions_url"] for one in desk.do("GET", "/api/resources")["resources"]}
    assert at(listed[said], stack) == WRITTEN
    assert listed[silent] is None
    for seen in (desk.do("GET", version), desk.see(program_id)):
        assert at(seen["media"][said]["captions_url"], stack) == WRITTEN
        assert seen["media"][silent]["captions_url"] is None


def test_other_captions_take_their_place_and_what_is_taken_out_is_said_no_more(
    desk: Desk, stack: dict[str, Any]
) -> None:
    film = desk.resource()
    address = give(desk, film).body["captions_url"]
    give(desk, film, SAID.replace("down", "up"))
    assert "Slowly up." in at(address, stack)
    path = f"/api/library/{film}/captions"
    for _ in range(2):
        assert desk.do("DELETE", path)["captions_url"] is None
    assert "Slowly" not in at(address, stack)
    assert desk.see(showing(desk, film))["media"][film]["captions_url"] is None
    assert give(desk, film).body["captions_url"]
    told = [row["action"] for row in desk.rows("audit") if "captions" in row["action"]]
    assert sorted(told) == ["gave a video captions"] * 3 + ["took out a video’s captions"]


def test_captions_stay_in_lessons_when_their_video_leaves_the_library(desk: Desk) -> None:
    film = desk.resource()
    give(desk, film)
    program_id = showing(desk, film)
    assert desk.send("DELETE", f"/api/library/{film}").status == 200
    assert desk.see(program_id)["media"][film]["captions_url"]
    assert give(desk, film).status == 404


def test_captions_go_with_the_bytes_of_their_video(desk: Desk, stack: dict[str, Any]) -> None:
    film = desk.resource()
    give(desk, film)
    media.remove_library_file(desk.call_as(Role.THERAPIST), RecordingId(film))
    assert "Contents" not in stack["s3"].list_objects_v2(Bucket=settings().media_bucket)


@pytest.mark.parametrize(
    ("kind", "state", "text", "status", "why"),
    [
        ("video", RecordingState.READY, "not captions", 422, "captions-unreadable"),
        ("video", RecordingState.READY, "x" * 100_001, 422, "invalid"),
        ("video", RecordingState.PROCESSING, SAID, 409, "not-ready-yet"),
        ("document", RecordingState.READY, SAID, 422, "not-a-video"),
    ],
)
def test_what_cannot_be_used_is_refused_and_leaves_nothing(
    desk: Desk, stack: dict[str, Any], kind: str, state: RecordingState, text: str, status: int, why: str
) -> None:
    reply = give(desk, desk.resource(kind, state), text)
    assert (reply.status, reply.body["type"]) == (status, why)
    assert "Contents" not in stack["s3"].list_objects_v2(Bucket=settings().media_bucket)
    assert desk.rows("captioned") == []


def test_only_therapists_of_the_practice_give_captions(desk: Desk) -> None:
    film = desk.resource()
    for role in (Role.OWNER, Role.GUARDIAN, Role.CLIENT):
        somebody = Somebody(desk.practice_id, PersonId(new_id(NOW)), frozenset({role}))
        assert give(desk, film, by=somebody).status == 403
    elsewhere = Somebody(PracticeId("0" * 26), desk.ines.person_id, frozenset({Role.THERAPIST}))
    assert give(desk, film, by=elsewhere).status == 404
    assert give(desk, film, by=desk.sam).status == 200


def test_there_is_an_end_to_what_a_lesson_reads_along(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captions, "MOST_CAPTIONED", 2)
    call = desk.call_as(Role.THERAPIST)
    write = call.write()
    full = Captioned(resources=frozenset(ResourceId(new_id(NOW)) for _ in range(2)))
    write.add(CAPTIONED, places.CAPTIONED, full)
    write.commit()
    reply = give(desk, desk.resource())
    assert (reply.status, reply.body["type"]) == (409, "captions-full")
