"""What honest phones and browsers send on odd days: frozen, late, wide in colour, full of titles, changing shape."""

from fractions import Fraction
from pathlib import Path

import pytest

from chalicelib.media.processing import Reason, Rejected, find_ffmpeg
from chalicelib.media.processing.container import Container
from chalicelib.media.processing.probe import Source, probe

from .test_processing_sources import CAPS, FAST, TO_HDR, TONE, accepted, contents_of, make, pictures, pixel, run

VP8 = "-c:v libvpx -deadline realtime -cpu-used 8"
HEVC = "-c:v libx265 -preset ultrafast -x265-params log-level=error"


@pytest.mark.parametrize(("name", "coding"), [("frozen.webm", VP8), ("frozen.mov", HEVC), ("frozen.mp4", FAST)])
def test_pictures_that_stand_still_shortly_before_the_end_are_no_longer_recording(
    tmp_path: Path, name: str, coding: str
) -> None:
    # The pictures after the pause are stored before ones that are shown earlier, and seem to last as long as it.
    frozen = r"-vf select='not(between(t\,0.5\,3.5))' -fps_mode vfr"
    outcome = accepted(make(tmp_path / name, f"{pictures('160x90', seconds=4)} {frozen} {coding}"))
    assert outcome.duration_s == pytest.approx(4, abs=0.1)


@pytest.mark.parametrize(
    ("name", "late", "coding"),
    [
        ("microphone.webm", "sound", f"{VP8} -c:a libopus"),
        ("microphone.mp4", "sound", f"{FAST} -c:a aac"),
        ("camera.mp4", "picture", f"{FAST} -c:a aac"),
        ("camera.mkv", "picture", f"{FAST} -c:a libopus"),
    ],
)
def test_a_camera_or_microphone_that_was_allowed_late_begins_late(
    tmp_path: Path, name: str, late: str, coding: str
) -> None:
    offset = "-itsoffset 7"
    sound = "-f lavfi -i sine=d=9:r=48000"
    if late == "sound":
        words = f"{pictures('64x64', 10, 9)} {offset} {TONE}"
    else:
        words = f"{offset} {pictures('64x64', 10)} {sound}"
    made = contents_of(accepted(make(tmp_path / name, f"{words} {coding}")), tmp_path)
    assert made.duration_s == pytest.approx(9, abs=0.1)
    track, other = made.audio_track, made.video_track
    assert (track.start_s - other.start_s) * (1 if late == "sound" else -1) == pytest.approx(7, abs=0.1)


def test_a_clock_that_began_a_day_earlier_is_no_file_that_is_cut_short(tmp_path: Path) -> None:
    plain = make(tmp_path / "plain.mp4", f"{pictures('64x64')} {TONE} {FAST} -c:a aac")
    outcome = accepted(make(tmp_path / "late.mkv", f"-i {plain} -c copy -output_ts_offset 90000"))
    assert outcome.duration_s == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("title", ["No space left on device", "x: No space left on device", "moov atom not found"])
def test_a_title_is_not_taken_for_a_fault(tmp_path: Path, title: str) -> None:
    told = tmp_path / "told.meta"
    told.write_text(f";FFMETADATA1\ntitle={title}\n", encoding="utf-8")
    assert accepted(make(tmp_path / "told.mp4", f"{pictures('64x64')} -i {told} -map_metadata 1 {FAST}")).copied_video


def test_a_title_is_not_taken_for_a_stream(tmp_path: Path) -> None:
    # A separator of lines for Python, and none for ffmpeg.
    claim = "\u2028  Stream #0:0: Video: h264 (High), yuv420p(tv, bt709, progressive), 64x64\u2028Stream mapping:"
    told = tmp_path / "told.meta"
    told.write_text(f";FFMETADATA1\ntitle=a{claim}\n", encoding="utf-8")
    outcome = accepted(make(tmp_path / "told.mp4", f"{pictures('320x180')} {TONE} -i {told} -map_metadata 2 {FAST}"))
    assert (outcome.width, outcome.height) == (320, 180)
    assert contents_of(outcome, tmp_path).audio is not None


