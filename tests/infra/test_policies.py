"""Who may do what: one role a function, no right by wildcard, one key, and buckets that keep everybody else out.

That a policy grants just what its function calls is walked for: tests/journeys/test_used_rights.py.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.zips import ROOT

POLICIES = sorted((ROOT / "infra" / "policies").glob("*.json"))
NO_RESOURCE_LEVEL = {"cognito-idp:RevokeToken"}  # IAM knows no resource for it


def of(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: one["Properties"] for name, one in template["Resources"].items() if one["Type"] == kind}


@pytest.mark.parametrize("policy", POLICIES, ids=lambda path: path.stem)
def test_a_function_may_do_no_more_than_its_policy_names(policy: Path) -> None:
    for statement in json.loads(policy.read_text())["Statement"]:
        actions = set(statement["Action"])
        assert not any("*" in action for action in actions), statement["Sid"]
        assert "*" not in statement["Resource"] or actions <= NO_RESOURCE_LEVEL, statement["Sid"]


def test_no_function_scans_the_table_or_writes_to_it_past_the_version() -> None:
    allowed = [s for path in POLICIES for s in json.loads(path.read_text())["Statement"] if s["Effect"] == "Allow"]
    actions = {action for statement in allowed for action in statement["Action"]}
    assert not actions & {"dynamodb:Scan", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"}


def test_every_function_has_a_role_and_a_policy_of_its_own(cloud: dict[str, Any]) -> None:
    functions = of(cloud, "AWS::Serverless::Function")
    roles = {one["Role"]["Fn::GetAtt"][0] for one in functions.values()}
    assert len(roles) == len(functions)
    for role in roles:
        assert of(cloud, "AWS::IAM::Role")[role]["ManagedPolicyArns"] == [{"Ref": f"{role}Policy"}]
        assert "Policies" not in of(cloud, "AWS::IAM::Role")[role]


def test_one_key_that_rotates_is_for_table_buckets_queues_topics_and_logs(cloud: dict[str, Any]) -> None:
    key = {"Fn::GetAtt": ["Key", "Arn"]}
    (only,) = of(cloud, "AWS::KMS::Key").values()
    assert only["EnableKeyRotation"] is True
    assert of(cloud, "AWS::DynamoDB::Table")["Table"]["SSESpecification"]["KMSMasterKeyId"] == key
    for name, bucket in of(cloud, "AWS::S3::Bucket").items():
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        used = rule["ServerSideEncryptionByDefault"].get("KMSMasterKeyID")
        assert (used == key) == (name != "LogsBucket"), name  # S3 writes its logs under keys of its own only
    for kind in ("AWS::SQS::Queue", "AWS::SNS::Topic"):
        assert {json.dumps(one["KmsMasterKeyId"]) for one in of(cloud, kind).values()} == {json.dumps(key)}
    for name, group in of(cloud, "AWS::Logs::LogGroup").items():
        assert (group["KmsKeyId"], group["RetentionInDays"]) == (key, 365), name


def test_nobody_may_use_the_key_but_by_iam_and_the_services_that_need_it(cloud: dict[str, Any]) -> None:
    (key,) = of(cloud, "AWS::KMS::Key").values()
    for statement in key["KeyPolicy"]["Statement"]:
        if statement["Effect"] == "Allow":
            assert statement["Principal"] != "*"
            assert statement["Principal"].get("AWS") != "*"
            assert "Service" not in statement["Principal"] or statement["Condition"], statement["Sid"]


def test_every_bucket_is_private_versioned_logged_and_spoken_to_over_tls_only(cloud: dict[str, Any]) -> None:
    policies = {one["Bucket"]["Ref"]: one["PolicyDocument"] for one in of(cloud, "AWS::S3::BucketPolicy").values()}
    for name, bucket in of(cloud, "AWS::S3::Bucket").items():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}, name
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}, name
        assert "LoggingConfiguration" in bucket or name == "LogsBucket"
        (tls,) = [one for one in policies[name]["Statement"] if one["Effect"] == "Deny"]
        assert (tls["Principal"], tls["Action"]) == ("*", "s3:*")
        assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_tools_that_cost_and_the_alarms_mail_are_the_practices_choice(cloud: dict[str, Any]) -> None:
    chosen = {"AWS::CloudTrail::Trail", "AWS::WAFv2::WebACL", "AWS::Budgets::Budget", "AWS::SNS::Subscription"}
    chosen |= {"AWS::Backup::BackupPlan"}
    for kind in chosen:
        assert [one.get("Condition") for one in cloud["Resources"].values() if one["Type"] == kind] != [None], kind
    for parameter in ("Tracing", "Trail", "Firewall", "LongRecordings"):
        assert cloud["Parameters"][parameter]["Default"] == "off"
    assert cloud["Parameters"]["BackupVault"]["Default"] == ""


def test_every_alarm_tells_the_one_topic(cloud: dict[str, Any]) -> None:
    alarms = of(cloud, "AWS::CloudWatch::Alarm")
    assert len(alarms) >= 6
    assert all(one["AlarmActions"] == [{"Ref": "Alarms"}] for one in alarms.values())
    assert all(one["ActionsEnabled"] is True for one in alarms.values())


@pytest.mark.parametrize(
    ("alarm", "kind"), [("FunctionsFail", "AWS::Serverless::Function"), ("WorkIsSetAside", "Parked")]
)
def test_no_function_and_no_parked_work_is_left_out_of_the_alarms(cloud: dict[str, Any], alarm: str, kind: str) -> None:
    metrics = json.dumps(of(cloud, "AWS::CloudWatch::Alarm")[alarm]["Metrics"])
    wanted = [name for name, one in cloud["Resources"].items() if one["Type"] == kind or name.endswith(kind)]
    assert [name for name in wanted if f'"{name}"' not in metrics] == []
