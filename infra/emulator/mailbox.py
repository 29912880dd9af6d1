"""The mail that the emulator was asked to send: kept in a file, shown as a page, told as JSON."""

import html
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Mail</title>
<style>
  body {{ margin: 2rem auto; max-width: 44rem; padding: 0 1rem; background: #f7f3ec; color: #2b2a27;
         font: 1rem/1.5 "Atkinson Hyperlegible Next", system-ui, sans-serif; }}
  details {{ background: #fff; border: 1px solid #e4dccd; border-radius: .75rem; margin: .75rem 0;
            padding: .75rem 1rem; }}
  summary {{ cursor: pointer; }} small {{ color: #6b655a; display: block; margin-left: 1.1rem; }}
  pre {{ font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }} a {{ color: #3f6b52; }}
  iframe {{ border: 1px solid #e4dccd; width: 100%; height: 24rem; }}
</style>
<h1>Mail</h1>
<p>What the practice's people would have received. Nothing leaves this machine. <a href="">Look again</a></p>
{messages}
</html>
"""


class Mailbox:
    """Every mail that was sent. With a file, also those from before the emulator was started."""

    def __init__(self, file: Path | None) -> None:
        """Read what the file has; a last line that a crash cut short is left out."""
        self._file = file
        self._messages: dict[str, dict[str, Any]] = {}
        for line in file.read_text().splitlines() if file and file.exists() else ():
            try:
                message = json.loads(line)
            except ValueError:
                continue
            self._messages[message["id"]] = message

    def take(self, records: Iterable[dict[str, Any]]) -> None:
        """Keep what is new among SES's records."""
        new = [_message(record) for record in records if record["MessageId"] not in self._messages]
        self._messages |= {message["id"]: message for message in new}
        if self._file and new:
            with self._file.open("a") as file:
                file.writelines(json.dumps(message) + "\n" for message in new)

    def as_json(self) -> bytes:
        """The messages, oldest first."""
        return json.dumps({"messages": list(self._messages.values())}).encode()

    def as_page(self) -> bytes:
        """The messages for people, newest first, the newest open."""
        newest_first = list(reversed(self._messages.values()))
        shown = "\n".join(_shown(message, is_open=place == 0) for place, message in enumerate(newest_first))
        return PAGE.format(messages=shown or "<p>No mail yet.</p>").encode()


def _message(record: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": record["MessageId"],
        "sent_at": datetime.fromtimestamp(record["Timestamp"], UTC).isoformat(),
        "from": record["Source"],
        "to": record["To"],
        "subject": record["Subject"],
        "text": record.get("BodyText") or "",
        "html": record.get("BodyHtml") or None,
    }


def _shown(message: dict[str, Any], *, is_open: bool) -> str:
    def text(value: str) -> str:
        return html.escape(value)

    linked = LINK.sub(lambda link: f'<a href="{link[0]}" rel="noreferrer">{link[0]}</a>', text(message["text"]))
    body = f"<pre>{linked}</pre>"
    if message["html"]:
        # In a frame that may run nothing: a mail is never a part of this page.
        allowed = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
        framed = '<base target="_top">' + message["html"]
        frame = f'<iframe title="As HTML" sandbox="{allowed}" srcdoc="{text(framed)}"></iframe>'
        body += f"<details><summary>As HTML</summary>{frame}</details>"
    sent = datetime.fromisoformat(message["sent_at"]).astimezone()
    return (
        f"<details{' open' if is_open else ''}><summary><b>{text(message['subject'])}</b>"
        f"<small>to {text(', '.join(message['to']))} · {sent:%d %b %H:%M:%S} · from {text(message['from'])}</small>"
        f"</summary>{body}</details>"
    )
