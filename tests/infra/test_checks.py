"""The template keeps the rules of cfn-lint, checkov and AWS; what it does not keep has its reason in one file."""

import json
from typing import Any

import pytest
from cfnlint import lint
from cfnlint.config import ManualArgs

from infra.waivers import waivers
from tests.infra.findings import Findings, look_for_findings


def lines(template: dict[str, Any]) -> list[str]:
    found = lint(json.dumps(template), config=ManualArgs(regions=["eu-central-1"]))
    return [f"{match.rule.id} {'/'.join(map(str, match.path or []))}: {match.message}" for match in found]


def kinds(template: dict[str, Any]) -> dict[str, str]:
    return {name: resource["Type"] for name, resource in template["Resources"].items()}


@pytest.fixture(scope="module")
def findings(translated: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Findings:
    return look_for_findings(translated, tmp_path_factory.mktemp("checks"))


def test_cfn_lint_finds_nothing_in_the_packaged_template(cloud: dict[str, Any]) -> None:
    assert lines(cloud) == []


def test_cfn_lint_finds_nothing_in_the_translated_template(translated: dict[str, Any]) -> None:
    assert lines(translated) == []


def test_what_checkov_and_aws_find_is_waived_with_a_reason(findings: Findings, translated: dict[str, Any]) -> None:
    known, kind = list(waivers()), kinds(translated)
    unexplained = [
        one
        for one in sorted(findings.open)
        if not any(
            (one.tool, one.rule) == (w.tool, w.rule) and w.covers(one.resource, kind[one.resource]) for w in known
        )
    ]
    assert unexplained == []


@pytest.mark.parametrize("tool", ["checkov", "cfn-guard"])
def test_every_waiver_is_still_needed_for_all_that_it_names(
    tool: str, findings: Findings, translated: dict[str, Any]
) -> None:
    found, kind = findings.open | findings.waived, kinds(translated)
    kind["RestAPI"] = ""  # SAM makes a stage of it, which is where its rules are held against
    for waiver in waivers():
        covered = {name for name, its in kind.items() if waiver.tool == tool and waiver.covers(name, its)}
        needed = {one.resource for one in found if (one.tool, one.rule) == (tool, waiver.rule)}
        assert covered - needed - {"RestAPI"} == set(), waiver.rule


def test_every_waiver_says_why_and_names_something_that_there_is(translated: dict[str, Any]) -> None:
    kind = {**kinds(translated), "RestAPI": "AWS::ApiGateway::RestApi"}
    for waiver in waivers():
        assert len(waiver.why.split()) > 4, waiver.rule
        for one in waiver.of if waiver.tool != "rights" else ():  # those are walked for, in the journeys
            alone = type(waiver)(waiver.tool, waiver.rule, (one,), waiver.why)
            assert any(alone.covers(name, its) for name, its in kind.items()), f"{waiver.rule}: {one}"


def test_whoever_has_the_rules_finds_the_waivers_on_the_resources(cloud: dict[str, Any]) -> None:
    bucket = cloud["Resources"]["LogsBucket"]["Metadata"]
    assert "S3_BUCKET_LOGGING_ENABLED" in bucket["guard"]["SuppressedRules"]
    assert [one["id"] for one in bucket["checkov"]["skip"]] == ["CKV_AWS_18"]


def test_the_template_is_well_below_what_cloudformation_takes(translated: dict[str, Any]) -> None:
    assert len(json.dumps(translated)) < 700_000  # of 1 MB (CloudFormation, 2026)
    assert len(translated["Resources"]) < 350  # of 500
