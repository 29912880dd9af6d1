"""What the chapters of the tour share: the stack, the people so far, and how a step is told."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from demo.browser import Browser, ProblemError
from demo.clips import Clips
from demo.mailbox import Mailbox
from infra.stack import Stack

type Say = Callable[[str], None]


class StepFailedError(Exception):
    """A step of the tour did not end as it should; its cause says how it ended."""

    def __init__(self, number: int, name: str) -> None:
        """Name the step."""
        super().__init__(f"step {number}: {name}")
        self.number, self.name = number, name


def expect(told: object, wanted: object) -> None:
    """Hold what came back against what should have."""
    if told != wanted:
        message = f"came back {told!r}, not {wanted!r}"
        raise AssertionError(message)


def refused(act: Callable[[], object], status: int, kind: str | None = None) -> ProblemError:
    """Do something that must be refused, and return the refusal."""
    try:
        answered = act()
    except ProblemError as problem:
        expect((problem.status, kind and problem.type), (status, kind))
        return problem
    message = f"was not refused, but answered {answered!r}"
    raise AssertionError(message)


def noon_zone() -> str:
    """Name a time zone in which it is about noon now, so that a day does not end under our feet."""
    ahead = 12 - datetime.now(UTC).hour  # Etc/GMT counts hours west of Greenwich
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


@dataclass
class Walk:
    """The tour as it goes: who is signed in where, and the ids that later steps need."""

    stack: Stack
    clips: Clips
    run: str = field(default_factory=lambda: uuid4().hex[:8])
    zone: str = field(default_factory=noon_zone)
    steps: int = 0
    who: dict[str, Browser] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open the mailbox."""
        self.mailbox = Mailbox(f"{self.stack.mail_url}.json")

    def email(self, name: str) -> str:
        """Return this tour's address of somebody."""
        return f"{name}.{self.run}@tour.example"

    def browser(self) -> Browser:
        """Open a browser in which nobody is signed in."""
        return Browser(self.stack.origin)

    @property
    def client(self) -> str:
        """The API address of the tour's client."""
        return f"/api/clients/{self.ids['client']}"

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[Say]:
        """Take one step. The caller says what came back."""
        self.steps += 1
        came_back: list[str] = []
        try:
            yield came_back.append
        except Exception as error:
            raise StepFailedError(self.steps, name) from error
        print(f"{self.steps:3}. {name}", flush=True)
        for line in came_back:
            print(f"       {line}", flush=True)

    def tick(self, at: datetime) -> None:
        """Let a moment come."""
        self.stack.tick(f"{at.astimezone(UTC) + timedelta(seconds=59):%Y-%m-%dT%H:%M:00Z}")
