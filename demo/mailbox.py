"""The mail that the embedded AWS was asked to send."""

import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.request import urlopen

PATIENCE_S = 60.0
_LINK = re.compile(r"https?://[^\s<>\"]+")


def until[T](what: str, look: Callable[[], T | None], patience_s: float = PATIENCE_S) -> T:
    """Look until there is something, and return it; raise TimeoutError naming what did not come."""
    last = time.monotonic() + patience_s
    while time.monotonic() < last:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    message = f"{what} did not come within {patience_s:.0f} s"
    raise TimeoutError(message)


class Mailbox:
    """Looks into the mail; what was taken once is not found again."""

    def __init__(self, url: str) -> None:
        """`url` answers with all mail as JSON."""
        self._url = url
        self._taken: set[str] = set()

    def all_to(self, address: str) -> list[dict[str, Any]]:
        """Return all mail to an address, oldest first, taken or not."""
        with urlopen(self._url, timeout=10) as answer:  # noqa: S310 # nosec B310 # our own machine
            messages = json.load(answer)["messages"]
        return [message for message in messages if address in message["to"]]

    def take(self, address: str, link: str) -> tuple[dict[str, Any], str]:
        """Wait for new mail to an address with a link that contains `link`; return the mail and that link."""

        def look() -> tuple[dict[str, Any], str] | None:
            for message in self.all_to(address):
                found = [one for one in _LINK.findall(message["text"]) if link in one]
                if found and message["id"] not in self._taken:
                    self._taken.add(message["id"])
                    return message, found[0].rstrip(".,)")
            return None

        return until(f"A mail to {address} with {link}", look)
