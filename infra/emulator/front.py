"""What stands before ministack: who may ask what, the site at a plain name, the mail page, the saves.

    http://localhost:<port>/        the site, as CloudFront serves it
    http://127.0.0.1:<port>/        AWS
    http://127.0.0.1:<port>/_mail   the mail
    http://127.0.0.1:<port>/_codes  the codes of the demo's staff

Two names for one port, so that a browser keeps the site and the machinery apart.
"""

import re
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from infra.emulator import aws, codes, functions
from infra.emulator.keeper import Keeper
from infra.emulator.mailbox import Mailbox
from infra.emulator.rights import Rights

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

# Ministack's API Gateway takes the first name in it for who connected, where AWS knows: whoever wrote another one each
# time would guess passwords without end.
FORWARDED = b"x-forwarded-for"
SITE_NAME = "localhost"
AWS_NAME = "127.0.0.1"
# Ministack's own doors need no credentials, answer any web page, and one of them wipes everything.
OPEN_DOORS = frozenset({"/_ministack/health", "/_ministack/ready"})
CLOSED_DOORS = ("/_ministack", "/_localstack")
# In a header as in the query of a presigned URL.
SIGNED_WITH = re.compile(rb"Credential=([^/%,\s]+)")


class Front:
    """The ASGI application that is served."""

    def __init__(self, port: int, access_key: str, mailbox: Mailbox, keeper: Keeper | None, keys: Path | None) -> None:
        """Without a `keeper` everything ends with the process. `keys` is where the demo keeps its authenticators."""
        self._keys = keys
        self._aws = aws.application()
        aws.teach_passkeys()
        functions.answer_at_once()
        functions.unpack_once(Path(tempfile.gettempdir()) / "unpacked")
        self._rights = Rights()
        self._port = port
        self._access_key = access_key.encode()
        self._mailbox = mailbox
        self._keeper = keeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(
                {**scope, "headers": [one for one in scope["headers"] if one[0] != FORWARDED]}, receive, send
            )

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        name = headers.get(b"host", b"").decode("latin-1").rsplit(":", 1)[0].lower()
        path = scope["path"]
        origin = headers.get(b"origin", b"").decode("latin-1")
        if name not in {SITE_NAME, AWS_NAME}:
            await _say(send, 421, f"This is {SITE_NAME}, not {name}.")  # a name that was pointed here to get in
        elif path.startswith(CLOSED_DOORS) and path not in OPEN_DOORS:
            await _say(send, 404, "Closed: anything on this machine could come in here.")
        elif name == SITE_NAME and not path.startswith("/_aws/"):
            await self._serve_site(scope, receive, send)
        elif origin and origin != f"http://{SITE_NAME}:{self._port}":
            await _say(send, 403, f"Only the site may come here from a browser, not {origin}.")
        elif not self._is_known(headers.get(b"authorization", b"") + scope["query_string"]):
            await _say(send, 403, "These are not the credentials of this stack.")
        elif path in {"/_mail", "/_mail.json"}:
            await self._serve_mail(path, send)
        elif path == "/_rights.json":
            await _send(send, 200, "application/json", self._rights.as_json())
        elif path == "/_codes":
            await _send(send, 200, "text/html; charset=utf-8", codes.page(self._keys))
        else:
            if self._keeper and scope["method"] not in {"GET", "HEAD"}:
                self._keeper.note_change()
            await self._aws(scope, receive, send)

    def _is_known(self, signed: bytes) -> bool:
        """Whether a request is unsigned, or signed with our key or a function's.

        Ministack checks no signature of its well-known keys: it would let in any program that says "test".
        """
        key = SIGNED_WITH.search(signed)
        return key is None or key[1] == self._access_key or key[1].startswith(b"ASIA")

    async def _serve_site(self, scope: Scope, receive: Receive, send: Send) -> None:
        label = aws.distribution_label()
        if label is None:
            await _say(send, 503, "The site is not deployed yet. Try again in a moment.")
            return
        host = f"{label}.cloudfront.localhost:{self._port}".encode()
        headers = [(key, host if key == b"host" else value) for key, value in scope["headers"]]
        await self._aws({**scope, "headers": headers}, receive, send)

    async def _serve_mail(self, path: str, send: Send) -> None:
        self._mailbox.take(aws.sent_mail())
        if path == "/_mail.json":
            await _send(send, 200, "application/json", self._mailbox.as_json())
        else:
            await _send(send, 200, "text/html; charset=utf-8", self._mailbox.as_page())

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Start and stop with ministack: saving begins after its start and ends before its stop."""

        async def receive_too() -> dict[str, Any]:
            message = await receive()
            if message["type"] == "lifespan.shutdown" and self._keeper:
                await self._keeper.stop()
            return message

        async def send_too(message: dict[str, Any]) -> None:
            if message["type"] == "lifespan.startup.complete" and self._keeper:
                self._keeper.start()
            await send(message)

        await self._aws(scope, receive_too, send_too)


async def _say(send: Send, status: int, sentence: str) -> None:
    await _send(send, status, "text/plain; charset=utf-8", f"{sentence}\n".encode())


async def _send(send: Send, status: int, content_type: str, body: bytes) -> None:
    headers = [
        (b"content-type", content_type.encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
