"""A running stack: the emulator, the deployed template, the site. What `make run` and the journeys stand on.

`with running_stack() as stack:` — requests go to stack.origin, mail is in stack.mail(), time is
stack.tick("2026-12-01T08:00:00Z").
"""

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from infra.aws_calls import Account, invoke, upload_site
from infra.build import BUILD, STAMP, build
from infra.deploy.artifacts import Artifacts
from infra.deploy.stacks import deploy, outputs
from infra.emulator.__main__ import REGION
from infra.emulator.saves import NewerStateError, Saves
from infra.forgotten import do_what_was_forgotten
from infra.packages import LOCAL
from infra.steps import Trouble, said, step
from infra.zips import ROOT

EMULATOR = ROOT / ".emulator"
MAIL_DOMAIN = "meanwhile.example"
STARTS_WITHIN = 60.0  # seconds, on a busy machine
STOPS_WITHIN = 20.0
CREDENTIALS = "credentials.json"
NEEDS = 1 << 30  # bytes of free disk


@dataclass(frozen=True)
class Stack:
    """A stack that runs, and what a test or a person needs to use it."""

    port: int
    account: Account
    log: Path
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """The site; the API is under its /api/."""
        return f"http://localhost:{self.port}"

    @property
    def endpoint(self) -> str:
        """AWS."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def mail_url(self) -> str:
        """The page with the mail that was sent."""
        return f"{self.endpoint}/_mail"

    def mail(self) -> list[dict[str, Any]]:
        """The mail that was sent, oldest first: id, sent_at, from, to, subject, text, html."""
        with urllib.request.urlopen(f"{self.mail_url}.json", timeout=10) as answer:  # noqa: S310 # nosec B310 # our own address
            return list(json.load(answer)["messages"])

    def rights(self) -> set[tuple[str, str, str]]:
        """What the functions asked AWS for since the emulator was started: role, action, resource."""
        with urllib.request.urlopen(f"{self.endpoint}/_rights.json", timeout=10) as answer:  # noqa: S310 # nosec B310 # our own address
            return {(role, action, what) for role, action, what in json.load(answer)["rights"]}

    def environment(self) -> dict[str, str]:
        """What the API's function finds in its environment, and how to call AWS: for a command of ours run here."""
        function = self.outputs["APIHandlerName"]
        described = self.account.client("lambda").get_function_configuration(FunctionName=function)
        return {**described["Environment"]["Variables"], **self.account.environment()}

    def operate(self, command: Mapping[str, Any]) -> Any:
        """Do an operator's command and return its answer. Raises Trouble if it fails."""
        return invoke(self.account, self.outputs["OperateName"], command)

    def tick(self, at: str) -> Any:
        """Run the tick as if it were `at` (ISO 8601, UTC) and return its answer. Raises Trouble if it fails."""
        event: dict[str, Any] = {
            "version": "0",
            "id": f"tick-{at}",
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": "",
            "time": at,
            "region": self.account.region,
            "resources": [],
            "detail": {},
        }
        return invoke(self.account, self.outputs["TickName"], event)


@contextlib.contextmanager
def running_stack(
    port: int = 0, state: Path | None = None, site: Path | None = None, log: Path | None = None
) -> Iterator[Stack]:
    """A stack from what is in the working tree, stopped at the end.

    `port` 0 is any free one. Without `state` nothing is kept. `site` is the folder of the built site, as a rule
    web/dist; without it the site is empty. `log` is a file of its own for a stack beside which others run.
    Raises Trouble when it cannot start.
    """
    port = port or free_port()
    with step("Packaging"):
        built = build(LOCAL)
    with emulator(port, state, log) as (account, log_file):
        stack = Stack(port, account, log_file)
        with step("Deploying the stack"):
            found = _deployed(stack, built)
        if site:
            with step("Uploading the site"):
                upload_site(account, site, found["SiteBucket"])
        if state:
            _saves(state).remember_start()
        yield Stack(port, account, log_file, found)


@contextlib.contextmanager
def emulator(port: int, state: Path | None = None, log: Path | None = None) -> Iterator[tuple[Account, Path]]:
    """The embedded AWS alone, without a stack. Yields how to call it and where its log is."""
    check_place(port, state)
    if state and (damage := _saves(state).restore()):
        said(damage)
    account = Account(REGION, f"http://127.0.0.1:{port}", *_credentials(state))
    log = log or (state or BUILD) / "emulator.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output, contextlib.ExitStack() as exits:
        with step("Starting the embedded AWS"):
            scratch = exits.enter_context(_scratch(state))
            process = _start(port, state, scratch, account, output)
            exits.callback(_stop, process)
            _wait_until_ready(process, port, log)
        yield account, log


