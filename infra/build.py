"""`python -m infra.build [local|cloud]`: the three zips and the template, in build/<target>/."""

import argparse
from pathlib import Path

from infra.packages import CLOUD, LOCAL, Target
from infra.steps import Trouble, run_command, said, step
from infra.template import INFRA, make_template, resource_files
from infra.zips import ROOT, ZIPS, digest, make_zips, source_files

BUILD = ROOT / "build"
STAMP = "stamp"  # what a build was made from
# Bytes. A start of the API's function loads its zip: what makes it larger makes every first page slower.
LARGEST_API = 10_000_000


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
    """Raise Trouble where the API's zip is larger than it may be."""
    size = (out / "api.zip").stat().st_size
    if size > LARGEST_API:
        raise Trouble(f"api.zip has {size / 1e6:.1f} MB, and {LARGEST_API / 1e6:.0f} MB is the most. What came to it?")


def sizes(out: Path) -> str:
    """How large the zips of a build are."""
    return ", ".join(f"{name}.zip {(out / f'{name}.zip').stat().st_size / 1e6:.1f} MB" for name in ZIPS)


def main() -> None:
    """Build for one target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=[CLOUD.name, LOCAL.name], nargs="?", default=CLOUD.name)
    target = {CLOUD.name: CLOUD, LOCAL.name: LOCAL}[parser.parse_args().target]
    with step(f"Packaging for {target.name} in {(BUILD / target.name).relative_to(ROOT)}"):
        out = build(target)
    said(sizes(out))


if __name__ == "__main__":
    run_command(main)
