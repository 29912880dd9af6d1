"""The way of one recording: recognised, looked at, rendered, looked at again, handed over."""

import errno
import stat
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from chalicelib.media.processing import child, preview, probe, render, rules
from chalicelib.media.processing.budget import Budget, Deadline
from chalicelib.media.processing.container import FOR_AUDIO, FOR_VIDEO, HEAD_BYTES, Container, recognise
from chalicelib.media.processing.contents import Contents
from chalicelib.media.processing.damage import is_damaged
from chalicelib.media.processing.outcome import Accepted, Kind, Outcome, Reason, RefusalError, Rejected, TooMuchWork
from chalicelib.media.processing.preview import Preview
from chalicelib.media.processing.probe import Source
from chalicelib.media.processing.timeline import TIMELINE, Timeline, steps
from chalicelib.media.processing.tools import find_ffmpeg

_MEBI = 1024 * 1024
# Twice what picture and sound may take in a second, and room for a short clip's headers.
_OUTPUT_BYTES_A_SECOND = 660_000
_OUTPUT_BYTES = 64 * _MEBI
_RENDITION: dict[Kind, str] = {"video": "rendition.mp4", "audio": "rendition.m4a"}
_OUTPUTS = (*_RENDITION.values(), preview.POSTER, preview.SPRITE, TIMELINE)


def process(
    source: Path,
    out_dir: Path,
    *,
    kind: Kind,
    longest_s: int | None,
    budget: Budget | None = None,
    ffmpeg: Path | None = None,
    cpu_s: float | None = None,
    copy: bool = True,
) -> Outcome:
    """Make `source` playable everywhere, or say why not.

    `longest_s` is the request's limit in seconds (None: 20 minutes). `out_dir` must exist; it receives
    `rendition.mp4`, `poster.jpg` and `sprite.jpg`, or `rendition.m4a`, and `timeline.json`, complete or not at
    all: what an earlier call left there goes. The source is only read. A bad file never raises; `ToolFault` and
    `OSError` are faults of ours and may be tried again. `TooMuchWork`: it would take more than `cpu_s` seconds
    of CPU time, and nothing was made. Without `copy`, every stream is decoded, and holes in it are patched.
    """
    if any(_is_same(source, out_dir / name) for name in _OUTPUTS):
        raise OSError(errno.EINVAL, "Its rendition would be written over it", str(source))
    work = _Work(ffmpeg or find_ffmpeg(), out_dir, kind, budget or Budget(), cpu_s)
    try:
        return work.process(source, longest_s, copy=copy)
    except RefusalError as refusal:
        _clear(out_dir)
        return Rejected(refusal.reason)


def look_through(accepted: Accepted, *, budget: Budget | None = None, ffmpeg: Path | None = None) -> Accepted:
    """Decode every picture that was copied, and say with `damaged` whether all of them could be.

    It costs a seventh of a re-encode, so it comes after the recording is ready. Sound and what was re-encoded have
    been decoded before, and are not again. A look that runs out of time finds nothing. Some players stop at a hole
    in what was copied: `process` without `copy` makes one that they play to its end.
    """
    if accepted.damaged or not (accepted.copied_video and accepted.width):
        return accepted
    limits = budget or Budget()
    command = render.decode_command(ffmpeg or find_ffmpeg(), accepted.rendition)
    with tempfile.TemporaryDirectory(prefix="looking-") as name:
        caps = child.Caps(limits.seconds, limits.memory_bytes, _MEBI)
        finished = child.run(command, folder=Path(name), caps=caps)
    found = not finished.timed_out and (not finished.ok or is_damaged(finished.errors))
    return replace(accepted, damaged=found)


@dataclass(frozen=True, slots=True)
class _Made:
    """A rendition in the working folder, what is in it, and what was seen of it."""

    plan: render.Plan
    contents: Contents
    preview: Preview
    damaged: bool


