"""What media does when something has fallen due."""

from chalicelib.foundation.call import Call
from chalicelib.foundation.due import when_due
from chalicelib.foundation.table import Stored
from chalicelib.media import service
from chalicelib.media.model import RECORDING, Recording


@when_due(RECORDING)
def look_for_recording(call: Call, stored: Stored[Recording]) -> None:
    """Look for a recording that has not moved on by itself."""
    service.look_for(call, stored)
