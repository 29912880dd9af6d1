"""The commands of docs/deploy, against the embedded AWS. Each test deploys a stage of its own."""

import dataclasses
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError

from infra.aws_calls import Account, invoke
from infra.build import STAMP
from infra.deploy.by_hand import by_hand
from infra.deploy.deploying import FOUNDED, Deployment, deploy, plan, rollback
from infra.deploy.destroying import destroy
from infra.deploy.doctor import doctor
from infra.deploy.kept import RECORD
from infra.deploy.stages import Owner, Settings, Stage
from infra.deploy.telling import tell_outputs
from infra.stack import emulator, free_port
from infra.steps import Trouble
from infra.zips import ZIPS
from tests.infra.test_stack import ask

SETTINGS = Settings(
    region="eu-central-1",
    mail_from="Lantern <hello@lantern.example>",
    mail_domain="lantern.example",
)
OWNER = Owner("Lantern Practice", "Maya Lind", "maya@lantern.example", "Europe/Berlin", "EUR")
# Nobody tells the handle that it is done, so this fails after a second, and with it what CloudFormation is doing.
BROKEN = {
    "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
    "Broken": {
        "Type": "AWS::CloudFormation::WaitCondition",
        "DependsOn": ["Table", "MediaBucket", "Worker"],
        "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "1"},
    },
}
CHANGED_CODE = "\n\ndef operate(event, _context):\n    return {'changed': True}\n"
ORDER = {"do": "found_practice"}


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with emulator(free_port()) as (found, _log):
        yield found


@pytest.fixture(scope="module")
def built(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The laptop's build, without the two large tools: nothing here processes a video or prints an invoice."""
    folder = tmp_path_factory.mktemp("built")
    for name in ("template.json", STAMP):
        shutil.copyfile(built / name, folder / name)
    for name in ZIPS:
        shutil.copyfile(built / "api.zip", folder / f"{name}.zip")
    return folder


@pytest.fixture
def stage(account: Account, request: pytest.FixtureRequest) -> Stage:
    return Stage(f"s{abs(hash(request.node.name)) % 10**8}", SETTINGS, account)


@pytest.fixture
def variant(built: Path, tmp_path: Path) -> Callable[[str, Callable[[dict[str, Any]], object]], Path]:
    """A build like `built` with its template changed."""

    def make(stamp: str, change: Callable[[dict[str, Any]], object]) -> Path:
        folder = tmp_path / stamp
        folder.mkdir()
        for archive in built.glob("*.zip"):
            (folder / archive.name).hardlink_to(archive)
        template = json.loads((built / "template.json").read_text())
        change(template["Resources"])
        (folder / "template.json").write_text(json.dumps(template))
        (folder / STAMP).write_text(stamp)
        return folder

    return make


def with_changed_function(folder: Path) -> Path:
    """Put another `operate` into the build's zip."""
    archive = folder / "api.zip"
    with zipfile.ZipFile(archive) as opened:
        entries = {name: opened.read(name) for name in opened.namelist() if not name.startswith("__pycache__/app.")}
    entries["app.py"] += CHANGED_CODE.encode()
    archive.unlink()
    with zipfile.ZipFile(archive, "w") as opened:
        for name, content in entries.items():
            opened.writestr(name, content)
    return folder


def found(stage: Stage) -> dict[str, str]:
    return Deployment(stage).stack.outputs()


def serves(stage: Stage) -> bool:
    """Whether the API answers a stranger in its own words."""
    api = f"{stage.account.endpoint}/_aws/execute-api/{found(stage)['RestAPIId']}/api"
    status, headers, _ = ask(f"{api}/api/review-link/review")
    return status < 500 and headers["content-type"] == "application/problem+json"


def pages(stage: Stage) -> dict[str, bytes]:
    s3, bucket = stage.account.client("s3"), found(stage)["SiteBucket"]
    names = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket).get("Contents", ())]
    return {name: s3.get_object(Bucket=bucket, Key=name)["Body"].read() for name in names}


def test_a_plan_changes_nothing(stage: Stage, built: Path, site: Path, variant: Any, capsys: Any) -> None:
    stack = Deployment(stage).stack
    plan(stage, built)
    assert "added" in capsys.readouterr().out
    assert stack.status() is None
    deploy(stage, built, site, yes=True)
    before = stack.resources()
    capsys.readouterr()
    plan(stage, variant("planned", lambda resources: resources["Worker"]["Properties"].update(MemorySize=256)))
    told = capsys.readouterr().out
    assert "1 changed: Worker" in told
    assert "Roughly $" in told
    assert (stack.resources(), found(stage)["Build"]) == (before, (built / STAMP).read_text())
    plan(stage, built)
    assert "Nothing in the stack would change." in capsys.readouterr().out


