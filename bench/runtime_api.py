"""Lambda's runtime API for one event at a time, and an AWS where there is nothing yet.

One small server is both, so that a function that is started beside it pays for its own work only.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

RUNTIME = "/2018-06-01/runtime"
_ARN = "arn:aws:lambda:eu-central-1:000000000000:function:bench"
_EMPTY: Mapping[str, Any] = {
    "Query": {"Items": [], "Count": 0, "ScannedCount": 0},
    "BatchGetItem": {"Responses": {}, "UnprocessedKeys": {}},
    "SendMessageBatch": {"Successful": [], "Failed": []},
    "AdminGetUser": {"Username": "", "UserAttributes": []},
}


class RuntimeApi:
    """Hands an event to the function that asks, and keeps what it answers."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self.event: bytes = b"{}"
        self.answered = threading.Event()
        self.answer: bytes = b""
        self.failed = False
        self.calls: list[str] = []
        """The AWS operations that were asked for."""
        self.address = ""

    def hand(self, event: Mapping[str, Any]) -> None:
        """Have an event ready for the next function."""
        self.event = json.dumps(event).encode()
        self.answered.clear()
        self.calls, self.failed, self.answer = [], False, b""

    def took(self, path: str, body: bytes) -> None:
        """Keep what came back, from the function or from its start that failed."""
        self.failed, self.answer = path.endswith("/error"), body
        self.answered.set()


@contextmanager
def runtime_api() -> Iterator[RuntimeApi]:
    """Listen on this machine, on any free port."""
    api = RuntimeApi()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            """Hand out the event, once: whoever asks for a second one waits until it is ended."""
            if api.answered.is_set():
                self.close_connection = True
                return
            self._reply(
                api.event,
                {
                    "Lambda-Runtime-Aws-Request-Id": "00000000-0000-0000-0000-000000000000",
                    "Lambda-Runtime-Deadline-Ms": "4000000000000",
                    "Lambda-Runtime-Invoked-Function-Arn": _ARN,
                },
            )

        def do_POST(self) -> None:
            """Take the function's answer, or answer for AWS."""
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path.startswith(RUNTIME):
                self._reply(b"{}", {}, 202)
                api.took(self.path, body)
                return
            operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
            api.calls.append(operation)
            self._reply(json.dumps(_EMPTY.get(operation, {})).encode(), {})

        def _reply(self, body: bytes, headers: Mapping[str, str], status: int = 200) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """Say nothing of a function that was ended while it asked for a second event."""

    server = Server(("127.0.0.1", 0), Handler)
    api.address = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
