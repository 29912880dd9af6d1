"""Where the stack of `make run` is, for the commands that act on it. `python -m infra.running` prints its address."""

import json
import os
from pathlib import Path

from infra.aws_calls import Account
from infra.deploy.stacks import outputs
from infra.deploy.stages import read_stage
from infra.emulator.__main__ import REGION
from infra.stack import Stack, read_credentials
from infra.steps import Trouble, run_command
from infra.zips import ROOT


def state_folder() -> Path:
    """Where the practice is kept: STATE, or .state in the project."""
    return Path(os.environ.get("STATE") or ROOT / ".state")


def find_stack() -> Stack:
    """The stack that `make run` runs now; Trouble if there is none."""
    state = state_folder()
    try:
        port = int(json.loads((state / "running.json").read_text())["port"])
        account = Account(REGION, f"http://127.0.0.1:{port}", *read_credentials(state))
        return Stack(port, account, state / "emulator.log", outputs(account))
    except Exception as error:  # not started, half started, or killed
        raise Trouble("The stack is not running. Start it in another terminal: make run") from error


def find(stage: str) -> tuple[Account, dict[str, str]]:
    """The account and the outputs of a stage that `make deploy` made; without one, of the stack of `make run`."""
    if stage:
        found = read_stage(stage)
        return found.account, outputs(found.account, found.stack)
    stack = find_stack()
    return stack.account, stack.outputs


if __name__ == "__main__":
    run_command(lambda: print(find_stack().origin))
