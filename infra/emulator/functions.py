"""How ministack runs functions, made quicker: an answer goes out when it is there, and a zip is unpacked once.

Private parts of ministack 1.5.33, as in `aws.py`.
"""

import contextlib
import fcntl
import os
import select
import termios
import threading
import time
import zipfile
from array import array
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

# Seconds that an answer waits for a log in which something writes without end, as ministack does.
LONGEST_LOG = 0.25


def answer_at_once() -> None:
    """Let a function's answer out as soon as it is there, with all that the function wrote to its log before.

    Ministack waits 50 ms at every call for a log in which nothing may ever be written. What was written before the
    answer is in the pipe by then, so an empty pipe says that there is no more.
    """
    worker: Any = import_module("ministack.core.lambda_runtime").Worker
    known = worker._drain_stderr_bounded
    reading = threading.Lock()

    def read(one: Any) -> None:
        rest = b""
        with contextlib.suppress(AttributeError, OSError, ValueError):  # the function's process is gone
            pipe = one._proc.stderr.fileno()
            ready = select.poll()
            ready.register(pipe, select.POLLIN)
            while ready.poll():
                with reading:
                    came = os.read(pipe, 1 << 16)
                    *lines, rest = (rest + came).split(b"\n")
                    for line in lines:
                        one._stderr_queue.put(line.decode(errors="replace"))
                if not came:
                    return

    def drain(one: Any) -> str:
        if one._proc is None:  # it has failed, and may still be writing why
            return str(known(one))
        last = time.monotonic() + LONGEST_LOG
        while _waits_in(one._proc.stderr) and time.monotonic() < last:
            time.sleep(0.001)
        with reading:
            return str(one._drain_stderr())

    worker._read_stderr, worker._drain_stderr_bounded = read, drain


def _waits_in(pipe: Any) -> bool:
    """Whether something was written into a pipe that nobody has read yet."""
    size = array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, size)
    return size[0] > 0


def unpack_once(folder: Path) -> None:
    """Let functions of one zip share what is in it, in `folder`: ministack unpacks it for every process of each.

    A function may not write there, as it may not on AWS.
    """
    runtime: Any = import_module("ministack.core.lambda_runtime")
    unpacking = threading.Lock()

    class Archive(zipfile.ZipFile):
        def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
            content = repr([(entry.filename, entry.CRC, entry.file_size) for entry in self.infolist()])
            whole = folder / sha256(content.encode()).hexdigest()
            with unpacking:
                if not whole.exists():
                    making = whole.with_suffix(".making")
                    super().extractall(making, members, pwd)
                    making.rename(whole)
            for entry in whole.iterdir():
                (Path(path) / entry.name).symlink_to(entry)

    runtime.zipfile = SimpleNamespace(**{**vars(zipfile), "ZipFile": Archive})
