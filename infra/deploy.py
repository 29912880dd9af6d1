"""`python -m infra.deploy`: a build becomes a stack, on AWS or in the emulator, by the same calls."""

import argparse
import hashlib
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.aws_calls import Account, upload_site
from infra.build import STAMP, build
from infra.packages import CLOUD
from infra.steps import Trouble, run_command, said, step
from infra.zips import ROOT

STACK = "meanwhile"
# The stack needs the site's address before there is a distribution to ask; it is put right at once after.
UNKNOWN_ORIGIN = "https://not-deployed-yet.invalid"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
POLL_EVERY = 0.25  # seconds
POLL_EVERY_ON_AWS = 5.0


def deploy(account: Account, built: Path, parameters: Mapping[str, str], stack: str = STACK) -> dict[str, str]:
    """Create or update the stack from a build, wait until it stands, and return its outputs.

    Raises Trouble with CloudFormation's reasons when it does not come to stand.
    """
    s3, cloudformation = account.client("s3"), account.client("cloudformation")
    artifacts = _artifacts_bucket(account, s3)
    template = _upload(s3, artifacts, "template.json", _with_uploaded_code(s3, artifacts, built))
    parameters = {**parameters, "Build": (built / STAMP).read_text()}
    request = {
        "StackName": stack,
        "TemplateURL": f"{s3.meta.endpoint_url}/{artifacts}/{template}",
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        "Capabilities": CAPABILITIES,
    }
    status = _status(cloudformation, stack)
    if status == "ROLLBACK_COMPLETE":  # a first deployment that failed: nothing is there yet that could be lost
        cloudformation.delete_stack(StackName=stack)
        status = _wait(cloudformation, account, stack)
    try:
        if status is None or status == "DELETE_COMPLETE":
            cloudformation.create_stack(**request, OnFailure="ROLLBACK")
        else:
            cloudformation.update_stack(**request)
    except ClientError as error:
        if "No updates are to be performed" not in str(error):
            raise Trouble(f"CloudFormation refuses the template: {error}") from error
    status = _wait(cloudformation, account, stack)
    if status not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        raise Trouble(f"The stack {stack} is {status}:\n{_reasons(cloudformation, stack)}")
    return outputs(account, stack)


def outputs(account: Account, stack: str = STACK) -> dict[str, str]:
    """What the stack says of itself."""
    described = account.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", ())}


def forget_artifacts(account: Account) -> None:
    """Delete what was uploaded for deployments. Not on AWS: CloudFormation goes back to it when an update fails."""
    s3 = account.client("s3")
    bucket = _artifacts_bucket(account, s3)
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for found in page.get("Contents", ()):
            s3.delete_object(Bucket=bucket, Key=found["Key"])


def _artifacts_bucket(account: Account, s3: Any) -> str:
    number = account.client("sts").get_caller_identity()["Account"]
    region = s3.meta.region_name
    name = f"{STACK}-artifacts-{number}-{region}"
    try:
        s3.head_bucket(Bucket=name)
    except ClientError:
        placed = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=name, **placed)
    return name


def _with_uploaded_code(s3: Any, bucket: str, built: Path) -> bytes:
    """Upload the zips, and return the template that names them where they are."""
    template = json.loads((built / "template.json").read_text())
    places: dict[str, str] = {}
    for resource in template["Resources"].values():
        name = resource.get("Properties", {}).get("CodeUri")
        if name is None:
            continue
        if name not in places:
            places[name] = _upload(s3, bucket, name, (built / name).read_bytes())
        resource["Properties"]["CodeUri"] = f"s3://{bucket}/{places[name]}"
    return json.dumps(template, indent=1).encode()


def _upload(s3: Any, bucket: str, name: str, content: bytes) -> str:
    """Put content under a key that says what it is, unless it is there; return the key."""
    key = f"{hashlib.sha256(content).hexdigest()[:32]}/{name}"
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError:
        s3.put_object(Bucket=bucket, Key=key, Body=content)
    return key


def _status(cloudformation: Any, stack: str) -> str | None:
    try:
        described = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError:
        return None
    return str(described[0]["StackStatus"]) if described else None


def _wait(cloudformation: Any, account: Account, stack: str) -> str | None:
    while (status := _status(cloudformation, stack)) and status.endswith("_IN_PROGRESS"):
        time.sleep(POLL_EVERY if account.endpoint else POLL_EVERY_ON_AWS)
    return status


def _reasons(cloudformation: Any, stack: str) -> str:
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    failed = [event for event in reversed(events) if event["ResourceStatus"].endswith("_FAILED")]
    return "\n".join(f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}" for event in failed)


def deploy_to_aws(parameters: dict[str, str]) -> dict[str, str]:
    """Build and deploy with the environment's credentials; the site's own address is found out on the way."""
    account = Account()
    with step("Packaging"):
        built = build(CLOUD)
    known = parameters.get("SiteOrigin") or _known_origin(account)
    with step("Deploying the stack"):
        found = deploy(account, built, {**parameters, "SiteOrigin": known})
    if found["SiteUrl"] != known:
        with step(f"Telling the stack that it is at {found['SiteUrl']}"):
            found = deploy(account, built, {**parameters, "SiteOrigin": found["SiteUrl"]})
    with step("Uploading the site"):
        upload_site(account, ROOT / "web" / "dist", found["SiteBucket"])
        account.client("cloudfront").create_invalidation(
            DistributionId=found["SiteId"],
            InvalidationBatch={"Paths": {"Quantity": 1, "Items": ["/index.html"]}, "CallerReference": str(time.time())},
        )
    return found


def _known_origin(account: Account) -> str:
    try:
        return outputs(account)["SiteUrl"]
    except (ClientError, KeyError):
        return UNKNOWN_ORIGIN


def main() -> None:
    """Deploy to AWS."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mail-from", required=True, help="the address that mail comes from")
    parser.add_argument("--mail-domain", required=True, help="the domain that SES may send from")
    parser.add_argument("--domain", default="", help="the site's own domain name")
    parser.add_argument("--certificate", default="", help="ARN of its certificate in us-east-1")
    given = parser.parse_args()
    parameters = {
        "MailFrom": given.mail_from,
        "MailDomain": given.mail_domain,
        "SiteDomain": given.domain,
        "SiteCertificate": given.certificate,
    }
    said(f"The site: {deploy_to_aws(parameters)['SiteUrl']}")


if __name__ == "__main__":
    run_command(main)
