"""What checkov and AWS's rules find in a template: asked of the programs themselves, both at a time."""

import copy
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from infra.zips import ROOT

CHECKOV = ROOT / ".checks" / "bin" / "checkov"
CARRIER = ROOT / "infra" / "checks" / "node_modules" / "@cdklabs" / "cdk-validator-cfnguard"
RULES = CARRIER / "rules" / "control-tower" / "cfn-guard"
SYSTEM = {"linux": "ubuntu", "darwin": "macos"}[sys.platform]
MACHINE = {"arm64": "aarch64"}.get(os.uname().machine, os.uname().machine)


class Finding(NamedTuple):
    """A rule that a resource does not keep."""

    tool: str
    rule: str
    resource: str


@dataclass(frozen=True)
class Findings:
    """What was found and not waived on the resource itself, and what was."""

    open: frozenset[Finding]
    waived: frozenset[Finding]


def look_for_findings(template: dict[str, Any], folder: Path) -> Findings:
    """Run both over a translated template. A template that one of them cannot read is a failure."""
    looked_at = copy.deepcopy(template)
    # No rule reads the routes of the API, and they would take most of the time.
    looked_at["Resources"]["RestAPI"]["Properties"]["Body"]["paths"] = {}
    file = folder / "template.json"
    file.write_text(json.dumps(looked_at))
    checkov = [str(CHECKOV), "--skip-download", "--framework", "cloudformation", "--file", str(file)]
    guard = [str(CARRIER / "bin" / SYSTEM / MACHINE / "cfn-guard"), "validate", "--rules", str(RULES)]
    guard += ["--data", str(file), "--structured", "--output-format", "json", "--show-summary", "none"]
    running = [_start([*checkov, "--compact", "--output", "json"]), _start(guard)]
    by_checkov, by_guard = (json.loads(program.communicate()[0]) for program in running)
    results = by_checkov["results"]
    assert not results["parsing_errors"]
    assert by_checkov["summary"]["passed"] > 100
    found = _of_guard(by_guard, set(template["Resources"]))
    assert len(by_guard[0]["compliant"]) > 10
    return Findings(
        frozenset(map(_of_checkov, results["failed_checks"])) | found,
        frozenset(map(_of_checkov, results["skipped_checks"])),
    )


def _start(command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _of_checkov(check: dict[str, Any]) -> Finding:
    return Finding("checkov", check["check_id"], check["resource"].rpartition(".")[2])


def _of_guard(files: list[dict[str, Any]], resources: set[str]) -> frozenset[Finding]:
    """Of each rule that does not hold, the resources that it names."""
    return frozenset(
        Finding("cfn-guard", _name(rule), resource)
        for file in files
        for rule in file["not_compliant"]
        for path in _texts(rule, "path")
        if (resource := path.removeprefix("/Resources/").partition("/")[0]) in resources
    )


def _name(rule: dict[str, Any]) -> str:
    """A rule says its name at AWS's Control Tower in brackets, where it says what it asks for."""
    told = next(text for text in _texts(rule, "custom_message") if "[CT." in text)
    return told.partition("[")[2].partition("]")[0]


def _texts(node: Any, key: str) -> list[str]:
    """Every text under this key, anywhere below."""
    if isinstance(node, list):
        return [text for one in node for text in _texts(one, key)]
    if not isinstance(node, dict):
        return []
    own = node.get(key)
    return ([own] if isinstance(own, str) else []) + [text for one in node.values() for text in _texts(one, key)]
