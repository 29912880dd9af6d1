"""The library: files on their way to the lessons, shared by all therapists of a practice."""

from typing import Any

import pytest

from chalicelib.foundation.actor import Role
from chalicelib.foundation.ids import PersonId, PracticeId, RecordingId, new_id
from chalicelib.foundation.settings import settings
from chalicelib.media import service as media
from chalicelib.media.model import RECORDING, RecordingState
from chalicelib.media.store.recordings import recording_key

from ..conftest import NOW
from ..media.faults import BadDay
from ..practice.gateway import Somebody
from .conftest import Desk

NEW = {"kind": "video", "title": "Squat", "alt": "", "content_type": "video/mp4", "size": 20_000_000, "file_name": "a"}


def test_a_new_file_comes_with_a_ticket_and_is_seen_by_the_whole_practice(desk: Desk) -> None:
    opened = desk.do("POST", "/api/resources", NEW)
    resource, ticket = opened["resource"], opened["ticket"]
    assert ticket == {
        "recording_id": resource["resource_id"],
        "part_size": 8 * 1024**2,
        "parts": 3,
        "state": "awaiting_upload",
    }
    for somebody in (desk.ines, desk.sam):
        (seen,) = desk.do("GET", "/api/resources", by=somebody)["resources"]
        assert seen == resource
        assert (seen["title"], seen["state"], seen["play_url"]) == ("Squat", "awaiting_upload", None)
    path = f"/api/library/{resource['resource_id']}/parts"
    assert desk.do("POST", path, {"numbers": [1, 2, 3]})["urls"][2]["number"] == 3


def test_a_file_may_last_as_long_as_the_practice_has_settled(desk: Desk) -> None:
    for minutes in (20, 90):
        desk.allow(minutes)
        resource_id = desk.do("POST", "/api/resources", NEW)["resource"]["resource_id"]
        found = desk.call_as(Role.THERAPIST).table.get(RECORDING, recording_key(None, resource_id))
        assert found
        assert found.value.longest_s == minutes * 60


def test_what_is_ready_can_be_played_and_what_is_not_says_why(desk: Desk) -> None:
    video = desk.resource("video")
    rejected = desk.resource("image", RecordingState.REJECTED)
    seen = {one["resource_id"]: one for one in desk.do("GET", "/api/resources")["resources"]}
    assert seen[video]["duration_s"] == 12.5
    assert seen[video]["play_url"]
    assert seen[video]["poster_url"]
    assert (seen[rejected]["reason"], seen[rejected]["play_url"]) == ("It would not open.", None)


def test_the_library_is_read_page_by_page_newest_first(desk: Desk) -> None:
    opened = [desk.do("POST", "/api/resources", NEW)["resource"]["resource_id"] for _ in range(53)]
    first = desk.do("GET", "/api/resources")
    second = desk.do("GET", f"/api/resources?after={first['after']}")
    assert second["after"] is None
    assert (len(first["resources"]), len(second["resources"])) == (50, 3)
    found = [one["resource_id"] for one in (*first["resources"], *second["resources"])]
    assert found == sorted(opened, reverse=True)


def test_no_file_falls_between_two_pages_after_another_one_was_taken_out(desk: Desk) -> None:
    kept = [desk.resource() for _ in range(51)]
    desk.do("DELETE", f"/api/library/{desk.resource()}")
    first = desk.do("GET", "/api/resources")
    second = desk.do("GET", f"/api/resources?after={first['after']}")
    found = [one["resource_id"] for one in (*first["resources"], *second["resources"])]
    assert found == sorted(kept, reverse=True)


def test_a_request_that_is_repeated_enters_one_file(desk: Desk, bad_day: BadDay) -> None:
    keys = iter(range(100))
    key = f"upload-{next(keys):04}"

    def attempt() -> None:
        desk.send("POST", "/api/resources", NEW, key=key)

    for number, where in enumerate(bad_day.sweep(attempt), 1):
        first = desk.do("POST", "/api/resources", NEW, key=key)
        assert desk.do("POST", "/api/resources", NEW, key=key) == first, where
        assert len(desk.do("GET", "/api/resources")["resources"]) == number, where
        key = f"upload-{next(keys):04}"


