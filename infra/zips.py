"""The zips that Lambda gets: packages and our code, the same bytes wherever they are made."""

import hashlib
import io
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from infra.packages import LOCAL, PYTHON, Target, compile_in_place, make_packages
from infra.steps import Trouble

ROOT = Path(__file__).parent.parent

# A zip is the base packages, the packages of its own, and our code.
BASE = "requirements.txt"
ZIPS = {
    "api": (BASE,),
    "video": (BASE, "infra/requirements-video.txt"),
    "documents": (BASE, "infra/requirements-documents.txt"),
}

# What only one of them needs of the packages that all have.
ONLY_IN = {"video": "botocore/data/mediaconvert"}

# Time stamp and rights of every entry: the same content gives the same zip.
EPOCH = (1980, 1, 1, 0, 0, 0)
IS_PROGRAM, IS_FILE = 0o100755, 0o100644
# ffmpeg and typst are a quarter of a gigabyte: squeezed for AWS, where a start loads them, hardly for a laptop.
LEVEL_ON_AWS, LEVEL_HERE = 9, 1


def digest(paths: Iterable[Path], *words: str) -> str:
    """A short digest of the names and contents of files, and of `words`."""
    total = hashlib.sha256("\0".join(words).encode())
    for path in sorted(paths):
        total.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()[:16]


def source_files() -> list[Path]:
    """Our own files that are shipped."""
    found = [path for path in (ROOT / "chalicelib").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return [ROOT / "app.py", *found]


def make_zips(target: Target, out: Path, cache: Path, names: Iterable[str] = tuple(ZIPS)) -> None:
    """Write `out/<name>.zip` for each of these names; zips of packages alone are kept in `cache` and added to."""
    if target is not LOCAL and sys.version_info[:2] != tuple(map(int, PYTHON.split("."))):
        raise Trouble(f"Byte-code for AWS is compiled by Python {PYTHON}: install it, then run `make setup` again.")
    packed = _packed(target, cache, names)
    code = out / "code"
    _copy_code(code)
    for name in packed:
        making = out / f"{name}.making"
        shutil.copyfile(packed[name], making)
        _append(making, code, _level(target))
        making.replace(out / f"{name}.zip")
    shutil.rmtree(code)


def _copy_code(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for path in source_files():
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    compile_in_place(folder)


def _packed(target: Target, cache: Path, names: Iterable[str]) -> dict[str, Path]:
    """The zips of packages alone, by name. What `cache` lacks is made, and what it needs no longer goes."""
    cache.mkdir(parents=True, exist_ok=True)
    packed = {name: cache / f"{name}-{target.name}-{_key(ZIPS[name], target)}.zip" for name in names}
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        folders: dict[str, Path] = {}
        for name, archive in packed.items():
            if archive.exists():
                continue
            making = Path(scratch, archive.name)
            for file in ZIPS[name]:
                if file not in folders:
                    folders[file] = Path(scratch, Path(file).stem)
                    make_packages(ROOT / file, target, folders[file])
                others = tuple(place for owner, place in ONLY_IN.items() if owner != name)
                _append(making, folders[file], _level(target), without=others)
            making.replace(archive)
    for stale in set(cache.glob(f"*-{target.name}-*")) - set(packed.values()):
        stale.unlink()
    return packed


def _key(requirements: Iterable[str], target: Target) -> str:
    inputs = [*(ROOT / path for path in requirements), *(ROOT / "infra" / name for name in ("packages.py", "zips.py"))]
    return digest(inputs, target.name, target.architecture, sys.version)


def _append(archive: Path | BinaryIO, folder: Path, level: int, without: tuple[str, ...] = ()) -> None:
    """Add a folder's files to a zip, in the same order and with the same times and rights wherever it is made."""
    left_out = {folder / place for place in without}
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED, compresslevel=level) as opened:
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and not left_out & {*path.parents}):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), EPOCH)
            entry.external_attr = (IS_PROGRAM if path.stat().st_mode & 0o100 else IS_FILE) << 16
            opened.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, level)


def _level(target: Target) -> int:
    return LEVEL_HERE if target is LOCAL else LEVEL_ON_AWS


def zip_of(folder: Path) -> bytes:
    """A zip of a folder: the same content, the same bytes."""
    made = io.BytesIO()
    _append(made, folder, LEVEL_ON_AWS)
    return made.getvalue()
