"""Which addresses are signed: of what plays and of parts to be sent, never of what was sent."""

import re
from pathlib import Path

import chalicelib
from chalicelib.foundation.call import Call
from chalicelib.foundation.settings import settings
from chalicelib.media import service
from chalicelib.media.intake import process_upload
from chalicelib.media.model import Home, MediaKind, Recording
from chalicelib.media.processing import Reason, Rejected
from chalicelib.media.store import files

from ..conftest import NOW
from .conftest import FakeWork, Practice, told

LIBRARY = Home()


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
