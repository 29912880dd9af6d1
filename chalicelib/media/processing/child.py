"""Runs one command on a stranger's file: bounded, without credentials, and never left behind."""

import errno
import os
import resource
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from typing import IO

_FIRST_WORDS, _LAST_WORDS = 1012 * 1024, 12 * 1024
_OPEN_FILES = 64
_LAST_WORDS_S = 5
_BLOCK = 512
_KIBI = 1024
_CANNOT_START = (126, 127)
# How ffmpeg ends when a file of ours has no room: the number of the error, negative, in the eight bits of a status.
# What it says is no sign: it repeats the titles of a stranger's file.
_DISK_FULL = -errno.ENOSPC & 0xFF

# The shell sets the limits and becomes the command: a `preexec_fn` may deadlock in a process with threads,
# and limiting the child from outside leaves a moment in which it is not limited.
_LIMITED = (
    'ulimit -c 0 && ulimit -n "$1" && ulimit -t "$2" && ulimit -v "$3" && ulimit -f "$4" '
    '|| exit 126; shift 4; exec "$@"'
)


class ToolFault(Exception):
    """Our own doing, not the file's: no ffmpeg, no room on the disk. Worth another try."""


@dataclass(frozen=True, slots=True)
class Caps:
    """What one child may use: wall seconds, bytes of address space, bytes in any file that it writes."""

    seconds: float
    memory_bytes: int
    file_bytes: int


@dataclass(frozen=True, slots=True)
class Finished:
    """How a child ended. `errors` is what it wrote to stderr: of more than 1 MiB, the beginning and the end."""

    status: int
    errors: str
    timed_out: bool

    @property
    def ok(self) -> bool:
        """It ended by itself and was content."""
        return self.status == 0 and not self.timed_out


def run(command: Sequence[str], *, folder: Path, caps: Caps) -> Finished:
    """Run `command` in `folder` until it ends or its time is over; its whole group is gone on return.

    Its environment is built here from nothing. Raises `ToolFault` when it cannot be started or the disk
    is full.
    """
    process = subprocess.Popen(
        # Our own words throughout; the one name from outside is a path, and stands behind "file:".
        ["/bin/sh", "-c", _LIMITED, "meanwhile", *_limits(caps), *command],
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    overtime = threading.Event()

    def stop() -> None:
        overtime.set()
        _kill_group(process.pid)

    said = _Said()
    timer = threading.Timer(caps.seconds, stop)
    listener = threading.Thread(target=_listen, args=(process.stderr, said), daemon=True)
    try:
        timer.start()
        listener.start()
        # Not reaped yet, so the number still is this group's when the timer or the next lines use it.
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    finally:
        timer.cancel()
        timer.join()
        _kill_group(process.pid)
        status = process.wait()
        listener.join(_LAST_WORDS_S)
    finished = Finished(status, said.text(), overtime.is_set())
    if status in {*_CANNOT_START, _DISK_FULL}:
        raise ToolFault(finished.errors.strip() or f"{command[0]} could not be started.")
    return finished


def _limits(caps: Caps) -> list[str]:
    # CPU is the backstop for a child whose parent was killed: nobody else would stop it then.
    cpu_s = int(caps.seconds * (os.cpu_count() or 1)) + 1
    wanted = (
        (resource.RLIMIT_NOFILE, _OPEN_FILES, 1),
        (resource.RLIMIT_CPU, cpu_s, 1),
        (resource.RLIMIT_AS, caps.memory_bytes, _KIBI),
        (resource.RLIMIT_FSIZE, caps.file_bytes, _BLOCK),
    )
    return [str(_within(kind, amount) // unit) for kind, amount, unit in wanted]


def _within(kind: int, amount: int) -> int:
    hard = resource.getrlimit(kind)[1]
    return amount if hard == resource.RLIM_INFINITY else min(amount, hard)


def _environment(folder: Path) -> dict[str, str]:
    return {
        "AV_LOG_FORCE_NOCOLOR": "1",
        "HOME": str(folder),
        "LC_ALL": "C",
        # Each thread's own arena reserves 64 MB of the address space that is limited here.
        "MALLOC_ARENA_MAX": "2",
        "PATH": "/usr/bin:/bin",
        "TMPDIR": str(folder),
    }


class _Said:
    """The first and the last words of a child, however many lie between.

    Not a file: its size could be limited by nothing but the limit on the rendition's, and a child that reaches that
    is killed. Somebody's damaged recording must not be lost because a decoder complains a lot.
    """

    def __init__(self) -> None:
        self._first, self._last = bytearray(), bytearray()

    def add(self, piece: bytes) -> None:
        room = _FIRST_WORDS - len(self._first)
        self._first += piece[:room]
        self._last += piece[room:]
        del self._last[:-_LAST_WORDS]

    def text(self) -> str:
        return (self._first + self._last).decode("utf-8", "replace")


def _listen(stderr: IO[bytes] | None, said: _Said) -> None:
    if stderr is None:
        return
    with stderr:
        while piece := os.read(stderr.fileno(), 65536):
            said.add(piece)


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, SIGKILL)
