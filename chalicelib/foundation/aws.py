"""Clients of AWS, made when first asked for: a start pays only for what it uses."""

import time
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config

from chalicelib.foundation.table import Row

if TYPE_CHECKING:
    from boto3 import Session

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
    make: Any = _session().client  # its overloads know services by literal names only
    return make(service, config=_S3 if service == "s3" else _QUICK)


def signed_url(bucket: str, key: str, *, expires_s: int, **answer: str) -> str:
    """Sign an address that reads an object, for `expires_s` at most and two thirds of it at least. It makes no call.

    For a third of that time the same is signed the same way, so that a browser which has the file need not load it
    again. `answer` names headers of S3's answer, such as `content_type`.
    """
    return _signed(bucket, key, expires_s, tuple(answer.items()), int(time.time() * 3 // expires_s))


@lru_cache(maxsize=1024)
def _signed(bucket: str, key: str, expires_s: int, answer: tuple[tuple[str, str], ...], _third: int) -> str:
    # What botocore's generate_presigned_url does, at a fifth of its work: that finds out anew where S3 is each time.
    overrides = {f"response-{name.replace('_', '-')}": value for name, value in answer}
    request = AWSRequest("GET", f"{_place_of(bucket)}/{quote(key)}", params=overrides)
    credentials: Any = _session().get_credentials()
    S3SigV4QueryAuth(
        credentials.get_frozen_credentials(), "s3", client("s3").meta.region_name, expires=expires_s
    ).add_auth(request)
    return str(request.url)


@cache
def _place_of(bucket: str) -> str:
    unsigned: str = client("s3").generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "-"})
    return unsigned.partition("/-?")[0]


@cache
def _session() -> "Session":
    # Half of a session's start is reading where AWS's endpoints are; PynamoDB's has read that already.
    from boto3 import Session  # noqa: PLC0415 - a request that asks the table alone starts without it

    return Session(botocore_session=Row._get_connection().connection.session)  # noqa: SLF001 - it has no public name
