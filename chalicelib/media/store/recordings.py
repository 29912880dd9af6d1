"""Rows of recordings: in their client's part, or behind their resource in the library."""

from datetime import datetime
from typing import NamedTuple

from chalicelib.foundation import places
from chalicelib.foundation.ids import ClientId, RecordingId
from chalicelib.foundation.table import Key, Stored, Table
from chalicelib.foundation.write import Write
from chalicelib.media.model import RECORDING, Recording, next_look
from chalicelib.practice.model import CARD, Card


def recording_key(client_id: ClientId | None, recording_id: RecordingId) -> Key:
    """Return where a recording's row lies; None is the library."""
    if client_id is None:
        return places.library_recording(recording_id)
    return Key(places.client(client_id), f"{places.RECORDING}{recording_id}")


class WithCard(NamedTuple):
    """A recording, and the card that says who may see it; either may be missing."""

    card: Card | None
    recording: Stored[Recording] | None


class RecordingStore:
    """The recordings of one practice."""

    def __init__(self, table: Table) -> None:
        """Read in the table as the practice sees it."""
        self._table = table

    def get(self, client_id: ClientId | None, recording_id: RecordingId) -> Stored[Recording] | None:
        """Read a recording by itself."""
        return self._table.get(RECORDING, recording_key(client_id, recording_id))

    def with_card(self, client_id: ClientId, recording_id: RecordingId) -> WithCard:
        """Read a client's recording together with their card."""
        rows = self._table.get_many([places.card(client_id), recording_key(client_id, recording_id)])
        card = rows.one(CARD)
        return WithCard(card.value if card else None, rows.one(RECORDING))

    @staticmethod
    def add(write: Write, recording: Recording) -> None:
        """Add a new recording."""
        key = recording_key(recording.home.client_id, recording.recording_id)
        write.add(RECORDING, key, recording, due_at=next_look(recording, recording.at))

    @staticmethod
    def move(write: Write, found: Stored[Recording], moved: Recording, at: datetime) -> None:
        """Write down that a recording is on its way at that moment, and look for it later if it stays there."""
        write.replace(found, moved, due_at=next_look(moved, at))

    @staticmethod
    def settle(write: Write, found: Stored[Recording], settled: Recording) -> None:
        """Write the end of a recording's way and tell of it; nobody looks for it any more, unless it is to go."""
        write.replace(found, settled, due_at=next_look(settled, settled.at))
        home = settled.home
        if home.client_id and home.submission_id:
            write.tell(
                "recording.settled",
                recording_id=settled.recording_id,
                client_id=home.client_id,
                submission_id=home.submission_id,
            )
