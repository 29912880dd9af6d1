"""What cannot be made playable, by no fault of the file, is kept, told of, and can be taken up again."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

import chalicelib
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import NotFound
from chalicelib.foundation.settings import settings
from chalicelib.media import service
from chalicelib.media.intake import Room, UploadUnknown, process_upload
from chalicelib.media.model import Home, MediaKind, Recording, RecordingState
from chalicelib.media.processing import Accepted, Reason, Rejected, ToolFault
from chalicelib.media.store import files
from chalicelib.media.store.recordings import recording_key

from ..conftest import NOW, CallAs
from .conftest import FakeLook, FakeWork, Practice, told
from .faults import BadDay, Lost

LIBRARY = Home()


class Died(BaseException):
    """The function is gone: no code of ours runs any more."""


def die() -> None:
    raise Died


@pytest.fixture
def parked(stack: dict[str, Any]) -> Any:
    """Take what lies in the queue of what was parked."""

    def take() -> list[str]:
        received = stack["sqs"].receive_message(QueueUrl=settings().uploads_parked_url, MaxNumberOfMessages=10)
        return [one["Body"] for one in received.get("Messages", [])]

    return take


def of(practice: Practice, recording: Recording) -> Recording:
    return practice.recording(recording.recording_id, recording.home)


def originals(stack: dict[str, Any], recording: Recording) -> int:
    listed = stack["s3"].list_object_versions(Bucket=settings().uploads_bucket, Prefix=recording.key)
    return len(listed.get("Versions", ()))


def test_what_takes_longer_than_a_function_has_is_parked_with_the_original_kept(
    practice: Practice, stack: dict[str, Any], parked: Any, caplog: pytest.LogCaptureFixture
) -> None:
    recording = practice.send()
    process_upload(told(recording), NOW, work=FakeWork(Rejected(Reason.OUT_OF_TIME)))
    view = service.view(of(practice, recording), with_urls=True)
    assert (view.state, view.play_url) == (RecordingState.PARKED, None)
    assert view.reason is not None
    for word in ("has arrived and is kept", "practice has been told", "your answers are kept", "You can go on"):
        assert word in view.reason
    assert originals(stack, recording) == 1
    assert [event.type for event in practice.events()] == ["recording.settled"]
    (message,) = parked()
    assert msgspec.json.decode(message)["id"] == recording.recording_id
    (line,) = [vars(record) for record in caplog.records if record.levelname == "ERROR"]
    assert (line["message"], line["error"]) == ("recording parked", "out_of_time")


def test_what_was_parked_becomes_playable_when_it_is_sent_back(practice: Practice, parked: Any) -> None:
    recording = practice.send()
    process_upload(told(recording), NOW, work=FakeWork(Rejected(Reason.OUT_OF_TIME)))
    (message,) = parked()
    process_upload(message, NOW, work=FakeWork())
    settled = of(practice, recording)
    assert (settled.state, settled.reason, settled.says) == (RecordingState.READY, None, None)
    assert len(practice.events()) == 2
    for again in (message, told(recording)):
        process_upload(again, NOW, work=FakeWork(Rejected(Reason.NOT_MEDIA)))
    assert (of(practice, recording), len(practice.events())) == (settled, 2)


def test_a_message_that_is_not_sent_back_by_anybody_takes_nothing_up_again(practice: Practice, parked: Any) -> None:
    recording = practice.send()
    process_upload(told(recording), NOW, work=FakeWork(Rejected(Reason.OUT_OF_TIME)))
    work = FakeWork()
    process_upload(told(recording), NOW, work=work)
    assert (work.seen, of(practice, recording).state) == ([], RecordingState.PARKED)
    (message,) = parked()
    process_upload(message, NOW, work=FakeWork(Rejected(Reason.OUT_OF_TIME)))
    process_upload(message, NOW, work=work)  # the same message of the queue, come twice
    assert (work.seen, of(practice, recording).state) == ([], RecordingState.PARKED)
    assert len(parked()) == 1


def test_a_replay_may_find_that_it_is_the_file_after_all(practice: Practice, parked: Any) -> None:
    recording = practice.send()
    process_upload(told(recording), NOW, work=FakeWork(Rejected(Reason.OUT_OF_TIME)))
    (message,) = parked()
    process_upload(message, NOW, work=FakeWork(Rejected(Reason.CUT_SHORT)))
    assert of(practice, recording).reason == "cut_short"
    process_upload(msgspec.json.encode(msgspec.json.decode(message) | {"anew": "b"}).decode(), NOW, work=FakeWork())
    assert of(practice, recording).state is RecordingState.REJECTED


def test_a_function_that_dies_each_time_tries_three_times_and_then_says_so(
    practice: Practice, stack: dict[str, Any], parked: Any
) -> None:
    recording, work = practice.send(), FakeWork(before=die)
    for _ in range(3):
        with pytest.raises(Died):
            process_upload(told(recording), NOW, work=work)
        assert of(practice, recording).state is RecordingState.PROCESSING
    process_upload(told(recording), NOW, work=work)
    assert len(work.seen) == 3
    assert (of(practice, recording).state, of(practice, recording).reason) == (RecordingState.PARKED, "tried_out")
    assert originals(stack, recording) == 1
    (message,) = parked()
    process_upload(message, NOW, work=FakeWork())
    assert of(practice, recording).state is RecordingState.READY


def test_a_fault_of_ours_is_parked_at_the_third_time(practice: Practice, parked: Any) -> None:
    recording = practice.send()

    def break_down() -> None:
        raise ToolFault

    for _ in range(2):
        with pytest.raises(ToolFault):
            process_upload(told(recording), NOW, work=FakeWork(before=break_down))
    process_upload(told(recording), NOW, work=FakeWork(before=break_down))
    assert of(practice, recording).state is RecordingState.PARKED
    assert len(parked()) == 1


def test_another_version_of_the_upload_has_three_tries_of_its_own(practice: Practice) -> None:
    recording = practice.send()
    for _ in range(2):
        with pytest.raises(Died):
            process_upload(told(recording), NOW, work=FakeWork(before=die))
    with pytest.raises(Died):
        process_upload(told(recording, sequencer="0055AED6DCD90281E6"), NOW, work=FakeWork(before=die))
    assert of(practice, recording).tries == 1


def test_who_is_slow_and_succeeds_after_all_is_right(practice: Practice) -> None:
    recording = practice.send()

    def others_give_up() -> None:
        process_upload(told(recording), NOW, work=FakeWork(Rejected(Reason.OUT_OF_TIME)))

    process_upload(told(recording), NOW, work=FakeWork(before=others_give_up))
    assert of(practice, recording).state is RecordingState.READY


@pytest.mark.parametrize("reason", ["out_of_time", "tried_out"])
def test_parking_survives_a_break_at_every_call(practice: Practice, bad_day: BadDay, parked: Any, reason: str) -> None:
    recording = practice.send()
    outcome = Rejected(Reason.OUT_OF_TIME)

    def attempt() -> None:
        process_upload(told(recording), NOW, work=FakeWork(outcome))

    broken = 0
    for where in bad_day.sweep(attempt):
        broken += 1
        attempt()
        attempt()
        assert of(practice, recording).state is RecordingState.PARKED, where
        messages = parked()
        assert messages, where
        for message in messages:
            process_upload(message, NOW, work=FakeWork())
        assert of(practice, recording).state is RecordingState.READY, where
        recording = practice.send()
        if reason == "tried_out":
            for _ in range(3):
                with pytest.raises(Died):
                    process_upload(told(recording), NOW, work=FakeWork(before=die))
    assert broken >= 6


def test_a_parked_file_of_the_library_says_so_and_can_be_taken_out(practice: Practice) -> None:
    recording = practice.send(home=LIBRARY)
    process_upload(told(recording), NOW, work=FakeWork(Rejected(Reason.OUT_OF_TIME)))
    view = service.see_recording(practice.as_therapist(), None, recording.recording_id)
    assert view.state is RecordingState.PARKED
    assert view.reason is not None
    assert "is kept" in view.reason
    practice.give_up(recording.recording_id, LIBRARY)
    with pytest.raises(NotFound):
        of(practice, recording)


def test_the_time_that_is_left_is_what_the_work_may_take(practice: Practice) -> None:
    recording, work = practice.send(), FakeWork()
    process_upload(told(recording), NOW, work=work, room=Room(left_s=lambda: 600.0, cores=1.7))
    ((budget, cpu_s),) = work.limits
    assert budget is not None
    assert (budget.seconds, cpu_s) == (480, None)
    late = FakeWork(Rejected(Reason.OUT_OF_TIME))
    process_upload(told(practice.send()), NOW, work=late, room=Room(left_s=lambda: 30.0, cores=1.7))
    assert [limit.seconds for limit, _ in late.limits if limit] == [0]


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


@pytest.mark.parametrize("damaged", [True, False])
def test_what_was_copied_is_looked_through_once_it_plays(practice: Practice, damaged: bool) -> None:  # noqa: FBT001
    recording = practice.send()
    seen: list[RecordingState] = []
    look = FakeLook(finds=damaged, before=lambda: seen.append(of(practice, recording).state))
    process_upload(told(recording), NOW, work=FakeWork(copies=True), look=look)
    assert (look.seen, seen) == ([b"plays"], [RecordingState.READY])
    view = service.view(of(practice, recording), with_urls=True)
    assert (view.state, view.damaged) == (RecordingState.READY, damaged)
    assert len(practice.events()) == 1 + damaged
    process_upload(told(recording), NOW, work=FakeWork(copies=True), look=look)
    assert len(look.seen) == 1


def test_a_copy_at_which_a_player_may_stop_gives_way_to_one_that_plays_to_its_end(practice: Practice) -> None:
    recording = practice.send()
    process_upload(told(recording), NOW, work=FakeWork(copies=True), look=FakeLook(finds=True))
    _plays_mended(practice, of(practice, recording))


def _plays_mended(practice: Practice, settled: Recording, where: str = "") -> None:
    assert settled.rendition is not None
    assert practice.stored(settled.rendition.key) == b"plays to its end", where
    folder = settled.rendition.key.rpartition("/")[0]
    kept = practice.kept(settled.key)
    assert len(kept) == 4, where
    assert {key.rpartition("/")[0] for key in kept} == {folder}, where


def test_what_is_damaged_and_cannot_be_made_anew_stays_as_it_plays(practice: Practice) -> None:
    recording, work = practice.send(), FakeWork(copies=True)

    def give_up() -> None:
        work.outcome = Rejected(Reason.OUT_OF_TIME)

    process_upload(told(recording), NOW, work=work, look=FakeLook(finds=True, before=give_up))
    settled = of(practice, recording)
    assert settled.rendition is not None
    assert settled.rendition.damaged
    assert practice.stored(settled.rendition.key) == b"plays"


def test_a_film_of_the_library_is_looked_through_before_anybody_sees_it(practice: Practice) -> None:
    recording = practice.send(home=LIBRARY, kind=MediaKind.VIDEO)
    seen: list[RecordingState] = []
    look = FakeLook(finds=True, before=lambda: seen.append(of(practice, recording).state))
    process_upload(told(recording), NOW, work=FakeWork(copies=True), look=look)
    settled = of(practice, recording)
    assert (look.seen, seen) == ([b"plays"], [RecordingState.PROCESSING])
    assert settled.rendition is not None
    assert (settled.rendition.damaged, settled.to_look_through) == (True, False)
    assert practice.stored(settled.rendition.key) == b"plays to its end"


def test_a_recording_that_is_removed_while_it_is_looked_through_leaves_nothing(
    practice: Practice, call_as: CallAs
) -> None:
    recording = practice.send()

    def remove() -> None:
        write = call_as().write()
        write.discard(recording_key(practice.client_id, recording.recording_id))
        write.commit()

    process_upload(told(recording), NOW, work=FakeWork(copies=True), look=FakeLook(finds=True, before=remove))
    assert practice.kept(recording.key) == {}


def test_what_was_made_anew_is_not_looked_through(practice: Practice) -> None:
    look = FakeLook()
    process_upload(told(practice.send()), NOW, work=FakeWork(), look=look)
    assert look.seen == []


def test_a_function_that_dies_while_it_looks_through_is_followed_by_one_that_does_it(practice: Practice) -> None:
    recording = practice.send()
    with pytest.raises(Died):
        process_upload(told(recording), NOW, work=FakeWork(copies=True), look=FakeLook(before=die))
    assert of(practice, recording).to_look_through
    look = FakeLook(finds=True)
    process_upload(told(recording), NOW, work=FakeWork(), look=look)
    assert look.seen == [b"plays"]
    assert service.view(of(practice, recording), with_urls=True).damaged
    assert not of(practice, recording).to_look_through


def test_looking_through_survives_a_break_at_every_call(practice: Practice, bad_day: BadDay) -> None:
    def not_looked_through() -> Recording:
        recording = practice.send()
        with pytest.raises(Died):
            process_upload(told(recording), NOW, work=FakeWork(copies=True), look=FakeLook(before=die))
        return recording

    def attempt() -> None:
        process_upload(told(recording), NOW, work=FakeWork(copies=True), look=FakeLook(finds=True))

    recording = not_looked_through()
    for where in bad_day.sweep(attempt):
        attempt()
        attempt()
        settled = of(practice, recording)
        assert settled.state is RecordingState.READY, where
        assert settled.rendition is not None
        assert settled.rendition.damaged, where
        of_it = [event.ids["recording_id"] for event in practice.events()].count(recording.recording_id)
        assert of_it == 2, where
        _plays_mended(practice, settled, where)
        recording = not_looked_through()


def test_no_address_is_ever_signed_for_what_was_sent(practice: Practice) -> None:
    def addresses(call: Call, recording: Recording) -> list[str]:
        client_id = recording.home.client_id
        view = service.see_recording(call, client_id, recording.recording_id)
        found = [view.play_url, view.poster_url, view.sprite_url, view.timeline_url]
        return [url for url in found if url]

    for outcome in (None, Rejected(Reason.OUT_OF_TIME), Rejected(Reason.NOT_MEDIA)):
        for home in (practice.home, LIBRARY):
            recording = practice.send(home=home, kind=MediaKind.VIDEO)
            process_upload(told(recording), NOW, work=FakeWork(outcome))
            found = addresses(practice.as_therapist(), recording)
            assert len(found) == (0 if outcome else 4)
            assert not [url for url in found if settings().uploads_bucket in url]


def test_whoever_knows_the_uploads_bucket_signs_the_sending_of_a_part_and_nothing_else() -> None:
    sources = {path: path.read_text() for path in Path(chalicelib.__file__ or "").parent.rglob("*.py")}
    signs = {path for path, text in sources.items() if re.search(r"signed_url\(|generate_presigned_url\(", text)}
    knows = {path for path, text in sources.items() if "uploads_bucket" in text or "removal.buckets(" in text}
    assert {path.name for path in signs - knows} >= {"aws.py", "invoices.py"}
    assert signs & knows == {Path(files.__file__)}
    source = sources[Path(files.__file__)]
    assert re.findall(r"generate_presigned_url\(\s*\"(\w+)\"", source) == ["upload_part"]
    assert re.findall(r"signed_url\(settings\(\)\.(\w+)", source) == ["media_bucket"]
