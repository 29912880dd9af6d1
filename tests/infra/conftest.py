"""What the tests of the infrastructure share: one build, one stack, and waiting without sleeping."""

import copy
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from samtranslator.translator.transform import transform

from infra.build import build
from infra.packages import CLOUD, LOCAL
from infra.stack import Stack, running_stack
from infra.template import make_template

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
def cloud(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The template as it goes to AWS."""
    folder = tmp_path_factory.mktemp("cloud")
    make_template(CLOUD, folder)
    return dict(json.loads((folder / "template.json").read_text()))


class NoManagedPolicies:
    """The template names none that SAM would have to look up, so the translator need not ask AWS for them."""

    def load(self) -> dict[str, str]:
        return {}


@pytest.fixture(scope="session")
def translated(cloud: dict[str, Any]) -> dict[str, Any]:
    """The same, as CloudFormation sees it."""
    packaged = copy.deepcopy(cloud)
    for resource in packaged["Resources"].values():
        if "CodeUri" in resource.get("Properties", {}):
            resource["Properties"]["CodeUri"] = "s3://artifacts/code.zip"
    return dict(transform(packaged, {}, NoManagedPolicies()))


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
