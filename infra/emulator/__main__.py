"""`python -m infra.emulator --port N [--state FOLDER]`: the embedded AWS, until SIGTERM or the end of its input.

The credentials are those of its environment. It is told to stop when its standard input ends, so that it
never outlives whoever started it, however that one ended.
"""

import argparse
import asyncio
import os
import signal
import threading
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from demo.codes import KEYS

from infra.emulator.front import Front
from infra.emulator.keeper import Keeper
from infra.emulator.mailbox import Mailbox
from infra.emulator.saves import Saves

REGION = "eu-central-1"


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path)
    arguments = parser.parse_args()
    _configure(arguments.port, arguments.state)
    asyncio.run(_serve(arguments.port, arguments.state))


def _configure(port: int, state: Path | None) -> None:
    """Ministack reads its settings when it is imported, so this comes first."""
    os.environ |= {
        "AUTH": "true",  # without it signatures, CORS and IAM are not checked
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_WARM_TTL_SECONDS": "3600",
        "PERSIST_STATE": "1" if state else "0",
        "S3_PERSIST": "1" if state else "0",
    }
    if state:
        os.environ |= {"STATE_DIR": str(state / "aws"), "S3_DATA_DIR": str(state / "objects")}


async def _serve(port: int, state: Path | None) -> None:
    mailbox = Mailbox(state / "mail.jsonl" if state else None)
    keeper = Keeper(Saves(state, metadata.version("ministack")), mailbox) if state else None
    front = Front(port, os.environ["AWS_ACCESS_KEY_ID"], mailbox, keeper, state / KEYS if state else None)
    config: Any = import_module("hypercorn.config").Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    await import_module("hypercorn.asyncio").serve(front, config, shutdown_trigger=_stop_asked().wait)


def _stop_asked() -> asyncio.Event:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, asked.set)

    def wait_for_end_of_input() -> None:
        while os.read(0, 1):
            pass
        loop.call_soon_threadsafe(asked.set)

    threading.Thread(target=wait_for_end_of_input, daemon=True).start()
    return asked


if __name__ == "__main__":
    main()
