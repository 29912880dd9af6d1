"""What is handed over: the rendition and what stands beside it, at the edges of each rule.

What every kind of file comes to is read byte by byte and picture by picture in tests/video/test_renditions.py.
"""

import itertools
import subprocess
from pathlib import Path

import msgspec
import pytest

from chalicelib.media.processing import Accepted, TooMuchWork, find_ffmpeg, process
from chalicelib.media.processing.timeline import Timeline

from .test_processing_sources import TONE, accepted, contents_of, make, pictures

H264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p"
# Brighter by the second: what a picture looks like tells when it is shown.
DAWN = "-f lavfi -i color=s=320x180:r=30:d=4,geq=lum='40+T*40':cb=128:cr=128"
MARK = "Zeppelin"


def gray(path: Path) -> bytes:
    words = ["-nostdin", "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "gray", "pipe:1"]
    return subprocess.run([str(find_ffmpeg()), *words], check=True, capture_output=True).stdout


def timeline_of(outcome: Accepted) -> Timeline:
    assert outcome.timeline is not None
    return msgspec.json.decode(outcome.timeline.read_bytes(), type=Timeline)


def test_each_tile_shows_the_picture_of_its_time_where_hardly_any_stands_for_itself(tmp_path: Path) -> None:
    outcome = accepted(make(tmp_path / "dawn.mp4", f"{DAWN} {H264} -g 1000 -sc_threshold 0"))
    assert outcome.copied_video
    timeline = timeline_of(outcome)
    tiles = timeline.tiles
    assert tiles is not None
    assert outcome.sprite is not None
    assert (tiles.width, tiles.height) == (160, 90)
    assert len(tiles.times_ms) == 8
    shown = set(itertools.accumulate(timeline.frame_ms))
    assert set(tiles.times_ms) <= shown
    assert sorted(tiles.times_ms) == list(tiles.times_ms)
    picture = gray(outcome.sprite)
    across = tiles.columns * tiles.width
    for place, time_ms in enumerate(tiles.times_ms):
        row, column = divmod(place, tiles.columns)
        middle = picture[(row * tiles.height + 45) * across + column * tiles.width + 80]
        # The JPEG is full range, the pictures are 16 to 235.
        assert middle == pytest.approx((40 + time_ms / 1000 * 40 - 16) * 255 / 219, abs=5)


def test_a_sprite_has_a_hundred_tiles_at_most_spread_over_the_whole(tmp_path: Path) -> None:
    source = make(tmp_path / "long.mp4", f"{pictures('64x64', 5, 300)} {H264} -g 5")
    tiles = timeline_of(accepted(source)).tiles
    assert tiles is not None
    assert 60 <= len(tiles.times_ms) <= 100
    assert tiles.columns == 10
    assert tiles.times_ms[0] == 0
    assert tiles.times_ms[-1] > 290_000
    gaps = [later - earlier for earlier, later in itertools.pairwise(tiles.times_ms)]
    assert max(gaps) <= 2 * min(gaps)


def test_the_timeline_has_the_time_of_every_picture_and_the_shape_of_the_sound(tmp_path: Path) -> None:
    loud_then_still = "-f lavfi -i aevalsrc='0.5*sin(2000*t)*lt(t,1)':s=48000:d=2"
    source = make(tmp_path / "a.mp4", f"{pictures('64x64', 25)} {loud_then_still} {H264} -c:a aac")
    outcome = accepted(source)
    timeline = timeline_of(outcome)
    assert list(itertools.accumulate(timeline.frame_ms)) == [40 * number for number in range(50)]
    assert timeline.duration_ms == pytest.approx(2000, abs=30)
    assert 750 <= len(timeline.peaks) <= 801
    assert 45 <= max(timeline.peaks[10:380]) <= 56
    assert max(timeline.peaks[420:]) <= 2


@pytest.mark.parametrize(("volume", "lufs"), [("0.5", -9.0), ("0.05", -29.0), ("0", None), ("0.0001", None)])
def test_loudness_is_measured_and_silence_has_none(tmp_path: Path, volume: str, lufs: float | None) -> None:
    sound = f"-f lavfi -i aevalsrc='{volume}*sin(6283*t)':s=48000:d=2"
    outcome = accepted(make(tmp_path / "a.wav", sound), "audio")
    assert outcome.loudness_lufs == (None if lufs is None else pytest.approx(lufs, abs=1))


def test_a_video_without_sound_has_no_loudness_and_no_peaks(tmp_path: Path) -> None:
    outcome = accepted(make(tmp_path / "mute.mp4", f"{pictures('64x64')} {H264}"))
    assert outcome.loudness_lufs is None
    assert timeline_of(outcome).peaks == ()


def test_work_that_is_too_much_is_not_begun(tmp_path: Path) -> None:
    source = make(tmp_path / "a.webm", f"{pictures('320x180')} -c:v libvpx -deadline realtime")
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(TooMuchWork) as told:
        process(source, out, kind="video", longest_s=None, cpu_s=0.1)
    assert told.value.estimated_s > 0.1
    assert told.value.contents.duration_s == pytest.approx(2, abs=0.1)
    assert list(out.iterdir()) == []
    assert isinstance(process(source, out, kind="video", longest_s=None, cpu_s=60), Accepted)


@pytest.mark.parametrize("coding", [f"{H264} -bf 2 -c:a aac", "-c:v libvpx -deadline realtime -c:a libopus"])
@pytest.mark.parametrize(("video_late", "sound_late"), [("0.5", "0"), ("0", "0.5")])
def test_what_begins_later_still_begins_later(tmp_path: Path, coding: str, video_late: str, sound_late: str) -> None:
    late = f"-itsoffset {video_late} {pictures('320x180')} -itsoffset {sound_late} {TONE}"
    name = "late.mp4" if "x264" in coding else "late.webm"
    made = contents_of(accepted(make(tmp_path / name, f"{late} {coding}")), tmp_path)
    assert made.video_track.start_s == pytest.approx(float(video_late), abs=0.025)
    assert made.audio_track.start_s == pytest.approx(float(sound_late), abs=0.025)


def test_what_the_sender_wrote_anywhere_is_nowhere_in_the_outputs(tmp_path: Path) -> None:
    chapters = tmp_path / "chapters.txt"
    chapters.write_text(
        f";FFMETADATA1\ntitle={MARK}\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=900\ntitle={MARK}\n", encoding="ascii"
    )
    words = tmp_path / "words.srt"
    words.write_text(f"1\n00:00:00,000 --> 00:00:01,000\n{MARK}\n", encoding="ascii")
    uuid = "086f3693-b7b3-4f2c-9653-21492feee5b8"
    inputs = f"{pictures('320x180')} {TONE} -i {words} -f ffmetadata -i {chapters}"
    tags = " ".join(
        f"-metadata{place} {key}={MARK}"
        for place in ("", ":s:v:0", ":s:a:0")
        for key in ("title", "comment", "location", "make", "model", "handler_name", "encoder", "artist")
    )
    for number, unit in enumerate((f"h264_metadata=sei_user_data={uuid}+{MARK}", "h264_metadata=aud=insert")):
        source = make(
            tmp_path / f"{number}.mov",
            f"{inputs} -map 0 -map 1 -map 2 -map_metadata 3 -map_chapters 3 {H264} -g 15 -c:a aac -c:s mov_text"
            f" -bsf:v {unit} {tags} -metadata creation_time=2026-03-02T07:30:00Z -movflags use_metadata_tags",
        )
        assert source.read_bytes().count(MARK.encode()) > 5
        assert b"\xe5\xca\xec\xf8" in source.read_bytes()
        for copy in (True, False):
            out = tmp_path / f"{number}-{copy}"
            out.mkdir()
            outcome = process(source, out, kind="video", longest_s=None, copy=copy)
            assert isinstance(outcome, Accepted)
            assert (outcome.copied_video, outcome.copied_audio) == (copy, copy)
            for path in out.iterdir():
                content = path.read_bytes()
                assert MARK.encode() not in content
                assert b"\xe5\xca\xec\xf8" not in content  # the time of creation, as MP4 counts
                assert b"chpl" not in content
                assert b"text" not in content


def test_a_restless_picture_stays_within_the_bits_of_a_phones_line(tmp_path: Path) -> None:
    noise = "-f lavfi -i color=gray:s=640x360:r=30:d=4,noise=alls=100:allf=t"
    source = make(tmp_path / "noise.mp4", f"{noise} {TONE} {H264} -qp 20 -c:a aac")
    outcome = accepted(source)
    assert not outcome.copied_video
    assert outcome.rendition.stat().st_size * 8 / outcome.duration_s < 2_500_000


@pytest.mark.parametrize(
    ("rate", "seconds", "least"),
    [(60, 3, 30), (50, 3, 25), (35, 3, 25), (240, 3, 29), (240, 1, 28), (120, 0.5, 26), (1000, 0.5, 26), (60, 1, 29)],
)
def test_no_more_than_31_pictures_a_second_are_kept_and_not_half_of_what_may_be(
    tmp_path: Path, rate: int, seconds: float, least: int
) -> None:
    outcome = accepted(make(tmp_path / "fast.mp4", f"{pictures('64x64', rate, seconds)} {H264}"))
    assert least <= contents_of(outcome, tmp_path).video_track.mean_rate <= 31


def test_the_jitter_of_a_phones_clock_costs_no_pictures(tmp_path: Path) -> None:
    jitter = "settb=1/1000,setpts='PTS+(random(1)-0.5)*12',scale=1300:-2"
    source = make(tmp_path / "jitter.mp4", f"{pictures('64x16', 33, 3)} -vf {jitter} -fps_mode vfr {H264}")
    assert contents_of(accepted(source), tmp_path).video_track.packets > 75


def test_sound_that_begins_later_has_its_peaks_later(tmp_path: Path) -> None:
    source = make(tmp_path / "late.mp4", f"{pictures('64x64')} -itsoffset 1 {TONE} -t 2 {H264} -c:a aac")
    peaks = timeline_of(accepted(source)).peaks
    assert 750 <= len(peaks) <= 800
    assert max(peaks[: len(peaks) // 2 - 20]) == 0
    assert min(peaks[len(peaks) // 2 + 20 : -20]) > 5
