"""`python -m chalicelib.media`: what it prints, how it ends, and what it refuses to begin.

What becomes of which file is held for every kind that anybody sends by tests/video, through this very command; here are
sources that are made for one rule each.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from chalicelib.media.__main__ import main
from chalicelib.media.processing import Accepted, process

from .test_processing_sources import FAST, TONE, make, pictures

H264 = f"{pictures('64x64')} {TONE} {FAST} -c:a aac"


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds that may be copied."""
    return make(tmp_path_factory.mktemp("film") / "film.mp4", H264)


@pytest.fixture(scope="session")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("voice") / "voice.webm", f"{TONE} -c:a libopus")


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """No video, whatever it is called."""
    path = tmp_path / "words.mp4"
    path.write_text("Shopping: bread, apples.\n" * 40)
    return path


def test_a_rendition_taken_as_a_source_is_copied(tmp_path: Path) -> None:
    source = make(tmp_path / "a.webm", f"{pictures('64x64')} {TONE} -c:v libvpx -deadline realtime -c:a libopus")
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    made = process(source, first, kind="video", longest_s=None)
    assert isinstance(made, Accepted)
    outcome = process(made.rendition, second, kind="video", longest_s=None)
    assert isinstance(outcome, Accepted)
    assert (outcome.copied_video, outcome.copied_audio) == (True, True)


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


def test_the_command_prints_one_json_object(
    voice: Path, words: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new"
    status, taken = told([str(voice), str(out), "--audio"], capsys)
    assert (status, taken["verdict"], taken["reason"], taken["damaged"]) == (0, "accepted", None, False)
    assert taken["outputs"] == [str(out / "rendition.m4a"), str(out / "timeline.json")]
    status, refused = told([str(words), str(out)], capsys)
    assert (status, refused["verdict"], refused["reason"]) == (2, "rejected", "not_media")
    assert list(taken) == list(refused) == FIELDS
    assert {name for name in FIELDS if refused[name] is not None} == {"verdict", "reason", "outputs"}
    assert refused["outputs"] == list(out.iterdir()) == []


def test_the_limit_of_the_command_is_on_the_length_of_the_recording(
    film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told([str(film), str(tmp_path), "--limit-seconds", "1"], capsys)[1]["reason"] == "too_long"
    assert told([str(film), str(tmp_path), "--limit-seconds", "2.0"], capsys)[0] == 0


def test_a_call_that_cannot_work_is_told_so_in_a_sentence(
    film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    a_file = tmp_path / "a file"
    a_file.touch()
    own = tmp_path / "rendition.mp4"
    own.write_bytes(film.read_bytes())
    calls = [
        ("missing.mp4", tmp_path / "missing.mp4", tmp_path),
        ("not a file", tmp_path, tmp_path),
        ("not a file", pipe, tmp_path),
        ("not a file", Path("/dev/zero"), tmp_path),
        ("a file", film, a_file),
        ("No such file", film, Path("/proc/nowhere")),
        ("written over", own, tmp_path),
    ]
    for part, file, out in calls:
        assert main([str(file), str(out)]) == 1
        said = capsys.readouterr().err
        assert part in said
        assert said.endswith(".\n")
        assert said.count("\n") == 1
    assert own.read_bytes() == film.read_bytes()


@pytest.mark.parametrize("words", [[], ["one"], ["a", "b", "--limit-seconds", "nan"], ["a", "b", "--limit-seconds=-1"]])
def test_a_call_with_the_wrong_words_is_not_taken_for_a_refusal(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith("usage:")


def test_a_second_run_into_the_same_folder_replaces_the_first(
    film: Path, voice: Path, words: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    assert isinstance(process(film, out, kind="video", longest_s=None), Accepted)
    assert isinstance(process(voice, out, kind="audio", longest_s=None), Accepted)
    assert sorted(path.name for path in out.iterdir()) == ["rendition.m4a", "timeline.json"]
    process(words, out, kind="video", longest_s=None)
    assert list(out.iterdir()) == []
