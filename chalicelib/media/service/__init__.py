"""What is done with recordings: they are opened, sent, put together or given up, and played."""

from chalicelib.media.service.looking import look_for
from chalicelib.media.service.playback import (
    captions_url,
    keep_captions,
    library_picture,
    library_urls,
    recording,
    see_recording,
    view,
)
from chalicelib.media.service.removing import (
    client_files,
    client_of_original,
    files_below,
    original_files,
    release,
    released,
    remove_below,
    remove_client_files,
    remove_library_file,
    remove_originals,
)
from chalicelib.media.service.uploads import abandon, arrived_parts, complete, open_recording, sign_parts

__all__ = [
    "abandon",
    "arrived_parts",
    "captions_url",
    "client_files",
    "client_of_original",
    "complete",
    "files_below",
    "keep_captions",
    "library_picture",
    "library_urls",
    "look_for",
    "open_recording",
    "original_files",
    "recording",
    "release",
    "released",
    "remove_below",
    "remove_client_files",
    "remove_library_file",
    "remove_originals",
    "see_recording",
    "sign_parts",
    "view",
]
