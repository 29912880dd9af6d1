"""What the functions of a stack asked AWS for, kept at its end for `test_used_rights.py`."""

import json
from typing import NamedTuple

from infra.build import BUILD
from infra.deploy.stacks import LOCAL_STACK
from infra.stack import Stack
from infra.zips import ROOT

# The embedded AWS asks for the name of the call where AWS asks for the right to send.
ASKED_BY_AWS = {"sqs:SendMessageBatch": "sqs:SendMessage"}
POLICIES = {path.stem: json.loads(path.read_text()) for path in (ROOT / "infra" / "policies").glob("*.json")}
RIGHTS = BUILD / "rights"


class Right(NamedTuple):
    """A function's policy, an action, and the part of the stack that it is about."""

    policy: str
    action: str
    part: str


def keep_rights(stack: Stack, name: str) -> None:
    """Write down what a stack's functions asked for, in the template's names."""
    cloudformation = stack.account.client("cloudformation")
    parts = {
        one["PhysicalResourceId"].rpartition("/")[2].rpartition(":")[2]: one["LogicalResourceId"]
        for one in cloudformation.describe_stack_resources(StackName=LOCAL_STACK)["StackResources"]
    }
    policy_of = {f"{''.join(word.title() for word in policy.split('_'))}Role": policy for policy in POLICIES}
    policy_of["ApiHandlerRole"] = "api"
    found = set()
    for role, action, what in stack.rights():
        words = what.replace("/", ":").split(":")
        part = next((parts[word] for word in words if word in parts), "*")
        if role in parts:
            found.add(Right(policy_of[parts[role]], ASKED_BY_AWS.get(action, action), part))
    RIGHTS.mkdir(parents=True, exist_ok=True)
    (RIGHTS / f"{name}.json").write_text(json.dumps(sorted(found)))


def read_rights() -> set[Right]:
    """Return what the functions of all the stacks asked for."""
    return {Right(*right) for path in RIGHTS.glob("*.json") for right in json.loads(path.read_text())}
