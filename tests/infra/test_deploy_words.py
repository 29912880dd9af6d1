"""What a deployment shows, refuses and reckons, without a stack: pure parts, and refusals of AWS as sentences."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore import exceptions as aws
from cfnlint import lint
from cfnlint.config import ManualArgs
from hypothesis import given
from hypothesis import strategies as st

from infra import parked, restore, verify_audit
from infra.aws_calls import Account
from infra.deploy.asking import ask, ask_for_name
from infra.deploy.by_hand import LARGEST, WHERE, by_hand
from infra.deploy.changes import Change, check_no_data_is_lost, summary
from infra.deploy.checks import Mark, certificate, check_place, covers, reserved
from infra.deploy.conditions import holds, switched_on
from infra.deploy.cost import month, read_prices
from infra.deploy.kept import GROUP, KNOWN_BY, SHARED, Kept, found_in, imports, keeps, only_kept
from infra.deploy.refusals import in_sentences
from infra.deploy.releases import History, Release
from infra.deploy.stages import EXAMPLE, UNKNOWN_ORIGIN, Settings, Stage, read_stage
from infra.steps import Trouble
from infra.zips import ROOT

SETTINGS = Settings(
    region="eu-central-1", mail_from="Lantern <hello@mail.lantern.example>", mail_domain="lantern.example"
)
ON_AWS = {"Stage": "cloud"}


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A home without settings of AWS's: a test sets what it needs."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return monkeypatch


def refusal(code: str, message: str = "AWS's own words.") -> aws.ClientError:
    return aws.ClientError({"Error": {"Code": code, "Message": message}}, "CreateChangeSet")


def test_without_credentials_there_is_a_sentence(signed_in: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    with pytest.raises(Trouble, match=r"There are no AWS credentials here\. Sign in"):
        in_sentences(check_place)(Stage("prod", SETTINGS, Account(region="eu-central-1")))


@pytest.mark.parametrize("command", [parked.main, restore.main, verify_audit.main])
def test_a_command_for_a_stage_says_so_too(signed_in: pytest.MonkeyPatch, command: Callable[[], object]) -> None:
    signed_in.setattr("sys.argv", ["command", "--stage", EXAMPLE.stem])
    with pytest.raises(Trouble, match=r"There are no AWS credentials here\. Sign in"):
        command()


def test_a_profile_that_is_not_there_is_a_sentence(signed_in: pytest.MonkeyPatch) -> None:
    signed_in.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(Trouble, match="AWS_PROFILE names a profile"):
        in_sentences(check_place)(Stage("prod", SETTINGS, Account(region="eu-central-1")))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (refusal("ExpiredToken"), "have expired"),
        (refusal("AccessDenied"), "may not do CreateChangeSet. AWS says: AWS's own words."),
        (refusal("InvalidClientTokenId"), "does not know these credentials in this region"),
        (refusal("LimitExceededException", "Too many."), "AWS refuses CreateChangeSet: Too many."),
        (aws.UnauthorizedSSOTokenError(), "have expired"),
        (aws.EndpointConnectionError(endpoint_url="https://sts.mars-1.amazonaws.com"), "cannot be reached"),
        (aws.NoRegionError(), "names no region"),
    ],
)
def test_what_aws_refuses_is_a_sentence(error: Exception, words: str) -> None:
    def refused() -> None:
        raise error

    with pytest.raises(Trouble, match=re.escape(words)):
        in_sentences(refused)()


def test_a_region_that_is_none_stops_before_anything_is_asked() -> None:
    with pytest.raises(Trouble, match="STOP"):
        check_place(Stage("prod", Settings("mars-1", "a@b.example", "b.example"), Account(region="mars-1")))


def test_the_example_of_a_stage_can_be_read_and_its_names_come_from_the_stages(tmp_path: Path) -> None:
    (tmp_path / "blue.toml").write_text(EXAMPLE.read_text())
    stage = read_stage("blue", tmp_path)
    assert stage.stack == "meanwhile-blue"
    assert stage.parameters(None)["SiteOrigin"] == UNKNOWN_ORIGIN
    assert stage.parameters("https://d1.cloudfront.net")["SiteOrigin"] == "https://d1.cloudfront.net"


def test_passkeys_ask_for_a_domain_of_ones_own(tmp_path: Path) -> None:
    text = EXAMPLE.read_text().replace("# passkeys", "passkeys")
    (tmp_path / "blue.toml").write_text(text)
    with pytest.raises(Trouble, match="belong to a domain of your own"):
        read_stage("blue", tmp_path)
    (tmp_path / "blue.toml").write_text(text.replace("# domain", "domain"))
    parameters = read_stage("blue", tmp_path).parameters(None)
    assert (parameters["Passkeys"], parameters["SiteDomain"]) == ("on", "app.practice.example")


@pytest.mark.parametrize("name", ["", "Prod", "../prod", "a" * 21, "7"])
def test_a_stage_has_a_name_that_names_can_be_made_of(name: str, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="Say which stage"):
        read_stage(name, tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [("region = 3", "cannot be used"), ("colour = 'red'", "cannot be used"), ("= = =", "cannot be used")],
)
def test_settings_that_cannot_be_used_say_why(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "prod.toml").write_text(text)
    with pytest.raises(Trouble, match=words):
        read_stage("prod", tmp_path)


def test_every_name_that_could_meet_anothers_is_made_from_the_stacks(template: dict[str, Any]) -> None:
    """Names within a pool, an API or a role meet nobody; every other literal one would collide with a second stage."""
    own = {
        "GroupName",
        "ClientName",
        "PolicyName",
        "AttributeName",
        "IndexName",
        "StageName",
        "DomainName",
        "HeaderName",
    }
    within = (
        "Schema",
        "AccountRecoverySetting",
        "Rules",
        "MetricTransformations",
        "Metrics",
        "Dimensions",
        "VisibilityConfig",
        "SingleHeader",
    )

    def literal(value: Any, path: tuple[str, ...]) -> Iterator[str]:
        match value:
            case dict():
                for key, inner in value.items():
                    named = key == "Name" or (key.endswith("Name") and key not in own)
                    if named and isinstance(inner, str) and not set(within) & set(path):
                        yield "/".join((*path, key, inner))
                    yield from literal(inner, (*path, key))
            case list():
                for inner in value:
                    yield from literal(inner, path)

    found = [
        text
        for name, one in template["Resources"].items()
        if one["Type"] not in {"AWS::Serverless::Api", "AWS::CloudWatch::Alarm"}
        for text in literal(one.get("Properties", {}), (name,))
    ]
    assert found == []


def test_a_change_set_is_told_in_words_and_loudly_where_it_matters() -> None:
    told = summary(
        [
            Change("Modify", "Worker", "AWS::Lambda::Function"),
            Change("Modify", "Logs", "AWS::Logs::LogGroup", "True"),
            Change("Remove", "Old", "AWS::SQS::Queue"),
            *(Change("Add", f"Alarm{n}", "AWS::CloudWatch::Alarm") for n in range(13)),
        ]
    )
    assert "  1 changed: Worker" in told
    assert "  1 REPLACED: Logs" in told
    assert "  1 REMOVED: Old" in told
    assert " 13 added: 13 alarm" in told


KEPT = {"Table": False, "Trail": True}


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        (Change("Modify", "Table", "AWS::DynamoDB::Table", "True"), "would be replaced"),
        (Change("Modify", "Table", "AWS::DynamoDB::Table", "Conditional"), "would be perhaps replaced"),
        (Change("Remove", "Table", "AWS::DynamoDB::Table"), "would be removed"),
        (Change("Modify", "Trail", "AWS::S3::Bucket", "True"), "would be replaced"),
        (Change("Remove", "Trail", "AWS::S3::Bucket"), None),
        (Change("Modify", "Table", "AWS::DynamoDB::Table"), None),
        (Change("Remove", "Worker", "AWS::Lambda::Function"), None),
    ],
)
def test_what_would_part_a_practice_from_its_data_is_refused(change: Change, refused: str | None) -> None:
    if refused is None:
        check_no_data_is_lost([change], KEPT)
    else:
        with pytest.raises(Trouble, match=refused):
            check_no_data_is_lost([change], KEPT)


def test_what_happens_only_at_its_time_is_taken_for_the_worst() -> None:
    told = {"Action": "Dynamic", "LogicalResourceId": "Table", "ResourceType": "AWS::DynamoDB::Table"}
    assert Change.of(told).replaced == "Conditional"


def test_everything_that_is_kept_can_be_taken_back(template: dict[str, Any]) -> None:
    kept = {name: template["Resources"][name]["Type"] for name in keeps(template)}
    assert {"Table", "UploadsBucket", "MediaBucket", "UserPool", "Key", "OwnerGroup"} <= set(kept)
    assert set(kept.values()) <= set(KNOWN_BY)
    retained = {one["Type"] for one in template["Resources"].values() if one.get("DeletionPolicy") == "Retain"}
    assert retained <= set(KNOWN_BY) | SHARED


def test_an_import_speaks_of_nothing_that_is_not_imported(template: dict[str, Any]) -> None:
    names = [name for name in keeps(template) if name != "Key"]
    alone = only_kept(template, names)
    assert set(alone["Resources"]) == set(names)
    assert "Outputs" not in alone
    text = json.dumps(alone["Resources"])
    for name in set(template["Resources"]) - set(names):
        assert f'"{name}"' not in text, name
        assert f"${{{name}}}" not in text, name
        assert f"${{{name}." not in text, name
    assert alone["Resources"]["Table"]["Properties"]["KeySchema"]
    assert "SSESpecification" not in alone["Resources"]["Table"]["Properties"]  # it names the key


def test_a_group_is_known_by_its_pool_too() -> None:
    kept = [Kept("OwnerGroup", GROUP, "owner"), Kept("UserPool", "AWS::Cognito::UserPool", "pool_1")]
    assert imports(kept)[0]["ResourceIdentifier"] == {"UserPoolId": "pool_1", "GroupName": "owner"}


def test_only_the_last_word_on_a_resource_counts() -> None:
    def event(status: str, identifier: str) -> dict[str, str]:
        kind = "AWS::DynamoDB::Table"
        return {
            "LogicalResourceId": "Table",
            "ResourceType": kind,
            "ResourceStatus": status,
            "PhysicalResourceId": identifier,
        }

    assert found_in([event("DELETE_COMPLETE", "t-2"), event("CREATE_COMPLETE", "t-2")], ["Table"]) == []
    skipped = [event("DELETE_SKIPPED", "t-2"), event("CREATE_COMPLETE", "t-1")]
    assert [one.id for one in found_in(skipped, ["Table"])] == ["t-2"]


@given(st.booleans(), st.booleans())
def test_conditions_hold_as_cloudformations_do(one: bool, two: bool) -> None:  # noqa: FBT001
    values = {"A": "x" if one else "y", "B": "x" if two else "y"}
    rules = {name: {"Fn::Equals": [{"Ref": name}, "x"]} for name in ("A", "B")}
    both, either, neither = (
        {"Fn::And": [{"Condition": "A"}, {"Condition": "B"}]},
        {"Fn::Or": [{"Condition": "A"}, {"Condition": "B"}]},
        {"Fn::Not": [{"Fn::Or": [{"Condition": "A"}, {"Condition": "B"}]}]},
    )
    assert holds(both, rules, values) == (one and two)
    assert holds(either, rules, values) == (one or two)
    assert holds(neither, rules, values) == (not (one or two))


def test_what_is_switched_off_costs_nothing(template: dict[str, Any]) -> None:
    template = copy.deepcopy(template)
    template["Conditions"]["Dear"] = {"Fn::Equals": [{"Ref": "Stage"}, "dear"]}
    template["Resources"]["Wall"] = {"Type": "AWS::WAFv2::WebACL", "Condition": "Dear"}
    prices = read_prices()
    without = month(prices, switched_on(template, ON_AWS), 20)
    with_wall = month(prices, switched_on(template, {"Stage": "dear"}), 20)
    assert with_wall["web firewall"] > without.get("web firewall", 0.0)


def test_an_alarm_is_paid_for_each_metric_that_it_looks_at() -> None:
    metrics = [{"Id": "a", "MetricStat": {}}, {"Id": "b", "MetricStat": {}}, {"Id": "sum", "Expression": "a + b"}]
    alarms = {"One": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": metrics}}}
    assert month(read_prices(), alarms, 0)["alarms"] == pytest.approx(2 * read_prices().prices["alarm_metric_month"])


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_clients_cost_no_less(some: int, more: int) -> None:
    prices = read_prices()
    few, many = sorted((some, more))
    assert sum(month(prices, {}, few).values()) <= sum(month(prices, {}, many).values())


def test_reserved_executions_are_read_through_parameters_and_conditions(template: dict[str, Any]) -> None:
    template = {
        "Parameters": {"Videos": {"Default": "4"}, "Stage": {"Default": "cloud"}},
        "Conditions": {"OnAws": {"Fn::Equals": [{"Ref": "Stage"}, "cloud"]}},
        "Resources": {
            "Video": {"Properties": {"ReservedConcurrentExecutions": {"Fn::If": ["OnAws", {"Ref": "Videos"}, 0]}}},
            "Other": {"Properties": {"ReservedConcurrentExecutions": 2}},
        },
    }
    assert reserved(template, SETTINGS) == 6


@pytest.mark.parametrize(
    ("name", "domain", "fits"),
    [
        ("app.lantern.example", "app.lantern.example", True),
        ("*.lantern.example", "app.lantern.example", True),
        ("*.lantern.example", "a.b.lantern.example", False),
        ("lantern.example", "app.lantern.example", False),
    ],
)
def test_a_certificate_covers_its_names_and_one_label_of_its_wildcard(name: str, domain: str, *, fits: bool) -> None:
    assert covers(name, domain) is fits


def test_a_certificate_elsewhere_than_where_cloudfront_looks_is_stopped() -> None:
    arn = "arn:aws:acm:eu-central-1:1:certificate/1"
    settings = Settings("eu-central-1", "a@b.example", "b.example", domain="app.b.example", certificate=arn)
    (line,) = certificate(Account(), settings)
    assert (line.mark, "us-east-1" in line.text) == (Mark.STOP, True)


def test_where_nobody_can_be_asked_nothing_is_done() -> None:
    assert ask("Deploy?", yes=True)
    assert ask_for_name("meanwhile-prod", "meanwhile-prod")
    assert not ask_for_name("meanwhile-prod", "meanwhile-try")
    with pytest.raises(Trouble, match="YES=1"):
        ask("Deploy?", yes=False)
    with pytest.raises(Trouble, match="CONFIRM=meanwhile-prod"):
        ask_for_name("meanwhile-prod", "")


NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def release(number: int) -> Release:
    return Release(f"build-{number}", NOON + timedelta(days=number), "template", "site")


def test_one_can_go_back_release_by_release_and_forward_again() -> None:
    history = History()
    for number in (1, 2, 3):
        history = history.deployed(release(number))
    assert history.before() == release(2)
    back = history.back_to(release(2))
    assert back.before() == release(1)
    assert back.back_to(release(1)).before() is None
    assert back.of("build-3") == release(3)
    assert back.deployed(release(4)).before() == release(3)


def test_the_template_for_the_console_says_where_the_zips_are_and_fits(template: dict[str, Any]) -> None:
    made = by_hand(template, "1a2b")
    assert set(WHERE) <= set(made["Parameters"])
    for name in ("APIHandler", "Video", "Documents"):
        code = made["Resources"][name]["Properties"]["CodeUri"]
        assert code["Bucket"] == {"Ref": "CodeBucket"}
        assert code["Key"]["Fn::Sub"].startswith("${CodePrefix}")
    assert len(json.dumps(made, separators=(",", ":"))) < LARGEST
    assert [match.rule.id for match in lint(json.dumps(made), config=ManualArgs(regions=["eu-central-1"]))] == []


@pytest.mark.parametrize("command", ["plan", "deploy", "outputs", "rollback", "destroy", "doctor", "template"])
def test_every_command_has_a_page(command: str) -> None:
    assert f"make {command}" in (ROOT / "docs" / "deploy" / f"{command}.md").read_text()
    assert f"{command}.md" in (ROOT / "docs" / "deploy" / "README.md").read_text()
