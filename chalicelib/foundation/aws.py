"""Clients of AWS, made when first asked for: a start pays only for what it uses."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

_QUICK = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
_S3 = _QUICK.merge(
    Config(
        signature_version="s3v4",
        # The host that the site's content security policy names (infra/resources/site.yaml), in us-east-1 too.
        s3={"addressing_style": "path", "us_east_1_regional_endpoint": "regional"},
        request_checksum_calculation="when_required",
    )
)


@cache
def client(service: str) -> Any:  # noqa: ANN401 - boto3 makes clients of no static type; callers annotate them
    """Return this process's client of a service."""
    make: Any = boto3.client  # its overloads know services by literal names only
    return make(service, config=_S3 if service == "s3" else _QUICK)
