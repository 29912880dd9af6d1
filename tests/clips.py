"""The demo's clips, made once for all the processes of all the test runs of a tree: that takes seconds."""

import fcntl
import shutil
from pathlib import Path

from demo import clips, drawing
from demo.clips import Clips, clips_in, make_clips
from infra.build import BUILD
from infra.zips import ROOT, digest

MADE_FROM = (Path(clips.__file__), Path(drawing.__file__), ROOT / "infra" / "requirements-video.txt")


def shared_clips() -> Clips:
    """Return the clips; whoever comes first makes them, and whoever comes meanwhile waits. Nobody may change them."""
    folder = BUILD / "clips" / digest(MADE_FROM)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = folder.with_suffix(".making")
            shutil.rmtree(making, ignore_errors=True)
            make_clips(making)
            making.rename(folder)
    return clips_in(folder)
