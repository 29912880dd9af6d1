"""After all the journeys: what the functions asked AWS for is what their policies grant, no less and no more.

It reads what every stack of the walk has kept at its end, so it is a run of its own (`make journeys`).
"""

import re
from typing import Any

import pytest

from infra.waivers import waivers
from tests.journeys.rights import POLICIES, Right, read_rights


def part_of(resource: Any) -> str:
    """The part of the template that a policy's resource is about; * where it is none of them."""
    if isinstance(resource, dict) and "Fn::GetAtt" in resource:
        return str(resource["Fn::GetAtt"][0])
    found = re.match(r"\$\{(\w+)", resource["Fn::Sub"]) if isinstance(resource, dict) else None
    return found[1] if found else "*"


def granted() -> set[Right]:
    return {
        Right(policy, action, part_of(resource))
        for policy, document in POLICIES.items()
        for statement in document["Statement"]
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
        for resource in statement["Resource"]
        if "Fn::If" not in resource
    }


def told(rights: set[Right]) -> str:
    return "\n".join(" ".join(right) for right in sorted(rights))


@pytest.fixture(scope="module")
def called() -> set[Right]:
    """What was asked for on all journeys before."""
    return read_rights()


def test_nothing_was_asked_for_that_is_not_granted(called: set[Right]) -> None:
    assert not called - granted(), told(called - granted())


def test_nothing_is_granted_that_was_not_asked_for(called: set[Right]) -> None:
    unused = granted() - called
    waived = {
        right
        for right in unused
        for waiver in waivers()
        if (waiver.tool, waiver.rule) == ("rights", right.action) and waiver.covers(f"{right.policy}/{right.part}", "")
    }
    assert not unused - waived, told(unused - waived)


def test_every_waiver_of_a_right_is_needed(called: set[Right]) -> None:
    for waiver in waivers():
        for one in waiver.of if waiver.tool == "rights" else ():
            alone = type(waiver)(waiver.tool, waiver.rule, (one,), waiver.why)
            about = {r for r in granted() if r.action == waiver.rule and alone.covers(f"{r.policy}/{r.part}", "")}
            assert about - called, f"{waiver.rule} of {one} was called, or is not granted"
