"""The zips that Lambda gets: third-party packages for the target, pruned and precompiled, and our code.

Chalice's own builder can ship a wheel for the wrong platform and exit 0; this one refuses to.
"""

import hashlib
import platform
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from infra.steps import Trouble

ROOT = Path(__file__).parent.parent
PYTHON = "3.13"

# A zip is the base packages, the packages of its own, and our code.
BASE = "requirements.txt"
ZIPS = {
    "api": (BASE,),
    "video": (BASE, "infra/requirements-video.txt"),
    "documents": (BASE, "infra/requirements-documents.txt"),
}

# botocore describes 400 services in 100 MB; these are the ones we call.
SERVICES = ("cognito-idp", "dynamodb", "kms", "s3", "sesv2", "sqs", "sts")
# Chalice's command line is not needed to answer a request.
CHALICE_RUNTIME = ("__init__.py", "app.py")
# Time stamp and rights of every entry: the same content gives the same zip.
EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Target:
    """Where a build runs: its name, CloudFormation's word for its processor, uv's words for its wheels."""

    name: str
    architecture: str
    wheels: tuple[str, ...]


CLOUD = Target("cloud", "arm64", ("--python-platform", "aarch64-manylinux_2_28", "--python-version", PYTHON))
LOCAL = Target("local", "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64", ())


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


def make_zips(target: Target, out: Path, cache: Path) -> None:
    """Write `out/<name>.zip` for each of ZIPS; packages are made once per requirements and kept in `cache`."""
    if target is CLOUD and sys.version_info[:2] != (3, 13):
        raise Trouble(f"Byte-code for AWS is compiled by Python {PYTHON}: install it, then run `make setup` again.")
    code = out / "code"
    _copy_code(code)
    for name, requirements in ZIPS.items():
        making = out / f"{name}.making"
        shutil.copyfile(_packed(name, requirements, target, cache), making)
        _append(making, code)
        making.replace(out / f"{name}.zip")
    shutil.rmtree(code)


def _copy_code(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for path in source_files():
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    _compile(folder)


def _packed(name: str, requirements: tuple[str, ...], target: Target, cache: Path) -> Path:
    """The zip of the packages of some requirements files, made if it is not in `cache` yet."""
    inputs = [*(ROOT / path for path in requirements), Path(__file__)]
    key = digest(inputs, target.name, target.architecture, sys.version)
    packed = cache / f"{name}-{target.name}-{key}.zip"
    if packed.exists():
        return packed
    cache.mkdir(parents=True, exist_ok=True)
    for stale in cache.glob(f"{name}-{target.name}-*"):
        stale.unlink() if stale.is_file() else shutil.rmtree(stale)
    folder = packed.with_suffix(".packages")
    _install([ROOT / path for path in requirements], target, folder)
    _refuse_wrong_wheels(folder, target)
    _prune(folder)
    _compile(folder)
    making = packed.with_suffix(".making")
    _append(making, folder)
    making.rename(packed)
    shutil.rmtree(folder)
    return packed


def _install(requirements: list[Path], target: Target, folder: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv), "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", *target.wheels]
    command += ["--python", sys.executable, "--target", str(folder)]
    for path in requirements:
        command += ["--requirement", str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise Trouble(f"The packages for {target.name} cannot be installed:\n{done.stderr.strip()}")


def _refuse_wrong_wheels(folder: Path, target: Target) -> None:
    """A wheel for plain linux_* fits only the machine that made it; one for another processor fits none."""
    processor = {"arm64": "aarch64", "x86_64": "x86_64"}[target.architecture]
    for record in folder.glob("*.dist-info/WHEEL"):
        tags = [line.removeprefix("Tag: ") for line in record.read_text().splitlines() if line.startswith("Tag: ")]
        platforms = {tag.rsplit("-", 1)[1] for tag in tags}
        plain = any(name.startswith("linux_") for name in platforms)
        foreign = target is CLOUD and not any(name == "any" or name.endswith(processor) for name in platforms)
        if plain or foreign:
            raise Trouble(f"{record.parent.name} is a wheel for {', '.join(sorted(platforms))}: not for {target.name}.")


def _prune(folder: Path) -> None:
    unwanted = ["*.dist-info", "bin", ".lock", "**/tests", "**/__pycache__", "boto3/examples"]
    for path in [found for pattern in unwanted for found in folder.glob(pattern)]:
        _remove(path)
    for path in (folder / "botocore" / "data").glob("*/"):
        if path.name not in SERVICES:
            _remove(path)
    for path in (folder / "boto3" / "data").iterdir():
        _remove(path)
    for path in (folder / "chalice").iterdir():
        if path.name not in CHALICE_RUNTIME:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _compile(folder: Path) -> None:
    """Compile in place. Unchecked hashes: Lambda's file times say nothing, and checking costs a stat per module."""
    command = [sys.executable, "-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([*command, "-s", str(folder), "-p", "/var/task", str(folder)], check=True)


def _append(archive: Path, folder: Path) -> None:
    """Add a folder's files to a zip, in the same order and with the same times wherever it is made."""
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED) as target:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if path.stat().st_mode & 0o100 else 0o100644) << 16
            target.writestr(entry, path.read_bytes())
