"""What the journeys share: one stack, one browser, the demo practice, and people who are signed in.

Each of pytest's workers has a stack and a browser of its own. The journeys of a file go one after the other on one
of them, and so do all that look at the demo practice, which is made only there.
`JOURNEYS=here` walks on the stack of `make run` (its STATE) instead of starting one: quick, while writing a journey.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, ViewportSize, expect, sync_playwright
from xdist.scheduler import LoadScopeScheduling

from demo.browser import Browser as Person
from demo.clips import Clips
from demo.mailbox import Mailbox
from demo.practice import make_practice
from infra.build import BUILD, build
from infra.chromium import chromium
from infra.packages import LOCAL
from infra.running import find_stack
from infra.stack import Stack, running_stack
from infra.web import build_web
from tests.clips import shared_clips
from tests.journeys.people import House, Program, storage_of
from tests.journeys.rights import keep_rights
from tests.journeys.watch import Presses, Watch

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
PATIENCE_MS = 15_000.0

expect.set_options(timeout=PATIENCE_MS)
collect_ignore = ["test_used_rights.py"]  # what only all journeys together can tell; given by its name, it runs


@pytest.fixture(scope="session", autouse=True)
def _region() -> Iterator[None]:
    """Nothing here may depend on the AWS settings of whoever runs it."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_DEFAULT_REGION"] = "eu-central-1"
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session")
def clips() -> Clips:
    return shared_clips()


@pytest.fixture(scope="session")
def stack(worker_id: str) -> Iterator[Stack]:
    if os.environ.get("JOURNEYS") == "here":
        yield find_stack()
        return
    with running_stack(site=build_web(), log=BUILD / f"emulator-{worker_id}.log") as running:
        yield running
        keep_rights(running, worker_id)


@pytest.fixture(scope="session")
def mailbox(stack: Stack) -> Mailbox:
    return Mailbox(f"{stack.mail_url}.json")


@pytest.fixture(scope="session")
def demo(stack: Stack, mailbox: Mailbox, clips: Clips) -> Stack:
    """The stack with the demo practice in it. Journeys that write make people of their own."""
    if os.environ.get("JOURNEYS") != "here":
        make_practice(stack.origin, mailbox, stack.operate, clips)
    return stack


@pytest.fixture(scope="session")
def chrome() -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Visits:
    """Opens pages for people, and watches them."""

    chrome: Chromium
    stack: Stack
    kept: dict[str, Any]
    exits: contextlib.ExitStack
    watch: Watch = field(default_factory=Watch)
    presses: Presses = field(default_factory=Presses)

    def __call__(self, email: str = "", path: str | None = None, size: ViewportSize = PHONE, **options: Any) -> Page:
        """A page of a browser of their own, where `email` (if any) has signed in before; opened at `path`."""
        if email and email not in self.kept:
            self.kept[email] = storage_of(self.stack.origin, email)
        context = self.chrome.new_context(
            base_url=self.stack.origin,
            viewport=size,
            storage_state=self.kept.get(email),
            has_touch=size == PHONE,
            permissions=["camera", "microphone", "clipboard-write"],
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="Europe/Lisbon",
            **options,
        )
        self.exits.callback(context.close)
        context.set_default_timeout(PATIENCE_MS)
        self.watch.follow(context)
        self.presses.follow(context)
        page = context.new_page()
        if path is not None:
            page.goto(path)
        return page


@pytest.fixture(scope="session")
def kept() -> dict[str, Any]:
    return {}


@pytest.fixture
def visit(chrome: Chromium, stack: Stack, kept: dict[str, Any]) -> Iterator[Visits]:
    """Opens pages; at the end nothing may have gone wrong in any of them that the journey did not expect."""
    with contextlib.ExitStack() as exits:
        visits = Visits(chrome, stack, kept, exits)
        yield visits
    assert not visits.watch.unexplained()


@pytest.fixture(scope="session")
def house(stack: Stack, mailbox: Mailbox) -> House:
    """A practice whose people the journeys share; each makes clients of its own in it."""
    return House(stack, mailbox)


@pytest.fixture(scope="session")
def tilda(house: House) -> Person:
    """The therapist of the house."""
    return house.therapist("Tilda Therapist")


@pytest.fixture(scope="session")
def arms(house: House, tilda: Person) -> Program:
    """A published program of two lessons; the first asks for everything."""
    return house.program(tilda)


@pytest.fixture(scope="session")
def screens() -> Path:
    folder = BUILD / "screens"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def pytest_configure(config: pytest.Config) -> None:
    """Build, before there are workers: two that built at once would build into each other."""
    if not hasattr(config, "workerinput") and os.environ.get("JOURNEYS") != "here":
        build(LOCAL)
        build_web()


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """A file stays on one worker, and so do all files that look at the demo practice."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "the demo" if Path(file).name in {"test_pages.py", "test_pictures.py"} else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    return Together(config, log)
