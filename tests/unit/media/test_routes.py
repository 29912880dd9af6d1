"""The calls of an upload over HTTP, as the page makes them."""

import pytest

from chalicelib.foundation.actor import Role
from chalicelib.foundation.http import ENDPOINTS
from chalicelib.media.intake import process_upload
from chalicelib.media.model import Home, MediaKind

from ..conftest import NOW
from ..practice.gateway import Gateway, Somebody
from .conftest import FakeWork, Practice, told


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


@pytest.fixture
def guardian(practice: Practice) -> Somebody:
    return Somebody(practice.practice_id, practice.guardian, frozenset({Role.GUARDIAN}))


@pytest.fixture
def therapist(practice: Practice) -> Somebody:
    return Somebody(practice.practice_id, practice.therapist, frozenset({Role.THERAPIST}))


def test_a_recording_is_sent_looked_at_and_played(
    practice: Practice, gateway: Gateway, guardian: Somebody, therapist: Somebody
) -> None:
    recording = practice.recording(practice.open().recording_id)
    path = f"/api/clients/{practice.client_id}/recordings/{recording.recording_id}"
    signed = gateway.call("POST", f"{path}/parts", {"numbers": [1]}, by=guardian)
    assert [url["number"] for url in signed.body["urls"]] == [1]
    part = practice.put(recording)
    assert gateway.call("GET", f"{path}/parts", by=guardian).body["parts"][0]["size"] == 13
    done = gateway.call("POST", f"{path}/completion", {"parts": [{"number": 1, "etag": part.etag}]}, by=guardian)
    assert (done.status, done.body["state"]) == (200, "uploaded")
    process_upload(told(recording), NOW, work=FakeWork())
    for somebody in (guardian, therapist):
        seen = gateway.call("GET", path, by=somebody)
        assert (seen.body["state"], seen.body["duration_s"]) == ("ready", 12.346)


def test_a_recording_goes_by_its_lesson_alone_which_would_wait_for_it_for_ever() -> None:
    taking = [spec.path for spec in ENDPOINTS if spec.method == "DELETE" and "/recordings/" in spec.path]
    assert taking == ["/api/clients/{client_id}/enrolments/{enrolment_id}/lessons/{number}/recordings/{recording_id}"]


def test_a_file_of_the_library_is_sent_by_therapists_only(
    practice: Practice, gateway: Gateway, guardian: Somebody, therapist: Somebody
) -> None:
    ticket = practice.open(home=Home(), kind=MediaKind.DOCUMENT, content_type="application/pdf")
    recording = practice.recording(ticket.recording_id, Home())
    path = f"/api/library/{ticket.recording_id}"
    assert gateway.call("GET", path, by=guardian).status == 403
    assert gateway.call("POST", f"{path}/parts", {"numbers": [1]}, by=therapist).status == 200
    part = practice.put(recording)
    assert len(gateway.call("GET", f"{path}/parts", by=therapist).body["parts"]) == 1
    done = gateway.call("POST", f"{path}/completion", {"parts": [{"number": 1, "etag": part.etag}]}, by=therapist)
    assert done.status == 200
    assert gateway.call("GET", path, by=therapist).body["state"] == "uploaded"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"numbers": []},
        {"numbers": [0]},
        {"numbers": [-1]},
        {"numbers": [257]},
        {"numbers": [10_001]},
        {"numbers": ["1"]},
        {"numbers": list(range(1, 22))},
        {"numbers": [1], "more": True},
    ],
)
def test_numbers_that_cannot_be_are_refused(
    practice: Practice, gateway: Gateway, guardian: Somebody, body: dict[str, object]
) -> None:
    recording_id = practice.open().recording_id
    path = f"/api/clients/{practice.client_id}/recordings/{recording_id}/parts"
    assert gateway.call("POST", path, body, by=guardian).status == 422


@pytest.mark.parametrize("number", [0, 2, 257, 10_001])
def test_nothing_is_put_together_with_a_part_that_cannot_be(
    practice: Practice, gateway: Gateway, guardian: Somebody, number: int
) -> None:
    recording = practice.recording(practice.open().recording_id)
    path = f"/api/clients/{practice.client_id}/recordings/{recording.recording_id}"
    part = practice.put(recording)
    parts = [{"number": one, "etag": part.etag} for one in (1, number)]
    assert gateway.call("POST", f"{path}/completion", {"parts": parts}, by=guardian).status == 422
    assert gateway.call("GET", path, by=guardian).body["state"] == "awaiting_upload"


@pytest.mark.parametrize("etag", ["", "a b", "x" * 200, '"a"b"', "<a/>"])
def test_etags_that_cannot_be_are_refused(practice: Practice, gateway: Gateway, guardian: Somebody, etag: str) -> None:
    recording_id = practice.open().recording_id
    path = f"/api/clients/{practice.client_id}/recordings/{recording_id}/completion"
    assert gateway.call("POST", path, {"parts": [{"number": 1, "etag": etag}]}, by=guardian).status == 422
