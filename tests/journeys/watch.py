"""What a browser complains of while somebody walks: errors, refused content, answers of no use."""

import contextlib
import json
import re
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Route, WebError

COUNT_PRESSES = """
addEventListener('click', (event) => {
  const control = event.target.closest('a, button, input, textarea, select, label')
  if (event.isTrusted && control) pressed(control.textContent.trim())
}, true)
"""


@dataclass
class Watch:
    """Follows contexts; `troubles` is what nobody had a reason for."""

    troubles: list[str] = field(default_factory=list)
    _reasons: list[re.Pattern[str]] = field(default_factory=list)

    def follow(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", self._error)

    def expect(self, *reasons: str) -> None:
        """Take complaints that contain one of these (patterns) as part of the walk."""
        self._reasons += map(re.compile, reasons)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._note(f"{message.text} ({message.location.get('url', '')})")

    def _error(self, error: WebError) -> None:
        self._note(str(error.error))

    def _note(self, text: str) -> None:
        self.troubles.append(text)

    def unexplained(self) -> list[str]:
        return [trouble for trouble in self.troubles if not any(reason.search(trouble) for reason in self._reasons)]


@dataclass
class Presses:
    """Counts what a finger or a mouse presses in a context, over all its pages."""

    pressed: list[str] = field(default_factory=list)

    def follow(self, context: BrowserContext) -> None:
        context.expose_function("pressed", self._press)
        context.add_init_script(COUNT_PRESSES)

    def _press(self, what: str) -> None:
        self.pressed.append(what)


@dataclass
class Held:
    """Requests that are kept waiting: `page.route(…, held.hold)`, and at last `held.let_go()`."""

    routes: list[Route] = field(default_factory=list)
    over: bool = False

    def hold(self, route: Route) -> None:
        self.routes.append(route)
        if self.over:
            self.let_go()

    def let_go(self) -> None:
        """Let the requests go that are still wanted, and those that are still to come."""
        self.over = True
        while self.routes:
            with contextlib.suppress(Error):  # its page has given it up, or was reloaded
                self.routes.pop().continue_()

    def fail(self) -> None:
        """Answer the requests as a server in trouble does."""
        while self.routes:
            with contextlib.suppress(Error):
                fail(self.routes.pop())


def fail(route: Route) -> None:
    """Answer as a server in trouble does."""
    problem = {
        "type": "unexpected",
        "title": "Something went wrong here",
        "status": 500,
        "detail": "",
        "correlation_id": "c",
    }
    route.fulfill(status=500, content_type="application/problem+json", body=json.dumps(problem))
