"""Where the ffmpeg binary is."""

import functools
import importlib.util
import os
from pathlib import Path

from chalicelib.media.processing.child import ToolFault

_PACKAGE = "imageio_ffmpeg"


@functools.cache
def find_ffmpeg() -> Path:
    """The ffmpeg that the wheel of imageio-ffmpeg carries; `ToolFault` when it is not installed.

    The package itself is not imported: its own search runs the binary with this process's whole
    environment, credentials included, and falls back on whatever ffmpeg the machine has.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    folders = list(spec.submodule_search_locations or []) if spec else []
    for folder in folders:
        for binary in sorted(Path(folder, "binaries").glob("ffmpeg-*")):
            if not os.access(binary, os.X_OK):  # not everything that unpacks an archive keeps this bit
                binary.chmod(0o755)
            return binary
    message = "ffmpeg is missing: install infra/requirements-video.txt."
    raise ToolFault(message)
