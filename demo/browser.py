"""What a browser does, without one: signs in, asks, answers, uploads."""

import json
import uuid
from collections.abc import Iterable, Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from demo.codes import Authenticator

TIMEOUT_S = 60
PHONE = Authenticator()
"""Where people have their keys unless it is said otherwise: for those who are made and forgotten in one run."""


class ProblemError(Exception):
    """The API refused: `status`, and the members of its problem+json."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        """Say what was refused and why."""
        super().__init__(f"{status} {body.get('type')}: {body.get('detail')}")
        self.status = status
        self.body = body

    @property
    def type(self) -> str:
        """The stable name of the refusal."""
        return str(self.body.get("type"))


class Browser:
    """One person at one browser. Cookies and the id token stay in it."""

    def __init__(self, origin: str, phone: Authenticator = PHONE) -> None:
        """Open the site at `origin`."""
        self.origin, self.phone = origin, phone
        self._token = ""
        self._cookies: dict[str, str] = {}
        self.me: dict[str, Any] = {}
        self.shown = ""
        self.etag = ""

    def sign_in(self, email: str, password: str) -> "Browser":
        """Sign in, with a code where one is asked for, and stay signed in."""
        return self._enter(email, self.post("/api/session", {"email": email, "password": password}))

    def open_door(self, email: str, token: str, password: str) -> "Browser":
        """Open an invitation or a reset link with a new password, and sign in."""
        return self._enter(email, self.post("/api/doors/open", {"token": token, "password": password}))

    def show_code(self, code: str) -> "Browser":
        """Take the step after the password."""
        self.shown = code
        return self._signed_in(self.post("/api/session/code", {"code": code})["session"])

    def _enter(self, email: str, entrance: dict[str, Any]) -> "Browser":
        step = entrance["step"]
        if step is None:
            return self._signed_in(entrance["session"])
        if step["kind"] == "set_up":
            self.phone.keep(email, step["key"])
        return self.show_code(self.phone.fresh(email))

    def _signed_in(self, session: dict[str, Any]) -> "Browser":
        self._token, self.me = session["id_token"], session["person"]
        return self

    def get(self, path: str) -> Any:
        """Read; the ETag is kept in `etag`."""
        return self._ask("GET", path)

    def post(self, path: str, body: object = None, key: str | None = None) -> Any:
        """Create or do. A request that is made again with the same `key` takes effect once."""
        return self._ask("POST", path, body or {}, {"Idempotency-Key": key or uuid.uuid4().hex})

    def put(self, path: str, body: object, version: int | str) -> Any:
        """Change the version that was read."""
        return self._ask("PUT", path, body, {"If-Match": f'"{version}"' if isinstance(version, int) else version})

    def delete(self, path: str, version: int | None = None) -> Any:
        """Remove or end."""
        return self._ask("DELETE", path, None, {"If-Match": f'"{version}"'} if version is not None else {})

    def upload(self, base: str, ticket: Mapping[str, Any], content: bytes) -> dict[str, Any]:
        """Send a file by its ticket, part by part, straight to storage, and say that it is whole."""
        size, parts = ticket["part_size"], []
        for number in range(1, ticket["parts"] + 1):
            (signed,) = self.post(f"{base}/parts", {"numbers": [number]})["urls"]
            piece = content[(number - 1) * size : number * size]
            with urlopen(Request(signed["url"], data=piece, method="PUT"), timeout=TIMEOUT_S) as answer:  # noqa: S310 # nosec B310 # the address is ours
                parts.append({"number": number, "etag": answer.headers["ETag"]})
        done: dict[str, Any] = self.post(f"{base}/completion", {"parts": parts})
        return done

    def send_recording(self, client_id: str, lesson: str, block_id: str, file: Path, content_type: str) -> str:
        """Send a recording for a block of the lesson at `lesson` (its API address) and return its id."""
        content = file.read_bytes()
        about = {"block_id": block_id, "content_type": content_type, "size": len(content), "file_name": file.name}
        ticket = self.post(f"{lesson}/recordings", about)
        recording_id = str(ticket["recording_id"])
        self.upload(f"/api/clients/{client_id}/recordings/{recording_id}", ticket, content)
        return recording_id

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> bytes:
        """Load an address that was signed for us."""
        with urlopen(Request(url, headers=dict(headers or {})), timeout=TIMEOUT_S) as answer:  # noqa: S310 # nosec B310 # the address is ours
            return bytes(answer.read())

    def _ask(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Any:
        sent = {"Content-Type": "application/json", **(headers or {})}
        if self._token:
            sent["Authorization"] = f"Bearer {self._token}"
        if self._cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        site = urlsplit(self.origin)
        connection = HTTPConnection(site.netloc, timeout=TIMEOUT_S)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, sent)
            answer = connection.getresponse()
            text = answer.read()
            self._keep_cookies(answer.headers.get_all("Set-Cookie") or ())
        finally:
            connection.close()
        try:
            found = json.loads(text or b"null")
        except ValueError:
            found = {"type": "not-json", "detail": text[:200].decode(errors="replace")}
        if answer.status >= 400:  # noqa: PLR2004 - where refusals begin
            raise ProblemError(answer.status, found if isinstance(found, dict) else {})
        self.etag = answer.headers.get("ETag", "")
        return found

    def _keep_cookies(self, headers: Iterable[str]) -> None:
        for header in headers:
            name, _, value = header.partition(";")[0].partition("=")
            if value:
                self._cookies[name] = value
            else:
                self._cookies.pop(name, None)
