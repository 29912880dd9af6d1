"""From S3's event to something that plays: once, however often and in whatever order it is told."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError

from chalicelib.foundation import places
from chalicelib.foundation.erased import TOMBSTONE, Tombstone
from chalicelib.foundation.errors import NotFound, StaleWrite
from chalicelib.foundation.ids import RecordingId, ResourceId, new_id
from chalicelib.foundation.settings import settings
from chalicelib.media import service
from chalicelib.media.intake import UploadUnknown, process_upload
from chalicelib.media.model import RECORDING, Home, MediaKind, Recording, RecordingState
from chalicelib.media.processing import Reason, Rejected, ToolFault
from chalicelib.media.shapes import MediaUrls
from chalicelib.media.store.files import read_upload_key
from chalicelib.media.store.recordings import recording_key
from chalicelib.practice.model import CARD

from ..conftest import NOW, CallAs
from .conftest import FakeWork, Practice, told
from .faults import BadDay, Lost, collide
from .test_processing_sources import TONE, make, pictures

LIBRARY = Home()
PNG = bytes.fromhex(  # one dot, and what a camera said of it
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000001474455874436f6d6d656e740068"
    "696464656e20706c616365e13791ba0000000c49444154789c63f87f800100048101c077d9031d0000000049454e44ae4260"
    "82"
)


def test_a_recording_that_was_sent_is_ready_and_told_of(practice: Practice) -> None:
    recording = practice.send()
    work = FakeWork()
    process_upload(told(recording), NOW, work=work)
    assert work.seen == [b"a video, sent"]
    assert work.asked == [("video", 120)]
    settled = practice.recording(recording.recording_id)
    view, below = service.view(settled, with_urls=True), f"{recording.key}/{settled.version_id}"
    assert (view.state, view.duration_s, view.width, view.height) == (RecordingState.READY, 12.346, 720, 1280)
    assert view.play_url is not None
    assert f"/{below}/play.mp4?" in view.play_url
    assert "response-content-type=video%2Fmp4" in view.play_url
    assert "X-Amz-Expires=900" in view.play_url
    assert view.poster_url is not None
    assert view.sprite_url is not None
    assert view.timeline_url is not None
    assert (view.loudness_lufs, view.damaged) == (-23.5, False)
    assert practice.kept() == {
        f"{below}/play.mp4": "video/mp4",
        f"{below}/poster.jpg": "image/jpeg",
        f"{below}/sprite.jpg": "image/jpeg",
        f"{below}/timeline.json": "application/json",
    }
    (event,) = practice.events()
    assert (event.type, event.ids) == (
        "recording.settled",
        {
            "recording_id": recording.recording_id,
            "client_id": practice.client_id,
            "submission_id": practice.submission_id,
        },
    )


def test_a_row_from_before_there_were_sprites_is_read_and_played(practice: Practice) -> None:
    recording = practice.recording(practice.open().recording_id)
    old = msgspec.to_builtins(recording) | {"state": "ready", "rendition": {"key": "k", "poster_key": "p"}}
    view = service.view(msgspec.convert(old, Recording, strict=False), with_urls=True)
    assert view.play_url
    assert view.poster_url
    assert (view.sprite_url, view.timeline_url, view.loudness_lufs, view.damaged) == (None, None, None, False)


def test_addresses_are_given_only_where_they_are_asked_for(practice: Practice) -> None:
    recording = practice.send()
    process_upload(told(recording), NOW, work=FakeWork())
    view = service.view(practice.recording(recording.recording_id), with_urls=False)
    assert (view.state, view.play_url, view.poster_url) == (RecordingState.READY, None, None)


def test_a_voice_has_sound_and_no_picture(practice: Practice) -> None:
    recording = practice.send(kind=MediaKind.AUDIO, content_type="audio/webm")
    process_upload(told(recording), NOW, work=FakeWork())
    settled = practice.recording(recording.recording_id)
    view, below = service.view(settled, with_urls=True), f"{recording.key}/{settled.version_id}"
    assert (view.poster_url, view.width, view.height) == (None, None, None)
    assert view.sprite_url is None
    assert practice.kept() == {
        f"{below}/play.m4a": "audio/mp4",
        f"{below}/timeline.json": "application/json",
    }


def test_a_rejected_recording_says_why_and_what_to_do(practice: Practice) -> None:
    recording = practice.send()
    process_upload(told(recording), NOW, work=FakeWork(Rejected(Reason.TOO_LONG)))
    view = service.view(practice.recording(recording.recording_id), with_urls=True)
    assert view.state is RecordingState.REJECTED
    assert view.reason is not None
    assert "longer than the 2 minutes" in view.reason
    assert "still on your phone" in view.reason
    assert practice.recording(recording.recording_id).reason == "too_long"
    assert (len(practice.events()), practice.kept()) == (1, {})


def test_what_the_page_recorded_is_not_said_to_be_on_the_phone(practice: Practice) -> None:
    recording = practice.send(content_type="video/webm;codecs=vp9,opus")
    process_upload(told(recording), NOW, work=FakeWork(Rejected(Reason.WOULD_NOT_OPEN)))
    view = service.view(practice.recording(recording.recording_id), with_urls=True)
    assert view.reason is not None
    assert "still on your phone" not in view.reason


@pytest.mark.parametrize(("size", "reason"), [(0, "empty"), (2 * 1024**3 + 1, "too_big")])
def test_a_file_of_impossible_size_is_not_even_fetched(practice: Practice, size: int, reason: str) -> None:
    recording = practice.send()
    work = FakeWork()
    process_upload(told(recording, size=size), NOW, work=work)
    assert practice.recording(recording.recording_id).reason == reason
    assert work.seen == []


def test_the_same_event_twice_is_one_rendition_and_one_event(practice: Practice) -> None:
    recording = practice.send()
    work = FakeWork()
    for _ in range(2):
        process_upload(told(recording), NOW, work=work)
    assert (len(work.seen), len(practice.events()), len(practice.kept())) == (1, 1, 4)


def test_two_functions_with_the_same_event_at_once_settle_it_once(practice: Practice) -> None:
    recording = practice.send()
    process_upload(
        told(recording),
        NOW,
        work=FakeWork(before=lambda: process_upload(told(recording), NOW, work=FakeWork())),
    )
    assert practice.recording(recording.recording_id).state is RecordingState.READY
    assert (len(practice.events()), len(practice.kept())) == (1, 4)


def test_a_claim_that_meets_the_completions_write_is_made_again(practice: Practice, bad_day: BadDay) -> None:
    recording = practice.recording(practice.open().recording_id)
    part = practice.put(recording)
    bad_day.fail(1, applied=True)
    with pytest.raises(Lost):
        practice.complete(recording, [part])
    bad_day.over()
    bad_day.meanwhile(1, lambda: practice.complete(recording, [part]))
    process_upload(told(recording), NOW, work=FakeWork())
    assert practice.recording(recording.recording_id).state is RecordingState.READY
    assert len(practice.events()) == 1


@pytest.mark.parametrize("call", [2, 9])
def test_a_transaction_that_meets_another_one_is_tried_again_here(
    practice: Practice, bad_day: BadDay, call: int
) -> None:
    recording = practice.send()
    bad_day.meanwhile(call, collide)
    process_upload(told(recording), NOW, work=FakeWork())
    assert practice.recording(recording.recording_id).state is RecordingState.READY
    assert len(practice.events()) == 1


def test_a_recording_that_was_removed_while_it_was_processed_stays_removed(practice: Practice, call_as: CallAs) -> None:
    recording = practice.send()

    def remove() -> None:
        write = call_as().write()
        write.discard(recording_key(practice.client_id, recording.recording_id))
        write.commit()

    process_upload(told(recording), NOW, work=FakeWork(before=remove))
    assert practice.events() == []
    with pytest.raises(NotFound):
        practice.recording(recording.recording_id)


def test_an_older_event_that_comes_late_changes_nothing(practice: Practice) -> None:
    recording = practice.send()
    older = told(recording, sequencer="0055AED6DCD90281E4")
    process_upload(
        told(recording), NOW, work=FakeWork(before=lambda: process_upload(older, NOW, work=FakeWork(_REJECTED)))
    )
    assert practice.recording(recording.recording_id).state is RecordingState.READY
    process_upload(older, NOW, work=FakeWork(_REJECTED))
    assert len(practice.events()) == 1


def test_a_newer_event_takes_over_what_an_older_one_began(practice: Practice) -> None:
    recording = practice.send()
    newer = told(recording, sequencer="0055AED6DCD90281E6")
    process_upload(
        told(recording),
        NOW,
        work=FakeWork(_REJECTED, before=lambda: process_upload(newer, NOW, work=FakeWork())),
    )
    settled = practice.recording(recording.recording_id)
    assert (settled.state, settled.sequencer) == (RecordingState.READY, "0055AED6DCD90281E6")
    assert len(practice.events()) == 1


_REJECTED = Rejected(Reason.WOULD_NOT_OPEN)


def test_an_event_before_its_row_is_tried_again(practice: Practice, stack: dict[str, Any]) -> None:
    call = practice.as_guardian()
    write = call.write()
    recording_id = RecordingId(new_id(NOW))
    service.open_recording(
        call,
        write,
        recording_id=recording_id,
        home=practice.home,
        kind=MediaKind.VIDEO,
        content_type="video/mp4",
        size=13,
        longest_s=None,
    )
    key = f"{practice.practice_id}/client/{practice.client_id}/{practice.submission_id}/{recording_id}"
    stack["s3"].put_object(Bucket=settings().uploads_bucket, Key=key, Body=b"a video, sent")
    body = _told_of(key)
    with pytest.raises(UploadUnknown):
        process_upload(body, NOW, work=FakeWork())
    write.commit()
    process_upload(body, NOW, work=FakeWork())
    assert practice.recording(recording_id).state is RecordingState.READY


def _told_of(key: str, **changes: Any) -> str:
    event = {"detail": {"bucket": {"name": settings().uploads_bucket}, "object": {"key": key, "size": 13}} | changes}
    return msgspec.json.encode(event).decode()


@pytest.mark.usefixtures("stack")
@pytest.mark.parametrize(
    "key",
    ["", "somebody/else.mp4", "0" * 26 + "/client/" + "0" * 26, "0" * 26 + "/library/../" + "0" * 26, "a/library/b"],
)
def test_an_object_that_is_no_upload_of_ours_is_parked(key: str) -> None:
    with pytest.raises(ValueError, match="no upload of ours"):
        process_upload(_told_of(key), NOW, work=FakeWork())


@pytest.mark.usefixtures("stack")
def test_a_message_about_another_bucket_or_of_another_form_is_parked() -> None:
    with pytest.raises(ValueError, match="not where uploads arrive"):
        process_upload(_told_of("k", bucket={"name": "another"}), NOW, work=FakeWork())
    for body in ("", "{}", "[]", '{"detail": {"bucket": {"name": "b"}, "object": {"key": 1, "size": 2}}}'):
        with pytest.raises(msgspec.DecodeError):
            process_upload(body, NOW, work=FakeWork())


def test_keys_say_whose_an_upload_is(practice: Practice) -> None:
    recording = practice.send()
    assert read_upload_key(recording.key) == (practice.practice_id, practice.home, recording.recording_id)


def test_a_version_of_the_object_is_fetched_where_s3_names_one(practice: Practice, stack: dict[str, Any]) -> None:
    recording = practice.send()
    bucket = settings().uploads_bucket
    (version,) = stack["s3"].list_object_versions(Bucket=bucket, Prefix=recording.key)["Versions"]
    stack["s3"].put_object(Bucket=bucket, Key=recording.key, Body=b"something else")
    work = FakeWork()
    process_upload(told(recording, **{"version-id": version["VersionId"]}), NOW, work=work)
    assert work.seen == [b"a video, sent"]
    assert practice.recording(recording.recording_id).version_id == version["VersionId"]


@pytest.mark.parametrize("fault", [ToolFault("no room on the disk"), OSError("no room")])
def test_a_fault_of_ours_is_tried_again_and_blames_nobody(practice: Practice, fault: Exception) -> None:
    recording = practice.send()

    def break_down() -> None:
        raise fault

    with pytest.raises(type(fault)):
        process_upload(told(recording), NOW, work=FakeWork(before=break_down))
    assert practice.recording(recording.recording_id).state is RecordingState.PROCESSING
    assert practice.events() == []
    process_upload(told(recording), NOW, work=FakeWork())
    assert practice.recording(recording.recording_id).state is RecordingState.READY


def test_an_object_that_is_gone_is_a_fault_and_not_a_rejection(practice: Practice, stack: dict[str, Any]) -> None:
    recording = practice.send()
    stack["s3"].delete_object(Bucket=settings().uploads_bucket, Key=recording.key)
    with pytest.raises(ClientError):
        process_upload(told(recording), NOW, work=FakeWork())
    assert practice.recording(recording.recording_id).state is RecordingState.PROCESSING


@pytest.mark.parametrize("outcome", [None, _REJECTED])
def test_processing_survives_a_break_at_every_call(
    practice: Practice, bad_day: BadDay, outcome: Rejected | None
) -> None:
    recording = practice.send()

    def attempt() -> None:
        process_upload(told(recording), NOW, work=FakeWork(outcome))

    broken = 0
    for where in bad_day.sweep(attempt):
        broken += 1
        attempt()
        attempt()
        settled = practice.recording(recording.recording_id)
        assert settled.state is (RecordingState.REJECTED if outcome else RecordingState.READY), where
        of = [event.ids["recording_id"] for event in practice.events()]
        assert of.count(recording.recording_id) == 1, where
        assert len(practice.kept(recording.key)) == (0 if outcome else 4), where
        recording = practice.send()
    assert broken >= 8


@pytest.mark.parametrize(
    ("kind", "content", "content_type"),
    [(MediaKind.IMAGE, PNG, "image/png"), (MediaKind.DOCUMENT, b"%PDF-1.7 and pages", "application/pdf")],
)
def test_pictures_and_documents_are_kept_under_the_type_that_their_bytes_show(
    practice: Practice, kind: MediaKind, content: bytes, content_type: str
) -> None:
    recording = practice.send(content, home=LIBRARY, kind=kind, content_type="")
    process_upload(told(recording), NOW, work=FakeWork())
    assert practice.kept() == {f"{recording.key}/file": content_type}
    view = service.see_recording(practice.as_therapist(), None, recording.recording_id)
    assert (view.state, view.duration_s, view.poster_url) == (RecordingState.READY, None, None)
    assert view.play_url is not None
    # Nobody waits for a file of the library, so nobody is told.
    assert practice.events() == []


def test_a_document_is_kept_as_it_is_and_a_picture_without_what_the_camera_said(practice: Practice) -> None:
    document = practice.send(b"%PDF-1.7 and pages", home=LIBRARY, kind=MediaKind.DOCUMENT, content_type="")
    picture = practice.send(PNG, home=LIBRARY, kind=MediaKind.IMAGE, content_type="")
    for recording in (document, picture):
        process_upload(told(recording), NOW, work=FakeWork())
    assert practice.stored(f"{document.key}/file") == b"%PDF-1.7 and pages"
    assert b"hidden place" in PNG
    assert b"hidden place" not in practice.stored(f"{picture.key}/file")


def test_a_picture_that_does_not_open_is_refused_in_words(practice: Practice) -> None:
    recording = practice.send(PNG[:40], home=LIBRARY, kind=MediaKind.IMAGE, content_type="")
    process_upload(told(recording), NOW, work=FakeWork())
    view = service.see_recording(practice.as_therapist(), None, recording.recording_id)
    assert (view.state, practice.kept()) == (RecordingState.REJECTED, {})
    assert view.reason is not None
    assert "would not open" in view.reason


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (MediaKind.IMAGE, b"<svg onload='alert(1)'>"),
        (MediaKind.IMAGE, b"%PDF-1.7 and pages"),
        (MediaKind.DOCUMENT, PNG),
        (MediaKind.DOCUMENT, b"<html><script>"),
    ],
)
def test_a_file_that_is_not_what_it_was_sent_as_stays_out_of_the_library(
    practice: Practice, kind: MediaKind, content: bytes
) -> None:
    recording = practice.send(content, home=LIBRARY, kind=kind, content_type="")
    process_upload(told(recording), NOW, work=FakeWork())
    view = service.see_recording(practice.as_therapist(), None, recording.recording_id)
    assert view.state is RecordingState.REJECTED
    assert view.reason is not None
    assert "not of the kind" in view.reason
    assert practice.kept() == {}


def test_a_picture_that_is_larger_than_was_said_is_not_fetched(practice: Practice) -> None:
    recording = practice.send(PNG, home=LIBRARY, kind=MediaKind.IMAGE, content_type="")
    process_upload(told(recording, size=10 * 1024**2 + 1), NOW, work=FakeWork())
    assert practice.recording(recording.recording_id, LIBRARY).reason == "too_big"


@pytest.mark.parametrize("kind", list(MediaKind))
def test_addresses_of_the_library_are_those_of_what_was_kept(practice: Practice, kind: MediaKind) -> None:
    content = {MediaKind.IMAGE: PNG, MediaKind.DOCUMENT: b"%PDF-1.7"}.get(kind, b"film")
    recording = practice.send(content, home=LIBRARY, kind=kind, content_type="")
    process_upload(told(recording), NOW, work=FakeWork())
    urls = service.library_urls(practice.practice_id, ResourceId(recording.recording_id), kind)
    seen = service.view(_library_recording(practice, recording), with_urls=True)
    made = [name for name in MediaUrls.__struct_fields__ if name != "captions_url"]  # written, not made
    assert [_plain(getattr(urls, name)) for name in made] == [_plain(getattr(seen, name)) for name in made]
    assert urls.captions_url is None


def _library_recording(practice: Practice, recording: Recording) -> Recording:
    return practice.recording(recording.recording_id, LIBRARY)


def _plain(url: str | None) -> str | None:
    return url and url.partition("?")[0]


def test_a_real_video_becomes_a_real_rendition(practice: Practice, tmp_path: Path) -> None:
    recorded = f"{pictures('160x90')} {TONE} -c:v libvpx -deadline realtime -c:a libopus -live 1"
    film = make(tmp_path / "browser.webm", recorded).read_bytes()
    recording = practice.send(film, content_type="video/webm")
    process_upload(told(recording), NOW)
    settled = practice.recording(recording.recording_id)
    view, below = service.view(settled, with_urls=True), f"{recording.key}/{settled.version_id}"
    assert view.state is RecordingState.READY, view.reason
    assert view.duration_s is not None
    assert view.duration_s > 1
    assert practice.stored(f"{below}/play.mp4")[4:8] == b"ftyp"
    assert practice.stored(f"{below}/poster.jpg").startswith(b"\xff\xd8\xff")


def test_a_video_that_is_made_playable_while_its_client_is_erased_is_not_published(
    practice: Practice, stack: dict[str, Any]
) -> None:
    recording = practice.send()

    def erase() -> None:
        """What an erasure has done by then: the tombstone lies there, the row and the upload are gone."""
        call = practice.as_guardian()
        card = call.table.get(CARD, places.card(practice.client_id))
        row = call.table.get(RECORDING, recording_key(practice.client_id, recording.recording_id))
        assert card
        assert row
        write = call.write()
        write.bury(card, TOMBSTONE, Tombstone(at=NOW, by=practice.guardian), otherwise=StaleWrite)
        write.remove(row)
        write.commit()

    process_upload(told(recording), NOW, work=FakeWork(before=erase))
    assert practice.kept() == {}
    assert practice.events() == []
    assert "Versions" not in stack["s3"].list_object_versions(Bucket=settings().uploads_bucket)
    process_upload(told(recording), NOW, work=FakeWork())
    assert practice.kept() == {}
