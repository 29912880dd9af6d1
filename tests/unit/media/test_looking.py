"""Recordings that do not move on by themselves are found, told of again, and given up after seven days."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.foundation import clock, due
from chalicelib.foundation.errors import Gone, NotFound
from chalicelib.foundation.ids import RecordingId
from chalicelib.foundation.settings import settings
from chalicelib.foundation.table import Row
from chalicelib.media import reactions as _media  # noqa: F401 - entering what falls due
from chalicelib.media import service
from chalicelib.media.intake import process_upload
from chalicelib.media.model import Home, MediaKind, RecordingState
from chalicelib.media.processing import ToolFault

from ..conftest import NOW
from .conftest import FakeWork, Practice, told
from .faults import BadDay

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MONTH = 30 * DAY
LIBRARY = Home()


@pytest.fixture
def uploads(stack: dict[str, Any]) -> Any:
    """Take what lies in the uploads queue."""

    def take() -> list[str]:
        url = settings().uploads_queue_url
        received = stack["sqs"].receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        return [one["Body"] for one in received.get("Messages", [])]

    return take


def _tick(now: datetime) -> int:
    found = list(due.found_due(now))
    for one in found:
        due.do_due(one, now)
    return len(found)


def _looks(until: datetime) -> list[datetime]:
    """Let time pass, and return the moments at which something was looked for."""
    now, looked = NOW, []
    while now <= until:
        if _tick(now):
            looked.append(now)
        now += 15 * MINUTE
    return looked


def test_an_upload_whose_event_never_came_is_made_playable_all_the_same(practice: Practice, uploads: Any) -> None:
    recording = practice.send()
    assert _tick(NOW + 14 * MINUTE) == 0
    assert _tick(NOW + 15 * MINUTE) == 1
    (message,) = uploads()
    work = FakeWork()
    process_upload(message, NOW + 16 * MINUTE, work=work)
    assert work.seen == [b"a video, sent"]
    assert practice.recording(recording.recording_id).state is RecordingState.READY
    assert (_tick(NOW + MONTH), uploads()) == (0, [])


def test_an_upload_whose_completion_was_cut_off_is_found_too(practice: Practice, stack: Any, uploads: Any) -> None:
    recording = practice.recording(practice.open(home=LIBRARY).recording_id, LIBRARY)
    part = practice.put(recording)
    stack["s3"].complete_multipart_upload(
        Bucket=settings().uploads_bucket,
        Key=recording.key,
        UploadId=recording.upload_id,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part.etag}]},
    )
    _tick(NOW + 15 * MINUTE)
    (message,) = uploads()
    process_upload(message, NOW, work=FakeWork())
    assert practice.recording(recording.recording_id, LIBRARY).state is RecordingState.READY


def test_a_processing_that_broke_off_is_taken_up_again(practice: Practice, uploads: Any) -> None:
    recording = practice.send()

    def break_down() -> None:
        raise ToolFault

    with pytest.raises(ToolFault):
        process_upload(told(recording), NOW, work=FakeWork(before=break_down))
    assert _tick(NOW + 59 * MINUTE) == 0
    _tick(NOW + 60 * MINUTE)
    (message,) = uploads()
    process_upload(message, NOW + 61 * MINUTE, work=FakeWork())
    assert practice.recording(recording.recording_id).state is RecordingState.READY


def test_an_event_that_is_only_late_comes_to_the_same_end(practice: Practice, uploads: Any) -> None:
    recording = practice.send()
    _tick(NOW + 15 * MINUTE)
    (message,) = uploads()
    work = FakeWork()
    for body in (told(recording), message, told(recording)):
        process_upload(body, NOW + 15 * MINUTE, work=work)
    assert (len(work.seen), len(practice.events())) == (1, 1)


def test_what_is_on_its_way_is_looked_for_less_and_less_often(practice: Practice, uploads: Any) -> None:
    practice.open()
    looked = [at - NOW for at in _looks(NOW + DAY)]
    assert looked == [15 * MINUTE * 2**times for times in range(7)]
    assert uploads() == []


def test_an_upload_that_did_not_come_within_seven_days_is_given_up_and_told_of(practice: Practice) -> None:
    recording_id = practice.open().recording_id
    _tick(NOW + 7 * DAY - MINUTE)
    assert practice.recording(recording_id).state is RecordingState.AWAITING_UPLOAD
    _tick(NOW + 7 * DAY)
    settled = practice.recording(recording_id)
    assert (settled.state, settled.reason) == (RecordingState.REJECTED, "never_arrived")
    says = service.view(settled, with_urls=True).reason
    assert says is not None
    assert says.startswith("The upload did not arrive")
    assert says.endswith("Your answers are kept. Please choose the file again.")
    (event,) = practice.events()
    assert (event.type, event.ids["recording_id"]) == ("recording.settled", recording_id)
    assert _tick(NOW + MONTH) == 0
    with pytest.raises(Gone):
        service.sign_parts(practice.as_guardian(), practice.client_id, recording_id, [1])


def test_a_file_of_the_library_that_never_came_can_still_be_taken_out(practice: Practice) -> None:
    recording_id = practice.open(home=LIBRARY, kind=MediaKind.IMAGE, content_type="image/png").recording_id
    _tick(NOW + 7 * DAY)
    assert "did not arrive" in (practice.recording(recording_id, LIBRARY).says or "")
    assert practice.events() == []
    practice.give_up(recording_id, LIBRARY)
    with pytest.raises(NotFound):
        practice.recording(recording_id, LIBRARY)


def test_what_is_there_and_cannot_be_processed_is_told_of_for_a_week(practice: Practice, uploads: Any) -> None:
    recording = practice.send()
    told_again = 0
    while (moment := _next_look()) is not None:
        _tick(moment)
        told_again += len(uploads())
    assert told_again == 11
    assert practice.recording(recording.recording_id).state is RecordingState.UPLOADED
    process_upload(told(recording), NOW + MONTH, work=FakeWork())
    assert practice.recording(recording.recording_id).state is RecordingState.READY


def _next_look() -> datetime | None:
    return min((clock.parse(row.due_at) for row in Row.scan() if row.due_at), default=None)


def test_a_look_that_breaks_off_anywhere_loses_nothing(practice: Practice, bad_day: BadDay, uploads: Any) -> None:
    recording = practice.send()
    (found,) = due.found_due(NOW + 15 * MINUTE)
    for _where in bad_day.sweep(lambda: due.do_due(found, NOW + 15 * MINUTE)):
        pass
    uploads()
    _tick(NOW + DAY)
    (message,) = uploads()
    process_upload(message, NOW + DAY, work=FakeWork())
    assert practice.recording(recording.recording_id).state is RecordingState.READY


def test_an_upload_that_is_given_up_meanwhile_is_nothing_to_look_for(practice: Practice, bad_day: BadDay) -> None:
    recording_id: RecordingId = practice.open().recording_id
    (found,) = due.found_due(NOW + 15 * MINUTE)
    bad_day.meanwhile(1, lambda: practice.give_up(recording_id))
    due.do_due(found, NOW + 15 * MINUTE)
    with pytest.raises(NotFound):
        practice.recording(recording_id)


def test_what_nothing_shows_any_more_goes_after_a_week_with_its_bytes(
    practice: Practice, stack: dict[str, Any]
) -> None:
    recording = practice.send()
    process_upload(told(recording), NOW, work=FakeWork())
    practice.put(practice.recording(other := practice.open().recording_id))
    for recording_id in (recording.recording_id, other, RecordingId("0" * 26)):
        service.released(practice.as_guardian(), practice.client_id, recording_id)
    assert _tick(NOW + 7 * DAY - MINUTE) == 0
    assert practice.recording(recording.recording_id).state is RecordingState.READY
    assert _tick(NOW + 7 * DAY) == 2
    for recording_id in (recording.recording_id, other):
        with pytest.raises(NotFound):
            practice.recording(recording_id)
    assert practice.kept() == {}
    uploads = settings().uploads_bucket
    assert "Versions" not in stack["s3"].list_object_versions(Bucket=uploads)
    assert "Uploads" not in stack["s3"].list_multipart_uploads(Bucket=uploads)
    assert list(due.found_due(NOW + MONTH)) == []
