"""The template says what the code needs, and what AWS would refuse is refused here."""

import itertools
import json
from typing import Any

import msgspec

from chalicelib.foundation import errors
from chalicelib.foundation.http import Problem
from chalicelib.foundation.settings import Settings
from infra.template import load
from infra.zips import ROOT

FUNCTIONS = {
    "APIHandler": ("app.app", "api.zip"),
    "Operate": ("app.operate", "api.zip"),
    "Relay": ("app.relay", "api.zip"),
    "Worker": ("app.worker", "api.zip"),
    "Video": ("app.video", "video.zip"),
    "Documents": ("app.documents", "documents.zip"),
    "Tick": ("app.tick", "api.zip"),
}
QUEUE_OF = {"Worker": "WorkQueue", "Video": "UploadsQueue", "Documents": "DocumentsQueue"}
SECRET = "USER_POOL_CLIENT_SECRET"
FLOWS = {"ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}
LONGEST_API_ANSWER_S = 29  # of API Gateway


def resources(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: one["Properties"] for name, one in template["Resources"].items() if one["Type"] == kind}


def test_every_function_of_the_app_is_in_the_template_with_its_zip(template: dict[str, Any]) -> None:
    found = resources(template, "AWS::Serverless::Function")
    assert {name: (one["Handler"], one["CodeUri"]) for name, one in found.items()} == FUNCTIONS


def test_every_function_runs_on_the_python_that_its_zip_was_compiled_for(template: dict[str, Any]) -> None:
    found = resources(template, "AWS::Serverless::Function")
    assert {one["Runtime"] for one in found.values()} == {"python3.13"}


def test_the_environment_is_what_the_settings_read(template: dict[str, Any]) -> None:
    given = template["Globals"]["Function"]["Environment"]["Variables"]
    required = {field.upper() for field in Settings.__struct_fields__} - {"REVIEW_LINK_HOURS", SECRET}
    assert required <= set(given)


def test_the_clients_secret_is_the_apis_alone_and_there_only_with_passkeys(template: dict[str, Any]) -> None:
    told = {
        name: one["Environment"]["Variables"][SECRET]
        for name, one in resources(template, "AWS::Serverless::Function").items()
        if SECRET in one.get("Environment", {}).get("Variables", {})
    }
    secret = {"Fn::GetAtt": ["PasskeyClient", "ClientSecret"]}
    assert told == {"APIHandler": {"Fn::If": ["HasPasskeys", secret, {"Ref": "AWS::NoValue"}]}}
    assert SECRET not in template["Globals"]["Function"]["Environment"]["Variables"]


def test_no_client_that_knows_passkeys_is_without_a_secret(template: dict[str, Any]) -> None:
    """USER_AUTH takes a password too: of a client without a secret anybody could ask it at Cognito itself."""
    clients = resources(template, "AWS::Cognito::UserPoolClient").values()
    flows = {one["GenerateSecret"]: set(one["ExplicitAuthFlows"]) for one in clients}
    assert flows == {False: FLOWS, True: FLOWS | {"ALLOW_USER_AUTH"}}
    pool = template["Resources"]["UserPool"]["Properties"]
    for name, value in (
        ("UserPoolTier", "ESSENTIALS"),
        ("WebAuthnUserVerification", "required"),
        ("WebAuthnFactorConfiguration", "MULTI_FACTOR_WITH_USER_VERIFICATION"),
    ):
        assert pool[name] == {"Fn::If": ["HasPasskeys", value, {"Ref": "AWS::NoValue"}]}


def test_a_queue_hides_a_message_for_six_times_its_functions_time_out(template: dict[str, Any]) -> None:
    for function, queue in QUEUE_OF.items():
        timeout = template["Resources"][function]["Properties"]["Timeout"]
        assert template["Resources"][queue]["Properties"]["VisibilityTimeout"] >= 6 * timeout, function


def test_the_api_gives_up_before_api_gateway_does(template: dict[str, Any]) -> None:
    assert template["Resources"]["APIHandler"]["Properties"]["Timeout"] < LONGEST_API_ANSWER_S


def test_what_fails_too_often_is_parked(template: dict[str, Any]) -> None:
    for name in QUEUE_OF.values():
        assert template["Resources"][name]["Properties"]["RedrivePolicy"]["maxReceiveCount"] >= 3
    relay = template["Resources"]["Relay"]["Properties"]["Events"]["RelayDynamodbEventSource"]["Properties"]
    assert relay["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["RelayParked", "Arn"]}
    assert relay["BisectBatchOnFunctionError"]


def test_every_batch_may_fail_in_part(template: dict[str, Any]) -> None:
    functions = resources(template, "AWS::Serverless::Function").values()
    events = itertools.chain.from_iterable(one.get("Events", {}).values() for one in functions)
    batches = [event["Properties"] for event in events if event["Type"] in {"SQS", "DynamoDB"}]
    assert len(batches) == 4
    assert all(batch["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for batch in batches)


def test_the_relay_sees_new_outbox_rows_and_audit_entries_only(template: dict[str, Any]) -> None:
    relay = template["Resources"]["Relay"]["Properties"]["Events"]["RelayDynamodbEventSource"]["Properties"]
    (only,) = relay["FilterCriteria"]["Filters"]
    wanted = {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"kind": {"S": ["outbox", "audit"]}}}}
    assert json.loads(only["Pattern"]) == wanted


def test_the_table_is_what_the_stores_expect(template: dict[str, Any]) -> None:
    table = template["Resources"]["Table"]["Properties"]
    assert [key["AttributeName"] for key in table["KeySchema"]] == ["pk", "sk"]
    (due,) = table["GlobalSecondaryIndexes"]
    assert [key["AttributeName"] for key in due["KeySchema"]] == ["due_shard", "due_at"]
    assert table["TimeToLiveSpecification"]["AttributeName"] == "expires_at"
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]


def test_what_practices_keep_outlives_the_stack(template: dict[str, Any]) -> None:
    for name in ("Table", "UploadsBucket", "MediaBucket", "AuditBucket", "UserPool", "Key"):
        resource = template["Resources"][name]
        assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain"), name


def test_what_api_gateway_answers_by_itself_is_a_problem_in_our_words(template: dict[str, Any]) -> None:
    body = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    answers = body["x-amazon-apigateway-gateway-responses"]
    kinds = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.DomainError)]
    refusals = {one.type: one.title for one in kinds} | {"our-fault": "Something went wrong on our side."}
    for kind, answer in answers.items():
        problem = msgspec.json.decode(answer["responseTemplates"]["application/json"], type=Problem)
        assert (str(problem.status), problem.title) == (answer["statusCode"], refusals[problem.type]), kind
        assert answer["responseParameters"]["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
    assert {"UNAUTHORIZED", "EXPIRED_TOKEN", "MISSING_AUTHENTICATION_TOKEN", "THROTTLED"} <= set(answers)
    assert {"DEFAULT_4XX", "DEFAULT_5XX"} <= set(answers)


def test_a_laptop_changes_nothing_of_the_data() -> None:
    changed = load(ROOT / "infra" / "local.yaml")["Resources"]
    policies = {f"{name}BucketPolicy" for name in ("Uploads", "Media", "Audit", "Site")}
    alarms = {"FunctionsFail", "FunctionsThrottled", "WorkIsSetAside", "SomethingWaitsLong"}
    assert set(changed) == {"SiteHeaders", "Site", "BatchesToo", *policies, *alarms}


def test_no_function_may_delete_from_the_audit_trail_and_only_the_worker_may_chain_it() -> None:
    for path in (ROOT / "infra" / "policies").glob("*.json"):
        statements = json.loads(path.read_text())["Statement"]
        granted = {action for one in statements if one["Effect"] == "Allow" for action in one["Action"]}
        denied = {
            (action, key)
            for one in statements
            if one["Effect"] == "Deny"
            for action in one["Action"]
            for key in one["Condition"]["ForAnyValue:StringLike"]["dynamodb:LeadingKeys"]
        }
        if "dynamodb:DeleteItem" in granted:
            assert {("dynamodb:DeleteItem", f"*#{part}") for part in ("audit", "audit#*", "chain", "seals")} <= denied
        if "dynamodb:PutItem" in granted and path.stem != "worker":
            assert {("dynamodb:PutItem", f"*#{part}") for part in ("chain", "seals")} <= denied, path.stem