class _Work:
    def __init__(self, ffmpeg: Path, out_dir: Path, kind: Kind, budget: Budget, cpu_s: float | None) -> None:
        self._ffmpeg = ffmpeg
        self._out_dir = out_dir
        self._kind: Kind = kind
        self._budget = budget
        self._cpu_s = cpu_s
        self._deadline = Deadline(budget.seconds)

    def process(self, path: Path, longest_s: int | None, *, copy: bool) -> Accepted:
        source = Source(path, _container_of(path, self._kind))
        with tempfile.TemporaryDirectory(dir=self._out_dir, prefix="making-") as name:
            folder = Path(name)
            contents = probe.probe(self._ffmpeg, source, folder=folder, caps=self._looking())
            if self._kind == "audio":
                contents = contents.sound_alone()
            reason = rules.refusal(contents, kind=self._kind, longest_s=longest_s)
            if reason is not None:
                raise RefusalError(reason)
            # A file that its reader stumbled over is not copied either.
            plan = _plan(source, contents, copy=copy and not contents.damaged)
            made = self._make(plan, contents, folder)
            _write_timeline(made, folder / TIMELINE)
            return self._hand_over(made, folder)

    def _looking(self) -> child.Caps:
        seconds = self._deadline.left(self._budget.probe_seconds)
        return child.Caps(seconds, self._budget.memory_bytes, self._budget.packet_list_bytes)

    def _make(self, plan: render.Plan, contents: Contents, folder: Path) -> _Made:
        estimated_s = rules.estimated_cpu_s(contents, copy_video=plan.copy_video)
        if self._cpu_s is not None and estimated_s > self._cpu_s:
            raise TooMuchWork(estimated_s, contents)
        try:
            made = self._make_once(plan, contents, folder)
        except RefusalError as refusal:
            if refusal.reason is Reason.OUT_OF_TIME or not (plan.copy_video or plan.copy_audio):
                raise
        else:
            if not (made.damaged and (plan.copy_video or plan.copy_audio)):
                if plan.copy_video and not rules.asks_little(made.contents):
                    return self._make(replace(plan, copy_video=False), contents, folder)
                return made
        # What looked fit to be copied was not: a decoder may still make sense of it, and patch its holes.
        return self._make(replace(plan, copy_video=False, copy_audio=False), contents, folder)

    def _make_once(self, plan: render.Plan, contents: Contents, folder: Path) -> _Made:
        rendition = folder / _RENDITION[self._kind]
        rendered = self._run(render.rendition_command(self._ffmpeg, plan, rendition), folder, contents.duration_s)
        source, is_video = Source(rendition, Container.ISO), self._kind == "video"
        made = probe.probe(self._ffmpeg, source, folder=folder, caps=self._looking(), pictures_are_h264=is_video)
        damaged = contents.damaged or is_damaged(rendered.errors)
        if not rules.is_sound_rendition(made, of_s=contents.duration_s, kind=self._kind):
            raise RefusalError(Reason.CUT_SHORT if damaged else Reason.WOULD_NOT_OPEN)
        sight = preview.sight_of(made)
        looked = self._run(preview.preview_command(self._ffmpeg, rendition, made, sight), folder, 0)
        if sight and not all((folder / name).exists() for name in (preview.POSTER, preview.SPRITE)):
            raise RefusalError(Reason.WOULD_NOT_OPEN)
        seen = preview.read_preview(folder, looked.errors, made, sight)
        return _Made(plan, made, seen, damaged or is_damaged(looked.errors))

    def _run(self, command: list[str], folder: Path, duration_s: float) -> child.Finished:
        file_bytes = _OUTPUT_BYTES + int(duration_s * _OUTPUT_BYTES_A_SECOND)
        caps = child.Caps(self._deadline.left(), self._budget.memory_bytes, file_bytes)
        finished = child.run(command, folder=folder, caps=caps)
        if finished.timed_out:
            raise RefusalError(Reason.OUT_OF_TIME)
        if not finished.ok:
            raise RefusalError(Reason.WOULD_NOT_OPEN)
        return finished

    def _hand_over(self, made: _Made, folder: Path) -> Accepted:
        _clear(self._out_dir)
        # The rendition comes last: where it is, the rest is.
        handed = {
            name: (folder / name).rename(self._out_dir / name) for name in _OUTPUTS[::-1] if (folder / name).exists()
        }
        video = made.contents.video
        return Accepted(
            rendition=handed[_RENDITION[self._kind]],
            poster=handed.get(preview.POSTER),
            duration_s=made.contents.duration_s,
            width=video.width if video else 0,
            height=video.height if video else 0,
            copied_video=made.plan.copy_video,
            copied_audio=made.plan.copy_audio,
            sprite=handed.get(preview.SPRITE),
            timeline=handed[TIMELINE],
            loudness_lufs=made.preview.loudness_lufs,
            damaged=made.damaged,
        )


def _clear(out_dir: Path) -> None:
    for name in _OUTPUTS:
        (out_dir / name).unlink(missing_ok=True)


def _is_same(one: Path, other: Path) -> bool:
    return other.exists() and one.exists() and one.samefile(other)


def _plan(source: Source, contents: Contents, *, copy: bool) -> render.Plan:
    video = contents.video
    audio = contents.audio if contents.audio_track.packets else None
    return render.Plan(
        source=source,
        video=video,
        video_track=contents.video_track,
        audio=audio,
        copy_video=(
            copy
            and video is not None
            # AVI has no times for pictures, so a copy of it would stutter.
            and source.container is not Container.AVI
            and rules.may_copy_video(video, contents.video_track)
        ),
        copy_audio=copy and audio is not None and rules.may_copy_audio(audio, contents.audio_track),
    )


def _write_timeline(made: _Made, target: Path) -> None:
    timeline = Timeline(
        duration_ms=round(made.contents.duration_s * 1000),
        frame_ms=steps(made.contents.video_track),
        tiles=made.preview.tiles,
        peaks=made.preview.peaks,
    )
    target.write_bytes(msgspec.json.encode(timeline))


def _container_of(path: Path, kind: Kind) -> Container:
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        # A pipe or a device would be read for ever.
        raise OSError(errno.EINVAL, "This is not a file", str(path))
    reason = rules.refusal_of_size(found.st_size)
    if reason is not None:
        raise RefusalError(reason)
    with path.open("rb") as file:
        container = recognise(file.read(HEAD_BYTES))
    if container is None or container not in (FOR_VIDEO if kind == "video" else FOR_AUDIO):
        raise RefusalError(Reason.NOT_MEDIA)
    return container
