"""Bytes in S3: what is uploaded, and what is made of it."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from botocore.exceptions import ClientError

from chalicelib.foundation.aws import client, signed_url
from chalicelib.foundation.ids import ID_PATTERN, ClientId, PracticeId, RecordingId, SubmissionId
from chalicelib.foundation.settings import settings
from chalicelib.media.model import Home, MediaKind

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef, CopySourceTypeDef
    from mypy_boto3_sqs import SQSClient

PLAYS_FOR_S = 15 * 60
SENDS_FOR_S = 60 * 60
"""A part on a slow line may take a while; a part whose address has run out is asked for again."""

_UPLOAD = re.compile(
    rf"(?P<practice>{ID_PATTERN})/(?:client/(?P<client>{ID_PATTERN})/(?P<submission>{ID_PATTERN})|library)/(?P<recording>{ID_PATTERN})"
)
_NO_UPLOAD = frozenset({"NoSuchUpload", "404"})
# Without leave to list the bucket, S3 says of what is not there that it may not be seen.
_NOT_THERE = frozenset({"NoSuchKey", "NotFound", "404", "403", "AccessDenied"})
_THERE_ALREADY = frozenset({"PreconditionFailed", "412"})
_UNFIT_PARTS = frozenset({"InvalidPart", "InvalidPartOrder", "EntityTooSmall", "MalformedXML"})


class UploadOver(Exception):
    """There is no such upload: it was put together, given up, or swept away after seven days."""


class PartsUnfit(Exception):
    """S3 would not put these parts together."""


class Upload(NamedTuple):
    """Whose an object in the uploads bucket is, read off its key."""

    practice_id: PracticeId
    home: Home
    recording_id: RecordingId


class Arrived(NamedTuple):
    """An upload that has been put together: its size in bytes, and its version where the bucket keeps versions."""

    size: int
    version_id: str | None


class Part(NamedTuple):
    """A part as S3 has it: its number, size in bytes and ETag."""

    number: int
    size: int
    etag: str


def upload_key(practice_id: PracticeId, home: Home, recording_id: RecordingId) -> str:
    """Return the key of an upload; what is made of it lies below the same key in the media bucket."""
    if home.client_id is None:
        return f"{practice_id}/library/{recording_id}"
    return f"{practice_id}/client/{home.client_id}/{home.submission_id}/{recording_id}"


def read_upload_key(key: str) -> Upload:
    """Tell whose an upload is; raise ValueError for a key that is none of ours."""
    match = _UPLOAD.fullmatch(key)
    if not match:
        message = "An object that is no upload of ours has arrived."
        raise ValueError(message)
    home = Home()
    if match["client"]:
        home = Home(client_id=ClientId(match["client"]), submission_id=SubmissionId(match["submission"]))
    return Upload(PracticeId(match["practice"]), home, RecordingId(match["recording"]))


def made_from(key: str) -> Upload:
    """Tell from whose upload a file was made, whatever its version; raise ValueError for a key that is none of ours."""
    match = _UPLOAD.match(key)
    return read_upload_key(match[0] if match else key)


class Made(NamedTuple):
    """A file that we make: its name below the upload's key, and its content type (None: as it was found)."""

    name: str
    content_type: str | None


MADE = {
    MediaKind.VIDEO: Made("play.mp4", "video/mp4"),
    MediaKind.AUDIO: Made("play.m4a", "audio/mp4"),
    MediaKind.IMAGE: Made("file", None),
    MediaKind.DOCUMENT: Made("file", "application/pdf"),
}
POSTER = Made("poster.jpg", "image/jpeg")
SPRITE = Made("sprite.jpg", "image/jpeg")
TIMELINE = Made("timeline.json", "application/json")
CAPTIONS = Made("captions.vtt", "text/vtt; charset=utf-8")
BESIDE = frozenset({POSTER.name, SPRITE.name, TIMELINE.name, CAPTIONS.name})
"""Files that lie beside what plays, and say nothing without it."""


def begin(key: str, content_type: str) -> str:
    """Begin a multipart upload and return its id."""
    begun = _s3().create_multipart_upload(Bucket=settings().uploads_bucket, Key=key, ContentType=content_type)
    return begun["UploadId"]


def part_url(key: str, upload_id: str, number: int, length: int) -> str:
    """Sign the address of a part. The length in bytes is signed too: nothing longer gets in."""
    return _s3().generate_presigned_url(
        "upload_part",
        Params={
            "Bucket": settings().uploads_bucket,
            "Key": key,
            "UploadId": upload_id,
            "PartNumber": number,
            "ContentLength": length,
        },
        ExpiresIn=SENDS_FOR_S,
    )


def parts(key: str, upload_id: str) -> list[Part]:
    """List the parts that have arrived; a file has fewer than the 1000 that one answer holds. Raise UploadOver."""
    try:
        listed = _s3().list_parts(Bucket=settings().uploads_bucket, Key=key, UploadId=upload_id)
    except ClientError as error:
        raise _known(error) from error
    return [Part(part["PartNumber"], part["Size"], part["ETag"]) for part in listed.get("Parts", [])]


