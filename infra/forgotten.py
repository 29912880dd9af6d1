"""What the emulator's CloudFormation forgets of the template, done by the API after a deployment."""

from collections.abc import Mapping
from typing import Any

from infra.aws_calls import Account

GATEWAY_RESPONSES = "x-amazon-apigateway-gateway-responses"


def do_what_was_forgotten(account: Account, template: Mapping[str, Any], outputs: Mapping[str, str]) -> None:
    """Set them again; doing so twice changes nothing."""
    _set_time_to_live(account, outputs["Table"])
    _set_gateway_responses(account, template, outputs["RestAPIId"])
    _set_object_lock(account, template, outputs["AuditBucket"])


def _set_time_to_live(account: Account, table: str) -> None:
    dynamodb = account.client("dynamodb")
    wanted = {"AttributeName": "expires_at", "Enabled": True}
    if dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED":
        dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=wanted)


def _set_gateway_responses(account: Account, template: Mapping[str, Any], api: str) -> None:
    gateway = account.client("apigateway")
    rest = template["Resources"]["RestAPI"]["Properties"]
    for kind, response in rest["DefinitionBody"][GATEWAY_RESPONSES].items():
        gateway.put_gateway_response(restApiId=api, responseType=kind, **response)
    gateway.create_deployment(restApiId=api, stageName=rest["StageName"])


def _set_object_lock(account: Account, template: Mapping[str, Any], bucket: str) -> None:
    mode, days = (template["Parameters"][name]["Default"] for name in ("AuditLock", "AuditLockDays"))
    wanted = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": mode, "Days": days}}}
    account.client("s3").put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=wanted)
