"""What the tests of the infrastructure share: one build, one stack, and waiting without sleeping."""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.build import build
from infra.packages import LOCAL
from infra.stack import Stack, running_stack

PAGE = "<!doctype html><title>Meanwhile</title>"


@pytest.fixture(scope="session", autouse=True)
def _region() -> Iterator[None]:
    """Nothing here may depend on the AWS settings of whoever runs it."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_DEFAULT_REGION"] = "eu-central-1"
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session")
def built() -> Path:
    return build(LOCAL)


@pytest.fixture(scope="session")
def template(built: Path) -> dict[str, Any]:
    return dict(json.loads((built / "template.json").read_text()))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    (folder / "index.html").write_text(PAGE)
    (folder / "assets").mkdir()
    (folder / "assets" / "app-1a2b.js").write_text("export {}")
    return folder


@pytest.fixture(scope="session")
def stack(built: Path, site: Path) -> Iterator[Stack]:  # noqa: ARG001 - built first, so that its time is not the stack's
    with running_stack(site=site) as running:
        yield running


def eventually[T](look: Callable[[], T], within: float = 20.0) -> T:
    """Return the first true answer of `look`; fail when none comes in time (seconds)."""
    until = time.monotonic() + within
    pause = threading.Event()
    while not (found := look()):
        assert time.monotonic() < until, "It did not come to be."
        pause.wait(0.05)
    return found
