"""Real recordings through the real ffmpeg: what comes out plays, stands upright and tells nothing."""

import json
import os
import subprocess
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from chalicelib.media.__main__ import main
from chalicelib.media.processing import Accepted, Kind, Reason, Rejected, find_ffmpeg, process
from chalicelib.media.processing.child import Caps
from chalicelib.media.processing.container import Container
from chalicelib.media.processing.contents import Contents
from chalicelib.media.processing.probe import Source, probe
from demo.clips import BROWSER_S, PHONE_S, ROTATED_S, VOICE_S, Clips, frames

CAPS = Caps(seconds=60, memory_bytes=4 * 1024**3, file_bytes=2**25)
# What the clips carry about the place and the device, and what encoders like to write about themselves.
TRACES = (b"47.37", b"8.54", b"Meanwhile", b"Demo phone", b"Lav", b"x264", b"2026", b"QuickTime", b"com.apple")


class Made(NamedTuple):
    outcome: Accepted
    folder: Path


@pytest.fixture(scope="session")
def made(clips: Clips, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    wanted: tuple[tuple[str, Path, Kind], ...] = (
        ("phone", clips.phone, "video"),
        ("rotated", clips.rotated, "video"),
        ("browser", clips.browser, "video"),
        ("voice", clips.voice, "audio"),
    )
    results = {}
    for name, path, kind in wanted:
        folder = tmp_path_factory.mktemp(name)
        outcome = process(path, folder, kind=kind, longest_s=60)
        assert isinstance(outcome, Accepted), f"{name}: {outcome}"
        results[name] = Made(outcome, folder)
    return results


def ffmpeg(*words: str) -> bytes:
    command = [str(find_ffmpeg()), "-hide_banner", "-nostdin", "-v", "error", *words]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stderr == b""
    return done.stdout


def contents_of(path: Path, folder: Path) -> Contents:
    is_video = path.suffix == ".mp4"
    return probe(find_ffmpeg(), Source(path, Container.ISO), folder=folder, caps=CAPS, pictures_are_h264=is_video)


def pixels_of(path: Path, width: int, height: int, at_s: float = 0) -> bytes:
    scaled = f"scale={width}:{height}:flags=area"
    where = ("-ss", str(at_s), "-i", str(path), "-frames:v", "1")
    return ffmpeg(*where, "-vf", scaled, "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1")


class Wanted(NamedTuple):
    name: str
    size: tuple[int, int]
    seconds: int


VIDEOS = [
    Wanted("phone", (720, 1280), PHONE_S),
    Wanted("rotated", (720, 1280), ROTATED_S),
    Wanted("browser", (640, 360), BROWSER_S),
]


@pytest.mark.parametrize("wanted", VIDEOS)
def test_every_video_becomes_one_that_plays_everywhere(made: dict[str, Made], tmp_path: Path, wanted: Wanted) -> None:
    outcome = made[wanted.name].outcome
    assert (outcome.width, outcome.height) == wanted.size
    assert outcome.duration_s == pytest.approx(wanted.seconds, abs=0.5)
    inside = contents_of(outcome.rendition, tmp_path)
    assert inside.video is not None
    assert (inside.video.codec, inside.video.pixel_format) == ("h264", "yuv420p")
    assert (inside.video.width, inside.video.height) == wanted.size
    assert (inside.video.rotation, inside.video.pixel_shape, inside.video.matrix) == (None, Fraction(1), "bt709")
    assert inside.video_track.mean_rate <= 31
    assert inside.audio is not None
    assert (inside.audio.codec, inside.audio.profile) == ("aac", "LC")
    assert inside.audio.channels <= 2
    assert 0 < inside.video.level <= 40
    ffmpeg("-xerror", "-i", str(outcome.rendition), "-f", "null", "-")


@pytest.mark.parametrize("wanted", VIDEOS)
def test_every_video_stands_upright_in_its_own_colours(made: dict[str, Made], tmp_path: Path, wanted: Wanted) -> None:
    drawn = tmp_path / "drawn.rgb"
    small = (640, 360) if wanted.name == "browser" else (360, 640)
    drawn.write_bytes(next(islice(frames(*small, wanted.seconds), 45, None)))
    size = f"{small[0]}x{small[1]}"
    scaled = ("-vf", "scale=36:36:flags=area", "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1")
    right = ffmpeg("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-i", str(drawn), *scaled)
    seen = pixels_of(made[wanted.name].outcome.rendition, 36, 36, at_s=1.5)
    assert sum(abs(a - b) for a, b in zip(right, seen, strict=True)) / len(right) < 6


@pytest.mark.parametrize("name", ["phone", "rotated", "browser", "voice"])
def test_nothing_of_place_device_or_tool_is_left(made: dict[str, Made], name: str) -> None:
    outcome = made[name].outcome
    for path in (outcome.rendition, outcome.poster):
        if path is not None:
            content = path.read_bytes()
            assert [trace for trace in TRACES if trace in content] == []


def test_the_clips_carry_what_must_not_be_left(clips: Clips) -> None:
    assert b"+47.3769" in clips.phone.read_bytes()
    assert b"+47.3769" in clips.rotated.read_bytes()


@pytest.mark.parametrize("name", ["phone", "rotated", "browser", "voice"])
def test_the_index_comes_first_so_that_it_plays_while_it_loads(made: dict[str, Made], name: str) -> None:
    content = made[name].outcome.rendition.read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


@pytest.mark.parametrize("name", ["phone", "rotated", "browser"])
def test_the_poster_is_a_picture_of_the_rendition(made: dict[str, Made], name: str) -> None:
    outcome = made[name].outcome
    assert outcome.poster is not None
    assert outcome.poster.read_bytes().startswith(b"\xff\xd8\xff")
    stored = ffmpeg("-i", str(outcome.poster), "-f", "rawvideo", "-pix_fmt", "gray", "pipe:1")
    assert len(stored) == outcome.width * outcome.height
    assert max(stored) - min(stored) > 100


def test_the_folder_holds_the_results_and_nothing_else(made: dict[str, Made]) -> None:
    assert sorted(path.name for path in made["phone"].folder.iterdir()) == [
        "poster.jpg",
        "rendition.mp4",
        "sprite.jpg",
        "timeline.json",
    ]
    assert sorted(path.name for path in made["voice"].folder.iterdir()) == ["rendition.m4a", "timeline.json"]


def test_what_already_plays_everywhere_is_copied(made: dict[str, Made]) -> None:
    copied = {name: (one.outcome.copied_video, one.outcome.copied_audio) for name, one in made.items()}
    assert copied == {
        "phone": (True, True),
        "rotated": (False, True),
        "browser": (False, False),
        "voice": (False, False),
    }


def test_a_rendition_taken_as_a_source_is_copied(made: dict[str, Made], tmp_path: Path) -> None:
    outcome = process(made["browser"].outcome.rendition, tmp_path, kind="video", longest_s=None)
    assert isinstance(outcome, Accepted)
    assert outcome.copied_video
    assert outcome.copied_audio


def test_a_browsers_recording_has_no_duration_and_gets_one(made: dict[str, Made], clips: Clips, tmp_path: Path) -> None:
    before = probe(find_ffmpeg(), Source(clips.browser, Container.EBML), folder=tmp_path, caps=CAPS)
    after = contents_of(made["browser"].outcome.rendition, tmp_path)
    assert before.declared_s is None
    assert after.declared_s == pytest.approx(BROWSER_S, abs=0.5)


def test_a_voice_becomes_sound_alone(made: dict[str, Made], tmp_path: Path) -> None:
    outcome = made["voice"].outcome
    assert (outcome.poster, outcome.width, outcome.height) == (None, 0, 0)
    assert outcome.duration_s == pytest.approx(VOICE_S, abs=0.5)
    inside = contents_of(outcome.rendition, tmp_path)
    assert inside.video is None
    assert inside.audio is not None
    assert (inside.audio.codec, inside.audio.profile, inside.audio.channels) == ("aac", "LC", 1)


def test_a_video_sent_where_sound_is_asked_for_loses_its_picture(clips: Clips, tmp_path: Path) -> None:
    outcome = process(clips.browser, tmp_path, kind="audio", longest_s=None)
    assert isinstance(outcome, Accepted)
    assert contents_of(outcome.rendition, tmp_path).video is None


def test_each_bad_clip_is_refused_for_its_own_reason(clips: Clips, tmp_path: Path) -> None:
    empty = tmp_path / "empty.mp4"
    empty.touch()
    assert process(empty, tmp_path, kind="video", longest_s=None) == Rejected(Reason.EMPTY)
    assert process(clips.broken, tmp_path, kind="video", longest_s=None) == Rejected(Reason.CUT_SHORT)
    assert process(clips.text, tmp_path, kind="video", longest_s=None) == Rejected(Reason.NOT_MEDIA)
    assert process(clips.voice, tmp_path, kind="video", longest_s=None) == Rejected(Reason.NO_PICTURE)
    assert process(clips.phone, tmp_path, kind="video", longest_s=2) == Rejected(Reason.TOO_LONG)
    assert list(tmp_path.iterdir()) == [empty]


def told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    status = main(arguments)
    return status, json.loads(capsys.readouterr().out)


FIELDS = [
    "verdict",
    "reason",
    "damaged",
    "copied_video",
    "copied_audio",
    "duration_s",
    "width",
    "height",
    "loudness_lufs",
    "outputs",
]


def test_the_command_prints_one_json_object(clips: Clips, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new"
    status, taken = told([str(clips.voice), str(out), "--audio"], capsys)
    assert (status, taken["verdict"], taken["reason"], taken["damaged"]) == (0, "accepted", None, False)
    assert taken["outputs"] == [str(out / "rendition.m4a"), str(out / "timeline.json")]
    status, refused = told([str(clips.text), str(out)], capsys)
    assert (status, refused["verdict"], refused["reason"]) == (2, "rejected", "not_media")
    assert list(taken) == list(refused) == FIELDS
    assert {name for name in FIELDS if refused[name] is not None} == {"verdict", "reason", "outputs"}
    assert refused["outputs"] == list(out.iterdir()) == []


def test_the_limit_of_the_command_is_on_the_length_of_the_recording(
    clips: Clips, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told([str(clips.phone), str(tmp_path), "--limit-seconds", "2"], capsys)[1]["reason"] == "too_long"
    assert told([str(clips.phone), str(tmp_path), "--limit-seconds", "8.0"], capsys)[0] == 0


def test_a_call_that_cannot_work_is_told_so_in_a_sentence(
    clips: Clips, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    a_file = tmp_path / "a file"
    a_file.touch()
    own = tmp_path / "rendition.mp4"
    own.write_bytes(clips.phone.read_bytes())
    calls = [
        ("missing.mp4", tmp_path / "missing.mp4", tmp_path),
        ("not a file", tmp_path, tmp_path),
        ("not a file", pipe, tmp_path),
        ("not a file", Path("/dev/zero"), tmp_path),
        ("a file", clips.phone, a_file),
        ("No such file", clips.phone, Path("/proc/nowhere")),
        ("written over", own, tmp_path),
    ]
    for part, file, out in calls:
        assert main([str(file), str(out)]) == 1
        said = capsys.readouterr().err
        assert part in said
        assert said.endswith(".\n")
        assert said.count("\n") == 1
    assert own.read_bytes() == clips.phone.read_bytes()


@pytest.mark.parametrize("words", [[], ["one"], ["a", "b", "--limit-seconds", "nan"], ["a", "b", "--limit-seconds=-1"]])
def test_a_call_with_the_wrong_words_is_not_taken_for_a_refusal(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith("usage:")


def test_a_second_run_into_the_same_folder_replaces_the_first(clips: Clips, tmp_path: Path) -> None:
    assert isinstance(process(clips.phone, tmp_path, kind="video", longest_s=None), Accepted)
    assert isinstance(process(clips.voice, tmp_path, kind="audio", longest_s=None), Accepted)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rendition.m4a", "timeline.json"]
    process(clips.broken, tmp_path, kind="video", longest_s=None)
    assert list(tmp_path.iterdir()) == []
