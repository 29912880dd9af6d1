"""What the uploads queue brings: an upload has arrived, or a job elsewhere has ended."""

from typing import Literal

import msgspec

from chalicelib.foundation.settings import settings
from chalicelib.media.model import Recording
from chalicelib.media.store import files


class Arrival(msgspec.Struct, frozen=True):
    """An upload that has arrived, in which version; `anew` where somebody sends back what was parked."""

    upload: files.Upload
    key: str
    size: int
    sequencer: str
    version_id: str | None
    anew: str


class JobEnded(msgspec.Struct, frozen=True):
    """A job elsewhere has ended: which one, of which upload, in which version, taken up by which message."""

    upload: files.Upload
    key: str
    version_id: str | None
    anew: str
    job_id: str
    done: bool

    def is_of(self, recording: Recording) -> bool:
        """Tell whether a recording waits for this job: the id may not have been written down yet."""
        return (
            recording.elsewhere is not None
            and recording.elsewhere.job_id in {"", self.job_id}
            and (recording.version_id, recording.anew) == (self.version_id, self.anew)
        )


class _Message(msgspec.Struct, frozen=True):
    source: str = "aws.s3"
    detail: msgspec.Raw = msgspec.Raw(b"null")
    anew: str = ""


class _Object(msgspec.Struct, frozen=True):
    key: str
    size: int
    sequencer: str = ""
    version_id: str | None = msgspec.field(default=None, name="version-id")


class _Bucket(msgspec.Struct, frozen=True):
    name: str


class _Created(msgspec.Struct, frozen=True):
    """EventBridge's "Object Created" of S3, as much of it as matters; its keys are plain, not URL-encoded."""

    bucket: _Bucket
    object: _Object


class About(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a job elsewhere says of itself whenever it tells something: ids, and nothing else."""

    bucket: str
    key: str
    version: str = ""
    anew: str = ""


class _JobStateChange(msgspec.Struct, frozen=True, rename="camel"):
    """EventBridge's "MediaConvert Job State Change", as much of it as matters (AWS, 2026)."""

    job_id: str
    status: Literal["COMPLETE", "ERROR", "CANCELED"]
    user_metadata: About


def read(body: str) -> Arrival | JobEnded:
    """Take a message apart. Raise ValueError where it is about nothing of ours."""
    message = msgspec.json.decode(body, type=_Message)
    if message.source == "aws.mediaconvert":
        job = msgspec.json.decode(message.detail, type=_JobStateChange)
        about = job.user_metadata
        return JobEnded(
            upload=_ours(about.bucket, about.key),
            key=about.key,
            version_id=about.version or None,
            anew=about.anew,
            job_id=job.job_id,
            done=job.status == "COMPLETE",
        )
    created = msgspec.json.decode(message.detail, type=_Created)
    thing = created.object
    return Arrival(
        upload=_ours(created.bucket.name, thing.key),
        key=thing.key,
        size=thing.size,
        sequencer=thing.sequencer,
        version_id=thing.version_id,
        anew=message.anew,
    )


def _ours(bucket: str, key: str) -> files.Upload:
    if bucket != settings().uploads_bucket:
        message = "This bucket is not where uploads arrive."
        raise ValueError(message)
    return files.read_upload_key(key)