def test_a_deployment_publishes_the_site_and_invites_the_owner_once(
    stage: Stage, built: Path, site: Path, capsys: Any
) -> None:
    settings = msgspec.structs.replace(SETTINGS, mail_from="x@a.example", mail_domain="a.example", owner=OWNER)
    stage = dataclasses.replace(stage, settings=settings)
    stage.account.client("sesv2").create_email_identity(EmailIdentity="a.example")
    deploy(stage, built, site, yes=True)
    assert pages(stage).keys() == {"index.html", "assets/app-1a2b.js"}
    assert serves(stage)
    first = Deployment(stage).artifacts.recall(stage.stack, FOUNDED)
    deploy(stage, built, site, yes=True)
    assert Deployment(stage).artifacts.recall(stage.stack, FOUNDED) == first
    again = {"do": "found_practice", "key": stage.stack, "name": OWNER.practice, "time_zone": OWNER.time_zone}
    again |= {"currency": OWNER.currency, "owner_name": OWNER.name, "owner_email": OWNER.email}
    assert invoke(stage.account, found(stage)["OperateName"], again) == first
    capsys.readouterr()
    tell_outputs(stage)
    told = capsys.readouterr().out
    assert found(stage)["Table"] in told
    assert "_domainkey.a.example  CNAME" in told


def test_a_changed_function_answers_and_a_rollback_brings_back_what_was_before(
    stage: Stage, built: Path, site: Path, variant: Any, tmp_path: Path
) -> None:
    deploy(stage, built, site, yes=True)
    newer = shutil.copytree(site, tmp_path / "newer")
    (newer / "index.html").write_text("newer")
    deploy(stage, with_changed_function(variant("newer-build", lambda _: None)), newer, yes=True)
    assert invoke(stage.account, found(stage)["OperateName"], ORDER) == {"changed": True}
    assert pages(stage)["index.html"] == b"newer"
    rollback(stage, "", yes=True)
    with pytest.raises(
        Trouble, match="missing required field"
    ):  # the order lacks everything: our own function runs again
        invoke(stage.account, found(stage)["OperateName"], ORDER)
    assert pages(stage)["index.html"] != b"newer"
    with pytest.raises(Trouble, match="no such build"):
        rollback(stage, "", yes=True)
    rollback(stage, "newer", yes=True)
    assert found(stage)["Build"] == "newer-build"


def test_an_update_that_fails_goes_back_and_the_stack_still_serves(
    stage: Stage, built: Path, site: Path, variant: Any
) -> None:
    deploy(stage, built, site, yes=True)
    before = found(stage)

    def break_it(resources: dict[str, Any]) -> None:
        resources["Worker"]["Properties"]["MemorySize"] = 256
        resources.update(BROKEN)

    with pytest.raises(Trouble, match=r"UPDATE_ROLLBACK_COMPLETE[^$]*Broken"):
        deploy(stage, variant("broken", break_it), site, yes=True)
    assert found(stage) == before
    assert serves(stage)
    deploy(
        stage,
        variant("mended", lambda resources: resources["Worker"]["Properties"].update(MemorySize=384)),
        site,
        yes=True,
    )
    assert found(stage)["Build"] == "mended"


def test_what_practices_keep_outlives_the_stack_and_the_next_one_takes_it_back(
    stage: Stage, built: Path, site: Path
) -> None:
    deploy(stage, built, site, yes=True)
    before, account = found(stage), stage.account
    dynamodb, s3, cognito = (account.client(name) for name in ("dynamodb", "s3", "cognito-idp"))
    row = {"pk": {"S": "p"}, "sk": {"S": "note"}}
    dynamodb.put_item(TableName=before["Table"], Item=row)
    s3.put_object(Bucket=before["MediaBucket"], Key="a.mp4", Body=b"film")
    cognito.admin_create_user(UserPoolId=before["UserPoolId"], Username="per_1", MessageAction="SUPPRESS")
    cognito.admin_add_user_to_group(UserPoolId=before["UserPoolId"], Username="per_1", GroupName="client")

    destroy(stage, yes=True, data=False, confirm="")
    assert Deployment(stage).stack.status() is None
    artifacts = Deployment(stage).artifacts  # it may remember more than this version asks for
    no_more = {"name": "OfAnOlderVersion", "kind": "AWS::S3::Bucket", "id": "older"}
    artifacts.remember(stage.stack, RECORD, [*artifacts.recall(stage.stack, RECORD), no_more])
    with pytest.raises(ClientError):
        s3.head_bucket(Bucket=before["SiteBucket"])

    deploy(stage, built, site, yes=True)
    after = found(stage)
    for name in ("Table", "UploadsBucket", "MediaBucket", "UserPoolId"):
        assert after[name] == before[name], name
    assert dynamodb.get_item(TableName=after["Table"], Key=row)["Item"] == row
    assert s3.get_object(Bucket=after["MediaBucket"], Key="a.mp4")["Body"].read() == b"film"
    groups = cognito.admin_list_groups_for_user(UserPoolId=after["UserPoolId"], Username="per_1")["Groups"]
    assert [group["GroupName"] for group in groups] == ["client"]
    assert serves(stage)


