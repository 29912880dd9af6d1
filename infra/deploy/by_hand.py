"""template: everything to deploy by hand, in a folder with a page that says what goes where."""

import json
import shutil
from pathlib import Path
from typing import Any

from infra.build import BUILD, STAMP, build
from infra.deploy.artifacts import code_names
from infra.deploy.stages import UNKNOWN_ORIGIN
from infra.packages import CLOUD
from infra.steps import Trouble, said, step
from infra.zips import zip_of

FOLDER = BUILD / "by-hand"
# CloudFormation takes a template of 1 MB from S3; one that is pasted in may be 51,200 bytes.
LARGEST = 1_000_000
PAGE = Path(__file__).parents[2] / "docs" / "deploy" / "template.md"
WHERE = {
    "CodeBucket": {"Type": "String", "Description": "The bucket that the zips were uploaded to, in this region."},
    "CodePrefix": {
        "Type": "String",
        "Default": "",
        "AllowedPattern": "(|.*/)",
        "Description": "The folder in it, with a slash at the end; empty for none.",
    },
}


def by_hand(template: dict[str, Any], stamp: str) -> dict[str, Any]:
    """The template with two parameters that say where the zips are, and this build's stamp as what it is of."""
    given = template["Parameters"]
    parameters = {
        **given,
        **WHERE,
        "Build": {**given["Build"], "Default": stamp},
        "SiteOrigin": {**given["SiteOrigin"], "Default": UNKNOWN_ORIGIN},
    }
    resources = {name: _from_bucket(resource) for name, resource in template["Resources"].items()}
    return {**template, "Parameters": parameters, "Resources": resources}


def _from_bucket(resource: dict[str, Any]) -> dict[str, Any]:
    properties = resource.get("Properties", {})
    if "CodeUri" not in properties:
        return resource
    place = {"Bucket": {"Ref": "CodeBucket"}, "Key": {"Fn::Sub": f"${{CodePrefix}}{properties['CodeUri']}"}}
    return {**resource, "Properties": {**properties, "CodeUri": place}}


def write_by_hand(site: Path) -> Path:
    """Write build/by-hand/; the folder. The zips' names carry the build's stamp, else an update changed nothing."""
    with step("Packaging"):
        built = build(CLOUD)
    stamp = (built / STAMP).read_text()
    template = json.loads((built / "template.json").read_text())
    names = {name: f"{stamp}-{name}" for name in code_names(template)}
    for resource in template["Resources"].values():
        if name := resource.get("Properties", {}).get("CodeUri"):
            resource["Properties"]["CodeUri"] = names[name]
    text = json.dumps(by_hand(template, stamp), separators=(",", ":"))
    if len(text) > LARGEST:
        raise Trouble(f"The template has {len(text):,} bytes; CloudFormation takes {LARGEST:,}.")
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    (FOLDER / "template.json").write_text(text)
    for name, stamped in names.items():
        shutil.copyfile(built / name, FOLDER / stamped)
    (FOLDER / "site.zip").write_bytes(zip_of(site))
    shutil.copyfile(PAGE, FOLDER / "READ-ME-FIRST.md")
    for path in sorted(FOLDER.iterdir()):
        said(f"{path.stat().st_size / 1e6:7.2f} MB  {path.relative_to(FOLDER.parents[1])}")
    said("READ-ME-FIRST.md says what to upload where.")
    return FOLDER