def test_an_upload_that_is_given_up_leaves_the_library(desk: Desk, bad_day: BadDay, stack: dict[str, Any]) -> None:
    resource_id = desk.do("POST", "/api/resources", NEW)["resource"]["resource_id"]

    def attempt() -> None:
        desk.send("DELETE", f"/api/library/{resource_id}")

    for where in bad_day.sweep(attempt):
        assert desk.send("DELETE", f"/api/library/{resource_id}").status == 200, where
        assert desk.do("GET", "/api/resources")["resources"] == [], where
        assert "Uploads" not in stack["s3"].list_multipart_uploads(Bucket=settings().uploads_bucket)
        assert desk.rows("recording") == [], where
        resource_id = desk.do("POST", "/api/resources", NEW)["resource"]["resource_id"]


def test_a_file_that_is_being_looked_at_is_not_taken_out(desk: Desk) -> None:
    resource_id = desk.resource(state=RecordingState.PROCESSING)
    reply = desk.send("DELETE", f"/api/library/{resource_id}")
    assert (reply.status, reply.body["type"]) == (409, "arrived-already")
    assert len(desk.do("GET", "/api/resources")["resources"]) == 1


def test_a_file_that_is_ready_leaves_the_library_and_stays_in_lessons(desk: Desk) -> None:
    resource_id = desk.resource()
    assert desk.send("DELETE", f"/api/library/{resource_id}").status == 200
    assert desk.do("GET", "/api/resources")["resources"] == []
    assert desk.do("GET", f"/api/library/{resource_id}")["state"] == "ready"


def test_a_file_that_could_not_be_used_leaves_the_library_with_its_bytes(desk: Desk, stack: dict[str, Any]) -> None:
    resource_id = desk.resource(state=RecordingState.REJECTED)
    where = {"Bucket": settings().uploads_bucket, "Key": f"{desk.practice_id}/library/{resource_id}"}
    stack["s3"].put_object(**where, Body=b"words")
    assert desk.send("DELETE", f"/api/library/{resource_id}").status == 200
    assert desk.do("GET", "/api/resources")["resources"] == desk.rows("recording") == []
    call = desk.call_as(Role.THERAPIST)
    media.remove_library_file(call, RecordingId(resource_id))
    assert "Versions" not in stack["s3"].list_object_versions(Bucket=where["Bucket"])


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"kind": "poem"}, 422),
        ({"title": ""}, 422),
        ({"title": "x" * 121}, 422),
        ({"size": 0}, 422),
        ({"size": 3 * 1024**3}, 422),
        ({"size": "5"}, 422),
        ({"content_type": "image/png"}, 422),
        ({"kind": "image", "content_type": "image/png", "size": 11 * 1024**2}, 413),
        ({"owner": "me"}, 422),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_before_a_byte_is_sent(
    desk: Desk, change: dict[str, Any], status: int
) -> None:
    reply = desk.send("POST", "/api/resources", NEW | change)
    assert reply.status == status
    assert desk.rows("resource") == desk.rows("recording") == []


def test_only_therapists_have_a_library_and_only_their_own(desk: Desk) -> None:
    desk.resource()
    for role in (Role.OWNER, Role.GUARDIAN, Role.CLIENT):
        somebody = Somebody(desk.practice_id, PersonId(new_id(NOW)), frozenset({role}))
        assert desk.send("GET", "/api/resources", by=somebody).status == 403
        assert desk.send("POST", "/api/resources", NEW, by=somebody).status == 403
    elsewhere = Somebody(PracticeId("0" * 26), desk.ines.person_id, frozenset({Role.THERAPIST}))
    assert desk.do("GET", "/api/resources", by=elsewhere)["resources"] == []


def test_a_page_marker_that_is_not_ours_is_refused(desk: Desk) -> None:
    assert desk.send("GET", "/api/resources?after=%%%").status == 422