def test_data_goes_only_when_that_is_said_twice(stage: Stage, built: Path, site: Path) -> None:
    deploy(stage, built, site, yes=True)
    before, account = found(stage), stage.account
    with pytest.raises(Trouble, match="not its name"):
        destroy(stage, yes=True, data=True, confirm="something else")
    assert serves(stage)
    account.client("s3").put_object(Bucket=before["MediaBucket"], Key="a.mp4", Body=b"film")
    destroy(stage, yes=True, data=True, confirm=stage.stack)
    with pytest.raises(ClientError):
        account.client("dynamodb").describe_table(TableName=before["Table"])
    with pytest.raises(ClientError):
        account.client("s3").head_bucket(Bucket=before["MediaBucket"])
    with pytest.raises(Trouble, match="Nothing is kept"):
        destroy(stage, yes=True, data=True, confirm=stage.stack)


def test_two_stages_stand_side_by_side_and_share_nothing_but_the_mail_domain(
    account: Account, built: Path, site: Path
) -> None:
    stages = [Stage(name, SETTINGS, account) for name in ("one", "two")]
    for each in stages:
        deploy(each, built, site, yes=True)
    ids = [{one["PhysicalResourceId"] for one in Deployment(each).stack.resources()} for each in stages]
    shared = ids[0] & ids[1]
    # Names within a pool and within an API, and the one setting that an account has for all its APIs.
    assert shared <= {"owner", "therapist", "client", "guardian", "api", "GatewayAccount"}
    assert Deployment(stages[1]).stack.parameters()["MailDomainIdentity"] == "use"
    destroy(stages[0], yes=True, data=True, confirm=stages[0].stack)
    assert serves(stages[1])


def test_a_change_that_would_replace_the_table_is_refused(stage: Stage, built: Path, site: Path, variant: Any) -> None:
    deploy(stage, built, site, yes=True)

    def another_key(resources: dict[str, Any]) -> None:
        table = resources["Table"]["Properties"]
        table["KeySchema"][1]["AttributeName"] = "due_at"

    with pytest.raises(Trouble, match=r"REFUSED[^$]*Table"):
        deploy(stage, variant("another-key", another_key), site, yes=True)
    assert found(stage)["Build"] == (built / STAMP).read_text()


def test_a_first_deployment_that_failed_is_cleared_away_and_done_again(
    stage: Stage, built: Path, site: Path, variant: Any
) -> None:
    with pytest.raises(Trouble, match="ROLLBACK_COMPLETE"):
        deploy(stage, variant("broken", lambda resources: resources.update(BROKEN)), site, yes=True)
    left = {one.name: one.id for one in Deployment(stage).remember_kept()}
    deploy(stage, built, site, yes=True)
    assert serves(stage)
    assert found(stage)["Table"] == left["Table"]


def test_the_template_for_the_console_makes_the_same_stack(stage: Stage, built: Path) -> None:
    s3, bucket = stage.account.client("s3"), "by-hand"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    template = by_hand(json.loads((built / "template.json").read_text()), "1a2b")
    s3.put_object(Bucket=bucket, Key="template.json", Body=json.dumps(template).encode())
    for name in ZIPS:
        s3.upload_file(str(built / f"{name}.zip"), bucket, f"code/{name}.zip")
    stack = Deployment(stage).stack
    where = {"CodeBucket": bucket, "CodePrefix": "code/", "MailDomainIdentity": "use"}
    proposal = stack.propose(f"{stage.account.endpoint}/{bucket}/template.json", stage.parameters(None) | where)
    assert proposal
    stack.execute(proposal)
    assert found(stage)["Build"] == "1a2b"
    assert serves(stage)


def test_the_doctor_finds_what_is_wrong_and_says_what_to_do(stage: Stage, built: Path, site: Path, capsys: Any) -> None:
    assert doctor(stage) == 1
    assert "does not stand" in capsys.readouterr().out
    deploy(stage, built, site, yes=True)
    capsys.readouterr()
    doctor(stage)
    told = capsys.readouterr().out
    assert "is the build" in told
    assert "nothing is parked" in told
    outputs = found(stage)
    stage.account.client("s3").put_object(Bucket=outputs["SiteBucket"], Key="index.html", Body=b"something else")
    stage.account.client("sqs").send_message(QueueUrl=outputs["WorkParkedUrl"], MessageBody="{}")
    capsys.readouterr()
    assert doctor(stage) == 1
    told = capsys.readouterr().out
    assert "1 of the site's files are not those of its build (index.html)" in told
    assert "1 of work" in told
