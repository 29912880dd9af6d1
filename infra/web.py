"""Builds web/ into web/dist, when something in it changed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from infra.build import BUILD
from infra.steps import Trouble, run_command, step
from infra.zips import ROOT, digest

if TYPE_CHECKING:
    from pathlib import Path

WEB = ROOT / "web"
DIST = WEB / "dist"
MADE = {"node_modules", "dist", "coverage", ".svelte-kit", "playwright-report", "test-results"}
OLDEST_NODE = 20


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
    version = re.match(r"v(\d+)", told)
    if version is None or int(version[1]) < OLDEST_NODE or not shutil.which("npm"):
        found = f"; this is {told.strip()}" if version else ""
        raise Trouble(f"Node {OLDEST_NODE} or newer with npm is needed to build the web pages{found}. See https://nodejs.org")


def _npm(*words: str) -> None:
    done = subprocess.run(["npm", *words], check=False, capture_output=True, text=True, cwd=WEB)
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-20:])
        raise Trouble(f"npm {words[0]} failed:\n{last}")


if __name__ == "__main__":
    run_command(lambda: print(f"  {build_web().relative_to(ROOT)}"))
