"""What is in the zips starts as Lambda starts it, and is the same wherever it is made."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from infra.build import LARGEST_API, LARGEST_UNPACKED, refuse_large, sizes
from infra.packages import CLOUD, LOCAL, SERVICES, X86, Target, make_packages, refuse_wrong_wheels
from infra.steps import Trouble
from infra.zips import ROOT, ZIPS, make_zips, source_files

# What an ELF file says of the processor that it is for, in its bytes 18 and 19 (System V ABI).
PROCESSORS = {"arm64": 183, "x86_64": 62}
OLDEST_FFMPEG = (8, 1, 2)
STARTS_AS_LAMBDA_DOES = """
import importlib, sys
module, name = sys.argv[1].rsplit(".", 1)
handler = getattr(importlib.import_module(module), name)
assert callable(handler), handler
import boto3, chalice
for package in (boto3, chalice):
    assert package.__file__.startswith(sys.argv[2]), package.__file__
"""


@pytest.fixture(scope="module")
def unpacked(built: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("unpacked")
    for name in ZIPS:
        with zipfile.ZipFile(built / f"{name}.zip") as archive:
            archive.extractall(folder / name)
    return {f"{name}.zip": folder / name for name in ZIPS}


def test_every_handler_imports_from_its_zip_and_from_nothing_else(
    template: dict[str, Any], unpacked: dict[str, Path]
) -> None:
    functions = [one["Properties"] for one in template["Resources"].values() if "CodeUri" in one.get("Properties", {})]
    assert functions
    for function in functions:
        folder = unpacked[function["CodeUri"]]
        # -S: no site-packages, so that a package which the zip lacks is missed here and not on AWS
        command = [sys.executable, "-S", "-B", "-c", STARTS_AS_LAMBDA_DOES, function["Handler"], str(folder)]
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), "AWS_DEFAULT_REGION": "eu-central-1"}
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder, env=environment)
        assert done.returncode == 0, f"{function['Handler']}: {done.stderr}"


def test_the_zips_fit_lambda(unpacked: dict[str, Path]) -> None:
    for name, folder in unpacked.items():
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        assert size < LARGEST_UNPACKED, f"{name}: {size >> 20} MB"


@pytest.fixture(scope="module", params=[CLOUD, X86], ids=lambda target: target.architecture)
def for_video(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Target, list[Path]]:
    """The packages of the video zip for a processor, as they are unpacked there."""
    target: Target = request.param
    folders = [tmp_path_factory.mktemp(target.architecture) / Path(file).stem for file in ZIPS["video"]]
    for file, folder in zip(ZIPS["video"], folders, strict=True):
        make_packages(ROOT / file, target, folder)
    return target, folders


def test_the_video_zip_fits_lambda_on_either_processor(for_video: tuple[Target, list[Path]]) -> None:
    _, folders = for_video
    packages = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    # Our own code is compiled beside itself: no more than as much again.
    size = sum(path.stat().st_size for path in packages) + 2 * sum(path.stat().st_size for path in source_files())
    assert size < LARGEST_UNPACKED, f"{size >> 20} MB"


def test_its_ffmpeg_is_for_that_processor_and_new_enough(for_video: tuple[Target, list[Path]]) -> None:
    target, folders = for_video
    [program] = [path for folder in folders for path in folder.glob("imageio_ffmpeg/binaries/ffmpeg-*")]
    content = program.read_bytes()
    assert content.startswith(b"\x7fELF")
    assert int.from_bytes(content[18:20], "little") == PROCESSORS[target.architecture]
    said = content
    if target.architecture == LOCAL.architecture:
        program.chmod(0o755)
        said = subprocess.run([str(program), "-version"], capture_output=True, check=True).stdout
        assert b"--enable-libx264" in said
        assert b"--enable-libzimg" in said
    version = re.search(rb"\bn(\d+)\.(\d+)\.(\d+)-\d+-g[0-9a-f]{8,}", said)
    assert version is not None
    assert tuple(map(int, version.groups())) >= OLDEST_FFMPEG


def test_the_build_says_how_large_its_zips_are_and_refuses_what_lambda_would(built: Path, tmp_path: Path) -> None:
    assert re.search(r"video\.zip \d+\.\d MB \(\d+\.\d unpacked\)", sizes(built))
    for name in ZIPS:
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr("small", b"")
    refuse_large(tmp_path)
    with zipfile.ZipFile(tmp_path / "video.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("large", bytes(LARGEST_UNPACKED + 1))
    with pytest.raises(Trouble, match=r"video\.zip has 250 MB unpacked"):
        refuse_large(tmp_path)


def test_only_the_services_in_use_are_described(unpacked: dict[str, Path]) -> None:
    for name, folder in unpacked.items():
        described = {path.name for path in (folder / "botocore" / "data").iterdir() if path.is_dir()}
        assert described == set(SERVICES) - (set() if name == "video.zip" else {"mediaconvert"})


def test_the_large_tools_are_only_where_they_are_used(unpacked: dict[str, Path]) -> None:
    assert [name for name, folder in unpacked.items() if (folder / "imageio_ffmpeg").exists()] == ["video.zip"]
    assert [name for name, folder in unpacked.items() if (folder / "typst").exists()] == ["documents.zip"]


def test_our_code_is_compiled_and_tells_no_path_of_the_machine_that_made_it(built: Path) -> None:
    with zipfile.ZipFile(built / "api.zip") as archive:
        names = archive.namelist()
        compiled = [name for name in names if name.startswith("__pycache__/app.")]
        assert compiled
        assert str(built).encode() not in archive.read(compiled[0])
        assert b"/var/task/app.py" in archive.read(compiled[0])


def test_the_same_sources_make_the_same_zip_in_another_folder_at_another_time_with_other_rights(
    built: Path, tmp_path: Path
) -> None:
    before = os.umask(0o077)
    try:
        make_zips(LOCAL, tmp_path, tmp_path / "packages", ["api"])
    finally:
        os.umask(before)
    assert (tmp_path / "api.zip").read_bytes() == (built / "api.zip").read_bytes()


def test_an_api_that_grew_too_large_fails_the_build(built: Path, tmp_path: Path) -> None:
    refuse_large(built)
    with (tmp_path / "api.zip").open("wb") as large:
        large.truncate(LARGEST_API + 1)
    with pytest.raises(Trouble, match=r"api\.zip has 10\.0 MB"):
        refuse_large(tmp_path)


@pytest.mark.parametrize(
    "requirements",
    sorted([*ROOT.glob("requirements*.txt"), *ROOT.glob("*/requirements*.txt")]),
    ids=lambda path: path.stem,
)
def test_every_requirement_names_its_version_and_its_hashes_and_no_index(requirements: Path) -> None:
    text = requirements.read_text().replace("\\\n", "")
    packages = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert packages
    assert all(re.match(r"[a-z0-9._-]+==\S+ .*--hash=sha256:", line) for line in packages)
    assert "://" not in text


@pytest.mark.parametrize("tag", ["cp313-cp313-linux_aarch64", "cp313-cp313-manylinux_2_17_x86_64"])
def test_a_wheel_for_another_machine_fails_the_build(tmp_path: Path, tag: str) -> None:
    record = tmp_path / "package-1.0.dist-info"
    record.mkdir()
    (record / "WHEEL").write_text(f"Wheel-Version: 1.0\nTag: {tag}\n")
    with pytest.raises(Trouble, match=r"package-1\.0"):
        refuse_wrong_wheels(tmp_path, CLOUD)
