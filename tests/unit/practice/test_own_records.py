"""Every route lets in those whose record it is."""

import pytest

from chalicelib.foundation.http import ENDPOINTS

from .world import PART, World


@pytest.mark.usefixtures("cognito")
def test_those_whose_it_is_come_in() -> None:
    world = World()
    failures = []
    signed_in = [spec for spec in ENDPOINTS if spec.roles is not None]
    for spec in sorted(signed_in, key=lambda spec: ("GET", "POST", "PUT", "DELETE").index(spec.method)):
        for role in sorted(spec.roles or ()):
            reply = world.ask(spec, world.ours.people[role], world.ours.ids)
            page = spec.method == "GET" and set(PART.findall(spec.path)) <= {"client_id"}
            if reply.status in {401, 403} or reply.status >= 500 or (page and reply.status != 200):
                failures.append((spec.method, spec.path, role, reply.status, reply.body))
    assert failures == []
