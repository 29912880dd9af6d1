"""What phones and browsers also send: HDR, 60 pictures a second, trimmed, mirrored, damaged, disguised."""

import subprocess
from fractions import Fraction
from pathlib import Path

import pytest

from chalicelib.media.processing import Accepted, Kind, Outcome, Reason, Rejected, find_ffmpeg, process
from chalicelib.media.processing.child import Caps
from chalicelib.media.processing.container import Container
from chalicelib.media.processing.contents import Contents
from chalicelib.media.processing.probe import Source, probe

CAPS = Caps(seconds=60, memory_bytes=4 * 1024**3, file_bytes=2**25)
FAST = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p"
TONE = "-f lavfi -i sine=d=2"
TO_HDR = "zscale=p=bt2020:t={}:m=bt2020nc:r=tv:pin=bt709:tin=bt709:min=bt709:rin=tv,format=yuv420p10le"


def make(target: Path, words: str) -> Path:
    command = [str(find_ffmpeg()), "-nostdin", "-v", "error", "-y", *words.split(), f"file:{target}"]
    subprocess.run(command, check=True, cwd=target.parent)
    return target


def pictures(size: str, rate: int = 30, seconds: float = 2) -> str:
    return f"-f lavfi -i testsrc2=s={size}:r={rate}:d={seconds}"


def run(path: Path, kind: Kind = "video") -> Outcome:
    out = path.parent / "out"
    out.mkdir(exist_ok=True)
    return process(path, out, kind=kind, longest_s=None)


def accepted(path: Path, kind: Kind = "video") -> Accepted:
    outcome = run(path, kind)
    assert isinstance(outcome, Accepted), outcome
    return outcome


def contents_of(outcome: Accepted, folder: Path) -> Contents:
    return probe(find_ffmpeg(), Source(outcome.rendition, Container.ISO), folder=folder, caps=CAPS)


