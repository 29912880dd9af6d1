"""AWS's Guard rules that its registry maps to HIPAA's security rule, held against a translated template.

The registry is aws-cloudformation/aws-guard-rules-registry, the mapping its mappings/rule_set_hipaa_security.json
(commit 3157fe1, read in November 2026): 85 rules, 33 of them on types of resource that we have. No package carries
them, so they stand here under AWS's names as conditions of our own, each read as Guard reads: a function of
CloudFormation is neither a text nor a number. Of nine the registry has the name alone (NAMES_ONLY); for these it is
what AWS Config asks under the same name. Where a rule's text asks less than its name says, it is the name.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tests.infra.findings import Finding

type Properties = Mapping[str, Any]
type Resources = Mapping[str, Mapping[str, Any]]

MAPPED = 85
NAMES_ONLY = frozenset(
    {
        "API_GW_EXECUTION_LOGGING_ENABLED",
        "CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED",
        "CLOUDWATCH_ALARM_ACTION_CHECK",
        "CW_LOGGROUP_RETENTION_PERIOD_CHECK",
        "DYNAMODB_AUTOSCALING_ENABLED",
        "DYNAMODB_IN_BACKUP_PLAN",
        "DYNAMODB_THROUGHPUT_LIMIT_CHECK",
        "S3_BUCKET_POLICY_GRANTEE_CHECK",
        "WAFV2_LOGGING_ENABLED",
    }
)
ELSEWHERE = (
    "AWS::AutoScaling::",
    "AWS::CodeBuild::",
    "AWS::DMS::",
    "AWS::EC2::",
    "AWS::ECS::",
    "AWS::EFS::",
    "AWS::EMR::",
    "AWS::ElasticBeanstalk::",
    "AWS::ElasticLoadBalancing",
    "AWS::Elasticsearch::",
    "AWS::IAM::Group",
    "AWS::IAM::User",
    "AWS::OpenSearchService::",
    "AWS::RDS::",
    "AWS::Redshift::",
    "AWS::SageMaker::",
    "AWS::SecretsManager::",
)
"""What the other rules are about. A template that comes to have one of these needs its rule here."""
A_YEAR = 365

_TLS_ONLY = {
    "Action": "s3:*",
    "Effect": "Deny",
    "Principal": "*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": False}},
}
_EVERY_BUCKET = {
    "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::"]}],
    "IncludeManagementEvents": True,
    "ReadWriteType": "All",
}


class Rule(NamedTuple):
    """Which type of resource a rule is about, and whether one of them keeps it, beside all others."""

    kind: str
    holds: Callable[[str, Properties, Resources], bool]


def broken(resources: Resources) -> Iterator[Finding]:
    """Find each resource that breaks a rule."""
    for name, rule in RULES.items():
        for of, resource in resources.items():
            if resource["Type"] == rule.kind and not rule.holds(of, resource.get("Properties", {}), resources):
                yield Finding("hipaa", name, of)


def _at(properties: Properties, path: str) -> Any:
    found: Any = properties
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _is(path: str, wanted: object) -> Callable[[str, Properties, Resources], bool]:
    return lambda _, properties, __: bool(_at(properties, path) == wanted)


def _is_true(path: str) -> Callable[[str, Properties, Resources], bool]:
    return lambda _, properties, __: _at(properties, path) is True


def _has(*paths: str) -> Callable[[str, Properties, Resources], bool]:
    return lambda _, properties, __: all(_at(properties, path) for path in paths)


def _listed(one: Any) -> Sequence[Any]:
    return one if isinstance(one, list) else [one]


def _allowed(properties: Properties) -> Iterator[tuple[Mapping[str, Any], list[Any]]]:
    """Go through the statements of a policy that allow something, each with its actions."""
    for statement in properties["PolicyDocument"]["Statement"]:
        if statement["Effect"] == "Allow":
            yield statement, list(_listed(statement["Action"]))


def _no_admin(_: str, properties: Properties, __: Resources) -> bool:
    return not any(
        "*" in actions and "*" in _listed(statement["Resource"]) for statement, actions in _allowed(properties)
    )


def _no_full_access(_: str, properties: Properties, __: Resources) -> bool:
    return not any(re.fullmatch(r"\*|[a-zA-Z0-9]*:\*", one) for _, actions in _allowed(properties) for one in actions)


def _grants_to_some(_: str, properties: Properties, __: Resources) -> bool:
    """Services by name, and only on behalf of what is ours."""
    return all(
        isinstance(statement["Principal"], Mapping)
        and set(statement["Principal"]) == {"Service"}
        and "aws:Source" in str(statement.get("Condition"))
        for statement, _ in _allowed(properties)
    )


def _private(_: str, properties: Properties, __: Resources) -> bool:
    block = properties.get("PublicAccessBlockConfiguration", {})
    wanted = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    return all(block.get(name) is True for name in wanted)


def _encrypted_with(*algorithms: str) -> Callable[[str, Properties, Resources], bool]:
    def holds(_: str, properties: Properties, __: Resources) -> bool:
        rules = _at(properties, "BucketEncryption.ServerSideEncryptionConfiguration") or [{}]
        return all(_at(rule, "ServerSideEncryptionByDefault.SSEAlgorithm") in algorithms for rule in rules)

    return holds


def _for_somebody(_: str, properties: Properties, __: Resources) -> bool:
    principal = str(properties["Principal"])
    if principal.isdigit():
        return True
    scoped = properties.get("PrincipalOrgID") or properties.get("SourceAccount")
    return bool(scoped or (principal != "s3.amazonaws.com" and properties.get("SourceArn")))


def _is_number(path: str, least: int) -> Callable[[str, Properties, Resources], bool]:
    def holds(_: str, properties: Properties, __: Resources) -> bool:
        found = _at(properties, path)
        return isinstance(found, int) and found >= least

    return holds


def _in_a_plan(name: str, _: Properties, resources: Resources) -> bool:
    return any(
        {"Fn::GetAtt": [name, "Arn"]} in _at(one["Properties"], "BackupSelection.Resources")
        for one in resources.values()
        if one["Type"] == "AWS::Backup::BackupSelection"
    )


def _logged(name: str, _: Properties, resources: Resources) -> bool:
    return any(
        one["Properties"]["ResourceArn"] == {"Fn::GetAtt": [name, "Arn"]}
        for one in resources.values()
        if one["Type"] == "AWS::WAFv2::LoggingConfiguration"
    )


def _each_method(**wanted: Sequence[object]) -> Callable[[str, Properties, Resources], bool]:
    return lambda _, properties, __: all(
        method.get(name) in values for method in properties.get("MethodSettings", ()) for name, values in wanted.items()
    )


_TABLE, _BUCKET, _POLICY = "AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::S3::BucketPolicy"
_FUNCTION, _TRAIL, _STAGE = "AWS::Lambda::Function", "AWS::CloudTrail::Trail", "AWS::ApiGateway::Stage"
_LOG_GROUP = "AWS::Logs::LogGroup"
RULES: Mapping[str, Rule] = {
    "API_GW_CACHE_ENABLED_AND_ENCRYPTED": Rule(
        _STAGE, _each_method(CacheDataEncrypted=(True,), CachingEnabled=(True,))
    ),
    "API_GW_EXECUTION_LOGGING_ENABLED": Rule(_STAGE, _each_method(LoggingLevel=("ERROR", "INFO"))),
    "CLOUDTRAIL_S3_DATAEVENTS_ENABLED": Rule(_TRAIL, lambda _, p, __: _EVERY_BUCKET in p.get("EventSelectors", ())),
    "CLOUDWATCH_ALARM_ACTION_CHECK": Rule("AWS::CloudWatch::Alarm", _has("ActionsEnabled", "AlarmActions")),
    "CLOUDWATCH_LOG_GROUP_ENCRYPTED": Rule(_LOG_GROUP, _has("KmsKeyId")),
    "CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED": Rule(_TRAIL, _has("CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn")),
    "CLOUD_TRAIL_ENCRYPTION_ENABLED": Rule(_TRAIL, lambda _, p, __: isinstance(p.get("KMSKeyId"), str)),
    "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED": Rule(_TRAIL, _is_true("EnableLogFileValidation")),
    "CW_LOGGROUP_RETENTION_PERIOD_CHECK": Rule(_LOG_GROUP, _is_number("RetentionInDays", A_YEAR)),
    "DYNAMODB_AUTOSCALING_ENABLED": Rule(_TABLE, _is("BillingMode", "PAY_PER_REQUEST")),
    "DYNAMODB_IN_BACKUP_PLAN": Rule(_TABLE, _in_a_plan),
    "DYNAMODB_PITR_ENABLED": Rule(_TABLE, _is_true("PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled")),
    "DYNAMODB_TABLE_ENCRYPTED_KMS": Rule(
        _TABLE,
        lambda _, p, __: (
            _at(p, "SSESpecification.SSEEnabled") is True
            and _at(p, "SSESpecification.SSEType") == "KMS"
            and bool(_at(p, "SSESpecification.KMSMasterKeyId"))
        ),
    ),
    # A table without provisioned units has none that could come near the account's limit.
    "DYNAMODB_THROUGHPUT_LIMIT_CHECK": Rule(_TABLE, _is("ProvisionedThroughput", None)),
    "IAM_NO_INLINE_POLICY_CHECK": Rule("AWS::IAM::Role", lambda _, p, __: not p.get("Policies")),
    "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS": Rule("AWS::IAM::ManagedPolicy", _no_admin),
    "IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS": Rule("AWS::IAM::ManagedPolicy", _no_full_access),
    "LAMBDA_CONCURRENCY_CHECK": Rule(_FUNCTION, _is_number("ReservedConcurrentExecutions", 0)),
    "LAMBDA_DLQ_CHECK": Rule(_FUNCTION, _has("DeadLetterConfig.TargetArn")),
    "LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED": Rule("AWS::Lambda::Permission", _for_somebody),
    "LAMBDA_INSIDE_VPC": Rule(_FUNCTION, _has("VpcConfig.SecurityGroupIds", "VpcConfig.SubnetIds")),
    "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED": Rule(_BUCKET, _private),
    "S3_BUCKET_LOGGING_ENABLED": Rule(_BUCKET, _has("LoggingConfiguration")),
    "S3_BUCKET_POLICY_GRANTEE_CHECK": Rule(_POLICY, _grants_to_some),
    "S3_BUCKET_PUBLIC_READ_PROHIBITED": Rule(_BUCKET, _private),
    "S3_BUCKET_PUBLIC_WRITE_PROHIBITED": Rule(_BUCKET, _private),
    "S3_BUCKET_REPLICATION_ENABLED": Rule(_BUCKET, _has("ReplicationConfiguration")),
    "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED": Rule(_BUCKET, _encrypted_with("aws:kms", "AES256")),
    "S3_BUCKET_SSL_REQUESTS_ONLY": Rule(_POLICY, lambda _, p, __: _TLS_ONLY in p["PolicyDocument"]["Statement"]),
    "S3_BUCKET_VERSIONING_ENABLED": Rule(_BUCKET, _is("VersioningConfiguration.Status", "Enabled")),
    "S3_DEFAULT_ENCRYPTION_KMS": Rule(_BUCKET, _encrypted_with("aws:kms")),
    "SNS_ENCRYPTED_KMS": Rule(
        "AWS::SNS::Topic", lambda _, p, __: p.get("KmsMasterKeyId") not in (None, "alias/aws/sns")
    ),
    "WAFV2_LOGGING_ENABLED": Rule("AWS::WAFv2::WebACL", _logged),
}
