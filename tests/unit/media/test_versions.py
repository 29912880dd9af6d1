"""Of uploads over each other, and of recordings that go meanwhile, nothing is left but what plays."""

from typing import Any

import pytest

from chalicelib.foundation.settings import settings
from chalicelib.media.intake import UploadUnknown, process_upload
from chalicelib.media.model import Recording, RecordingState
from chalicelib.media.processing import Accepted
from chalicelib.media.store.recordings import recording_key

from ..conftest import NOW, CallAs
from .conftest import FakeWork, Practice, of, originals, told
from .faults import BadDay, Lost


def test_a_recording_that_is_removed_while_it_is_processed_leaves_nothing(
    practice: Practice, stack: dict[str, Any], call_as: CallAs
) -> None:
    recording = practice.send()

    def remove() -> None:
        write = call_as().write()
        write.discard(recording_key(practice.client_id, recording.recording_id))
        write.commit()

    process_upload(told(recording), NOW, work=FakeWork(before=remove))
    assert (practice.kept(), originals(stack, recording)) == ({}, 0)


def test_what_was_published_for_a_recording_that_is_gone_goes_when_its_message_comes_again(
    practice: Practice, stack: dict[str, Any], call_as: CallAs
) -> None:
    recording = practice.send()
    below = f"{recording.key}/v1/play.mp4"
    stack["s3"].put_object(Bucket=settings().media_bucket, Key=below, Body=b"published, and then the function died")
    write = call_as().write()
    write.discard(recording_key(practice.client_id, recording.recording_id))
    write.commit()
    with pytest.raises(UploadUnknown):
        process_upload(told(recording), NOW, work=FakeWork())
    assert practice.kept() == {}


def _second(practice: Practice, stack: dict[str, Any], recording: Recording) -> tuple[str, str]:
    """Put something else over an upload, and return what S3 tells of both."""
    bucket = settings().uploads_bucket
    stack["s3"].put_object(Bucket=bucket, Key=recording.key, Body=b"something else")
    newer, older = stack["s3"].list_object_versions(Bucket=bucket, Prefix=recording.key)["Versions"]
    assert practice
    return (
        told(recording, sequencer="01", **{"version-id": older["VersionId"]}),
        told(recording, sequencer="02", **{"version-id": newer["VersionId"]}),
    )


def test_of_two_uploads_over_each_other_the_newer_one_plays_and_nothing_is_left_of_the_other(
    practice: Practice, stack: dict[str, Any]
) -> None:
    recording = practice.send()
    older, newer = _second(practice, stack, recording)
    late = FakeWork()
    process_upload(older, NOW, work=FakeWork(before=lambda: process_upload(newer, NOW, work=late)))
    settled = of(practice, recording)
    assert late.seen == [b"something else"]
    assert settled.rendition is not None
    assert settled.rendition.key == f"{recording.key}/{settled.version_id}/play.mp4"
    assert {key.rsplit("/", 1)[0] for key in practice.kept()} == {f"{recording.key}/{settled.version_id}"}
    assert (len(practice.kept()), len(practice.events())) == (4, 1)


def test_what_the_older_upload_left_when_its_function_died_goes_when_its_event_comes_again(
    practice: Practice, stack: dict[str, Any], bad_day: BadDay
) -> None:
    recording = practice.send()
    older, newer = _second(practice, stack, recording)
    bad_day.fail(8, applied=False)
    with pytest.raises(Lost, match="TransactWriteItems"):
        process_upload(older, NOW, work=FakeWork())
    bad_day.over()
    assert len(practice.kept()) == 4
    process_upload(newer, NOW, work=FakeWork())
    assert len(practice.kept()) == 8
    process_upload(older, NOW, work=FakeWork())
    assert (len(practice.kept()), len(practice.events())) == (4, 1)


def test_what_is_published_is_never_replaced(practice: Practice, bad_day: BadDay) -> None:
    recording = practice.send()
    bad_day.fail(9, applied=False)
    with pytest.raises(Lost, match="TransactWriteItems"):
        process_upload(told(recording), NOW, work=FakeWork())
    bad_day.over()
    first = {key: practice.stored(key) for key in practice.kept()}

    class Otherwise(FakeWork):
        def __call__(self, source: Any, out_dir: Any, **given: Any) -> Any:
            outcome = super().__call__(source, out_dir, **given)
            assert isinstance(outcome, Accepted)
            outcome.rendition.write_bytes(b"plays otherwise")
            return outcome

    process_upload(told(recording), NOW, work=Otherwise())
    assert {key: practice.stored(key) for key in practice.kept()} == first
    assert of(practice, recording).state is RecordingState.READY


def test_a_message_without_a_version_is_about_the_one_that_is_there(practice: Practice) -> None:
    recording = practice.send()
    process_upload(told(recording), NOW, work=FakeWork())
    assert of(practice, recording).version_id not in {None, "null"}
