"""The template keeps the rules of cfn-lint, checkov and AWS; what it does not keep has its reason in one file."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from cfnlint import lint
from cfnlint.config import ManualArgs

from infra.waivers import waivers
from tests.infra.findings import Findings, look_for_findings
from tests.infra.hipaa import ELSEWHERE, MAPPED, NAMES_ONLY, RULES, broken

HIPAA = Path(__file__).parents[2] / "docs" / "security" / "hipaa.md"


def lines(template: dict[str, Any]) -> list[str]:
    found = lint(json.dumps(template), config=ManualArgs(regions=["eu-central-1"]))
    return [f"{match.rule.id} {'/'.join(map(str, match.path or []))}: {match.message}" for match in found]


def kinds(template: dict[str, Any]) -> dict[str, str]:
    return {name: resource["Type"] for name, resource in template["Resources"].items()}


@pytest.fixture(scope="module")
def findings(translated: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Findings:
    found = look_for_findings(translated, tmp_path_factory.mktemp("checks"))
    return Findings(found.open | set(broken(translated["Resources"])), found.waived)


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


@pytest.mark.parametrize("tool", ["checkov", "cfn-guard", "hipaa"])
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


def test_no_resource_is_of_a_type_that_a_rule_for_hipaa_is_about_and_none_here_asks(translated: dict[str, Any]) -> None:
    asked = {rule.kind for rule in RULES.values()}
    assert not [one for one in kinds(translated).values() if one.startswith(ELSEWHERE)]
    assert asked <= set(kinds(translated).values())
    assert set(RULES) >= NAMES_ONLY


# One change for each rule, after which just that rule finds something that it did not find before.
BREAKS: dict[str, tuple[str, str, Any]] = {
    "API_GW_CACHE_ENABLED_AND_ENCRYPTED": ("RestAPIapiStage", "MethodSettings.0.CacheDataEncrypted", False),
    "API_GW_EXECUTION_LOGGING_ENABLED": ("RestAPIapiStage", "MethodSettings.0.LoggingLevel", "OFF"),
    "CLOUDWATCH_ALARM_ACTION_CHECK": ("ApiFails", "ActionsEnabled", False),
    "CLOUDWATCH_LOG_GROUP_ENCRYPTED": ("Logs", "KmsKeyId", None),
    "CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED": ("DataTrail", "CloudWatchLogsRoleArn", None),
    "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED": ("DataTrail", "EnableLogFileValidation", False),
    "CW_LOGGROUP_RETENTION_PERIOD_CHECK": ("Logs", "RetentionInDays", 364),
    "DYNAMODB_AUTOSCALING_ENABLED": ("Table", "BillingMode", "PROVISIONED"),
    "DYNAMODB_IN_BACKUP_PLAN": ("BackupSelection", "BackupSelection.Resources", []),
    "DYNAMODB_PITR_ENABLED": ("Table", "PointInTimeRecoverySpecification", {}),
    "DYNAMODB_TABLE_ENCRYPTED_KMS": ("Table", "SSESpecification.KMSMasterKeyId", None),
    "DYNAMODB_THROUGHPUT_LIMIT_CHECK": ("Table", "ProvisionedThroughput", {"ReadCapacityUnits": 5}),
    "IAM_NO_INLINE_POLICY_CHECK": ("ApiHandlerRole", "Policies", [{}]),
    "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS": (
        "TickRolePolicy",
        "PolicyDocument.Statement.0",
        {"Effect": "Allow", "Action": ["s3:GetObject", "*"], "Resource": "*"},
    ),
    "IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS": ("TickRolePolicy", "PolicyDocument.Statement.0.Action", "s3:*"),
    "LAMBDA_DLQ_CHECK": ("Tick", "DeadLetterConfig", None),
    "LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED": ("APIHandlerInvokePermission", "SourceArn", None),
    "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED": ("MediaBucket", "PublicAccessBlockConfiguration.IgnorePublicAcls", 0),
    "S3_BUCKET_LOGGING_ENABLED": ("MediaBucket", "LoggingConfiguration", None),
    "S3_BUCKET_POLICY_GRANTEE_CHECK": ("SiteBucketPolicy", "PolicyDocument.Statement.1.Principal", "*"),
    "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED": ("MediaBucket", "BucketEncryption", {}),
    "S3_BUCKET_VERSIONING_ENABLED": ("MediaBucket", "VersioningConfiguration.Status", "Suspended"),
    "S3_DEFAULT_ENCRYPTION_KMS": (
        "MediaBucket",
        "BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.SSEAlgorithm",
        "AES256",
    ),
    "SNS_ENCRYPTED_KMS": ("Alarms", "KmsMasterKeyId", "alias/aws/sns"),
    "WAFV2_LOGGING_ENABLED": ("FirewallLogging", "ResourceArn", "another"),
}


@pytest.mark.parametrize("rule", sorted(BREAKS))
def test_each_rule_for_hipaa_finds_what_breaks_it(rule: str, translated: dict[str, Any]) -> None:
    resources = copy.deepcopy(translated["Resources"])
    name, path, value = BREAKS[rule]
    *way, last = (int(part) if part.isdigit() else part for part in path.split("."))
    inner = resources[name]["Properties"]
    for part in way:
        inner = inner[part]
    inner[last] = value
    new = set(broken(resources)) - set(broken(translated["Resources"]))
    assert rule in {one.rule for one in new}


def test_how_many_rules_for_hipaa_hold_is_what_the_page_says(translated: dict[str, Any]) -> None:
    unkept = {one.rule for one in broken(translated["Resources"])}
    told = re.search(r"(\d+) rules.*?(\d+) of them.*?(\d+) hold.*?(\d+) are\s+waived", HIPAA.read_text(), re.DOTALL)
    assert told, "docs/security/hipaa.md does not say it"
    assert tuple(map(int, told.groups())) == (MAPPED, len(RULES), len(RULES) - len(unkept), len(unkept))


def test_no_answer_of_the_api_is_cached(translated: dict[str, Any]) -> None:
    stage = translated["Resources"]["RestAPIapiStage"]["Properties"]
    assert "CacheClusterEnabled" not in stage
    assert {method["CacheTtlInSeconds"] for method in stage["MethodSettings"]} == {0}


def test_the_template_is_well_below_what_cloudformation_takes(translated: dict[str, Any]) -> None:
    assert len(json.dumps(translated)) < 700_000  # of 1 MB (CloudFormation, 2026)
    assert len(translated["Resources"]) < 350  # of 500
