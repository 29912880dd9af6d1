"""Mail by SES. No health information goes into a mail: it says that there is something, and where."""

from typing import Protocol

import msgspec

from chalicelib.foundation.aws import client
from chalicelib.foundation.settings import settings


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail. `text` is the whole of it; `html` says the same. `unsubscribe` is a link, if there is one (RFC 8058)."""

    to: str
    subject: str
    text: str
    html: str
    unsubscribe: str | None = None


class Post(Protocol):
    """Something that sends mail and returns the carrier's id of it."""

    def __call__(self, mail: Mail, /) -> str: ...  # noqa: D102


def send(mail: Mail) -> str:
    """Send a mail with SES and return its message id. Raise botocore's ClientError where SES refuses."""
    headers = [{"Name": "List-Unsubscribe", "Value": f"<{mail.unsubscribe}>"}] if mail.unsubscribe else []
    simple = {
        "Subject": {"Data": mail.subject, "Charset": "UTF-8"},
        "Body": {
            "Text": {"Data": mail.text, "Charset": "UTF-8"},
            "Html": {"Data": mail.html, "Charset": "UTF-8"},
        },
    }
    answer = client("sesv2").send_email(
        FromEmailAddress=settings().mail_from,
        Destination={"ToAddresses": [mail.to]},
        Content={"Simple": simple | ({"Headers": headers} if headers else {})},
    )
    return str(answer["MessageId"])
