"""A CloudFormation stack: what would change, the change itself, and what stands. The same calls on AWS and embedded."""

import functools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.aws_calls import Account
from infra.build import STAMP
from infra.deploy.artifacts import Artifacts
from infra.deploy.changes import Change, check_no_data_is_lost
from infra.deploy.kept import keeps
from infra.steps import Trouble

LOCAL_STACK = "meanwhile"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
POLL_EVERY = 0.25  # seconds
POLL_EVERY_ON_AWS = 5.0
# A first deployment or a deletion that failed: CloudFormation lets such a stack be deleted only.
STILLBORN = {
    "CREATE_FAILED",
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
    "DELETE_FAILED",
    "IMPORT_ROLLBACK_COMPLETE",
    "IMPORT_ROLLBACK_FAILED",
}
STANDS = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}
BEGUN = {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "IMPORT_IN_PROGRESS", "DELETE_IN_PROGRESS"}
TOLD = ("LogicalResourceId", "ResourceStatus", "ResourceStatusReason")
NO_CHANGES = ("didn't contain changes", "No updates are to be performed")


@dataclass(frozen=True)
class Proposal:
    """A change set, not yet executed. `new`: there is no stack yet, only its name."""

    id: str
    new: bool
    changes: list[Change]


@dataclass(frozen=True)
class StackInAccount:
    """One stack by its name, whether it is there or not."""

    account: Account
    name: str

    @functools.cached_property
    def _cloudformation(self) -> Any:
        return self.account.client("cloudformation")

    def status(self) -> str | None:
        """CloudFormation's word; None where there is no stack, or only a change set waiting for one."""
        described = self._described()
        status = str(described["StackStatus"]) if described else "DELETE_COMPLETE"
        return None if status in {"DELETE_COMPLETE", "REVIEW_IN_PROGRESS"} else status

    def outputs(self) -> dict[str, str]:
        """What the stack says of itself; nothing where there is none."""
        described = self._described() or {}
        return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", ())}

    def parameters(self) -> dict[str, str]:
        """What it was last deployed with; nothing where there is none."""
        described = self._described() or {}
        return {one["ParameterKey"]: one["ParameterValue"] for one in described.get("Parameters", ())}

    def template(self) -> dict[str, Any]:
        """The template that stands, as it was uploaded; nothing where there is none."""
        if self.status() is None:
            return {}
        return dict(self._cloudformation.get_template(StackName=self.name, TemplateStage="Original")["TemplateBody"])

    def resources(self) -> list[dict[str, Any]]:
        """What the stack is of: LogicalResourceId, PhysicalResourceId, ResourceType, ResourceStatus."""
        pages = self._cloudformation.get_paginator("list_stack_resources").paginate(StackName=self.name)
        return [one for page in pages for one in page["StackResourceSummaries"]]

    def events(self) -> Iterator[dict[str, Any]]:
        """What happened to the stack and its resources, the newest first."""
        for page in self._cloudformation.get_paginator("describe_stack_events").paginate(StackName=self.name):
            yield from page["StackEvents"]

    def propose(
        self, template_url: str, parameters: Mapping[str, str | None], imports: Sequence[Mapping[str, Any]] = ()
    ) -> Proposal | None:
        """What would change, as a change set to execute or to drop; None where nothing would.

        A parameter that is None stays as it was. With `imports` just these resources are taken into the stack, and
        nothing else happens. Raise Trouble where CloudFormation refuses the template.
        """
        new = self.status() is None
        request = {
            "StackName": self.name,
            "ChangeSetName": f"change-{time.time_ns()}",
            "ChangeSetType": "IMPORT" if imports else "CREATE" if new else "UPDATE",
            "TemplateURL": template_url,
            "Parameters": [
                {"ParameterKey": key, **({"UsePreviousValue": True} if value is None else {"ParameterValue": value})}
                for key, value in parameters.items()
            ],
            "Capabilities": CAPABILITIES,
            **({"ResourcesToImport": list(imports)} if imports else {}),
        }
        try:
            made = self._cloudformation.create_change_set(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":
                raise Trouble(f"CloudFormation refuses the template: {error.response['Error']['Message']}") from error
            raise
        while (told := self._change_set(made["Id"]))["Status"] in {"CREATE_PENDING", "CREATE_IN_PROGRESS"}:
            self._pause()
        pages = self._cloudformation.get_paginator("describe_change_set").paginate(ChangeSetName=made["Id"])
        found = [Change.of(one["ResourceChange"]) for page in pages for one in page.get("Changes", ())]
        proposal = Proposal(made["Id"], new, found)
        if told["Status"] == "FAILED":
            self.drop(proposal)
            reason = told.get("StatusReason", "")
            if any(words in reason for words in NO_CHANGES):
                return None
            raise Trouble(f"CloudFormation cannot do this: {reason}")
        return proposal

    def execute(self, proposal: Proposal) -> None:
        """Let it happen, and wait until it did. Raise Trouble with the reasons where it went back instead."""
        self._cloudformation.execute_change_set(ChangeSetName=proposal.id)
        status = self.wait()
        if status not in STANDS:
            raise Trouble(f"The stack {self.name} is {status}. Why:\n{self._reasons()}")

    def drop(self, proposal: Proposal) -> None:
        """Forget a proposal that was not executed, and with it the name that it holds for a stack."""
        try:
            waits = self._change_set(proposal.id)["ExecutionStatus"] in {"AVAILABLE", "UNAVAILABLE"}
        except self._cloudformation.exceptions.ChangeSetNotFoundException:
            return  # executed, and followed by another
        if not waits:
            return
        self._cloudformation.delete_change_set(ChangeSetName=proposal.id)
        if proposal.new:
            self._cloudformation.delete_stack(StackName=self.name)
            self.wait()

    def delete(self) -> None:
        """Delete the stack; what it keeps stays. Raise Trouble with the reasons where something else stayed too."""
        self._cloudformation.delete_stack(StackName=self.name)
        if status := self.wait():
            raise Trouble(f"The stack {self.name} is {status}. Why:\n{self._reasons()}")

    def wait(self) -> str | None:
        """Wait for what is being done to it; how it is then."""
        while (described := self._described()) and described["StackStatus"].endswith("_IN_PROGRESS"):
            self._pause()
        return self.status()

    def _described(self) -> dict[str, Any] | None:
        try:
            return dict(self._cloudformation.describe_stacks(StackName=self.name)["Stacks"][0])
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise

    def _change_set(self, change_set: str) -> dict[str, Any]:
        return dict(self._cloudformation.describe_change_set(ChangeSetName=change_set))

    def _pause(self) -> None:
        time.sleep(POLL_EVERY if self.account.endpoint else POLL_EVERY_ON_AWS)

    def _reasons(self) -> str:
        """Why the last thing that was done to the stack failed."""
        failed: list[str] = []
        for event in self.events():
            name, status, why = (event.get(key, "") for key in TOLD)
            if name == self.name and status in BEGUN:
                break
            if name != self.name and status.endswith("_FAILED") and "cancelled" not in why:
                failed.append(f"  {name}: {why}")
        return "\n".join(reversed(failed or self._found_before_it_began()))

    def _found_before_it_began(self) -> list[str]:
        """What CloudFormation found wrong before it touched a resource: no stack event tells of that."""
        told = self._cloudformation.describe_events(StackName=self.name, Filters={"FailedEvents": True})
        return [
            f"  {event['LogicalResourceId']}: {event['ValidationStatusReason']}"
            for event in told["OperationEvents"]
            if "ValidationStatusReason" in event
        ]


def check_can_change(stack: StackInAccount) -> None:
    """Raise Trouble where CloudFormation would take no change now."""
    status = stack.status() or ""
    if status.endswith("_IN_PROGRESS"):
        raise Trouble(
            f"The stack {stack.name} is being changed just now ({status}). Wait for that, then do this again."
        )
    if status == "UPDATE_ROLLBACK_FAILED":
        raise Trouble(
            f"The stack {stack.name} could not go back to how it was. In CloudFormation's console open it, choose "
            "Stack actions, Continue update rollback; then do this again. What practices keep is not touched."
        )


def deploy(account: Account, built: Path, parameters: Mapping[str, str], name: str = LOCAL_STACK) -> dict[str, str]:
    """Create or update the laptop's stack from a build, wait until it stands, and return its outputs.

    Raises Trouble with CloudFormation's reasons when it does not come to stand, and where data would be lost.
    """
    stack, artifacts = StackInAccount(account, name), Artifacts(account)
    if stack.status() in STILLBORN:  # a first deployment that failed: nothing is there yet that could be lost
        stack.delete()
    artifacts.make()
    template = artifacts.upload_build(built)
    proposal = stack.propose(template, {**parameters, "Build": (built / STAMP).read_text()})
    if proposal:
        check_no_data_is_lost(proposal.changes, keeps(stack.template()))
        stack.execute(proposal)
    return stack.outputs()


def outputs(account: Account, name: str = LOCAL_STACK) -> dict[str, str]:
    """What a stack says of itself. Raise Trouble where there is none."""
    found = StackInAccount(account, name).outputs()
    if not found:
        raise Trouble(f"There is no stack {name} in this account and region.")
    return found
