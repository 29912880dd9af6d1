"""What outlives a stack: which resources, how they are found again, and how a new stack takes them back.

CloudFormation leaves what is marked DeletionPolicy: Retain when a stack goes. Each deployment remembers which these
are; a stack of the same name that is made later begins by importing them, from a template of them alone.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

RECORD = "kept"
POOL, GROUP = "AWS::Cognito::UserPool", "AWS::Cognito::UserPoolGroup"
# By what CloudFormation knows each kind again: the schemas' primary identifiers, the last being the physical id.
KNOWN_BY = {
    "AWS::DynamoDB::Table": ("TableName",),
    "AWS::S3::Bucket": ("BucketName",),
    "AWS::KMS::Key": ("KeyId",),
    POOL: ("UserPoolId",),
    GROUP: ("UserPoolId", "GroupName"),
    "AWS::Logs::LogGroup": ("LogGroupName",),
}
# Kept too, for they are an account's and other stages use them; no practice's data, and made or found anew.
SHARED = {"AWS::SES::EmailIdentity", "AWS::ApiGateway::Account", "AWS::IAM::Role"}
SUBSTITUTED = re.compile(r"\$\{([A-Za-z0-9]+)[.}]")
THERE = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE", "UPDATE_FAILED", "DELETE_FAILED", "DELETE_SKIPPED"}


class Kept(msgspec.Struct, frozen=True):
    """One kept resource: its name in the template, its kind, and what AWS calls it."""

    name: str
    kind: str
    id: str


def keeps(template: Mapping[str, Any]) -> dict[str, bool]:
    """The names of the resources that a template keeps; True for one that belongs to an option (a Condition)."""
    return {
        name: "Condition" in resource
        for name, resource in template.get("Resources", {}).items()
        if resource.get("DeletionPolicy") == "Retain" and resource["Type"] not in SHARED
    }


def found_in(told: Iterable[Mapping[str, Any]], names: Iterable[str]) -> list[Kept]:
    """Which of these names are there, by a stack's resources, or by its events with the newest first."""
    wanted, found = set(names), []
    for one in told:
        if one["LogicalResourceId"] in wanted:
            wanted.discard(one["LogicalResourceId"])  # what was told of it before is out of date
            if one["ResourceStatus"] in THERE and one.get("PhysicalResourceId"):
                found.append(Kept(one["LogicalResourceId"], one["ResourceType"], one["PhysicalResourceId"]))
    return found


def imports(kept: Iterable[Kept]) -> list[dict[str, Any]]:
    """CloudFormation's ResourcesToImport."""
    kept = list(kept)
    pool = next((one.id for one in kept if one.kind == POOL), "")
    return [
        {
            "ResourceType": one.kind,
            "LogicalResourceId": one.name,
            "ResourceIdentifier": {"UserPoolId": pool, KNOWN_BY[one.kind][-1]: one.id}
            if one.kind == GROUP
            else {KNOWN_BY[one.kind][0]: one.id},
        }
        for one in kept
    ]


def only_kept(template: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """A template of just these resources, as an import wants it: no outputs, nothing that is not imported.

    A property that speaks of something else is left out; the deployment that follows sets it.
    """
    wanted = set(names)
    elsewhere = set(template["Resources"]) - wanted
    resources = {
        name: {
            "Type": resource["Type"],
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                key: value for key, value in resource.get("Properties", {}).items() if not _speaks_of(value, elsewhere)
            },
        }
        for name, resource in template["Resources"].items()
        if name in wanted
    }
    rest = {key: template[key] for key in ("AWSTemplateFormatVersion", "Parameters", "Conditions") if key in template}
    return {**rest, "Resources": resources}


def _speaks_of(value: Any, names: set[str]) -> bool:
    match value:
        case {"Ref": str(name)}:
            return name in names
        case {"Fn::GetAtt": [name, *_]}:
            return name in names
        case {"Fn::Sub": _}:
            return any(name in names for name in SUBSTITUTED.findall(json.dumps(value))) or any(
                _speaks_of(one, names) for one in value["Fn::Sub"] if isinstance(one, dict)
            )
        case dict():
            return any(_speaks_of(one, names) for one in value.values())
        case list():
            return any(_speaks_of(one, names) for one in value)
    return False
