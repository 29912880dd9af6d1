"""What media does when something has happened, or has fallen due."""

from chalicelib.foundation.call import Call
from chalicelib.foundation.due import when_due
from chalicelib.foundation.events import Event
from chalicelib.foundation.ids import ClientId, RecordingId
from chalicelib.foundation.outbox import on
from chalicelib.foundation.table import Stored
from chalicelib.media import service
from chalicelib.media.model import RECORDING, Recording


@when_due(RECORDING)
def look_for_recording(call: Call, stored: Stored[Recording]) -> None:
    """Look for a recording that has not moved on by itself."""
    service.look_for(call, stored)


@on("recording.released")
def note_release(call: Call, event: Event) -> None:
    """Let a recording go that nothing shows any more."""
    service.released(call, ClientId(event.ids["client_id"]), RecordingId(event.ids["recording_id"]))


@on("library_file.dropped")
def remove_library_file(call: Call, event: Event) -> None:
    """Remove the bytes of a file that could not be used and was taken out of the library."""
    service.remove_library_file(call, RecordingId(event.ids["recording_id"]))
