"""Two practices in which everybody has something that is nobody else's."""

import itertools
import re
from dataclasses import dataclass, field
from typing import Any

from chalicelib.billing import service as billing
from chalicelib.billing.model import SUBSCRIPTION
from chalicelib.foundation import clock, due
from chalicelib.foundation.actor import Role, clockwork
from chalicelib.foundation.call import Call
from chalicelib.foundation.http import Endpoint
from chalicelib.foundation.ids import ClientId, PracticeId
from chalicelib.practice import service
from chalicelib.privacy import service as privacy

from .conftest import PASSWORD, door, order, staff
from .examples import example
from .gateway import Gateway, Reply, Somebody
from .key import Key, add_passkey

PART = re.compile(r"{(\w+)}")
BLOCKS = [
    {"kind": "scale", "block_id": "pain", "prompt": "How much did it hurt?"},
    {"kind": "recording", "block_id": "clip", "prompt": "Show your squat", "required": False},
]
_ELSE = {"number": "1", "version": "1", "block": "pain"}
_NOWHERE = "0" * 26


@dataclass
class Record:
    """A client's record: who may come to it, and the ids of what lies in it."""

    people: dict[Role, Somebody]
    ids: dict[str, str] = field(default_factory=dict)


class World:
    """Two practices: two clients in ours, one in theirs."""

    def __init__(self) -> None:
        self.gateway = Gateway()
        self._keys = itertools.count()
        self.steps: list[tuple[str, int]] = []
        self.ours, self.other = self._practice("lind", 2)
        (self.theirs,) = self._practice("berg", 1)

    def ask(
        self, spec: Endpoint, by: Somebody | None, ids: dict[str, str], body_ids: dict[str, str] | None = None
    ) -> Reply:
        """Call an endpoint with what it needs, the ids in the path (and in the body) taken from `ids`."""
        known = _with_alias(spec, ids)
        path = PART.sub(lambda part: known.get(part[1]) or _ELSE.get(part[1], _NOWHERE), spec.path)
        body = example(spec.takes, ids if body_ids is None else body_ids) if spec.takes else {}
        if isinstance(body, dict) and body.get("email"):
            body["email"] = f"new{next(self._keys)}@home.example"
        return self.gateway.call(
            spec.method,
            path,
            body,
            by=by,
            key=f"matrix-{next(self._keys):06}" if spec.creates else None,
            if_match=1 if spec.updates else None,
        )

    def _practice(self, name: str, clients: int) -> list[Record]:
        email = f"owner@{name}.example"
        founded = service.found_practice(clock.now(), order(name=name, owner_email=email))
        owner = Somebody(founded.practice_id, founded.owner_id, frozenset({Role.OWNER}), "Owner")
        shared: dict[str, str] = {}
        return [self._record(name, number, owner, shared) for number in range(clients)]

    def _record(self, name: str, number: int, owner: Somebody, shared: dict[str, str]) -> Record:
        therapist = staff(self.gateway, owner, f"Therapist {number}", f"t{number}@{name}.example", Role.THERAPIST)
        if not shared:
            shared |= self._program(therapist)
        body = {
            "name": f"Client {number}",
            "time_zone": "Europe/Berlin",
            "email": f"c{number}@{name}.example",
            "guardians": [{"name": f"Guardian {number}", "email": f"g{number}@{name}.example"}],
        }
        client = self._make("POST", "/api/clients", body, therapist)
        own, guardian = client["own"]["person_id"], client["guardians"][0]["person_id"]
        practice = owner.practice_id
        record = Record(
            {
                Role.OWNER: owner,
                Role.THERAPIST: therapist,
                Role.CLIENT: Somebody(practice, own, frozenset({Role.CLIENT}), "Client"),
                Role.GUARDIAN: Somebody(practice, guardian, frozenset({Role.GUARDIAN}), "Guardian"),
            },
            {**shared, "client_id": client["client_id"], "person_id": guardian, "therapist_id": therapist.person_id},
        )
        self._care(record)
        return record

    def _program(self, therapist: Somebody) -> dict[str, str]:
        program = self._make("POST", "/api/programs", {"title": "Knees"}, therapist)
        path = f"/api/programs/{program.get('program_id', _NOWHERE)}"
        lesson = {"title": "Squats", "minutes": 10}
        drafted = self._make("POST", f"{path}/lessons", lesson, therapist)
        lesson_id = (drafted.get("lessons") or [{}])[0].get("lesson_id", _NOWHERE)
        self._make("PUT", f"{path}/lessons/{lesson_id}", {**lesson, "blocks": BLOCKS}, therapist, if_match=1)
        self._make("POST", f"{path}/versions", {"note": ""}, therapist)
        file = {"kind": "video", "title": "A squat", "content_type": "video/mp4", "size": 1000, "file_name": "a.mp4"}
        resource = self._make("POST", "/api/resources", file, therapist).get("resource", {})
        return {
            "program_id": program.get("program_id", _NOWHERE),
            "lesson_id": lesson_id,
            "resource_id": resource.get("resource_id", _NOWHERE),
        }

    def _care(self, record: Record) -> None:
        by, ids = record.people, record.ids
        base = f"/api/clients/{ids['client_id']}"
        enrol = {"program_id": ids["program_id"], "version": 1}
        ids["enrolment_id"] = self._id("enrolment_id", f"{base}/enrolments", enrol, by[Role.THERAPIST])
        lesson = f"{base}/enrolments/{ids['enrolment_id']}/lessons/1"
        self._make("PUT", f"{lesson}/answers/pain", {"value": 3}, by[Role.CLIENT], if_match=0)
        clip = {"block_id": "clip", "content_type": "video/mp4", "size": 1000, "file_name": "a.mp4"}
        ids["recording_id"] = self._id("recording_id", f"{lesson}/recordings", clip, by[Role.CLIENT])
        sent = {"comment": "", "revision": 1}
        ids["submission_id"] = self._id("submission_id", f"{lesson}/submission", sent, by[Role.GUARDIAN])
        fee = {"minor": 14800, "from_on": clock.stamp(clock.now())[:10], "title": "Care"}
        ids["subscription_id"] = self._id("subscription_id", f"{base}/fees", fee, by[Role.OWNER])
        self._make("PUT", f"{base}/keeping", {"ended_on": None, "hold_reason": "A court"}, by[Role.OWNER], if_match=0)
        client_id = ClientId(ids["client_id"])
        call = Call(clockwork(PracticeId(by[Role.OWNER].practice_id)), clock.now())
        self._bill(call, client_id, by[Role.OWNER], ids)
        ids["copy_id"] = self._id("copy_id", f"{base}/copies", {}, by[Role.CLIENT])
        privacy.plan_copy(call, client_id, ids["copy_id"])
        privacy.make_file(call, client_id, ids["copy_id"], 1, lambda *_: None)
        self._sign_in(by[Role.CLIENT], ids)

    def _bill(self, call: Call, client_id: ClientId, owner: Somebody, ids: dict[str, str]) -> None:
        for one in due.found_due(call.now):
            if one.kind == SUBSCRIPTION.name:
                due.do_due(one, call.now)
        (invoice,) = self._make("GET", f"/api/clients/{client_id}/invoices", None, owner)["invoices"]
        ids["invoice_number"] = invoice["number"]
        billing.render_invoice(call, client_id, invoice["number"], lambda _: b"%PDF-")

    def _sign_in(self, somebody: Somebody, ids: dict[str, str]) -> None:
        token = door(somebody.practice_id, somebody.person_id)
        opened = self.gateway.call("POST", "/api/doors/open", {"token": token, "password": PASSWORD})
        self.steps.append(("POST /api/doors/open", opened.status))
        sessions = self._make("GET", "/api/session", None, somebody)["sessions"]
        ids["session_id"] = sessions[0]["session_id"] if sessions else _NOWHERE
        added = add_passkey(self.gateway, somebody, opened.cookie, Key())
        self.steps.append(("POST /api/session/passkeys", added.status))
        ids["passkey_id"] = added.body.get("passkey_id", _NOWHERE)

    def _id(self, name: str, path: str, body: Any, by: Somebody) -> str:
        return str(self._make("POST", path, body, by).get(name, _NOWHERE))

    def _make(self, method: str, path: str, body: Any, by: Somebody, if_match: int | None = None) -> dict[str, Any]:
        key = f"world-{next(self._keys):06}" if method == "POST" else None
        reply = self.gateway.call(method, path, body, by=by, key=key, if_match=if_match)
        self.steps.append((f"{method} {path}: {reply.body.get('detail', '')}", reply.status))
        made: dict[str, Any] = reply.body
        return made


def _with_alias(spec: Endpoint, ids: dict[str, str]) -> dict[str, str]:
    # A file of the library is uploaded under its resource's id; a bill's number is not a lesson's, a copy's file has
    # one too; of people who are asked for by the practice itself there are only staff.
    if spec.path.startswith("/api/library/"):
        return {**ids, "recording_id": ids.get("resource_id", _NOWHERE)}
    if "/invoices/{number}" in spec.path:
        return {**ids, "number": ids.get("invoice_number", _NOWHERE)}
    if spec.path.startswith("/api/people/"):
        return {**ids, "person_id": ids.get("therapist_id", _NOWHERE)}
    return ids
