"""Bytes that go for good: every version of them, and uploads that nobody will end."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.foundation.aws import client
from chalicelib.foundation.ids import ClientId, PracticeId
from chalicelib.foundation.settings import settings
from chalicelib.media.store.files import ELSEWHERE

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

AT_ONCE = 1000
"""What S3 lists and deletes with one call (2026)."""


class NotRemoved(OSError):
    """S3 kept some of what it was told to delete; trying again is safe."""


class Kept(NamedTuple):
    """An object that is there: its key, its size in bytes and since when."""

    key: str
    size: int
    at: datetime


def buckets() -> tuple[str, str]:
    """Name the buckets in which bytes of clients lie: what they sent, and what was made of it."""
    return settings().uploads_bucket, settings().media_bucket


def client_prefix(practice_id: PracticeId, client_id: ClientId) -> str:
    """Return what the keys of everything that a client sent begin with, in both buckets."""
    return f"{practice_id}/client/{client_id}/"


def give_up_uploads(prefix: str) -> None:
    """Throw away the parts of every upload that was begun under a prefix, so that it can never be put together."""
    bucket = settings().uploads_bucket
    for page in _s3().get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=prefix):
        for begun in page.get("Uploads", []):
            _s3().abort_multipart_upload(Bucket=bucket, Key=begun["Key"], UploadId=begun["UploadId"])


def remove_some(bucket: str, prefix: str) -> int:
    """Remove up to a thousand versions under a prefix; return how many, 0 where nothing is left."""
    listed = _s3().list_object_versions(Bucket=bucket, Prefix=prefix, MaxKeys=AT_ONCE)
    found: list[ObjectIdentifierTypeDef] = [
        {"Key": one["Key"], "VersionId": one["VersionId"]}
        for one in (*listed.get("Versions", []), *listed.get("DeleteMarkers", []))
    ]
    if found:
        answer = _s3().delete_objects(Bucket=bucket, Delete={"Objects": found, "Quiet": True})
        if answer.get("Errors"):
            raise NotRemoved
    return len(found)


def places_of(prefix: str) -> tuple[tuple[str, str], ...]:
    """Name where anything under a prefix may lie, as bucket and prefix: sent, made, and being made elsewhere."""
    uploads, media = buckets()
    return (uploads, prefix), (media, prefix), (media, f"{ELSEWHERE}{prefix}")


def remove_all(prefix: str) -> None:
    """Remove everything under a prefix, wherever. For a recording: of a client there may be too much."""
    give_up_uploads(prefix)
    for bucket, place in places_of(prefix):
        _remove(bucket, place)


def remove_made(prefix: str) -> None:
    """Remove what was made under a prefix, and is being made; what was sent stays."""
    for bucket, place in places_of(prefix)[1:]:
        _remove(bucket, place)


def remove_elsewhere(prefix: str) -> None:
    """Remove what was handed over under a prefix, and what came of it."""
    _remove(settings().media_bucket, f"{ELSEWHERE}{prefix}")


def _remove(bucket: str, prefix: str) -> None:
    while remove_some(bucket, prefix):
        pass


def listed(bucket: str, prefix: str) -> Iterator[Kept]:
    """Go through what lies under a prefix, in the order of the keys."""
    for page in _s3().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for one in page.get("Contents", []):
            yield Kept(one["Key"], one["Size"], one["LastModified"])


def listed_after(bucket: str, prefix: str, after: str, at_most: int) -> list[Kept]:
    """List up to a thousand objects under a prefix that come after a key."""
    page = _s3().list_objects_v2(Bucket=bucket, Prefix=prefix, StartAfter=after, MaxKeys=at_most)
    return [Kept(one["Key"], one["Size"], one["LastModified"]) for one in page.get("Contents", [])]


def _s3() -> "S3Client":
    s3: S3Client = client("s3")
    return s3
