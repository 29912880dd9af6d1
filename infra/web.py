"""`python -m infra.web [--check]`: builds web/ into web/dist when something in it changed, or checks and tests it."""

import argparse
import os
import re
import shutil
import subprocess
from pathlib import Path

from infra.build import BUILD
from infra.steps import Trouble, run_command, step
from infra.zips import ROOT, digest

WEB = ROOT / "web"
DIST = WEB / "dist"
MADE = {"node_modules", "dist", "coverage", ".svelte-kit", "playwright-report", "test-results"}
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
LINES_SHOWN = 30
OLDEST_NODE = (20, 19)  # package.json's engines


def build_web() -> Path:
    """Install and build what is out of date; the folder of the built site."""
    _refuse_old_node()
    install_packages()
    stamp, now = BUILD / "web.stamp", digest(_sources())
    if not (DIST / "index.html").exists() or not stamp.exists() or stamp.read_text() != now:
        with step("Building the web pages"):
            stamp.unlink(missing_ok=True)
            _npm("run", "build")
            BUILD.mkdir(exist_ok=True)
            stamp.write_text(now)
    return DIST


def install_packages() -> None:
    """Install web/package-lock.json, unless node_modules is already just that."""
    stamp, now = WEB / "node_modules" / ".installed", digest([WEB / "package-lock.json", WEB / "package.json"])
    if not stamp.exists() or stamp.read_text() != now:
        with step("Installing the web's packages"):
            _npm("ci", "--ignore-scripts", "--no-audit", "--no-fund")
            stamp.write_text(now)


def _sources() -> list[Path]:
    """What a build may depend on. Folders that are made are not even walked."""
    found = []
    for folder, folders, files in os.walk(WEB):
        folders[:] = [name for name in folders if name not in MADE]
        found += [WEB / folder / name for name in files]
    return found


def _refuse_old_node() -> None:
    node = shutil.which("node")
    told = subprocess.run([node, "--version"], check=False, capture_output=True, text=True).stdout if node else ""
    version = re.match(r"v(\d+)\.(\d+)", told)
    if version is None or (int(version[1]), int(version[2])) < OLDEST_NODE or not shutil.which("npm"):
        found = f"; this is {told.strip()}" if version else ""
        raise Trouble(
            f"Node {OLDEST_NODE[0]}.{OLDEST_NODE[1]} or newer with npm is needed for the web pages{found}. See https://nodejs.org"
        )


def _npm(*words: str) -> None:
    done = subprocess.run(["npm", *words], check=False, capture_output=True, text=True, cwd=WEB)
    if done.returncode:
        plain = COLOUR.sub("", done.stdout + done.stderr)
        last = "\n".join(plain.strip().splitlines()[-LINES_SHOWN:])
        raise Trouble(f"npm {' '.join(words)} failed:\n{last}")


def main() -> None:
    """Build, or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="run its checks, its tests and its limits of size")
    if not parser.parse_args().check:
        build_web()
        return
    _refuse_old_node()
    install_packages()
    for script in ("check", "test"):
        with step(f"npm run {script}"):
            _npm("run", script)
    build_web()
    with step("npm run size"):
        _npm("run", "size")


if __name__ == "__main__":
    run_command(main)
