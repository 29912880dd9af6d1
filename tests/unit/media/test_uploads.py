"""A ticket, its parts, and the whole put together: once, whatever gets lost on the way."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.foundation.actor import Role
from chalicelib.foundation.errors import Conflict, Gone, Invalid, NotFound
from chalicelib.foundation.ids import RecordingId, new_id
from chalicelib.foundation.settings import settings
from chalicelib.media import service
from chalicelib.media.intake import process_upload
from chalicelib.media.model import PART, Home, MediaKind, RecordingState
from chalicelib.media.shapes import SentPart

from ..conftest import NOW, CallAs
from .conftest import FakeWork, Practice, told
from .faults import BadDay, Lost


def test_a_ticket_says_how_a_file_is_cut(practice: Practice) -> None:
    ticket = practice.open(2 * PART + 1)
    assert (ticket.part_size, ticket.parts, ticket.state) == (PART, 3, RecordingState.AWAITING_UPLOAD)
    recording = practice.recording(ticket.recording_id)
    of_client = f"{practice.practice_id}/client/{practice.client_id}"
    assert recording.key == f"{of_client}/{practice.submission_id}/{ticket.recording_id}"


def test_the_address_of_a_part_is_for_that_part_its_length_and_an_hour(practice: Practice) -> None:
    ticket = practice.open(PART + 5)
    urls = service.sign_parts(practice.as_guardian(), practice.client_id, ticket.recording_id, [2, 1, 2]).urls
    assert [url.number for url in urls] == [2, 1]
    address = urlsplit(urls[0].url)
    asked = parse_qs(address.query)
    assert address.path == f"/{settings().uploads_bucket}/{practice.recording(ticket.recording_id).key}"
    assert asked["partNumber"] == ["2"]
    assert asked["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert asked["X-Amz-Expires"] == ["3600"]
    assert asked["X-Amz-SignedHeaders"] == ["content-length;host"]


def test_there_is_no_address_for_a_part_that_the_file_has_not(practice: Practice) -> None:
    ticket = practice.open(PART + 5)
    with pytest.raises(Invalid, match="2 parts"):
        service.sign_parts(practice.as_guardian(), practice.client_id, ticket.recording_id, [3])


def test_an_upload_goes_on_where_it_stopped(practice: Practice) -> None:
    recording = practice.recording(practice.open(PART + 5).recording_id)
    assert service.arrived_parts(practice.as_guardian(), practice.client_id, recording.recording_id).parts == ()
    sent = practice.put(recording, b"x" * 5, number=2)
    (arrived,) = service.arrived_parts(practice.as_guardian(), practice.client_id, recording.recording_id).parts
    assert (arrived.number, arrived.size, arrived.etag) == (2, 5, sent.etag)


def test_parts_are_put_together_in_their_order_however_they_are_named(
    practice: Practice, stack: dict[str, Any]
) -> None:
    recording = practice.recording(practice.open(PART + 2).recording_id)
    parts = [practice.put(recording, b"b" * 2, number=2), practice.put(recording, b"a" * PART, number=1)]
    view = practice.complete(recording, parts)
    assert view.state is RecordingState.UPLOADED
    found = stack["s3"].get_object(Bucket=settings().uploads_bucket, Key=recording.key)
    assert (found["ContentLength"], found["ContentType"]) == (PART + 2, "video/mp4")
    assert found["Body"].read()[-3:] == b"abb"


def test_what_has_not_arrived_is_named_and_what_has_is_kept(practice: Practice) -> None:
    recording = practice.recording(practice.open(PART + 2).recording_id)
    part = practice.put(recording, b"b" * 2, number=2)
    with pytest.raises(Invalid, match="Part 1") as refused:
        practice.complete(recording, [part])
    assert refused.value.extra == {"missing": [1]}
    assert service.arrived_parts(practice.as_guardian(), practice.client_id, recording.recording_id).parts


def test_more_parts_than_the_file_has_are_refused(practice: Practice) -> None:
    recording = practice.recording(practice.open().recording_id)
    part = practice.put(recording)
    with pytest.raises(Invalid, match="1 parts"):
        practice.complete(recording, [part, SentPart(number=2, etag=part.etag)])


def test_a_part_with_another_etag_is_refused_and_can_be_sent_again(practice: Practice) -> None:
    recording = practice.recording(practice.open().recording_id)
    part = practice.put(recording)
    with pytest.raises(Invalid, match="did not arrive whole"):
        practice.complete(recording, [SentPart(number=1, etag='"00000000000000000000000000000000"')])
    assert practice.complete(recording, [part]).state is RecordingState.UPLOADED


def test_one_part_named_twice_stands_for_no_other(practice: Practice) -> None:
    recording = practice.recording(practice.open(PART + 2).recording_id)
    part = practice.put(recording, b"b" * PART)
    with pytest.raises(Invalid) as refused:
        practice.complete(recording, [part, part])
    assert refused.value.extra == {"missing": [2]}


def test_parts_of_one_upload_do_not_complete_another(practice: Practice, stack: dict[str, Any]) -> None:
    recording, other = (practice.recording(practice.open().recording_id) for _ in range(2))
    part, strange = practice.put(recording), practice.put(other, b"something els")
    with pytest.raises(Invalid) as refused:
        practice.complete(recording, [strange])
    assert refused.value.problem_type == "parts-unfit"
    assert "Contents" not in stack["s3"].list_objects_v2(Bucket=settings().uploads_bucket)
    assert practice.complete(recording, [part]).state is RecordingState.UPLOADED


def test_completing_twice_answers_the_same(practice: Practice) -> None:
    recording = practice.recording(practice.open().recording_id)
    part = practice.put(recording)
    assert practice.complete(recording, [part]) == practice.complete(recording, [part])


def test_what_is_put_together_stays_whatever_parts_are_named_later(practice: Practice, stack: dict[str, Any]) -> None:
    recording = practice.send(b"the first one")
    late = SentPart(number=1, etag='"00000000000000000000000000000000"')
    assert practice.complete(recording, [late]).state is RecordingState.UPLOADED
    found = stack["s3"].get_object(Bucket=settings().uploads_bucket, Key=recording.key)
    assert found["Body"].read() == b"the first one"


def test_completing_survives_a_break_at_every_call(practice: Practice, bad_day: BadDay) -> None:
    recording = practice.recording(practice.open().recording_id)
    part = practice.put(recording)

    def attempt() -> None:
        practice.complete(recording, [part])

    broken = 0
    for _where in bad_day.sweep(attempt):
        broken += 1
        assert practice.complete(recording, [part]).state is RecordingState.UPLOADED
        recording = practice.recording(practice.open().recording_id)
        part = practice.put(recording)
    assert broken >= 6


def test_a_completion_that_comes_after_the_uploads_event_shows_how_far_it_has_come(
    practice: Practice, stack: dict[str, Any]
) -> None:
    recording = practice.recording(practice.open().recording_id)
    part = practice.put(recording)
    stack["s3"].complete_multipart_upload(
        Bucket=settings().uploads_bucket,
        Key=recording.key,
        UploadId=recording.upload_id,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part.etag}]},
    )
    assert practice.complete(recording, [part]).state is RecordingState.UPLOADED
    process_upload(told(recording), NOW, work=FakeWork())
    assert practice.complete(recording, [part]).state is RecordingState.READY


def test_an_event_that_overtakes_the_completions_last_write_wins(practice: Practice, bad_day: BadDay) -> None:
    recording = practice.recording(practice.open().recording_id)
    part = practice.put(recording)
    bad_day.fail(2, applied=False)
    with pytest.raises(Lost):
        practice.complete(recording, [part])
    bad_day.over()
    process_upload(told(recording), NOW, work=FakeWork())
    view = practice.complete(recording, [part])
    assert view.state is RecordingState.READY
    assert view.play_url


def test_an_event_in_the_middle_of_a_completion_is_not_undone_by_it(practice: Practice, bad_day: BadDay) -> None:
    recording = practice.recording(practice.open().recording_id)
    part = practice.put(recording)
    bad_day.meanwhile(2, lambda: process_upload(told(recording), NOW, work=FakeWork()))
    assert practice.complete(recording, [part]).state is RecordingState.READY


def test_what_has_arrived_takes_no_more_parts(practice: Practice) -> None:
    recording = practice.send()
    for attempt in (
        lambda: service.sign_parts(practice.as_guardian(), practice.client_id, recording.recording_id, [1]),
        lambda: service.arrived_parts(practice.as_guardian(), practice.client_id, recording.recording_id),
        lambda: practice.give_up(recording.recording_id),
    ):
        with pytest.raises(Conflict) as refused:
            attempt()
        assert refused.value.problem_type == "arrived-already"


def test_an_upload_that_was_swept_away_says_so(practice: Practice, stack: dict[str, Any]) -> None:
    recording = practice.recording(practice.open().recording_id)
    part = practice.put(recording)
    stack["s3"].abort_multipart_upload(
        Bucket=settings().uploads_bucket, Key=recording.key, UploadId=recording.upload_id
    )
    with pytest.raises(Gone) as refused:
        service.arrived_parts(practice.as_guardian(), practice.client_id, recording.recording_id)
    assert refused.value.problem_type == "upload-over"
    with pytest.raises(Gone):
        practice.complete(recording, [part])
    practice.give_up(recording.recording_id)


def test_a_completion_that_s3_has_forgotten_by_now_is_seen_by_its_object(
    practice: Practice, stack: dict[str, Any]
) -> None:
    recording = practice.recording(practice.open().recording_id)
    part = practice.put(recording)
    bucket = settings().uploads_bucket
    stack["s3"].abort_multipart_upload(Bucket=bucket, Key=recording.key, UploadId=recording.upload_id)
    stack["s3"].put_object(Bucket=bucket, Key=recording.key, Body=b"a video, sent")
    assert practice.complete(recording, [part]).state is RecordingState.UPLOADED


def test_parts_of_a_file_that_was_put_together_a_moment_ago_are_not_missing(
    practice: Practice, bad_day: BadDay
) -> None:
    recording = practice.recording(practice.open().recording_id)
    part = practice.put(recording)
    bad_day.fail(1, applied=True)
    with pytest.raises(Lost):
        practice.complete(recording, [part])
    bad_day.over()
    with pytest.raises(Conflict) as refused:
        service.arrived_parts(practice.as_guardian(), practice.client_id, recording.recording_id)
    assert refused.value.problem_type == "arrived-already"
    with pytest.raises(Conflict):
        practice.give_up(recording.recording_id)


def test_giving_up_leaves_nothing_and_can_be_asked_for_again(
    practice: Practice, stack: dict[str, Any], bad_day: BadDay
) -> None:
    recording = practice.recording(practice.open().recording_id)

    def attempt() -> None:
        practice.give_up(recording.recording_id)

    for _where in bad_day.sweep(attempt):
        attempt()
        with pytest.raises(NotFound):
            practice.recording(recording.recording_id)
        assert "Uploads" not in stack["s3"].list_multipart_uploads(Bucket=settings().uploads_bucket)
        recording = practice.recording(practice.open().recording_id)


def test_a_recording_that_was_given_up_cannot_be_completed(practice: Practice) -> None:
    recording = practice.recording(practice.open().recording_id)
    part = practice.put(recording)
    practice.give_up(recording.recording_id)
    with pytest.raises(NotFound):
        practice.complete(recording, [part])
    with pytest.raises(NotFound):
        service.sign_parts(practice.as_guardian(), practice.client_id, recording.recording_id, [1])


def test_a_therapist_looks_and_does_not_send(practice: Practice) -> None:
    ticket = practice.open()
    call = practice.as_therapist()
    view = service.see_recording(call, practice.client_id, ticket.recording_id)
    assert (view.state, view.play_url, view.duration_s) == (RecordingState.AWAITING_UPLOAD, None, None)
    with pytest.raises(NotFound):
        service.sign_parts(call, practice.client_id, ticket.recording_id, [1])


def test_strangers_find_nothing(practice: Practice, call_as: CallAs) -> None:
    ticket = practice.open()
    strangers = (
        call_as(Role.GUARDIAN),
        call_as(Role.THERAPIST),
        call_as(Role.OWNER),
        call_as(Role.THERAPIST, person_id=practice.therapist, practice="0" * 26),
    )
    for call in strangers:
        with pytest.raises(NotFound):
            service.see_recording(call, practice.client_id, ticket.recording_id)
    with pytest.raises(NotFound):
        service.see_recording(practice.as_guardian(), practice.client_id, RecordingId(new_id(NOW)))


def test_a_client_reaches_no_file_of_the_library_by_its_id(practice: Practice) -> None:
    ticket = practice.open(home=Home(), kind=MediaKind.IMAGE, content_type="image/png")
    with pytest.raises(NotFound):
        service.see_recording(practice.as_guardian(), practice.client_id, ticket.recording_id)
    assert service.see_recording(practice.as_therapist(), None, ticket.recording_id).kind is MediaKind.IMAGE
