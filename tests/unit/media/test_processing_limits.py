"""Files that are made to cost: each is refused, or cut down, within limits that an honest one never meets."""

from pathlib import Path

import pytest

from chalicelib.media.processing import Accepted, Budget, Reason, Rejected, process

from .test_processing_sources import TONE, contents_of, join_ivf, make, pictures, run

VP8 = "-c:v libvpx -deadline realtime"


@pytest.mark.parametrize(("jump_s", "reason"), [(40, Reason.GAP), (90_000, Reason.TOO_LONG)])
def test_a_clock_that_jumps_is_refused_before_anything_is_decoded(tmp_path: Path, jump_s: int, reason: Reason) -> None:
    jump = f"-vf setpts='PTS+gte(N,30)*{jump_s}/TB' -fps_mode passthrough"
    source = make(tmp_path / "jump.webm", f"{pictures('64x64')} {jump} {VP8}")
    assert run(source) == Rejected(reason)


def test_a_sound_that_jumps_is_refused_too(tmp_path: Path) -> None:
    jump = "-af asetpts='PTS+gte(T,1)*90000/TB'"
    source = make(tmp_path / "jump.webm", f"{pictures('64x64')} {TONE} {jump} {VP8} -c:a libopus")
    assert run(source) == Rejected(Reason.TOO_LONG)


def test_more_packets_than_any_recording_has_are_refused(tmp_path: Path) -> None:
    source = make(tmp_path / "many.webm", f"{pictures('64x64')} {VP8}")
    few = Budget(packet_list_bytes=2048)
    assert process(source, tmp_path, kind="video", longest_s=None, budget=few) == Rejected(Reason.WOULD_NOT_OPEN)
    assert list(tmp_path.iterdir()) == [source]


def test_a_picture_that_grows_beyond_the_limit_on_the_way_is_not_decoded(tmp_path: Path) -> None:
    for name, size, seconds in (("lying", "64x64", 0.1), ("standing", "4400x2400", 0.03)):
        make(tmp_path / f"{name}.ivf", f"{pictures(size, 30, seconds)} {VP8} -cpu-used 8 -f ivf")
    joined = join_ivf(tmp_path / "lying.ivf", tmp_path / "standing.ivf")
    outcome = run(make(tmp_path / "grows.webm", f"-i {joined} -c copy"))
    assert isinstance(outcome, Rejected) or (outcome.width, outcome.height, outcome.damaged) == (64, 64, True)


def test_a_file_of_very_many_streams_is_refused(tmp_path: Path) -> None:
    many = " ".join(["-map 0"] * 40)
    source = make(tmp_path / "many.mp4", f"-f lavfi -i sine=d=1 {many} -c:a aac")
    assert isinstance(process(source, tmp_path, kind="audio", longest_s=None), Rejected)


def test_a_thousand_pictures_a_second_are_thinned_out(tmp_path: Path) -> None:
    source = make(tmp_path / "fast.mp4", f"{pictures('64x64', 1000)} -c:v libx264 -preset ultrafast")
    outcome = run(source)
    assert isinstance(outcome, Accepted)
    assert contents_of(outcome, tmp_path).video_track.mean_rate <= 31
