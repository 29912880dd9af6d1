"""The bucket of what is deployed: zips and templates by their content, and what each stage has to remember."""

import functools
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.aws_calls import Account


@dataclass(frozen=True)
class Artifacts:
    """One bucket for all stages of an account in a region."""

    account: Account

    @functools.cached_property
    def _s3(self) -> Any:
        return self.account.client("s3")

    @functools.cached_property
    def bucket(self) -> str:
        """Its name."""
        number = self.account.client("sts").get_caller_identity()["Account"]
        return f"meanwhile-artifacts-{number}-{self._s3.meta.region_name}"

    def make(self) -> None:
        """Make the bucket, unless it is there."""
        try:
            self._s3.head_bucket(Bucket=self.bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] not in {"404", "NoSuchBucket"}:
                raise
            region = self._s3.meta.region_name
            placed = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
            self._s3.create_bucket(Bucket=self.bucket, **placed)

    def protect(self) -> None:
        """Keep former versions, and keep everybody else out: what is in here runs with the rights of the stack."""
        self._s3.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"})
        private = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
        self._s3.put_public_access_block(
            Bucket=self.bucket, PublicAccessBlockConfiguration=dict.fromkeys(private, True)
        )
        if self.account.endpoint:  # the embedded AWS speaks plain http, to this machine only
            return
        only_tls = {
            "Sid": "OnlyOverTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{self.bucket}", f"arn:aws:s3:::{self.bucket}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        policy = {"Version": "2012-10-17", "Statement": [only_tls]}
        self._s3.put_bucket_policy(Bucket=self.bucket, Policy=json.dumps(policy))

    def upload_build(self, built: Path) -> str:
        """Upload the zips, and the template that names them where they are; the template's address."""
        self.upload_code(built)
        return self.url(self.upload("template.json", self.template(built)))

    def upload_code(self, built: Path) -> None:
        """Upload the zips that the template names."""
        for name in code_names(json.loads((built / "template.json").read_text())):
            self.upload(name, (built / name).read_bytes())

    def template(self, built: Path) -> bytes:
        """The template as it will be deployed: it names the zips where they are, or will be."""
        template = json.loads((built / "template.json").read_text())
        places = {
            name: f"s3://{self.bucket}/{_key(name, (built / name).read_bytes())}" for name in code_names(template)
        }
        for resource in template["Resources"].values():
            if "CodeUri" in resource.get("Properties", {}):
                resource["Properties"]["CodeUri"] = places[resource["Properties"]["CodeUri"]]
        return json.dumps(template, indent=1).encode()

    def url(self, key: str) -> str:
        """Where CloudFormation finds a template."""
        return f"{self._s3.meta.endpoint_url}/{self.bucket}/{key}"

    def upload(self, name: str, content: bytes) -> str:
        """Put content under a key that says what it is, unless it is there; return the key."""
        key = _key(name, content)
        try:
            self._s3.head_object(Bucket=self.bucket, Key=key)
        except ClientError:
            self._s3.put_object(Bucket=self.bucket, Key=key, Body=content)
        return key

    def read(self, key: str) -> bytes | None:
        """What is under a key; None where nothing is."""
        try:
            return bytes(self._s3.get_object(Bucket=self.bucket, Key=key)["Body"].read())
        except ClientError as error:
            if error.response["Error"]["Code"] in {"NoSuchKey", "NoSuchBucket"}:
                return None
            raise

    def recall(self, stack: str, name: str) -> Any:
        """What was remembered for a stack under a name; None where nothing was."""
        found = self.read(_place(stack, name))
        return None if found is None else json.loads(found)

    def remember(self, stack: str, name: str, what: Any) -> None:
        """Remember something for a stack."""
        self._s3.put_object(
            Bucket=self.bucket, Key=_place(stack, name), Body=json.dumps(what, indent=1), ContentType="application/json"
        )

    def forget(self, stack: str, name: str) -> None:
        """Forget it again."""
        self._s3.delete_object(Bucket=self.bucket, Key=_place(stack, name))

    def empty(self) -> None:
        """Delete everything. Not on AWS: CloudFormation goes back to it when an update fails."""
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket):
            for found in page.get("Contents", ()):
                self._s3.delete_object(Bucket=self.bucket, Key=found["Key"])


def code_names(template: dict[str, Any]) -> list[str]:
    """The zips that a template names, each once."""
    return sorted(set(_code_names(template)))


def _code_names(template: dict[str, Any]) -> Iterator[str]:
    for resource in template["Resources"].values():
        if name := resource.get("Properties", {}).get("CodeUri"):
            yield name


def _key(name: str, content: bytes) -> str:
    return f"{hashlib.sha256(content).hexdigest()[:32]}/{name}"


def _place(stack: str, name: str) -> str:
    return f"stages/{stack}/{name}.json"
