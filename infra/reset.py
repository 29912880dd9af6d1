"""`make reset`: forgets the practice on this machine."""

import fcntl
import os
import shutil
from pathlib import Path

from infra.steps import Trouble, run_command, said

ROOT = Path(__file__).parent.parent


def main() -> None:
    """Delete the state folder, after asking."""
    state = Path(os.environ.get("STATE") or ROOT / ".state")
    if not state.exists():
        said("There is nothing to forget.")
        return
    if not (state / "lock").exists():
        raise Trouble(f"{state} is not a folder that `make run` made. Nothing was deleted.")
    with (state / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Trouble("The practice is running. Stop it first (Ctrl-C in its terminal).") from error
        if os.environ.get("YES") != "1" and not _confirmed(state):
            raise Trouble("Nothing was deleted.")
        shutil.rmtree(state)
    said("Forgotten. `make run` starts anew.")


def _confirmed(state: Path) -> bool:
    try:
        return input(f"  Delete the practice in {state}, recordings included? [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        return False


if __name__ == "__main__":
    run_command(main)
