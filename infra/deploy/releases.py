"""What was deployed for a stage, one after the other, so that the one before can come back: template, zips and site.

All of it lies in the artifacts bucket under the digest of its content; a release only names it.
"""

import io
import zipfile
from datetime import datetime
from pathlib import Path

import msgspec

from infra.deploy.artifacts import Artifacts
from infra.zips import zip_of

RECORD = "releases"
REMEMBERED = 20


class Release(msgspec.Struct, frozen=True):
    """One deployment: what it was built from, when it stood first, and where its template and its site lie."""

    stamp: str
    at: datetime
    template: str
    site: str


class History(msgspec.Struct, frozen=True):
    """The releases of a stage, oldest first, and which of them stands now."""

    releases: list[Release] = []
    standing: str = ""

    def deployed(self, release: Release) -> "History":
        """With one more. A build that is deployed again is the newest again."""
        others = [one for one in self.releases if one.stamp != release.stamp]
        return History([*others, release][-REMEMBERED:], release.stamp)

    def back_to(self, release: Release) -> "History":
        """With one of them standing again."""
        return History(self.releases, release.stamp)

    def before(self) -> Release | None:
        """The release before the standing one; None where there is none."""
        stamps = [one.stamp for one in self.releases]
        place = stamps.index(self.standing) if self.standing in stamps else 0
        return self.releases[place - 1] if place else None

    def of(self, stamp: str) -> Release | None:
        """The release of a build, by the beginning of its stamp; None where there is none."""
        return next((one for one in reversed(self.releases) if one.stamp.startswith(stamp)), None)


def history(artifacts: Artifacts, stack: str) -> History:
    """What is remembered of a stack."""
    return msgspec.convert(artifacts.recall(stack, RECORD) or {}, History)


def remember(artifacts: Artifacts, stack: str, releases: History) -> None:
    """Remember it."""
    artifacts.remember(stack, RECORD, msgspec.to_builtins(releases))


def keep_site(artifacts: Artifacts, site: Path) -> str:
    """Keep a built site; the key to find it by."""
    return artifacts.upload("site.zip", zip_of(site))


def unpack_site(artifacts: Artifacts, key: str, folder: Path) -> None:
    """Put a kept site into a folder."""
    with zipfile.ZipFile(io.BytesIO(artifacts.read(key) or b"")) as archive:
        archive.extractall(folder)
