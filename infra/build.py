"""`python -m infra.build [local|cloud]`: the three zips and the template, in build/<target>/."""

import argparse
from pathlib import Path

from infra.packages import CLOUD, LOCAL, Target
from infra.steps import run_command, step
from infra.template import INFRA, make_template, resource_files
from infra.zips import ROOT, ZIPS, digest, make_zips, source_files

BUILD = ROOT / "build"
STAMP = "stamp"  # what a build was made from


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
    stamp.write_text(now)
    return out


def main() -> None:
    """Build for one target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=[CLOUD.name, LOCAL.name], nargs="?", default=CLOUD.name)
    target = {CLOUD.name: CLOUD, LOCAL.name: LOCAL}[parser.parse_args().target]
    with step(f"Packaging for {target.name} in {(BUILD / target.name).relative_to(ROOT)}"):
        build(target)


if __name__ == "__main__":
    run_command(main)
