"""The product in this process: people ask its routes, what follows is delivered as the stream and the queues would."""

import json
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from app import app
from bench.depot import Depot, Item
from bench.wire import ENVIRONMENT, UPLOADED, Asked, Wire
from chalicelib import triggers
from chalicelib.foundation import clock
from chalicelib.foundation.events import OUTBOX
from chalicelib.foundation.http import ENDPOINTS, Endpoint
from chalicelib.media import intake
from chalicelib.media.processing import Outcome
from chalicelib.media.processing.outcome import Accepted
from demo.browser import Browser, ProblemError

_PART = re.compile(r"{(\w+)}")
_REFUSED = 400


@dataclass
class Step:
    """What one step of the loop asked of AWS: the request itself, and what followed from it."""

    name: str
    request: list[Asked] = field(default_factory=list)
    after: list[Asked] = field(default_factory=list)
    invocations: dict[str, int] = field(default_factory=dict)
    """How often each function ran."""
    added: list[Item] = field(default_factory=list)
    """Rows that it left, and that do not delete themselves."""
    shared: bool = False
    """Whether it is done once for everybody, not for one client."""


class Person(Browser):
    """Somebody who is signed in, as API Gateway's authorizer would say, and asks the routes directly."""

    def __init__(self, house: "House", practice_id: str, person_id: str, *roles: str) -> None:
        """Come in."""
        super().__init__("https://site.example")
        self.house = house
        self.claims = {
            "custom:practice_id": practice_id,
            "custom:person_id": person_id,
            "cognito:groups": ",".join(roles),
            "name": "Robin Somebody",
        }

    def event(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Return what API Gateway hands to the function."""
        path, _, query = path.partition("?")
        spec, parts = route(method, path)
        values = dict(pair.split("=", 1) for pair in query.split("&")) if query else {}
        return {
            "httpMethod": method,
            "headers": {"content-type": "application/json", **{k.lower(): v for k, v in (headers or {}).items()}},
            "pathParameters": parts,
            "multiValueQueryStringParameters": {name: [value] for name, value in values.items()} or None,
            "requestContext": {
                "httpMethod": method,
                "resourcePath": spec.path,
                "path": f"/api{path}",
                "authorizer": {"claims": self.claims},
            },
            "body": None if body is None else json.dumps(body),
            "stageVariables": None,
        }

    def upload(self, base: str, ticket: Mapping[str, Any], content: bytes) -> dict[str, Any]:  # noqa: ARG002 - nothing is sent
        """Sign the parts and say that all of them were sent."""
        numbers, step = list(range(1, ticket["parts"] + 1)), self.house.step
        with step("sign the parts"):
            self.post(f"{base}/parts", {"numbers": numbers})
        with step("all parts sent"):
            parts = [{"number": number, "etag": "e"} for number in numbers]
            done: dict[str, Any] = self.post(f"{base}/completion", {"parts": parts})
        with step("process a recording"):
            self.house.process(ticket["recording_id"])
        return done

    def _ask(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Any:
        sent = {**(headers or {}), "cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        answer = self.house.invoke("APIHandler", app, self.event(method, path, body, sent), None)
        found = json.loads(answer["body"] or "null")
        if answer["statusCode"] >= _REFUSED:
            raise ProblemError(answer["statusCode"], found)
        self.etag = answer["headers"].get("ETag", "")
        self._keep_cookies(answer.get("multiValueHeaders", {}).get("Set-Cookie", ()))
        return found


def route(method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
    """Find the route of a request, as API Gateway does: a literal part goes before a parameter."""
    fits = []
    for spec in ENDPOINTS:
        match = re.fullmatch(_PART.sub(lambda part: f"(?P<{part[1]}>[^/]+)", spec.path), path)
        if spec.method == method and match:
            fits.append((len(match.groupdict()), spec, match.groupdict()))
    if not fits:
        message = f"There is no route {method} {path}."
        raise LookupError(message)
    return min(fits, key=lambda fit: fit[0])[1:]


class House:
    """A stack: routes, stream, queues and clock."""

    def __init__(self, wire: Wire | None = None) -> None:
        """Begin with an empty table."""
        self.wire = wire or Wire(Depot())
        self.steps: list[Step] = []
        self._relayed = 0
        self._invocations: dict[str, int] = {}

    def invoke(self, function: str, handle: Callable[..., Any], *arguments: Any) -> Any:
        """Run a function, and count that it ran."""
        self._invocations[function] = self._invocations.get(function, 0) + 1
        self.wire.run += 1
        return handle(*arguments)

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Take a step of the loop, then let everything happen that follows from it."""
        self.wire.take()
        self._invocations, begun = {}, len(self.wire.depot.stream)
        step = Step(name)
        yield step
        step.request = self.wire.take()
        self.settle()
        step.after, step.invocations = self.wire.take(), self._invocations
        step.added = [item for item in self.wire.depot.stream[begun:] if "expires_at" not in item]
        self.steps.append(step)

    def settle(self) -> None:
        """Deliver every event, and those that follow from it."""
        queue = deque(self._relay())
        while queue:
            name, body = queue.popleft()
            match name:
                case "work":
                    self.invoke("Worker", triggers.work, body)
                case "documents":
                    self.invoke("Documents", triggers.render, body)
                case _:
                    self.invoke("Video", intake.process_upload, body, clock.now())
            queue += self._relay()

    def _relay(self) -> list[tuple[str, str]]:
        new = [image for image in self.wire.depot.stream[self._relayed :] if image["kind"]["S"] == OUTBOX.name]
        self._relayed = len(self.wire.depot.stream)
        if new:
            records = [{"dynamodb": {"NewImage": image}} for image in new]
            self.invoke("Relay", triggers.relay, {"Records": records})
        sent, self.wire.queued = self.wire.queued, []
        return sent

    def process(self, recording_id: str) -> None:
        """Do what the video function does with an upload, all but the work of ffmpeg."""
        key = next(
            body["key"]
            for item in self.wire.depot.items().values()
            if item["kind"]["S"] == "recording" and recording_id in item["sk"]["S"]
            for body in [json.loads(item["body"]["S"])]
        )
        detail = {
            "bucket": {"name": ENVIRONMENT["UPLOADS_BUCKET"]},
            "object": {"key": key, "size": len(UPLOADED), "sequencer": "1", "version-id": "v1"},
        }
        body = json.dumps({"detail": detail})

        def work(source: Path, out_dir: Path, *, kind: Literal["video", "audio"], **_limits: object) -> Outcome:  # noqa: ARG001 - `intake.Work`
            self.wire.run += 1  # claimed and settled are minutes of ffmpeg apart
            return _made(out_dir, kind)

        self.invoke("Video", lambda: intake.process_upload(body, clock.now(), work=work))

    def tick(self, at: datetime, name: str) -> None:
        """Let a moment come. What the clock's own look asks is a step of its own: all practices share it."""
        with self.step("the clock's look") as look:
            self.invoke("Tick", triggers.tick, {"time": clock.stamp(at)})
            found, self.wire.queued = self.wire.queued, []
        look.shared = True
        with self.step(name):
            self.wire.queued = found


def _made(out_dir: Path, kind: Literal["video", "audio"]) -> Outcome:
    for name in ("play.mp4", "poster.jpg", "sprite.jpg", "timeline.json"):
        (out_dir / name).write_bytes(UPLOADED)
    film = kind == "video"
    return Accepted(
        rendition=out_dir / "play.mp4",
        poster=out_dir / "poster.jpg" if film else None,
        sprite=out_dir / "sprite.jpg" if film else None,
        timeline=out_dir / "timeline.json",
        duration_s=60.0,
        width=720,
        height=1280,
        copied_video=False,
        copied_audio=False,
    )
