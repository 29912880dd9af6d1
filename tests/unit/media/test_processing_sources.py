"""Sources that are made for one rule each, and what becomes of them.

Every kind of file that phones, browsers, editors and strangers send is in tests/video/corpus, and what comes of it is
held there to all that is promised; here is what those files do not show.
"""

import subprocess
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


@pytest.mark.parametrize(
    ("size", "reason"), [("4104x2400", Reason.PICTURE_TOO_LARGE), ("14x14", Reason.PICTURE_TOO_SMALL)]
)
def test_a_picture_beyond_the_limits_is_refused(tmp_path: Path, size: str, reason: Reason) -> None:
    assert run(make(tmp_path / "size.mp4", f"{pictures(size, 5, 1)} {FAST}")) == Rejected(reason)


def test_a_playlist_cannot_reach_the_file_beside_it(tmp_path: Path) -> None:
    make(tmp_path / "other.mp4", f"{pictures('64x64', seconds=1)} {FAST}")
    source = tmp_path / "list.mp4"
    for words in ("ffconcat version 1.0\nfile other.mp4\n", "#EXTM3U\n#EXTINF:1,\nother.mp4\n#EXT-X-ENDLIST\n"):
        source.write_text(words, encoding="ascii")
        assert run(source) == Rejected(Reason.NOT_MEDIA)
        # Even with an honest beginning, only the demuxer of that beginning may read it.
        source.write_bytes(b"\0\0\0\x08wide" + words.encode())
        assert isinstance(run(source), Rejected)


def test_a_picture_that_a_timecode_belongs_to_is_still_a_picture(tmp_path: Path) -> None:
    plain = make(tmp_path / "plain.mov", f"{pictures('320x180', seconds=1)} {FAST} -timecode 10:00:00:00")
    turned = make(tmp_path / "clock.mov", f"-display_rotation 90 -i {plain} -c copy -timecode 10:00:00:00")
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


@pytest.mark.parametrize("coding", ["-c:v ffv1", "-c:v libtheora", "-c:v rawvideo"])
def test_a_coding_that_no_camera_writes_is_not_decoded(tmp_path: Path, coding: str) -> None:
    assert isinstance(run(make(tmp_path / "rare.mkv", f"{pictures('64x64', seconds=1)} {coding}")), Rejected)
