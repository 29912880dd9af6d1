"""Packing a copy: zip archives that are written as they are made, part by part, straight into the bucket."""

import io
import zipfile
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.foundation.aws import client
from chalicelib.foundation.settings import settings
from chalicelib.privacy.model import FileEntry

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

_PART = 16 * 1024**2
"""Bytes held in memory. S3 takes 10,000 parts (2026): a file of up to 160 GB."""
_CHUNK = 1024**2
_NOT_THERE = frozenset({"NoSuchKey", "404", "403", "AccessDenied"})


def pack(key: str, texts: Iterable[tuple[str, bytes]], files: Iterable[FileEntry]) -> None:
    """Write an archive of texts (path, bytes) and of files that lie in S3; doing it again writes it again.

    Nothing is compressed: recordings are already. A file that has gone meanwhile is named in the archive as such.
    """
    with _Upload(key) as upload, zipfile.ZipFile(upload, "w") as archive:
        for path, text in texts:
            archive.writestr(path, text, zipfile.ZIP_DEFLATED)
        for file in files:
            _add(archive, file)


def _add(archive: zipfile.ZipFile, file: FileEntry) -> None:
    try:
        body = _s3().get_object(Bucket=file.bucket, Key=file.key)["Body"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in _NOT_THERE:
            raise
        archive.writestr(f"{file.path}.txt", "This file was removed while the copy was being made.\n")
        return
    with archive.open(zipfile.ZipInfo(file.path), "w", force_zip64=True) as target:
        for chunk in body.iter_chunks(_CHUNK):
            target.write(chunk)


class _Upload(io.RawIOBase):
    """A file that can only be written, of which S3 gets a part whenever there is enough for one.

    Left by an exception it is given up: then nothing lies at its key that did not lie there before.
    """

    def __init__(self, key: str) -> None:
        self._where: Any = {"Bucket": settings().media_bucket, "Key": key}  # said in each call
        self._id = _s3().create_multipart_upload(**self._where, ContentType="application/zip")["UploadId"]
        self._held = bytearray()
        self._parts: list[CompletedPartTypeDef] = []

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        self._held += data
        while len(self._held) >= _PART:
            self._send(_PART)
        return len(memoryview(data))

    def __exit__(self, kind: type[BaseException] | None, *_about: object) -> None:
        if kind:
            _s3().abort_multipart_upload(**self._where, UploadId=self._id)
        else:
            self._send(len(self._held))
            _s3().complete_multipart_upload(**self._where, UploadId=self._id, MultipartUpload={"Parts": self._parts})
        self.close()

    def _send(self, length: int) -> None:
        number, body = len(self._parts) + 1, bytes(self._held[:length])
        del self._held[:length]
        sent = _s3().upload_part(**self._where, UploadId=self._id, PartNumber=number, Body=body)
        self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})


def _s3() -> "S3Client":
    s3: S3Client = client("s3")
    return s3
