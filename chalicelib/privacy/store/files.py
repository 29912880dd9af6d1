"""Where the files of a copy lie, and how they are handed out."""

from chalicelib.foundation.aws import client
from chalicelib.foundation.ids import ClientId, PracticeId
from chalicelib.foundation.settings import settings

COPIES = "copies/"
"""What keys of copies begin with; the bucket forgets them by itself too (infra/resources/storage.yaml)."""
OPENS_FOR_S = 5 * 60


def copies_prefix(practice_id: PracticeId, client_id: ClientId) -> str:
    """Return what the keys of all copies of a client's record begin with."""
    return f"{COPIES}{practice_id}/{client_id}/"


def file_key(practice_id: PracticeId, client_id: ClientId, copy_id: str, number: int) -> str:
    """Return where a file of a copy lies."""
    return f"{copies_prefix(practice_id, client_id)}{copy_id}/{number}.zip"


def file_url(key: str, name: str) -> str:
    """Sign an address that saves a file of a copy under a name, for five minutes."""
    params = {
        "Bucket": settings().media_bucket,
        "Key": key,
        "ResponseContentType": "application/zip",
        "ResponseContentDisposition": f'attachment; filename="{name}"',
    }
    return str(client("s3").generate_presigned_url("get_object", Params=params, ExpiresIn=OPENS_FOR_S))
