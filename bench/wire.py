"""What lies below botocore in the bench: no network, a table that counts, and the least that other services answer."""

import io
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.httpsession import URLLib3Session

from bench.depot import Bill, Depot, RefusedError
from chalicelib.foundation.settings import Settings

_SQS = "https://sqs.eu-central-1.amazonaws.com/000000000000"
ENVIRONMENT = {
    **{
        field.name.upper(): f"bench-{field.name.replace('_', '-')}"
        for field in msgspec.structs.fields(Settings)
        if field.required
    },
    "AWS_ACCESS_KEY_ID": "000000000000",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "TABLE": "meanwhile",
    "SITE_ORIGIN": "https://site.example",
    "USER_POOL_ID": "eu-central-1_bench",
    **{f"{queue.upper()}_QUEUE_URL": f"{_SQS}/{queue}" for queue in ("work", "documents", "uploads")},
    "MAIL_FROM": "hello@site.example",
    "TICK_TIME_FROM_EVENT": "1",
    "ASKS_A_PERSON": "1000000",
    "STARTS_A_PERSON": "1000000",
    "POWERTOOLS_SERVICE_NAME": "meanwhile",
    "POWERTOOLS_LOG_LEVEL": "ERROR",
}
"""What a function finds around it; a setting that is new is there by itself."""

UPLOADED = b"\x1a\x45\xdf\xa3" + b"0" * 996
"""What lies behind every key of a bucket."""
_S3 = "http://s3.amazonaws.com/doc/2006-03-01/"
_UPLOAD = f'<InitiateMultipartUploadResult xmlns="{_S3}"><UploadId>up</UploadId></InitiateMultipartUploadResult>'
_COMPLETE = f'<CompleteMultipartUploadResult xmlns="{_S3}"><Key>k</Key></CompleteMultipartUploadResult>'
_NO_FILES = f'<ListBucketResult xmlns="{_S3}"><IsTruncated>false</IsTruncated></ListBucketResult>'
_PARTS = f'<ListPartsResult xmlns="{_S3}"></ListPartsResult>'


class Asked(NamedTuple):
    """One call of AWS: in which run of a function, the service, the operation, and what it cost at the table."""

    run: int
    service: str
    operation: str
    bill: Bill | None = None


class _Body(io.BytesIO):
    def stream(self, amount: int = 65536, decode_content: bool | None = None) -> Iterator[bytes]:  # noqa: ARG002, FBT001 - urllib3's
        while piece := self.read(amount):
            yield piece


class Wire:
    """Answers every request of botocore in this process, and keeps what was asked."""

    def __init__(self, depot: Depot) -> None:
        """Stand before a table."""
        self.depot = depot
        self.asked: list[Asked] = []
        self.run = 0
        """Counts the runs of functions."""
        self.queued: list[tuple[str, str]] = []
        """Messages that were sent to queues: the queue's name and the body."""
        self.letters: list[str] = []
        """What was written in the letters that were sent."""

    @contextmanager
    def strung(self) -> Iterator[None]:
        """Take the place of the network."""
        os.environ.update(ENVIRONMENT)
        real = URLLib3Session.send
        setattr(URLLib3Session, "send", lambda _, request: self.send(request))  # noqa: B010 - it is no attribute of ours
        try:
            yield
        finally:
            setattr(URLLib3Session, "send", real)  # noqa: B010

    def take(self) -> list[Asked]:
        """Return what was asked since the last time."""
        asked, self.asked = self.asked, []
        return asked

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Answer one request."""
        host, body = urlsplit(request.url).netloc, _read(request.body)
        target = str(request.headers.get("X-Amz-Target", b"") or b"")
        operation = re.sub(r"^.*\.|'$", "", target)
        service = host.partition(".")[0]
        if service == "dynamodb" or ".dynamodb." in host or host.endswith(".ddb.eu-central-1.amazonaws.com"):
            return self._table(request, operation, json.loads(body))
        if service == "s3":
            return self._s3(request)
        if service == "email":
            self.asked.append(Asked(self.run, "ses", "SendEmail"))
            self.letters.append(json.loads(body)["Content"]["Simple"]["Body"]["Text"]["Data"])
            return _answer(request, {"MessageId": "m"})
        self.asked.append(Asked(self.run, {"cognito-idp": "cognito"}.get(service, service), operation))
        return self._rest(request, operation, json.loads(body))

    def _table(self, request: AWSPreparedRequest, operation: str, asked: dict[str, Any]) -> AWSResponse:
        try:
            answer, bill = self.depot.answer(operation, asked)
        except RefusedError as refused:
            self.asked.append(Asked(self.run, "dynamodb", operation))
            return _answer(request, refused.body, 400)
        self.asked.append(Asked(self.run, "dynamodb", operation, bill))
        return _answer(request, answer)

    def refuse(self, request: AWSPreparedRequest, body: object) -> AWSResponse:
        """Answer that it cannot be done."""
        return _answer(request, body, 400)

    def _s3(self, request: AWSPreparedRequest) -> AWSResponse:
        query = urlsplit(request.url).query
        operation, body = {
            ("POST", True): ("CreateMultipartUpload", _UPLOAD),
            ("POST", False): ("CompleteMultipartUpload", _COMPLETE),
            ("PUT", False): ("PutObject", ""),
            ("HEAD", False): ("HeadObject", ""),
            ("GET", False): ("ListParts", _PARTS)
            if "uploadId" in query
            else ("ListObjectsV2", _NO_FILES)
            if "list-type" in query
            else ("GetObject", UPLOADED.decode("latin-1")),
            ("DELETE", False): ("DeleteObject", ""),
        }[str(request.method), query.startswith("uploads")]
        self.asked.append(Asked(self.run, "s3", operation))
        headers = {"ETag": '"e"', "Content-Length": str(len(UPLOADED if operation == "HeadObject" else body))}
        return AWSResponse(request.url, 200, HTTPHeaders.from_dict(headers), _Body(body.encode("latin-1")))

    def _rest(self, request: AWSPreparedRequest, operation: str, asked: dict[str, Any]) -> AWSResponse:
        match operation:
            case "SendMessageBatch":
                queue = asked["QueueUrl"].rpartition("/")[2]
                self.queued += [(queue, entry["MessageBody"]) for entry in asked["Entries"]]
                return _answer(request, {"Successful": [], "Failed": []})
            case "SendMessage":
                self.queued.append((asked["QueueUrl"].rpartition("/")[2], asked["MessageBody"]))
                return _answer(request, {"MessageId": "m", "MD5OfMessageBody": ""})
            case "AdminGetUser":
                return _answer(request, {"__type": "UserNotFoundException", "message": ""}, 400)
            case _:
                return _answer(request, {})


def _answer(request: AWSPreparedRequest, body: object, status: int = 200) -> AWSResponse:
    headers = HTTPHeaders.from_dict({"Content-Type": "application/x-amz-json-1.0"})
    return AWSResponse(request.url, status, headers, _Body(json.dumps(body).encode()))


def _read(body: Any) -> bytes:
    if body is None or isinstance(body, bytes):
        return body or b""
    return bytes(body.read()) if hasattr(body, "read") else str(body).encode()
