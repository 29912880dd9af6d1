"""boto3 clients, for AWS itself or for an emulated one at an address."""

import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from infra.steps import Trouble


@dataclass(frozen=True)
class Account:
    """Where to call, as whom. All None: as the environment says, on AWS."""

    region: str | None = None
    endpoint: str | None = None
    access_key: str | None = None
    secret_key: str | None = None

    def client(self, service: str, region: str | None = None) -> Any:
        """A client of one service, in the account's region or another."""
        return boto3.client(  # type: ignore[call-overload]
            service,
            region_name=region or self.region,
            endpoint_url=self.endpoint,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(signature_version="s3v4" if service == "s3" else None, retries={"mode": "standard"}),
        )

    def environment(self) -> dict[str, str]:
        """The same, as the environment variables that every SDK reads."""
        words = {
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
        }
        return {name: word for name, word in words.items() if word is not None}


def invoke(account: Account, function: str, event: Mapping[str, Any]) -> Any:
    """Call a function and return its answer. Raise Trouble with its error if it failed."""
    answer = account.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event).encode())
    payload = json.loads(answer["Payload"].read() or b"null")
    if "FunctionError" in answer:
        raise Trouble(f"{function} failed: {payload.get('errorType')}: {payload.get('errorMessage')}")
    return payload


# Every file but the pages has its content's digest in its name.
IMMUTABLE = "public, max-age=31536000, immutable"
FRESH = "no-cache"


def upload_site(account: Account, folder: Path, bucket: str) -> None:
    """Make the bucket hold just the files of `folder`; pages last, so that none names a file that is not there yet."""
    s3 = account.client("s3")
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    for key in sorted(files, key=lambda key: key.endswith(".html")):
        content_type = mimetypes.guess_type(key)[0] or "application/octet-stream"
        cache = IMMUTABLE if key.startswith("assets/") else FRESH
        s3.put_object(
            Bucket=bucket, Key=key, Body=files[key].read_bytes(), ContentType=content_type, CacheControl=cache
        )
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for found in page.get("Contents", ()):
            if found["Key"] not in files:
                s3.delete_object(Bucket=bucket, Key=found["Key"])
