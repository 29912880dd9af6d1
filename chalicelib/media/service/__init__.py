"""What is done with recordings: they are opened, sent, put together or given up, and played."""

from chalicelib.media.service.looking import look_for
from chalicelib.media.service.playback import library_urls, recording, see_recording, view
from chalicelib.media.service.uploads import abandon, arrived_parts, complete, give_up, open_recording, sign_parts

__all__ = [
    "abandon",
    "arrived_parts",
    "complete",
    "give_up",
    "library_urls",
    "look_for",
    "open_recording",
    "recording",
    "see_recording",
    "sign_parts",
    "view",
]