def check_place(port: int, state: Path | None) -> None:
    """Raise Trouble if a stack cannot start here: the port, the disk, a state that a newer version wrote."""
    _refuse_taken(port)
    _refuse_full(state or ROOT)
    if state is None:
        return
    try:
        _saves(state).check_version()
    except NewerStateError as newer:
        raise Trouble(
            f"The practice in {state} was kept by a newer version of Meanwhile ({newer}).\n"
            "Update this copy (git pull), or choose another folder: STATE=… Nothing was changed."
        ) from newer


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _deployed(stack: Stack, built: Path) -> dict[str, str]:
    """Deploy, unless just this stands already. The stack itself is asked: a crash may have taken it back."""
    with contextlib.suppress(Trouble):
        found = outputs(stack.account)
        if found.get("Build") == (built / STAMP).read_text() and found.get("SiteOrigin") == stack.origin:
            return found
    parameters = {
        "Stage": "local",
        "SiteOrigin": stack.origin,
        "LocalPort": str(stack.port),
        "MailFrom": f"Meanwhile <hello@{MAIL_DOMAIN}>",
        "MailDomain": MAIL_DOMAIN,
        "Architecture": LOCAL.architecture,
        "Passkeys": "on",
    }
    found = deploy(stack.account, built, parameters)
    do_what_was_forgotten(stack.account, json.loads((built / "template.json").read_text()), found)
    Artifacts(stack.account).empty()  # the functions have their code; a hundred megabytes a build would pile up
    return found


def _saves(state: Path) -> Saves:
    wanted = next(
        line for line in (ROOT / "infra/requirements-emulator.txt").read_text().splitlines() if "ministack" in line
    )
    return Saves(state, wanted.partition("==")[2])


def _credentials(state: Path | None) -> tuple[str, str]:
    """Made at random for each state, so that no page or program on this machine knows them by heart."""
    made = f"AKIA{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30)
    if state is None:
        return made
    file = state / CREDENTIALS
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(json.dumps(made))
    return read_credentials(state)


def read_credentials(state: Path) -> tuple[str, str]:
    """The access key and the secret key of the stack that a state folder is of."""
    access_key, secret_key = json.loads((state / CREDENTIALS).read_text())
    return access_key, secret_key


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Trouble(
                f"Port {port} is taken, perhaps by another `make run`. "
                f"Stop that one, or choose another: make run PORT={port + 10}"
            ) from error


def _refuse_full(folder: Path) -> None:
    there = next(parent for parent in [folder, *folder.absolute().parents] if parent.exists())
    free = shutil.disk_usage(there).free
    if free < NEEDS:
        raise Trouble(
            f"Only {free >> 20} MB of disk are free here, and {NEEDS >> 20} are needed. Make room, then start again."
        )


@contextlib.contextmanager
def _scratch(state: Path | None) -> Iterator[Path]:
    """A folder for what the functions unpack and write, some hundred megabytes: the embedded AWS leaves it behind."""
    with contextlib.ExitStack() as exits:
        if state:
            folder = state / "scratch"
            shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
            folder.mkdir(parents=True)
            exits.callback(shutil.rmtree, folder, ignore_errors=True)
        else:
            folder = Path(exits.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        yield folder


def _start(
    port: int, state: Path | None, scratch: Path, account: Account, output: IO[bytes]
) -> subprocess.Popen[bytes]:
    python = EMULATOR / "bin" / "python"
    if not python.exists():
        raise Trouble("The embedded AWS is not installed. Run: make setup")
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "SSL_CERT_FILE") if name in os.environ}
    environment = {
        **kept,
        **account.environment(),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": str(scratch.absolute()),
    }
    command = [str(python), "-m", "infra.emulator", "--port", str(port)]
    if state:
        command += ["--state", str(state.absolute())]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,  # its end tells the emulator to stop, even if we are killed
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C is for us; we stop it in our own time
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin:
        process.stdin.close()


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_ministack/health", timeout=2):  # nosec B310 # our own address
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.05)
    last = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
    raise Trouble(f"The embedded AWS did not start. Its log, {log}, ends with:\n{last}")
