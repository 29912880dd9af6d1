"""What a change set would do, in words; and the refusal of one that would lose what practices keep."""

import collections
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.steps import Trouble

SHOWN = 12  # names, beyond which kinds are counted
WIDTH = 118

# CloudFormation's words for what a person knows by another name.
KINDS = {
    "AWS::Lambda::Function": "function",
    "AWS::DynamoDB::Table": "table",
    "AWS::S3::Bucket": "bucket",
    "AWS::Cognito::UserPool": "user pool",
    "AWS::Cognito::UserPoolGroup": "group of people",
    "AWS::KMS::Key": "key",
    "AWS::SQS::Queue": "queue",
    "AWS::IAM::Role": "role",
    "AWS::CloudWatch::Alarm": "alarm",
}


@dataclass(frozen=True)
class Change:
    """One resource's change: `action` is Add, Modify, Remove or Import; `replaced` is True, Conditional or False."""

    action: str
    name: str
    kind: str
    replaced: str = "False"

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Change":
        """From a change set's ResourceChange."""
        # Dynamic: what happens is known only while it happens. Taken for the worst.
        action = "Modify" if told["Action"] == "Dynamic" else told["Action"]
        replaced = "Conditional" if told["Action"] == "Dynamic" else told.get("Replacement", "False")
        return cls(action, told["LogicalResourceId"], told["ResourceType"], replaced)


def summary(changes: Sequence[Change]) -> str:
    """The changes in a line for each way of changing; loud about what is replaced or goes."""
    groups = {
        "kept data taken back": [one for one in changes if one.action == "Import"],
        "added": [one for one in changes if one.action == "Add"],
        "changed": [one for one in changes if one.action == "Modify" and one.replaced == "False"],
        "perhaps REPLACED": [one for one in changes if one.action == "Modify" and one.replaced == "Conditional"],
        "REPLACED": [one for one in changes if one.action == "Modify" and one.replaced == "True"],
        "REMOVED": [one for one in changes if one.action == "Remove"],
    }
    lines = [f"  {len(found):3} {how}: {_named(found)}" for how, found in groups.items() if found]
    return "\n".join(textwrap.fill(line, WIDTH, subsequent_indent=" " * 8) for line in lines)


def check_no_data_is_lost(changes: Iterable[Change], kept: Mapping[str, bool]) -> None:
    """Raise Trouble where a change would replace or remove what practices keep.

    `kept` names the resources that the standing template keeps, and whether each belongs to an option: one that is
    switched off leaves the stack and stays in the account. CloudFormation keeps the rest too (UpdateReplacePolicy),
    but the practice would stand before an empty one.
    """
    lost = [
        one
        for one in changes
        if one.name in kept and ((one.action == "Remove" and not kept[one.name]) or one.replaced != "False")
    ]
    if lost:
        how = "\n".join(
            f"  {one.name} ({KINDS.get(one.kind, one.kind)}) would be "
            + ("removed" if one.action == "Remove" else "replaced" if one.replaced == "True" else "perhaps replaced")
            for one in lost
        )
        raise Trouble(
            "REFUSED: this would part the practice from what it keeps.\n"
            f"{how}\n"
            "Nothing was changed. Undo what renames or re-keys these in infra/resources, or move the data by hand "
            "first (docs/deploy/deploy.md, “Refused”)."
        )


def _named(changes: Sequence[Change]) -> str:
    kinds = collections.Counter(one.kind for one in changes)
    if len(changes) <= SHOWN:
        return ", ".join(one.name for one in changes)
    return ", ".join(f"{count} {KINDS.get(kind, kind.removeprefix('AWS::'))}" for kind, count in kinds.most_common())
