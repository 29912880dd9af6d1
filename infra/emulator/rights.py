"""Which rights the functions asked for since the emulator was started, by role: what the policies are held against."""

import json

from infra.emulator import aws


class Rights:
    """The rights that were asked for: role, action, and the bucket, table, queue or pool."""

    def __init__(self) -> None:
        """Begin to note."""
        self._asked: set[tuple[str, str, str]] = set()
        aws.note_rights(self._note)

    def as_json(self) -> bytes:
        """Say what was asked for so far."""
        return json.dumps({"rights": sorted(self._asked)}).encode()

    def _note(self, who: str, action: str, what: str) -> None:
        kind, _, name = who.rpartition(":")[2].partition("/")
        if kind == "assumed-role":
            # A bucket's objects are as many as there are; the bucket is enough.
            self._asked.add((name.partition("/")[0], action, what.partition("/")[0] if ":s3:" in what else what))
