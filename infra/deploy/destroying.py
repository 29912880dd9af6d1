"""destroy: the stack goes, what practices keep stays; or goes too, when that is said twice."""

from collections.abc import Iterable
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from infra.aws_calls import Account
from infra.deploy import releases
from infra.deploy.asking import ask, ask_for_name
from infra.deploy.deploying import FOUNDED, Deployment
from infra.deploy.kept import GROUP, RECORD, Kept
from infra.deploy.refusals import sentence
from infra.deploy.stacks import check_can_change
from infra.deploy.stages import Stage
from infra.steps import Trouble, said, step

KEY_WAITS = 30  # days until KMS deletes a key: the longest that it offers, in which it can be taken back
GONE = {"ResourceNotFoundException", "NoSuchBucket", "404", "NotFoundException", "KMSInvalidStateException"}


def destroy(stage: Stage, *, yes: bool, data: bool, confirm: str) -> None:
    """Delete a stage's stack. With `data` also what it keeps, once its name was typed."""
    deployment = Deployment(stage)
    check_can_change(deployment.stack)
    stands = deployment.stack.status() is not None
    kept = deployment.remember_kept() if stands else deployment.kept()
    if not stands and not (data and kept):
        rest = "What it kept is still there: make deploy takes it back." if kept else "Nothing is kept of it either."
        raise Trouble(f"{stage.stack} does not stand. {rest}")
    _tell(stage, kept, stands=stands, data=data)
    if data:
        if not ask_for_name(stage.stack, confirm):
            raise Trouble("That is not its name. Nothing was changed.")
    elif not ask(f"Take {stage.stack} down?", yes=yes):
        raise Trouble("Nothing was changed.")
    if stands:
        with step("Emptying what is made anew with each deployment"):
            _empty_what_goes(deployment, kept)
        with step("Deleting the stack"):
            deployment.stack.delete()
    if data:
        _delete_data(deployment, kept)
    else:
        said(f"What practices keep is still there. `make deploy STAGE={stage.name}` takes it back.")


def _tell(stage: Stage, kept: Iterable[Kept], *, stands: bool, data: bool) -> None:
    if stands:
        said(f"{stage.stack} would go: the site, the functions, the queues, the rules.")
    said("DELETED for good, and nobody can bring it back:" if data else "Kept in the account:")
    for one in kept:
        if one.kind != GROUP:  # part of its pool
            said(f"  {one.name}: {one.id}")
    if data:
        said(f"The key is deleted {KEY_WAITS} days later; until then KMS's console can cancel that.")


def _empty_what_goes(deployment: Deployment, kept: Iterable[Kept]) -> None:
    """CloudFormation deletes empty buckets only."""
    staying = {one.name for one in kept}
    s3 = deployment.stage.account.client("s3")
    for one in deployment.stack.resources():
        if one["ResourceType"] == "AWS::S3::Bucket" and one["LogicalResourceId"] not in staying:
            _empty(s3, one["PhysicalResourceId"])


def _delete_data(deployment: Deployment, kept: Iterable[Kept]) -> None:
    left = []
    for one in sorted(kept, key=lambda one: one.kind == "AWS::KMS::Key"):  # the key last: others are read with it
        if one.kind == GROUP:
            continue
        with step(f"Deleting {one.name}"):
            try:
                _delete(deployment.stage.account, one)
            except ClientError as error:
                if error.response["Error"]["Code"] not in GONE:
                    left.append((one, sentence(error)))
    deployment.artifacts.remember(deployment.stage.stack, RECORD, msgspec.to_builtins([one for one, _ in left]))
    for record in (FOUNDED, releases.RECORD):
        deployment.artifacts.forget(deployment.stage.stack, record)
    if left:
        why = "\n".join(f"  {one.name} {one.id}: {reason}" for one, reason in left)
        raise Trouble(
            f"This is still there:\n{why}\n"
            "A bucket under Object Lock lets go of its objects when their time is over. Then do this again."
        )


def _delete(account: Account, one: Kept) -> None:
    match one.kind:
        case "AWS::DynamoDB::Table":
            dynamodb = account.client("dynamodb")
            dynamodb.update_table(TableName=one.id, DeletionProtectionEnabled=False)
            dynamodb.delete_table(TableName=one.id)
        case "AWS::S3::Bucket":
            s3 = account.client("s3")
            _empty(s3, one.id)
            s3.delete_bucket(Bucket=one.id)
        case "AWS::Cognito::UserPool":
            cognito = account.client("cognito-idp")
            cognito.update_user_pool(UserPoolId=one.id, DeletionProtection="INACTIVE")
            cognito.delete_user_pool(UserPoolId=one.id)
        case "AWS::KMS::Key":
            account.client("kms").schedule_key_deletion(KeyId=one.id, PendingWindowInDays=KEY_WAITS)
        case "AWS::Logs::LogGroup":
            account.client("logs").delete_log_group(logGroupName=one.id)


def _empty(s3: Any, bucket: str) -> None:
    """Delete every version of every object, and uploads that were never finished."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        if found:
            names = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]
            answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": names, "Quiet": True})
            if errors := answer.get("Errors"):
                raise ClientError({"Error": errors[0]}, "DeleteObjects")
    for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket):
        for upload in page.get("Uploads", ()):
            s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
