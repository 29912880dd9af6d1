"""What it takes to make a recording playable, beside the bare ffmpeg program with the same settings, in turns.

`python -m bench.video` measures this alone, and writes the table of docs/cost.md anew. Ratios hold on any machine; the
dollars are an estimate, from processor seconds here and the list price of Lambda on arm64.
"""

import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from bench.cost import ASSUMED, DOC, PRICES, READ_ON, REGION, memory
from bench.filmed import CLIPS, COMPLIANT, Clip
from bench.rows import Row, table
from chalicelib.media.processing import Accepted, find_ffmpeg, look_through, process
from chalicelib.media.processing.child import Caps
from chalicelib.media.processing.container import HEAD_BYTES, recognise
from chalicelib.media.processing.preview import preview_command
from chalicelib.media.processing.probe import Source, probe
from chalicelib.media.processing.render import Plan, rendition_command
from infra.steps import Trouble, run_command, step
from infra.zips import ROOT

RUNS = 3
# A voice takes two or three seconds, of which the rest of the machine may easily take one.
RUNS_OF_A_VOICE = 9
BESIDE = "ffmpeg alone, same settings, the rendition only"
# A voice is encoded as fast as its loudness is measured, which is asked for too; Python holds as much as its ffmpeg.
BESIDE_A_VOICE = "ffmpeg alone, same settings, the rendition, loudness and peaks"
_LEAST_APART_S = 0.02
_MINUTE_S = 60
_GIB = 1024**3
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Used(NamedTuple):
    """Seconds on the clock and of the processor, children included."""

    wall: float
    cpu: float


def rows() -> list[Row]:
    """Measure every clip."""
    found: list[Row] = []
    dollars: list[Row] = []
    for clip in CLIPS:
        ours, bare = _in_turns(clip)
        peak, bare_peak = _peaks(clip)
        seen = clip.kind == "video"
        beside = BESIDE if seen else BESIDE_A_VOICE
        found += [
            _ratio(f"video: {clip.name}: time", ours.wall / bare.wall, 1.15, "ratio of wall", beside),
            _ratio(f"video: {clip.name}: processor", ours.cpu / bare.cpu, 1.15, "ratio of CPU", beside),
            _ratio(f"video: {clip.name}: memory", peak / bare_peak, 1.2 if seen else None, "ratio of peak", beside),
        ]
        dollars.append(_dollars(clip, ours))
    ready, looked, coded = _compliant()
    found += [
        _ratio(f"video: {COMPLIANT.name}: ready", ready.wall / coded.wall, 0.05, "ratio of wall", "its re-encode"),
        _ratio(
            f"video: {COMPLIANT.name}: looked through", looked.wall / coded.wall, None, "ratio of wall", "its re-encode"
        ),
    ]
    both = Used(ready.wall + looked.wall, ready.cpu + looked.cpu)
    return [*found, *dollars, _dollars(COMPLIANT, both)]


def _ratio(name: str, value: float, at_most: float | None, unit: str, beside: str = BESIDE) -> Row:
    return Row(name=name, value=round(value, 3), beside=beside, at_most=at_most, unit=unit)


def _in_turns(clip: Clip) -> tuple[Used, Used]:
    ours, bare = [], []
    for _ in range(RUNS if clip.kind == "video" else RUNS_OF_A_VOICE):
        bare.append(_bare(clip))
        ours.append(_timed(lambda: _process(clip)))
    return _least(ours), _least(bare)


def _compliant() -> tuple[Used, Used, Used]:
    ready, looked, coded = [], [], []
    for _ in range(RUNS):
        coded.append(_bare(COMPLIANT))
        with tempfile.TemporaryDirectory() as folder:
            made: list[Accepted] = []
            ready.append(_timed(lambda: made.append(_handed_over(COMPLIANT, Path(folder)))))  # noqa: B023
            if not (made[0].copied_video and made[0].copied_audio):
                raise Trouble(f"{COMPLIANT.name} was not copied.")
            looked.append(_timed(lambda: look_through(made[0])))  # noqa: B023
    return _least(ready), _least(looked), _least(coded)


def _least(several: Sequence[Used]) -> Used:
    """The quickest on the clock, which others on the machine delayed least, and the middle of what was used."""
    return Used(min(one.wall for one in several), statistics.median(one.cpu for one in several))


def _process(clip: Clip) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _handed_over(clip, Path(folder))


def _handed_over(clip: Clip, folder: Path) -> Accepted:
    outcome = process(clip.film(), folder, kind=clip.kind, longest_s=None)
    if not isinstance(outcome, Accepted):
        raise Trouble(f"{clip.name} was refused: {outcome.reason}")
    return outcome


