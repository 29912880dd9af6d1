"""Saves of the emulator's state that survive `kill -9` and tell a damaged one from a good one.

A state folder has
    state.json    what wrote it
    saves/N/      a whole state: a file per service, and complete.json with their digests, written last
    start/        the save that the last good start went on from
    aws/          what the emulator reads when it starts; made anew each time
    objects/      the bodies of S3's objects
    mail.jsonl    the mail that was sent
    damaged-*/    what could not be read, kept for whoever wants to mend it
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FORMAT = 1
KEPT = 3
MANIFEST = "complete.json"


class NewerStateError(Exception):
    """The folder was written by a later version than this one; its text says by which."""


@dataclass
class Saves:
    """The saves of one state folder."""

    folder: Path
    emulator: str  # its version

    def check_version(self) -> None:
        """Raise NewerStateError if this version cannot read the folder; else claim it."""
        state = self.folder / "state.json"
        written = _read_json(state) or {"format": FORMAT, "emulator": self.emulator}
        if written["format"] > FORMAT or _version(written["emulator"]) > _version(self.emulator):
            raise NewerStateError(f"format {written['format']}, emulator {written['emulator']}")
        self.folder.mkdir(parents=True, exist_ok=True)
        _write(state, json.dumps({"format": FORMAT, "emulator": self.emulator}).encode())

    def restore(self) -> str | None:
        """Put the newest whole save where the emulator reads it; say what was damaged, if anything was."""
        candidates = [*reversed(self._numbered()), self.folder / "start"]
        there = [save for save in candidates if save.is_dir()]
        good = next((save for save in there if is_whole(save)), None)
        broken = there[: there.index(good)] if good else there
        aside = self._set_aside(broken)
        self._fill(good)
        if not broken:
            return None
        if good is None:
            return f"The saved state was damaged. It is kept in {aside}; this is a new start, with nothing in it."
        return f"The last save was damaged. It is kept in {aside}; this goes on from {_age(good)}."

    def remember_start(self) -> None:
        """Keep the save that this start went on from, once the start has proved good."""
        newest = next(reversed(self._numbered()), None)
        if newest is None:
            return
        making = self.folder / "start.making"
        shutil.rmtree(making, ignore_errors=True)
        shutil.copytree(newest, making, copy_function=os.link)
        shutil.rmtree(self.folder / "start", ignore_errors=True)
        making.rename(self.folder / "start")

    def write(self, services: Mapping[str, bytes]) -> None:
        """Write one whole state. What did not change since the last save is linked, not written again."""
        numbered = self._numbered()
        last = numbered[-1] if numbered else None
        known = (_read_json(last / MANIFEST) or {}) if last else {}
        number = int(last.name) + 1 if last else 1
        making = self.folder / "saves" / f"{number}.making"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        manifest = {name: hashlib.sha256(content).hexdigest() for name, content in services.items()}
        if manifest == known:
            making.rmdir()
            return
        for name, content in services.items():
            file = making / f"{name}.json"
            if last and known.get(name) == manifest[name]:
                os.link(last / file.name, file)
            else:
                _write(file, content)
        _write(making / MANIFEST, json.dumps(manifest).encode())
        making.rename(making.with_suffix(""))
        for old in numbered[: -KEPT + 1]:
            shutil.rmtree(old)

    def _numbered(self) -> list[Path]:
        found = (self.folder / "saves").glob("*")
        return sorted((save for save in found if save.name.isdecimal()), key=lambda save: int(save.name))

    def _set_aside(self, broken: list[Path]) -> Path | None:
        if not broken:
            return None
        aside = self.folder / f"damaged-{datetime.now(UTC):%Y%m%dT%H%M%S}"
        aside.mkdir(exist_ok=True)
        for save in broken:
            save.rename(aside / save.name)
        return aside

    def _fill(self, save: Path | None) -> None:
        read = self.folder / "aws"
        read.mkdir(exist_ok=True)
        for stale in read.glob("*.json"):
            stale.unlink()
        for file in (read_file for read_file in (save.glob("*.json") if save else ()) if read_file.name != MANIFEST):
            shutil.copyfile(file, read / file.name)


def is_whole(save: Path) -> bool:
    """Whether every file of a save is there and is what was written."""
    manifest = _read_json(save / MANIFEST)
    if manifest is None:
        return False
    files = {name: save / f"{name}.json" for name in manifest}
    return all(
        file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == manifest[name]
        for name, file in files.items()
    )


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        read = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return read if isinstance(read, dict) else None


def _write(path: Path, content: bytes) -> None:
    making = path.with_name(f"{path.name}.making")
    making.write_bytes(content)
    making.replace(path)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdecimal())


def _age(save: Path) -> str:
    written = datetime.fromtimestamp((save / MANIFEST).stat().st_mtime).astimezone()
    return f"the save of {written:%d %B, %H:%M:%S}"
