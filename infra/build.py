"""`python -m infra.build [local|cloud|cloud-x86_64]`: the three zips and the template, in build/<target>/.

A stage is deployed from `cloud`, for arm64; `cloud-x86_64` is for whoever deploys by hand to the other processor.
"""

import argparse
import zipfile
from pathlib import Path

from infra.packages import CLOUD, LOCAL, X86, Target
from infra.steps import Trouble, run_command, said, step
from infra.template import INFRA, make_template, resource_files
from infra.zips import ROOT, ZIPS, digest, make_zips, source_files

BUILD = ROOT / "build"
TARGETS = {target.name: target for target in (CLOUD, X86, LOCAL)}
STAMP = "stamp"  # what a build was made from
# Bytes. A start of the API's function loads its zip: what makes it larger makes every first page slower.
LARGEST_API = 10_000_000
LARGEST_UNPACKED = 250 << 20  # what Lambda takes of a zip that lies in S3 (Lambda quotas, 2026); its size there is free


def inputs(target: Target) -> str:
    """A digest of everything that a build is made from."""
    own = [
        *(INFRA / name for name in ("build.py", "packages.py", "zips.py", "template.py", "waivers.yaml")),
        ROOT / ".chalice" / "config.json",
    ]
    requirements = {ROOT / name for names in ZIPS.values() for name in names}
    policies = (INFRA / "policies").glob("*.json")
    return digest([*own, *requirements, *policies, *resource_files(target), *source_files()], target.architecture)


def is_built(target: Target) -> bool:
    """Whether build/<target>/ is made from what is there now."""
    stamp = BUILD / target.name / STAMP
    return stamp.exists() and stamp.read_text() == inputs(target)


def build(target: Target) -> Path:
    """Make build/<target>/ unless it is up to date, and say where it is."""
    out = BUILD / target.name
    if is_built(target):
        return out
    out.mkdir(parents=True, exist_ok=True)
    stamp = out / STAMP
    stamp.unlink(missing_ok=True)
    now = inputs(target)
    make_template(target, out)
    make_zips(target, out, BUILD / "packages")
    refuse_large(out)
    stamp.write_text(now)
    return out


def refuse_large(out: Path) -> None:
    """Raise Trouble where a zip is larger than it may be."""
    size = (out / "api.zip").stat().st_size
    if size > LARGEST_API:
        raise Trouble(f"api.zip has {size / 1e6:.1f} MB, and {LARGEST_API / 1e6:.0f} MB is the most. What came to it?")
    for name in ZIPS:
        unpacked = unpacked_size(out / f"{name}.zip")
        if unpacked > LARGEST_UNPACKED:
            raise Trouble(f"{name}.zip has {unpacked >> 20} MB unpacked, and Lambda takes {LARGEST_UNPACKED >> 20} MB.")


def unpacked_size(archive: Path) -> int:
    """How many bytes a zip has where Lambda unpacks it."""
    with zipfile.ZipFile(archive) as opened:
        return sum(entry.file_size for entry in opened.infolist())


def sizes(out: Path) -> str:
    """How large the zips of a build are, and unpacked, where Lambda's limit is."""
    archives = {name: out / f"{name}.zip" for name in ZIPS}
    return ", ".join(
        f"{name}.zip {archive.stat().st_size / 1e6:.1f} MB ({unpacked_size(archive) / 1e6:.1f} unpacked)"
        for name, archive in archives.items()
    )


def main() -> None:
    """Build for one target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=list(TARGETS), nargs="?", default=CLOUD.name)
    target = TARGETS[parser.parse_args().target]
    with step(f"Packaging for {target.name} in {(BUILD / target.name).relative_to(ROOT)}"):
        out = build(target)
    said(sizes(out))


if __name__ == "__main__":
    run_command(main)
