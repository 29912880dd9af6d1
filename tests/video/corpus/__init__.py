"""Files as clients send them, made when a test first asks for one, and kept in build/corpus until a recipe changes."""

import fcntl
import hashlib
import shutil
from pathlib import Path

from chalicelib.media.processing import find_ffmpeg
from infra.build import BUILD
from tests.video.corpus import browsers, cameras, phones, refused, sounds
from tests.video.corpus.kinds import KINDS, Kind
from tests.video.corpus.tiny import TINY

__all__ = ["KINDS", "TINY", "Kind", "film_of", "folder"]

_RECIPES = (browsers, cameras, phones, refused, sounds)


def folder() -> Path:
    """Where the files of these very recipes lie; those of former ones are gone."""
    told = hashlib.sha256(find_ffmpeg().name.encode())
    for recipe in sorted(Path(__file__).parent.glob("*.py")):
        told.update(recipe.read_bytes())
    made = BUILD / "corpus" / told.hexdigest()[:16]
    if not made.exists():
        for former in made.parent.glob("*/"):
            shutil.rmtree(former, ignore_errors=True)
        made.mkdir(parents=True, exist_ok=True)
    return made


def film_of(kind: Kind) -> Path:
    """The file, complete; two workers that ask at once get the same one."""
    made = folder() / kind.name
    with (folder() / f"{kind.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            making = folder() / f"{kind.name}.making"
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()
            kind.make(making / kind.name)
            (making / kind.name).rename(made)
            shutil.rmtree(making)
    return made
