"""Child processes: bounded, alone, without credentials, and gone afterwards."""

import os
import select
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from chalicelib.media.processing import Budget, Reason, Rejected, ToolFault, find_ffmpeg, process
from chalicelib.media.processing.child import Caps, run

CAPS = Caps(seconds=20, memory_bytes=4 * 1024**3, file_bytes=1024 * 1024)
MP4_HEAD = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41"


def shell(script: str) -> list[str]:
    return ["/bin/sh", "-c", script]


def is_gone(pid: int) -> bool:
    with suppress(ProcessLookupError):
        waiter = os.pidfd_open(pid)
        try:
            poll = select.poll()
            poll.register(waiter, select.POLLIN)
            return bool(poll.poll(5000))
        finally:
            os.close(waiter)
    return True


def fake_ffmpeg(folder: Path, script: str) -> Path:
    tool = folder / "ffmpeg"
    tool.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    tool.chmod(0o755)
    return tool


def some_video(folder: Path) -> Path:
    path = folder / "source.mp4"
    path.write_bytes(MP4_HEAD)
    return path


def pids_in(path: Path) -> list[int]:
    return [int(word) for word in path.read_text(encoding="ascii").split()]


def test_a_child_that_hangs_is_killed_at_its_limit_with_everything_it_started(tmp_path: Path) -> None:
    caps = Caps(seconds=0.3, memory_bytes=CAPS.memory_bytes, file_bytes=CAPS.file_bytes)
    finished = run(shell("sleep 600 & echo $! $$ > pids; sleep 600"), folder=tmp_path, caps=caps)
    assert finished.timed_out
    assert not finished.ok
    assert all(is_gone(pid) for pid in pids_in(tmp_path / "pids"))


def test_what_a_child_leaves_behind_is_killed_when_it_ends(tmp_path: Path) -> None:
    finished = run(shell("sleep 600 & echo $! > pids"), folder=tmp_path, caps=CAPS)
    assert finished.ok
    assert all(is_gone(pid) for pid in pids_in(tmp_path / "pids"))


def test_a_child_has_a_session_of_its_own_and_no_input(tmp_path: Path) -> None:
    run(shell("cut -d' ' -f1,6 /proc/self/stat > ids; cat > input"), folder=tmp_path, caps=CAPS)
    session = int((tmp_path / "ids").read_text(encoding="ascii").split()[1])
    assert session != os.getsid(0)
    assert (tmp_path / "input").read_bytes() == b""


def test_a_child_sees_nothing_of_this_process_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets: Mapping[str, str] = {
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "very-secret",
        "AWS_SESSION_TOKEN": "very-secret",
        "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001",
        "TABLE": "meanwhile",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    tool = fake_ffmpeg(tmp_path, f"env > {tmp_path}/seen; tr '\\0' '\\n' < /proc/$$/environ >> {tmp_path}/seen; exit 1")
    outcome = process(some_video(tmp_path), tmp_path, kind="video", longest_s=None, ffmpeg=tool)
    assert outcome == Rejected(Reason.WOULD_NOT_OPEN)
    seen = (tmp_path / "seen").read_text(encoding="utf-8")
    names = {line.partition("=")[0] for line in seen.splitlines()}
    assert "PATH" in names
    assert not {name for name in names if name.startswith("AWS")} | (names & secrets.keys())
    assert not [value for value in secrets.values() if value in seen]


def test_a_child_is_limited_in_memory_time_files_and_cores(tmp_path: Path) -> None:
    run(shell("cat /proc/self/limits > limits"), folder=tmp_path, caps=CAPS)
    lines = (tmp_path / "limits").read_text(encoding="ascii").splitlines()
    soft = {line[:26].strip(): line[26:47].strip() for line in lines}
    assert soft["Max address space"] == str(4 * 1024**3)
    assert soft["Max file size"] == str(1024 * 1024)
    assert soft["Max core file size"] == "0"
    assert soft["Max open files"] == "64"
    assert soft["Max cpu time"] == str(20 * (os.cpu_count() or 1) + 1)


def test_a_child_that_writes_too_much_is_stopped(tmp_path: Path) -> None:
    finished = run(shell("exec head -c 3000000 /dev/zero > big"), folder=tmp_path, caps=CAPS)
    assert not finished.ok
    assert not finished.timed_out
    assert (tmp_path / "big").stat().st_size <= CAPS.file_bytes


def test_a_flood_of_errors_is_cut_off_and_harms_nobody(tmp_path: Path) -> None:
    flood = "echo first >&2; head -c 3000000 /dev/zero | tr '\\0' x >&2; echo last >&2"
    finished = run(shell(flood), folder=tmp_path, caps=CAPS)
    assert finished.ok
    assert len(finished.errors) == 1024 * 1024
    assert finished.errors.startswith("first\n")
    assert finished.errors.endswith("xlast\n")


def test_a_missing_tool_is_a_fault_of_ours(tmp_path: Path) -> None:
    with pytest.raises(ToolFault, match="nowhere"):
        process(some_video(tmp_path), tmp_path, kind="video", longest_s=None, ffmpeg=tmp_path / "nowhere")


def test_a_full_disk_is_a_fault_of_ours(tmp_path: Path) -> None:
    # As ffmpeg ends then: with 256 - ENOSPC.
    tool = fake_ffmpeg(tmp_path, "echo 'file:out.mp4: No space left on device' >&2; exit 228")
    with pytest.raises(ToolFault, match="No space left"):
        process(some_video(tmp_path), tmp_path, kind="video", longest_s=None, ffmpeg=tool)


def test_a_file_that_hangs_the_tool_is_given_up_in_time(tmp_path: Path) -> None:
    tool = fake_ffmpeg(tmp_path, f"echo $$ >> {tmp_path}/pids; exec sleep 600")
    budget = Budget(seconds=0.3)
    outcome = process(some_video(tmp_path), tmp_path, kind="video", longest_s=None, budget=budget, ffmpeg=tool)
    assert outcome == Rejected(Reason.OUT_OF_TIME)
    assert all(is_gone(pid) for pid in pids_in(tmp_path / "pids"))


def test_the_tool_is_the_one_from_the_wheel() -> None:
    assert find_ffmpeg().parent.parent.name == "imageio_ffmpeg"
    assert os.access(find_ffmpeg(), os.X_OK)
