"""`python -m infra.chromium`: finds the Chromium that the journeys drive, and installs Debian's where it may."""

import contextlib
import os
import shutil
import subprocess
import sys

from infra.steps import Trouble, run_command, step

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str:
    """The program to run: CHROMIUM, or the first that is installed, or Debian's, installed now."""
    if given := os.environ.get("CHROMIUM"):
        return given
    if there := _installed():
        return there
    if not (shutil.which("apt-get") and os.geteuid() == 0):
        raise Trouble("The journeys drive Chromium. Install it, or set CHROMIUM=/path/to/it, then run this again.")
    with step("Installing Chromium"):
        for words in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
            done = subprocess.run(["apt-get", "-qq", *words], check=False, capture_output=True, text=True)
        installed = _installed()
    if not installed:
        raise Trouble(f"Chromium cannot be installed: {done.stderr.strip()}\nInstall it yourself, or set CHROMIUM.")
    return installed


def _installed() -> str | None:
    return next((path for path in map(shutil.which, NAMES) if path), None)


def main() -> None:
    """Print the program's path."""
    with contextlib.redirect_stdout(sys.stderr):  # the answer alone is on standard output
        found = chromium()
    print(found)


if __name__ == "__main__":
    run_command(main)