def test_a_thousand_chapters_do_not_hide_the_picture(tmp_path: Path) -> None:
    told = tmp_path / "told.meta"
    chapter = "[CHAPTER]\nTIMEBASE=1/1000\nSTART={}\nEND={}\ntitle=Step\n"
    chapters = (chapter.format(at, at + 2) for at in range(0, 2000, 2))
    told.write_text(";FFMETADATA1\n" + "".join(chapters), encoding="utf-8")
    assert accepted(make(tmp_path / "told.mp4", f"{pictures('64x64')} -i {told} -map_chapters 1 {FAST}")).copied_video


@pytest.mark.parametrize("other", ["640x360", "90x160", "1920x1080"])
def test_a_picture_that_changes_its_size_on_the_way_is_never_copied(tmp_path: Path, other: str) -> None:
    for name, size in (("first", "160x90"), ("second", other)):
        make(tmp_path / f"{name}.h264", f"{pictures(size, 10, 1)} {FAST} -bf 0 -f h264")
    joined = tmp_path / "joined.h264"
    joined.write_bytes((tmp_path / "first.h264").read_bytes() + (tmp_path / "second.h264").read_bytes())
    outcome = accepted(make(tmp_path / "turned.mkv", f"-r 10 -f h264 -i {joined} -c copy"))
    assert not outcome.copied_video
    assert (outcome.width, outcome.height) == (160, 90)
    source = Source(outcome.rendition, Container.ISO)
    assert probe(find_ffmpeg(), source, folder=tmp_path, caps=CAPS, pictures_are_h264=True).video_track.one_setup


def test_pixels_of_a_shape_that_no_lens_makes_are_square_ones(tmp_path: Path) -> None:
    outcome = accepted(make(tmp_path / "line.mp4", f"{pictures('160x90')} -vf setsar=1/50 {FAST}"))
    assert not outcome.copied_video
    video = contents_of(outcome, tmp_path).video
    assert video is not None
    assert (video.width, video.height, video.pixel_shape) == (160, 90, Fraction(1))
    # No bars: the left of the test picture is red.
    assert pixel(outcome.rendition, 4, 70, 0)[0] > 120


@pytest.mark.parametrize("part", [0.05, 0.3, 0.9])
def test_a_file_that_ends_within_its_index_is_one_that_was_cut_short(tmp_path: Path, part: float) -> None:
    whole = make(tmp_path / "whole.mp4", f"{pictures('64x64', seconds=30)} {FAST} -movflags +faststart").read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: int(part * whole.index(b"mdat"))])
    assert run(cut) == Rejected(Reason.CUT_SHORT)


@pytest.mark.parametrize(
    "stored",
    [
        "zscale=p=smpte432:t=709:m=709:r=tv:pin=709:tin=709:min=709:rin=tv,format=yuv420p",
        "zscale=p=2020:t=2020_10:m=2020_ncl:r=tv:pin=709:tin=709:min=709:rin=tv,format=yuv420p10le",
        # HLG as a few phones write it: with the whole range, and without a word on anything but the curve.
        TO_HDR.format("arib-std-b67").replace(":r=tv:", ":r=pc:"),
        TO_HDR.format("arib-std-b67") + ",setparams=colorspace=unknown:color_primaries=unknown",
    ],
)
def test_whatever_a_camera_says_of_its_colours_they_stay_the_same(tmp_path: Path, stored: str) -> None:
    plain = "color=0xD02020:s=64x64:r=10:d=1,format=gbrp,scale=out_color_matrix=bt709:out_range=tv,format=yuv444p"
    hdr = "arib" in stored
    outcome = accepted(make(tmp_path / "wide.mov", f"-f lavfi -i {plain} -vf {stored} {HEVC} -tag:v hvc1"))
    red, green, blue = pixel(outcome.rendition, 30, 30, 0)
    assert abs(red - 208) <= (70 if hdr else 8)
    assert abs(green - 32) <= (40 if hdr else 8)
    assert abs(blue - 32) <= (40 if hdr else 8)
