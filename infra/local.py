"""`make run`: everything, on this machine, until Ctrl-C."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.running import state_folder
from infra.stack import Stack, check_place, running_stack
from infra.steps import Trouble, run_command, said, step
from infra.web import build_web
from infra.zips import ROOT

PORT = 8787
LAST_PORT = 65535


def main() -> None:
    """Build, start, deploy, fill with the demo practice the first time, and stay."""
    began = time.monotonic()
    port, state = _port(), state_folder()
    for signum in (signal.SIGINT, signal.SIGTERM):  # also where a shell told its children to ignore Ctrl-C
        signal.signal(signum, signal.default_int_handler)
    with _alone(state):
        check_place(port, state)  # before minutes go into building
        site = build_web()
        with running_stack(port, state, site) as stack:
            running = state / "running.json"
            running.write_text(json.dumps({"port": port}))
            try:
                people = _demo_practice(stack, state)
                print(_welcome(stack, people, time.monotonic() - began), flush=True)
                threading.Event().wait()
            except KeyboardInterrupt:
                print(flush=True)
                said("Stopping. Everything is kept; `make run` goes on from here.")
            finally:
                running.unlink(missing_ok=True)


def _port() -> int:
    given = os.environ.get("PORT") or str(PORT)
    if not given.isdecimal() or not 0 < int(given) <= LAST_PORT:
        raise Trouble(f"PORT={given} is no port. Choose a number from 1024 to 65535, as in: make run PORT={PORT}")
    return int(given)


@contextmanager
def _alone(state: Path) -> Iterator[None]:
    """Only one may write a state folder. The lock ends with the process, however that ends."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        lock = (state / "lock").open("w")
    except OSError as error:
        raise Trouble(f"Nothing can be written to {state}: {error.strerror}. Choose another folder: STATE=…") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Trouble("This practice is already running, in another terminal. Stop that one first.") from error
        yield


def _demo_practice(stack: Stack, state: Path) -> str:
    """Make the demo practice unless it is there; what to tell of who can sign in."""
    told = state / "people.txt"
    if told.exists():
        return told.read_text()
    with step("Creating the demo practice"):
        command = [sys.executable, "-m", "demo", "--origin", stack.origin]
        environment = {
            **os.environ,
            **stack.environment(),
            "OPERATE_FUNCTION": stack.outputs["OperateName"],
            "MAIL_URL": f"{stack.mail_url}.json",
            "STATE": str(state.absolute()),
        }
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, env=environment)
        if done.returncode:
            last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-10:])
            raise Trouble(f"The demo practice could not be created:\n{last}")
    told.write_text(done.stdout)
    return done.stdout


def _welcome(stack: Stack, people: str, took: float) -> str:
    return (
        f"\nMeanwhile runs, after {took:.0f} s.\n\n"
        f"  The site   {stack.origin}/\n"
        f"  The mail   {stack.mail_url}\n"
        f"  The codes  {stack.endpoint}/_codes\n\n"
        f"{people.rstrip()}\n\n"
        f"  Ctrl-C stops it and keeps everything. Log: {stack.log}\n"
    )


if __name__ == "__main__":
    run_command(main)