def pixel(path: Path, x: int, y: int, at_s: float) -> bytes:
    words = ["-ss", str(at_s), "-i", str(path), "-frames:v", "1", "-vf", f"crop=2:2:{x}:{y},scale=1:1:flags=area"]
    command = [str(find_ffmpeg()), "-nostdin", "-v", "error", *words, "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]
    return subprocess.run(command, check=True, capture_output=True).stdout


@pytest.mark.parametrize("curve", ["arib-std-b67", "smpte2084"])
def test_an_hdr_video_becomes_an_ordinary_one(tmp_path: Path, curve: str) -> None:
    coding = "-c:v libx265 -preset ultrafast -x265-params log-level=error -tag:v hvc1"
    source = make(tmp_path / "hdr.mov", f"{pictures('640x360', seconds=1)} -vf {TO_HDR.format(curve)} {coding}")
    outcome = accepted(source)
    video = contents_of(outcome, tmp_path).video
    assert video is not None
    assert (video.pixel_format, video.matrix, video.primaries, video.curve) == ("yuv420p", *["bt709"] * 3)
    red, green, blue = pixel(outcome.rendition, 20, 300, 0)
    # The left of the test picture is red, and stays so.
    assert red > 120
    assert max(green, blue) < 60


def test_sixty_pictures_a_second_become_thirty(tmp_path: Path) -> None:
    outcome = accepted(make(tmp_path / "fast.mp4", f"{pictures('1920x1080', 60, 1)} {FAST}"))
    track = contents_of(outcome, tmp_path).video_track
    assert (outcome.width, outcome.height, outcome.copied_video) == (1280, 720, False)
    assert track.packets == 30
    assert track.longest_gap_s == pytest.approx(1 / 30, abs=0.002)


def test_pictures_keep_their_own_uneven_times(tmp_path: Path) -> None:
    uneven = r"-vf select='not(mod(n\,7)*mod(n\,3))' -fps_mode vfr"
    source = make(tmp_path / "uneven.webm", f"{pictures('320x180')} {uneven} -c:v libvpx -deadline realtime")
    before = probe(find_ffmpeg(), Source(source, Container.EBML), folder=tmp_path, caps=CAPS).video_track
    after = contents_of(accepted(source), tmp_path).video_track
    assert after.packets == before.packets
    assert after.longest_gap_s == pytest.approx(before.longest_gap_s, abs=0.002)
    assert after.duration_s == pytest.approx(before.duration_s, abs=0.05)


def test_a_trimmed_clip_is_not_copied_because_it_still_holds_what_was_cut(tmp_path: Path) -> None:
    whole = make(tmp_path / "whole.mp4", f"{pictures('320x180')} {TONE} {FAST} -g 60 -c:a aac")
    trimmed = make(tmp_path / "trimmed.mp4", f"-ss 1 -i {whole} -c copy")
    outcome = accepted(trimmed)
    assert (outcome.copied_video, outcome.copied_audio) == (False, False)
    assert outcome.duration_s == pytest.approx(1, abs=0.1)
    made = contents_of(outcome, tmp_path)
    assert made.video_track.hidden_packets == 0


def test_what_cannot_be_copied_after_all_is_decoded_instead(tmp_path: Path) -> None:
    source = make(tmp_path / "plain.mp4", f"{pictures('320x180')} {FAST}")
    tool = tmp_path / "ffmpeg"
    fails = 'case "$*" in *"-c:v copy"*faststart*) exit 1;; esac'
    tool.write_text(f'#!/bin/sh\n{fails}\nexec {find_ffmpeg()} "$@"\n', encoding="utf-8")
    tool.chmod(0o755)
    assert accepted(source).copied_video
    outcome = process(source, tmp_path, kind="video", longest_s=None, ffmpeg=tool)
    assert isinstance(outcome, Accepted)
    assert not outcome.copied_video


def test_a_mirrored_video_is_shown_as_the_phone_showed_it(tmp_path: Path) -> None:
    plain = make(tmp_path / "plain.mp4", f"{pictures('320x180')} {FAST}")
    mirrored = make(tmp_path / "mirrored.mp4", f"-display_hflip -i {plain} -c copy")
    outcome = accepted(mirrored)
    assert not outcome.copied_video
    # Red stands on the left of the test picture, so on the right here.
    red, green, _ = pixel(outcome.rendition, 310, 150, 0)
    assert red > 200
    assert green < 60


def test_a_phone_turned_while_a_browser_records_gets_bars_instead_of_a_stretched_face(tmp_path: Path) -> None:
    for name, size in (("lying", "320x180"), ("standing", "180x320")):
        make(tmp_path / f"{name}.ivf", f"{pictures(size, seconds=1)} -c:v libvpx -deadline realtime -f ivf")
    joined = join_ivf(tmp_path / "lying.ivf", tmp_path / "standing.ivf")
    outcome = accepted(make(tmp_path / "turned.webm", f"-i {joined} -c copy"))
    assert (outcome.width, outcome.height) == (320, 180)
    assert max(pixel(outcome.rendition, 10, 90, 1.5)) < 20
    assert max(pixel(outcome.rendition, 160, 90, 1.5)) > 100


def join_ivf(first: Path, second: Path) -> Path:
    """One VP8 stream that changes its size on the way. An IVF packet: 4 bytes of length, 8 of time, the data."""
    joined = bytearray(first.read_bytes()[:32])
    number = 0
    for path in (first, second):
        content = path.read_bytes()
        at = 32
        while at < len(content):
            size = int.from_bytes(content[at : at + 4], "little")
            joined += size.to_bytes(4, "little") + number.to_bytes(8, "little") + content[at + 12 : at + 12 + size]
            at, number = at + 12 + size, number + 1
    target = first.with_name("joined.ivf")
    target.write_bytes(joined)
    return target


def test_a_televisions_picture_gets_square_pixels_and_whole_lines(tmp_path: Path) -> None:
    shape = "-vf setsar=64/45,tinterlace=interleave_top -flags +ilme+ildct"
    outcome = accepted(make(tmp_path / "tv.avi", f"{pictures('720x576', 50, 1)} {shape} -c:v mpeg4 -qscale:v 4"))
    video = contents_of(outcome, tmp_path).video
    assert video is not None
    assert (video.width, video.height, video.pixel_shape, video.interlaced) == (1024, 576, Fraction(1), False)


def test_an_av1_video_is_not_refused(tmp_path: Path) -> None:
    source = make(tmp_path / "new.mp4", f"{pictures('320x180', seconds=1)} -c:v libsvtav1 -preset 12 -loglevel quiet")
    assert accepted(source).width == 320


@pytest.mark.parametrize(
    ("name", "coding"),
    [
        ("a.mp3", "-c:a libmp3lame"),
        ("a.wav", ""),
        ("a.ogg", "-c:a libopus"),
        ("a.m4a", "-c:a alac"),
        ("six.m4a", "-ac 6 -c:a aac"),
    ],
)
def test_every_usual_kind_of_sound_is_taken(tmp_path: Path, name: str, coding: str) -> None:
    outcome = accepted(make(tmp_path / name, f"{TONE} {coding}"), "audio")
    audio = contents_of(outcome, tmp_path).audio
    assert audio is not None
    assert audio.channels <= 2
    assert outcome.duration_s == pytest.approx(2, abs=0.1)


def test_aac_that_plays_everywhere_is_copied_without_its_cover(tmp_path: Path) -> None:
    words = f"{TONE} {pictures('64x64')} -map 0 -map 1 -c:a aac -c:v mjpeg -frames:v 1 -disposition:v attached_pic"
    source = make(tmp_path / "cover.m4a", words)
    assert run(source) == Rejected(Reason.NO_PICTURE)
    outcome = accepted(source, "audio")
    assert outcome.copied_audio
    assert contents_of(outcome, tmp_path).video is None


@pytest.mark.parametrize(
    ("size", "reason"), [("4104x2400", Reason.PICTURE_TOO_LARGE), ("14x14", Reason.PICTURE_TOO_SMALL)]
)
def test_a_picture_beyond_the_limits_is_refused(tmp_path: Path, size: str, reason: Reason) -> None:
    assert run(make(tmp_path / "size.mp4", f"{pictures(size, 5, 1)} {FAST}")) == Rejected(reason)


def test_a_file_that_lost_its_end_is_refused_wherever_it_was_cut(tmp_path: Path) -> None:
    first = make(tmp_path / "first.mp4", f"{pictures('320x180')} {TONE} {FAST} -c:a aac -movflags +faststart")
    content = first.read_bytes()
    first.write_bytes(content[: len(content) * 6 // 10])
    assert run(first) == Rejected(Reason.CUT_SHORT)
    first.write_bytes(content[:200])
    assert run(first) == Rejected(Reason.CUT_SHORT)


@pytest.mark.parametrize(
    "head", [b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41", b"\x1a\x45\xdf\xa3", b"RIFF\0\0\0\0AVI "]
)
def test_noise_behind_a_good_beginning_is_refused(tmp_path: Path, head: bytes) -> None:
    source = tmp_path / "noise.mp4"
    source.write_bytes(head + bytes(range(256)) * 40)
    outcome = run(source)
    assert isinstance(outcome, Rejected)
    assert outcome.reason in {Reason.WOULD_NOT_OPEN, Reason.CUT_SHORT, Reason.NO_PICTURE}


def test_a_playlist_cannot_reach_the_file_beside_it(tmp_path: Path) -> None:
    make(tmp_path / "other.mp4", f"{pictures('320x180', seconds=1)} {FAST}")
    source = tmp_path / "list.mp4"
    for words in ("ffconcat version 1.0\nfile other.mp4\n", "#EXTM3U\n#EXTINF:1,\nother.mp4\n#EXT-X-ENDLIST\n"):
        source.write_text(words, encoding="ascii")
        assert run(source) == Rejected(Reason.NOT_MEDIA)
        # Even with an honest beginning, only the demuxer of that beginning may read it.
        source.write_bytes(b"\0\0\0\x08wide" + words.encode())
        assert isinstance(run(source), Rejected)


@pytest.mark.parametrize("name", ["clock.mov", "clock.mp4"])
def test_a_picture_that_a_timecode_belongs_to_is_still_a_picture(tmp_path: Path, name: str) -> None:
    plain = make(tmp_path / f"plain-{name}", f"{pictures('320x180', seconds=1)} {FAST} -timecode 10:00:00:00")
    turned = make(tmp_path / name, f"-display_rotation 90 -i {plain} -c copy -timecode 10:00:00:00")
    outcome = accepted(turned)
    assert (outcome.width, outcome.height) == (180, 320)
    assert contents_of(outcome, tmp_path).audio is None


def test_a_picture_that_asks_too_much_of_a_decoder_is_encoded_and_its_sound_still_copied(tmp_path: Path) -> None:
    source = make(tmp_path / "level.mp4", f"{pictures('320x180')} {TONE} {FAST} -level:v 5.1 -c:a aac")
    outcome = accepted(source)
    assert (outcome.copied_video, outcome.copied_audio) == (False, True)
    made = probe(
        find_ffmpeg(),
        Source(outcome.rendition, Container.ISO),
        folder=tmp_path,
        caps=CAPS,
        pictures_are_h264=True,
    )
    assert made.video is not None
    assert 0 < made.video.level <= 40


def test_six_channels_beside_a_picture_that_is_copied_become_two(tmp_path: Path) -> None:
    outcome = accepted(make(tmp_path / "six.mp4", f"{pictures('320x180')} {TONE} {FAST} -ac 6 -c:a aac"))
    assert (outcome.copied_video, outcome.copied_audio) == (True, False)
    audio = contents_of(outcome, tmp_path).audio
    assert audio is not None
    assert audio.channels == 2


@pytest.mark.parametrize("coding", ["-c:v ffv1", "-c:v libtheora", "-c:v rawvideo"])
def test_a_coding_that_no_camera_writes_is_not_decoded(tmp_path: Path, coding: str) -> None:
    assert isinstance(run(make(tmp_path / "rare.mkv", f"{pictures('64x64', seconds=1)} {coding}")), Rejected)