def complete(key: str, upload_id: str, sent: Sequence[tuple[int, str]]) -> None:
    """Put the parts (number, ETag) together. Raise UploadOver or PartsUnfit."""
    together: list[CompletedPartTypeDef] = [{"PartNumber": number, "ETag": etag} for number, etag in sorted(sent)]
    try:
        _s3().complete_multipart_upload(
            Bucket=settings().uploads_bucket, Key=key, UploadId=upload_id, MultipartUpload={"Parts": together}
        )
    except ClientError as error:
        raise _known(error) from error


def abort(key: str, upload_id: str) -> None:
    """Throw away what has arrived. Raise UploadOver."""
    try:
        _s3().abort_multipart_upload(Bucket=settings().uploads_bucket, Key=key, UploadId=upload_id)
    except ClientError as error:
        raise _known(error) from error


def has_arrived(key: str) -> bool:
    """Tell whether an upload has been put together."""
    return arrived(key) is not None


def arrived(key: str) -> Arrived | None:
    """Look at an upload that has been put together; None where it has not."""
    try:
        head = _s3().head_object(Bucket=settings().uploads_bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in _NOT_THERE:
            return None
        raise
    return Arrived(head["ContentLength"], head.get("VersionId"))


def tell_again(key: str, size: int, *, sequencer: str, version_id: str | None) -> None:
    """Send the uploads queue what S3 sends it when an upload has been put together, as much of it as matters."""
    _send(settings().uploads_queue_url, _told(key, size, sequencer, version_id))


def park(key: str, size: int, *, sequencer: str, version_id: str | None, name: str, anew: str) -> None:
    """Set an upload aside with what failed too often: whoever sends it back from there takes it up anew.

    `name` is what the message is called where it is shown, `anew` tells it from others about the same upload.
    """
    told = {"id": name, "anew": anew, **_told(key, size, sequencer, version_id)}
    _send(settings().uploads_parked_url, told)


def _told(key: str, size: int, sequencer: str, version_id: str | None) -> dict[str, object]:
    thing: dict[str, object] = {"key": key, "size": size, "sequencer": sequencer}
    if version_id:
        thing["version-id"] = version_id
    detail = {"bucket": {"name": settings().uploads_bucket}, "object": thing}
    return {"source": "aws.s3", "detail-type": "Object Created", "detail": detail}


def _send(queue: str, event: dict[str, object]) -> None:
    sqs: SQSClient = client("sqs")
    sqs.send_message(QueueUrl=queue, MessageBody=msgspec.json.encode(event).decode())


def play_url(key: str, content_type: str | None) -> str:
    """Sign an address that opens a file of the media bucket for 15 minutes, as that type and no other."""
    answer = {"content_type": content_type} if content_type else {}
    return signed_url(settings().media_bucket, key, expires_s=PLAYS_FOR_S, **answer)


def fetch(key: str, version_id: str | None, target: Path) -> None:
    """Download an upload, in that version. Raise botocore's ClientError where it is not there."""
    extra = {"VersionId": version_id} if version_id else {}
    _s3().download_file(settings().uploads_bucket, key, str(target), ExtraArgs=extra)


def fetch_made(key: str, target: Path) -> None:
    """Download a file of the media bucket. Raise botocore's ClientError where it is not there."""
    _s3().download_file(settings().media_bucket, key, str(target))


def keep(source: Path, key: str, content_type: str) -> None:
    """Put a file into the media bucket, unless one is there: what is published is never replaced.

    What is made of an upload follows from it, so one that is there is as good. One call, however large (S3 takes
    5 GB so, 2026): the parts of a larger one could not be left out.
    """
    with source.open("rb") as body:
        try:
            _s3().put_object(
                Bucket=settings().media_bucket,
                Key=key,
                Body=body,
                ContentType=content_type,
                CacheControl="private, max-age=900, immutable",
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in _THERE_ALREADY:
                raise


def write_beside(key: str, made: Made, body: str) -> None:
    """Write what is said beside a file that plays; what was there gives way."""
    _s3().put_object(
        Bucket=settings().media_bucket,
        Key=f"{key}/{made.name}",
        Body=body.encode(),
        ContentType=made.content_type or "application/octet-stream",
        CacheControl="private, no-cache",
    )


ELSEWHERE = "elsewhere/"
"""Under this prefix of the media bucket lies what a service makes for us, and what it makes it of, for three days."""


def hand_over(key: str, version_id: str | None, target: str) -> None:
    """Copy an upload, in that version, into the media bucket, where a service that knows no versions reads it."""
    source: CopySourceTypeDef = {"Bucket": settings().uploads_bucket, "Key": key}
    if version_id:
        source["VersionId"] = version_id
    _s3().copy(source, settings().media_bucket, target)


def _s3() -> "S3Client":
    s3: S3Client = client("s3")
    return s3


def _known(error: ClientError) -> Exception:
    code = error.response["Error"]["Code"]
    if code in _NO_UPLOAD:
        return UploadOver()
    return PartsUnfit() if code in _UNFIT_PARTS else error
