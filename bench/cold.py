"""Cold starts: the processor time of a fresh process with a function's real zip, up to its first answer.

Beside it, in turns, a function that only makes a boto3 DynamoDB client. Both run under awslambdaric with
nothing else on their path, each as it is shipped: ours with its byte-code, the other as pip packs boto3, without.
What it would be beside one with byte-code is shown too, and the API is held to it.
"""

import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.events import sample
from bench.rows import Row
from bench.runtime_api import RuntimeApi, runtime_api
from infra.build import BUILD, build
from infra.packages import LOCAL, compile_in_place
from infra.steps import Trouble
from infra.zips import ROOT, digest

RUNS = 9
"""Fresh processes of each function; the median counts."""
WITHIN_S = 60
AT_MOST = {"APIHandler": 0.7, "Video": 1.2}
"""Any other function may take as long as the bare client."""
AT_MOST_COMPILED = {"APIHandler": 1.25}
"""Beside the bare client with byte-code: of the one that people wait for. Any other is shown."""
BESIDE = "a function that only makes a boto3 DynamoDB client"
_PLAIN, _COMPILED = "plain", "compiled"

_BARE = """\
import boto3

client = boto3.client("dynamodb")


def handler(event, context):
    return {}
"""


def cold_starts(runs: int = RUNS) -> list[Row]:
    """Measure every function of the template."""
    built = build(LOCAL)
    template = json.loads((built / "template.json").read_text())
    functions = {
        name: resource["Properties"]
        for name, resource in sorted(template["Resources"].items())
        if resource["Type"] == "AWS::Serverless::Function"
    }
    runtime, bare = _packages()
    code = _unpacked(built, {function["CodeUri"] for function in functions.values()})
    taken: dict[str, list[float]] = {name: [] for name in [*bare, *functions]}
    with runtime_api() as api:
        variables = _environment(template, api.address)
        for _ in range(runs):
            for name, folder in bare.items():
                taken[name].append(_start(api, "bare.handler", folder, runtime, variables, {}))
            for name, function in functions.items():
                folder = code[function["CodeUri"]]
                seconds = _start(api, function["Handler"], folder, runtime, variables, sample(function))
                taken[name].append(seconds)
    middle = {name: statistics.median(seconds) for name, seconds in taken.items()}
    return [
        Row(
            name=f"cold start: {name}" if beside == _PLAIN else f"cold start: {name}, beside byte-code",
            value=round(middle[name] / middle[beside], 3),
            beside=BESIDE if beside == _PLAIN else f"{BESIDE}, byte-code compiled",
            at_most=AT_MOST.get(name, 1.0) if beside == _PLAIN else AT_MOST_COMPILED.get(name),
            unit="ratio of CPU",
        )
        for beside in (_PLAIN, _COMPILED)
        for name in functions
    ]


def _start(
    api: RuntimeApi, handler: str, code: Path, runtime: Path, variables: Mapping[str, str], event: Mapping[str, Any]
) -> float:
    """Start a function, let it answer one event, and return its CPU in seconds, user and system."""
    api.hand(event)
    process = subprocess.Popen(
        [sys.executable, "-S", "-m", "awslambdaric", handler],
        cwd=code,
        env={**variables, "PYTHONPATH": f"{code}:{runtime}", "_HANDLER": handler, "LAMBDA_TASK_ROOT": str(code)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    answered = api.answered.wait(WITHIN_S)
    process.send_signal(signal.SIGKILL)
    said = process.stdout.read() if process.stdout else b""
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0  # it has been waited for
    if not answered or api.failed:
        raise Trouble(f"{handler} did not answer its first event: {api.answer.decode() or said.decode()}")
    return used.ru_utime + used.ru_stime


def _packages() -> tuple[Path, dict[str, Path]]:
    """Lambda's runtime interface client, and the bare function with all of boto3, plain and compiled."""
    pinned = (ROOT / "requirements.txt").read_text().splitlines()
    boto3 = [line.split()[0] for line in pinned if line.startswith(("boto3==", "botocore=="))]
    key = digest([ROOT / "bench" / "requirements.txt"], *boto3, _BARE, sys.version)
    folder = BUILD / "bench" / key
    runtime, bare = folder / "runtime", {name: folder / name for name in (_PLAIN, _COMPILED)}
    if not (folder / "made").exists():
        shutil.rmtree(folder.parent, ignore_errors=True)
        _install(runtime, "--no-deps", "--requirement", str(ROOT / "bench" / "requirements.txt"))
        for made in bare.values():
            _install(made, *boto3)
            (made / "bare.py").write_text(_BARE)
        for made in (runtime, bare[_COMPILED]):
            compile_in_place(made)
        (folder / "made").touch()
    return runtime, bare


def _install(folder: Path, *what: str) -> None:
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv), "pip", "install", "--quiet", "--only-binary", ":all:", "--python", sys.executable]
    done = subprocess.run([*command, "--target", str(folder), *what], check=False, capture_output=True, text=True)
    if done.returncode:
        raise Trouble(f"What the bench compares with cannot be installed:\n{done.stderr.strip()}")


def _unpacked(built: Path, names: set[str]) -> dict[str, Path]:
    """Unpack the zips, as Lambda does."""
    folders = {}
    for name in sorted(names):
        folders[name] = BUILD / "bench" / "code" / Path(name).stem
        shutil.rmtree(folders[name], ignore_errors=True)
        with zipfile.ZipFile(built / name) as opened:
            opened.extractall(folders[name])
    return folders


def _environment(template: Mapping[str, Any], address: str) -> dict[str, str]:
    """What the template puts into every function's environment, with AWS at our address."""
    given = template["Globals"]["Function"]["Environment"]["Variables"]
    parameters = template.get("Parameters", {})
    named = {name: _value(name, value, parameters) for name, value in given.items()}
    return named | {
        "AWS_ACCESS_KEY_ID": "000000000000",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": f"http://{address}",
        "AWS_LAMBDA_RUNTIME_API": address,
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _value(name: str, value: Any, parameters: Mapping[str, Any]) -> str:
    if isinstance(value, str):
        return value
    default = parameters.get(value.get("Ref", ""), {}).get("Default")
    return str(default) if default else name
