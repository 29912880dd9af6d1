"""Third-party packages for the machine that they will run on: installed, checked, pruned and precompiled.

Chalice's own builder can ship a wheel for the wrong platform and exit 0; this one refuses to.
"""

import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from infra.steps import Trouble

PYTHON = "3.13"

# botocore describes 400 services in 100 MB; these are the ones we call.
SERVICES = ("cognito-idp", "dynamodb", "kms", "mediaconvert", "s3", "sesv2", "sqs", "sts")
# Chalice's command line is not needed to answer a request.
CHALICE_RUNTIME = ("__init__.py", "app.py")


@dataclass(frozen=True)
class Target:
    """Where a build runs: its name, CloudFormation's word for its processor, uv's words for its wheels."""

    name: str
    architecture: str
    wheels: tuple[str, ...]


CLOUD = Target("cloud", "arm64", ("--python-platform", "aarch64-manylinux_2_28", "--python-version", PYTHON))
X86 = Target("cloud-x86_64", "x86_64", ("--python-platform", "x86_64-manylinux_2_28", "--python-version", PYTHON))
LOCAL = Target("local", "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64", ())


def make_packages(requirements: Path, target: Target, folder: Path) -> None:
    """Fill a new folder with just what the requirements name, or raise Trouble."""
    _install(requirements, target, folder)
    refuse_wrong_wheels(folder, target)
    _prune(folder)
    compile_in_place(folder)


def _install(requirements: Path, target: Target, folder: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv), "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
    command += ["--only-binary", ":all:", *target.wheels]
    command += ["--python", sys.executable, "--target", str(folder), "--requirement", str(requirements)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise Trouble(f"The packages for {target.name} cannot be installed:\n{done.stderr.strip()}")


def refuse_wrong_wheels(folder: Path, target: Target) -> None:
    """Raise Trouble for a wheel that would not run there.

    One for plain linux_* fits only the machine that made it; one for another processor fits none.
    """
    processor = {"arm64": "aarch64", "x86_64": "x86_64"}[target.architecture]
    for record in folder.glob("*.dist-info/WHEEL"):
        tags = [line.removeprefix("Tag: ") for line in record.read_text().splitlines() if line.startswith("Tag: ")]
        platforms = {tag.rsplit("-", 1)[1] for tag in tags}
        plain = any(name.startswith("linux_") for name in platforms)
        foreign = target is not LOCAL and not any(name == "any" or name.endswith(processor) for name in platforms)
        if plain or foreign:
            raise Trouble(f"{record.parent.name} is a wheel for {', '.join(sorted(platforms))}: not for {target.name}.")


def _prune(folder: Path) -> None:
    unwanted = ["*.dist-info", "bin", ".lock", "**/tests", "**/__pycache__", "boto3/examples"]
    for path in [found for pattern in unwanted for found in folder.glob(pattern)]:
        _remove(path)
    for path in (folder / "botocore" / "data").glob("*/"):
        if path.name not in SERVICES:
            _remove(path)
    for path in (folder / "boto3" / "data").glob("*"):
        _remove(path)
    for path in (folder / "chalice").glob("*"):
        if path.name not in CHALICE_RUNTIME:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def compile_in_place(folder: Path) -> None:
    """Byte-compile a folder. Unchecked hashes: Lambda's file times say nothing, and checking costs a stat a module."""
    command = [sys.executable, "-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([*command, "-s", str(folder), "-p", "/var/task", str(folder)], check=True)
