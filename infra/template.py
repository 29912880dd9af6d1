"""The template: what Chalice emits from app.py, merged with infra/resources and, on a laptop, infra/local.yaml."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from infra.packages import LOCAL, Target
from infra.steps import Trouble
from infra.waivers import waivers
from infra.zips import ROOT, source_files

INFRA = ROOT / "infra"
# Where a tool looks for what it is to leave alone, by its name in infra/waivers.yaml.
METADATA = {"checkov": ("checkov", "skip"), "hipaa": ("guard", "SuppressedRules")}
STAGE = "live"  # of .chalice/config.json; laptop and AWS differ by parameters only


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms (!Ref, !Sub, …) in their long ones."""


def _intrinsic(loader: _Loader, name: str, node: yaml.Node) -> dict[str, Any]:
    value: Any = None
    match node:
        case yaml.ScalarNode():
            value = loader.construct_scalar(node)
        case yaml.SequenceNode():
            value = loader.construct_sequence(node, deep=True)
        case yaml.MappingNode():
            value = loader.construct_mapping(node, deep=True)
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in {"Ref", "Condition"} else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _intrinsic)


def load(path: Path) -> dict[str, Any]:
    """A template file in CloudFormation's long forms."""
    return dict(_Loader(path.read_text()).get_single_data())


def merge(under: Any, over: Any) -> Any:
    """`over` on top of `under`, dictionary by dictionary; a list is replaced (as Chalice merges)."""
    if not (isinstance(under, dict) and isinstance(over, dict)):
        return over
    return {**under, **{key: merge(under[key], value) if key in under else value for key, value in over.items()}}


def resource_files(target: Target) -> list[Path]:
    """The files that are merged, in this order."""
    return sorted((INFRA / "resources").glob("*.yaml")) + ([INFRA / "local.yaml"] if target is LOCAL else [])


def make_template(target: Target, out: Path) -> None:
    """Write `out/template.json` with the stock `chalice package`, on a copy of the project without requirements.

    The packages are in our own zips, so Chalice must not download any.
    """
    merged: Any = {}
    for path in resource_files(target):
        merged = merge(merged, load(path))
    project = out / "project"
    shutil.rmtree(project, ignore_errors=True)
    for path in [*source_files(), ROOT / ".chalice" / "config.json", *(INFRA / "policies").glob("*.json")]:
        copy = project / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    (project / "requirements.txt").touch()
    (project / "merge.json").write_text(json.dumps(merged))
    command = [sys.executable, "-c", "from chalice.cli import main; main()"]
    command += ["package", "--stage", STAGE, "--merge-template", "merge.json", "packaged"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment["AWS_DEFAULT_REGION"] = "eu-central-1"  # only for service principals, the same in every region
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=project, env=environment)
    packaged = project / "packaged" / "sam.json"
    if done.returncode or not packaged.exists():  # it may say nothing went wrong when app.py cannot be imported
        raise Trouble(f"Chalice cannot package app.py:\n{(done.stderr or done.stdout).strip()}")
    template = with_waivers(with_named_policies(json.loads(packaged.read_text())))
    (out / "template.json").write_text(json.dumps(template, indent=1, sort_keys=True))
    shutil.rmtree(project)


def with_named_policies(template: dict[str, Any]) -> dict[str, Any]:
    """The template with each role's own policy as a resource beside it: HIPAA's rules know no policy inside a role.

    The role names its policy, so a function never starts before it may do what it does.
    """
    policies: dict[str, Any] = {}
    for name, role in template["Resources"].items():
        for policy in role["Properties"].pop("Policies", ()) if role["Type"] == "AWS::IAM::Role" else ():
            document = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": policy["PolicyDocument"]}}
            policies[f"{name}Policy"] = document
            role["Properties"].setdefault("ManagedPolicyArns", []).append({"Ref": f"{name}Policy"})
    return {**template, "Resources": {**template["Resources"], **policies}}


def with_waivers(template: dict[str, Any]) -> dict[str, Any]:
    """The template with what infra/waivers.yaml lets stand, where the tools look for it: on the resources."""
    for waiver in waivers():
        for name, resource in template["Resources"].items():
            if waiver.tool not in METADATA or not waiver.covers(name, resource["Type"]):
                continue
            tool, key = METADATA[waiver.tool]
            entry = {"id": waiver.rule, "comment": waiver.why} if tool == "checkov" else waiver.rule
            resource.setdefault("Metadata", {}).setdefault(tool, {}).setdefault(key, []).append(entry)
    return template
