"""What may be sent, how it is cut, and which news still counts."""

import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.foundation.errors import Invalid, TooLarge
from chalicelib.foundation.ids import RecordingId
from chalicelib.media.model import (
    LARGEST,
    LARGEST_OF,
    MOST_PARTS,
    PART,
    Home,
    MediaKind,
    Recording,
    RecordingState,
    accepted_type,
    is_news,
    is_recorded_here,
    library_sentence,
    part_length,
    parts_of,
    sniff,
)
from chalicelib.media.processing import Reason

from ..conftest import NOW

RECORDING = Recording(
    recording_id=RecordingId("r"),
    home=Home(),
    kind=MediaKind.VIDEO,
    content_type="video/mp4",
    size=1,
    key="k",
    upload_id="u",
    at=NOW,
)


@given(st.integers(1, LARGEST))
def test_the_parts_of_a_file_are_the_file(size: int) -> None:
    count = parts_of(size)
    lengths = [part_length(size, number) for number in range(1, count + 1)]
    assert sum(lengths) == size
    assert all(length == PART for length in lengths[:-1])
    assert 0 < lengths[-1] <= PART
    assert count <= MOST_PARTS


@pytest.mark.parametrize(
    ("kind", "said", "kept"),
    [
        (MediaKind.VIDEO, "video/quicktime", "video/quicktime"),
        (MediaKind.VIDEO, 'video/mp4; codecs="avc1.42E01E, mp4a.40.2"', 'video/mp4; codecs="avc1.42E01E, mp4a.40.2"'),
        (MediaKind.VIDEO, "", "application/octet-stream"),
        (MediaKind.VIDEO, "video/mp4 ;codecs=vp8 ; a=b", "video/mp4 ;codecs=vp8 ; a=b"),
        (MediaKind.VIDEO, "video/mp4\r\nX-Evil: 1", "application/octet-stream"),
        (MediaKind.VIDEO, "video/mp4;codecs=é", "application/octet-stream"),
        (MediaKind.AUDIO, "video/webm", "video/webm"),
        (MediaKind.AUDIO, "audio/x-m4a", "audio/x-m4a"),
        (MediaKind.IMAGE, "image/heic", "image/heic"),
        (MediaKind.DOCUMENT, "application/pdf", "application/pdf"),
    ],
)
def test_what_a_browser_calls_a_file_is_kept_where_it_may_be_true(kind: MediaKind, said: str, kept: str) -> None:
    assert accepted_type(kind, said, 100) == kept


def test_a_type_made_to_be_read_for_ever_is_read_at_once() -> None:
    began = time.process_time()
    said = "video/mp4" + ";a=b    " * 13 + "!"
    assert accepted_type(MediaKind.VIDEO, said, 100) == "application/octet-stream"
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (MediaKind.VIDEO, "image/jpeg"),
        (MediaKind.AUDIO, "application/pdf"),
        (MediaKind.IMAGE, "video/mp4"),
        (MediaKind.DOCUMENT, "application/msword"),
    ],
)
def test_a_file_that_says_it_is_something_else_is_refused_before_it_is_sent(kind: MediaKind, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        accepted_type(kind, said, 100)
    assert refused.value.problem_type == "wrong-kind-of-file"


@pytest.mark.parametrize("kind", list(MediaKind))
def test_a_file_is_taken_up_to_its_limit_and_not_a_byte_more(kind: MediaKind) -> None:
    accepted_type(kind, "", LARGEST_OF[kind])
    with pytest.raises(TooLarge):
        accepted_type(kind, "", LARGEST_OF[kind] + 1)


@pytest.mark.parametrize("size", [0, -1])
def test_an_empty_file_is_refused_before_it_is_sent(size: int) -> None:
    with pytest.raises(Invalid) as refused:
        accepted_type(MediaKind.VIDEO, "video/mp4", size)
    assert refused.value.problem_type == "empty-file"


@pytest.mark.parametrize(
    ("said", "here"),
    [
        ("video/webm", True),
        ("audio/webm;codecs=opus", True),
        ('video/mp4;codecs="avc1"', True),
        ("video/mp4", False),
        ("video/quicktime", False),
        ("application/octet-stream", False),
    ],
)
def test_a_recording_of_the_pages_own_camera_is_known_by_its_type(said: str, *, here: bool) -> None:
    assert is_recorded_here(said) is here


@pytest.mark.parametrize("state", [RecordingState.READY, RecordingState.REJECTED])
def test_what_is_settled_stays_settled(state: RecordingState) -> None:
    settled = msgspec.structs.replace(RECORDING, state=state, sequencer="01")
    assert not is_news(settled, "FF")


@given(st.text("0123456789ABCDEF", min_size=1, max_size=18), st.text("0123456789ABCDEF", min_size=1, max_size=18))
def test_of_two_different_events_one_is_always_older(one: str, other: str) -> None:
    processing = msgspec.structs.replace(RECORDING, state=RecordingState.PROCESSING)
    forth = is_news(msgspec.structs.replace(processing, sequencer=one), other)
    back = is_news(msgspec.structs.replace(processing, sequencer=other), one)
    assert forth or back
    assert (forth and back) is (one.rstrip("0") == other.rstrip("0"))


def test_a_shorter_sequencer_is_filled_up_on_the_right() -> None:
    processing = msgspec.structs.replace(RECORDING, state=RecordingState.PROCESSING, sequencer="0A")
    assert is_news(processing, "0B00")
    assert not is_news(processing, "09FF")


@pytest.mark.parametrize(
    ("head", "content_type"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0....", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", None),
        (b"GIF89a..", "image/gif"),
        (b"%PDF-1.7", "application/pdf"),
        (b"\n\n%PDF-1.4", "application/pdf"),
        (b"x" * 1024 + b"%PDF-1.4", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>", None),
        (b"", None),
    ],
)
def test_pictures_and_documents_are_known_by_their_first_bytes(head: bytes, content_type: str | None) -> None:
    assert sniff(head) == content_type


@given(st.binary(max_size=64))
def test_no_bytes_are_too_strange_to_be_looked_at(head: bytes) -> None:
    assert sniff(head) is None or sniff(head) is not None


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_sentence_for_the_library(reason: Reason) -> None:
    says = library_sentence(reason)
    assert says.endswith("add it again.")
    assert "answers" not in says
