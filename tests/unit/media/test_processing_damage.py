"""What plays but is damaged inside is taken and marked; what is whole never is, however oddly it was made.

That no honest file of a phone, a browser or a camera is marked is held for each by tests/video/test_verdicts.py.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from chalicelib.media.processing import Accepted, Kind, Reason, Rejected, look_through, process

from .test_processing_sources import make, pictures

TONE = "-f lavfi -i sine=d=3"
SMALL = pictures("320x180", seconds=3)
H264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 15"
HEVC = "-c:v libx265 -preset ultrafast -x265-params log-level=error:open-gop=1:keyint=30 -tag:v hvc1"
X264 = "-c:v libx264 -preset veryfast -pix_fmt yuv420p"
OPEN = f"{X264} -x264-params open-gop=1:keyint=30:bframes=3"


def taken(path: Path, kind: Kind = "video") -> Accepted:
    out = path.parent / f"out-{path.name}"
    out.mkdir()
    outcome = process(path, out, kind=kind, longest_s=None)
    assert isinstance(outcome, Accepted), outcome
    return outcome


def payload(content: bytes | bytearray) -> tuple[int, int]:
    """Where the pictures and the sound of an MP4 begin and end."""
    start = content.index(b"mdat") + 4
    moov = content.index(b"moov")
    return start, moov - 4 if moov > start else len(content)


def zeroed(content: bytearray) -> bytearray:
    start, end = payload(content)
    at = (start + end) // 2
    content[at : at + 3000] = bytes(3000)
    return content


def shuffled(content: bytearray) -> bytearray:
    start, end = payload(content)
    at = (start + end) // 2
    content[at : at + 3000] = content[at : at + 3000][::-1]
    return content


@pytest.mark.parametrize("harm", [zeroed, shuffled])
@pytest.mark.parametrize(
    ("name", "coding"),
    [("copied.mp4", f"{H264} -c:a aac"), ("decoded.mov", f"{HEVC} -c:a aac"), ("sound.m4a", "-vn -c:a aac")],
)
def test_a_file_with_a_hole_is_taken_patched_and_marked(
    tmp_path: Path, name: str, coding: str, harm: Callable[[bytearray], bytearray]
) -> None:
    source = make(tmp_path / name, f"{SMALL} {TONE} {coding}")
    source.write_bytes(harm(bytearray(source.read_bytes())))
    outcome = taken(source, "audio" if name == "sound.m4a" else "video")
    assert outcome.damaged
    assert not outcome.copied_video
    again = taken(outcome.rendition, "audio" if name == "sound.m4a" else "video")
    assert not look_through(again).damaged


def test_a_block_of_webm_that_belongs_to_no_track_is_missed(tmp_path: Path) -> None:
    source = make(
        tmp_path / "strayed.webm", f"{SMALL} -c:v libvpx -deadline realtime -cpu-used 8 -cluster_time_limit 500"
    )
    harmed = bytearray(source.read_bytes())
    block = harmed.index(b"\xa3", harmed.rindex(b"\x1f\x43\xb6\x75"))  # the first one of the last cluster
    length = 9 - harmed[block + 1].bit_length()  # of its size, by the zeros that it begins with (RFC 8794, 2020, 4)
    assert harmed[block + 1 + length] == 0x81  # track 1
    harmed[block + 1 + length] = 0x85
    assert not taken(source).damaged
    (tmp_path / "harmed.webm").write_bytes(harmed)
    assert taken(tmp_path / "harmed.webm").damaged


def test_a_copy_whose_hole_lies_between_key_pictures_is_marked_when_it_is_looked_through(tmp_path: Path) -> None:
    source = make(tmp_path / "fine.mp4", f"{SMALL} {H264} -bf 0")
    whole = source.read_bytes()
    start, end = payload(whole)
    marked = 0
    # One flipped bit here and there: most leave the key pictures and the chain of units as they were.
    for part in range(1, 8):
        harmed = bytearray(whole)
        harmed[start + (end - start) * part // 8] ^= 0x10
        path = tmp_path / f"harmed{part}.mp4"
        path.write_bytes(harmed)
        outcome = taken(path)
        looked = look_through(outcome)
        if outcome.copied_video and looked.damaged:
            assert not outcome.damaged
            mended = process(path, outcome.rendition.parent, kind="video", longest_s=None, copy=False)
            assert isinstance(mended, Accepted)
            assert mended.damaged
            assert not mended.copied_video
            marked += 1
    assert marked > 0


def test_an_index_that_points_beside_everything_that_follows_is_a_refusal(tmp_path: Path) -> None:
    source = make(tmp_path / "shifted.mp4", f"{SMALL} {TONE} {H264} -c:a aac")
    content = bytearray(source.read_bytes())
    start, end = payload(content)
    at = (start + end) // 2
    content[at:end] = content[at + 3000 : end] + bytes(3000)
    source.write_bytes(content)
    assert process(source, tmp_path, kind="video", longest_s=None) == Rejected(Reason.CUT_SHORT)


def test_a_few_missing_seconds_at_the_end_are_a_mark_and_more_are_a_refusal(tmp_path: Path) -> None:
    source = make(tmp_path / "first.mp4", f"{SMALL} {TONE} {H264} -c:a aac -movflags +faststart")
    content = source.read_bytes()
    source.write_bytes(content[: len(content) * 96 // 100])
    outcome = taken(source)
    assert outcome.damaged
    assert not outcome.copied_video
    source.write_bytes(content[: len(content) * 6 // 10])
    assert process(source, tmp_path, kind="video", longest_s=None) == Rejected(Reason.CUT_SHORT)


def test_a_browsers_recording_with_a_hole_is_marked(tmp_path: Path) -> None:
    source = make(tmp_path / "live.webm", f"{SMALL} {TONE} -c:v libvpx -deadline realtime -c:a libopus -live 1")
    content = source.read_bytes()
    at = len(content) // 2
    source.write_bytes(content[:at] + bytes(3000) + content[at + 3000 :])
    assert taken(source).damaged
    shorter = tmp_path / "shorter.webm"
    shorter.write_bytes(content[:at] + content[at + 3000 :])
    assert taken(shorter).damaged
    cut = tmp_path / "cut.webm"
    cut.write_bytes(content[: len(content) * 9 // 10])
    assert taken(cut).damaged


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("old.avi", f"{SMALL} {TONE} -c:v mpeg4 -bf 2 -vtag xvid -c:a libmp3lame"),
        ("refresh.mp4", f"{SMALL} {X264} -x264-params intra-refresh=1:bframes=0"),
        ("lines.mp4", f"{SMALL} {X264} -x264-params interlaced=1"),
    ],
)
def test_an_honest_file_is_not_marked(tmp_path: Path, name: str, words: str) -> None:
    assert not look_through(taken(make(tmp_path / name, words))).damaged


@pytest.mark.parametrize("coding", [OPEN, HEVC, f"{H264} -bf 2"])
@pytest.mark.parametrize("cut", ["-ss 1.2", "-ss 1.2 -copyinkf", "-t 1.7"])
def test_a_trimmed_clip_is_not_marked_for_what_it_left_out(tmp_path: Path, coding: str, cut: str) -> None:
    whole = make(tmp_path / "whole.mov", f"{SMALL} {TONE} {coding} -c:a aac")
    at, _, more = cut.partition(" -c")
    words = f"{at} -i {whole} -c copy {'-copyinkf' if more else ''}"
    assert not look_through(taken(make(tmp_path / "trimmed.mov", words))).damaged