def _bare(clip: Clip) -> Used:
    with tempfile.TemporaryDirectory() as folder:
        commands = _bare_commands(clip, Path(folder))
        return _timed(lambda: _run(commands, folder))


def _run(commands: Sequence[Sequence[str]], folder: str) -> None:
    for command in commands:
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)


def _bare_commands(clip: Clip, folder: Path) -> list[list[str]]:
    """The very words that processing would use, the picture encoded."""
    path, tool = clip.film(), find_ffmpeg()
    with path.open("rb") as file:
        container = recognise(file.read(HEAD_BYTES))
    if container is None:
        raise Trouble(f"{clip.name} is of no kind.")
    source = Source(path, container)
    contents = probe(tool, source, folder=folder, caps=Caps(60, 4 * _GIB, 1 << 25))
    plan = Plan(
        source=source,
        video=contents.video if clip.kind == "video" else None,
        video_track=contents.video_track,
        audio=contents.audio,
        copy_video=False,
        copy_audio=clip.kind == "video" and clip is not COMPLIANT and ".webm" not in clip.suffix,
    )
    target = folder / f"rendition{'.mp4' if plan.video else '.m4a'}"
    commands = [rendition_command(tool, plan, target)]
    return commands if plan.video else [*commands, preview_command(tool, target, contents.sound_alone(), None)]


def _timed(work: Callable[[], object]) -> Used:
    wall, cpu = time.perf_counter(), _cpu()
    work()
    return Used(time.perf_counter() - wall, _cpu() - cpu)


def _cpu() -> float:
    used = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def _peaks(clip: Clip) -> tuple[int, int]:
    """The most memory that our command and the bare one hold at once, in bytes, over all their processes."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "chalicelib.media", str(clip.film()), folder]
        ours = _peak([*words, "--audio"] if clip.kind == "audio" else words)
        return ours, _peak(_bare_commands(clip, Path(folder))[0])


def _peak(command: Sequence[str]) -> int:
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most, over = 0, threading.Event()

    def wait() -> None:
        process.wait()
        over.set()

    threading.Thread(target=wait, daemon=True).start()
    while not over.wait(_LEAST_APART_S):
        most = max(most, _held(process.pid))
    if process.returncode:
        raise Trouble(f"{command[0]} ended with {process.returncode}.")
    return most


def _held(pid: int) -> int:
    """Bytes in memory of a process and all that it started."""
    held = 0
    with suppress(OSError):
        held = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
        for thread in Path(f"/proc/{pid}/task").iterdir():
            held += sum(map(_held, map(int, (thread / "children").read_text().split())))
    return held


def _dollars(clip: Clip, used: Used) -> Row:
    a_minute = used.cpu / clip.seconds * _MINUTE_S * ASSUMED["lambda_cpu_s_a_cpu_s"]
    cores = memory("Video") * 1024 / ASSUMED["lambda_mb_a_vcpu"] * ASSUMED["lambda_cores_busy"]
    seconds = a_minute / (cores if clip.kind == "video" else 1)
    disk = ASSUMED["lambda_disk_gb"] * PRICES["lambda_disk_gb_s"]
    dollars = PRICES["lambda_request"] + seconds * (memory("Video") * PRICES["lambda_gb_s"] + disk)
    return Row(
        name=f"a minute of video: {clip.name}",
        value=round(dollars, 5),
        beside=f"{a_minute:.0f} s of CPU, Lambda arm64, list price, {REGION}, {READ_ON}",
        at_most=None,
        unit="USD",
    )


def written(text: str, measured: Sequence[Row]) -> str:
    """Return docs/cost.md with the table of video made anew."""
    lines = [
        f"| {row.name.partition(': ')[2]} | {row.value:.4f} | {row.beside.partition(',')[0]} |"
        for row in measured
        if row.unit == "USD"
    ]
    head = ["<!-- python -m bench.video -->", "| a minute of | USD | from |", "|---|---|---|"]
    made = "\n".join([*head, *lines, "<!-- so far -->"])
    return re.sub(r"<!-- python -m bench\.video -->.*<!-- so far -->", lambda _: made, text, flags=re.DOTALL)


def main() -> int:
    """Measure, show, and write the table of the costs."""
    with step("Making recordings playable"):
        measured = rows()
    print(f"\n{table(measured)}\n")
    DOC.write_text(written(DOC.read_text(), measured))
    return 1 if any(row.is_over for row in measured) else 0


if __name__ == "__main__":
    run_command(main)
