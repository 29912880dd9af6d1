"""The way of one recording: recognised, looked at, rendered, looked at again, handed over."""

import tempfile
from dataclasses import replace
from pathlib import Path

import msgspec

from chalicelib.media.processing import child, preview, probe, render, rules
from chalicelib.media.processing.budget import Budget, Deadline
from chalicelib.media.processing.container import FOR_AUDIO, FOR_VIDEO, HEAD_BYTES, Container, recognise
from chalicelib.media.processing.contents import Contents
from chalicelib.media.processing.outcome import Accepted, Kind, Outcome, Reason, RefusalError, Rejected, TooMuchWork
from chalicelib.media.processing.preview import Preview, Sight
from chalicelib.media.processing.probe import Source
from chalicelib.media.processing.streams import Video
from chalicelib.media.processing.timeline import TIMELINE, Timeline, steps
from chalicelib.media.processing.tools import find_ffmpeg

_MEBI = 1024 * 1024
# Twice what picture and sound may take in a second, and room for a short clip's headers.
_OUTPUT_BYTES_A_SECOND = 660_000
_OUTPUT_BYTES = 64 * _MEBI


def process(
    source: Path,
    out_dir: Path,
    *,
    kind: Kind,
    longest_s: int | None,
    budget: Budget | None = None,
    ffmpeg: Path | None = None,
    cpu_s: float | None = None,
) -> Outcome:
    """Make `source` playable everywhere, or say why not.

    `longest_s` is the request's limit in seconds (None: 20 minutes). `out_dir` must exist; it receives
    `rendition.mp4`, `poster.jpg` and `sprite.jpg`, or `rendition.m4a`, and `timeline.json`, complete or not at
    all. The source is only read. A bad file never raises; `ToolFault` and `OSError` are faults of ours and may be
    tried again. `TooMuchWork`: it would take more than `cpu_s` seconds of CPU time, and nothing was made.
    """
    work = _Work(ffmpeg or find_ffmpeg(), out_dir, kind, budget or Budget())
    try:
        return work.process(source, longest_s, cpu_s)
    except RefusalError as refusal:
        return Rejected(refusal.reason)


def look_through(accepted: Accepted, *, budget: Budget | None = None, ffmpeg: Path | None = None) -> Accepted:
    """Decode in full what was copied, and say with `damaged` whether all of it could be.

    It costs a seventh of a re-encode, so it comes after the recording is ready. What was re-encoded has been
    decoded already, and is not looked at again. A look that runs out of time finds nothing.
    """
    if not (accepted.copied_video or accepted.copied_audio) or accepted.damaged:
        return accepted
    limits = budget or Budget()
    command = render.decode_command(ffmpeg or find_ffmpeg(), accepted.rendition)
    with tempfile.TemporaryDirectory(prefix="looking-") as name:
        caps = child.Caps(limits.seconds, limits.memory_bytes, _MEBI)
        finished = child.run(command, folder=Path(name), caps=caps)
    return accepted if finished.timed_out else replace(accepted, damaged=bool(finished.errors.strip()))


class _Work:
    def __init__(self, ffmpeg: Path, out_dir: Path, kind: Kind, budget: Budget) -> None:
        self._ffmpeg = ffmpeg
        self._out_dir = out_dir
        self._kind: Kind = kind
        self._budget = budget
        self._deadline = Deadline(budget.seconds)

    def process(self, path: Path, longest_s: int | None, cpu_s: float | None) -> Accepted:
        source = Source(path, _container_of(path, self._kind))
        with tempfile.TemporaryDirectory(dir=self._out_dir, prefix="making-") as name:
            folder = Path(name)
            contents = self._look_at(source, folder)
            if self._kind == "audio":
                contents = contents.sound_alone()
            reason = rules.refusal(contents, kind=self._kind, longest_s=longest_s)
            if reason is not None:
                raise RefusalError(reason)
            plan = self._plan(source, contents, folder)
            estimated_s = rules.estimated_cpu_s(contents, copy_video=plan.copy_video)
            if cpu_s is not None and estimated_s > cpu_s:
                raise TooMuchWork(estimated_s, contents)
            plan, made = self._render(plan, contents, folder)
            sight = preview.sight_of(made)
            seen = self._preview(made, sight, folder)
            timeline = Timeline(
                duration_ms=round(made.duration_s * 1000),
                frame_ms=steps(made.video_track),
                tiles=seen.tiles,
                peaks=seen.peaks,
            )
            (folder / TIMELINE).write_bytes(msgspec.json.encode(timeline))
            return Accepted(
                poster=self._hand_over(folder / preview.POSTER) if sight else None,
                sprite=self._hand_over(folder / preview.SPRITE) if sight else None,
                timeline=self._hand_over(folder / TIMELINE),
                rendition=self._hand_over(_rendition(folder, self._kind)),
                duration_s=made.duration_s,
                width=made.video.width if made.video else 0,
                height=made.video.height if made.video else 0,
                copied_video=plan.copy_video,
                copied_audio=plan.copy_audio,
                loudness_lufs=seen.loudness_lufs,
            )

    def _look_at(self, source: Source, folder: Path) -> Contents:
        return probe.probe(self._ffmpeg, source, folder=folder, caps=self._looking())

    def _looking(self) -> child.Caps:
        seconds = self._deadline.left(self._budget.probe_seconds)
        return child.Caps(seconds, self._budget.memory_bytes, self._budget.packet_list_bytes)

    def _plan(self, source: Source, contents: Contents, folder: Path) -> render.Plan:
        video = contents.video
        audio = contents.audio if contents.audio_track.packets else None
        return render.Plan(
            source=source,
            video=video,
            video_track=contents.video_track,
            audio=audio,
            copy_video=(
                video is not None
                # AVI has no times for pictures, so a copy of it would stutter.
                and source.container is not Container.AVI
                and rules.may_copy_video(video, contents.video_track)
                and self._is_low_level(source, video, folder)
            ),
            copy_audio=audio is not None and rules.may_copy_audio(audio, contents.audio_track),
        )

    def _is_low_level(self, source: Source, video: Video, folder: Path) -> bool:
        level = probe.h264_level(self._ffmpeg, source, video, folder=folder, caps=self._looking())
        return 0 < level <= rules.HIGHEST_LEVEL

    def _render(self, plan: render.Plan, contents: Contents, folder: Path) -> tuple[render.Plan, Contents]:
        try:
            return plan, self._render_once(plan, contents, folder)
        except RefusalError as refusal:
            if refusal.reason is Reason.OUT_OF_TIME or not (plan.copy_video or plan.copy_audio):
                raise
        # What looked fit to be copied was not: a decoder may still make sense of it.
        decoded = replace(plan, copy_video=False, copy_audio=False)
        return decoded, self._render_once(decoded, contents, folder)

    def _render_once(self, plan: render.Plan, contents: Contents, folder: Path) -> Contents:
        rendition = _rendition(folder, self._kind)
        self._make(render.rendition_command(self._ffmpeg, plan, rendition), folder, contents.duration_s)
        made = self._look_at(Source(rendition, Container.ISO), folder)
        if not rules.is_sound_rendition(made, of_s=contents.duration_s, kind=self._kind):
            raise RefusalError(Reason.WOULD_NOT_OPEN)
        return made

    def _preview(self, made: Contents, sight: Sight | None, folder: Path) -> Preview:
        command = preview.preview_command(self._ffmpeg, _rendition(folder, self._kind), made, sight)
        finished = self._make(command, folder, 0)
        if sight and not all((folder / name).exists() for name in (preview.POSTER, preview.SPRITE)):
            raise RefusalError(Reason.WOULD_NOT_OPEN)
        return preview.read_preview(folder, finished.errors, sight)

    def _make(self, command: list[str], folder: Path, duration_s: float) -> child.Finished:
        file_bytes = _OUTPUT_BYTES + int(duration_s * _OUTPUT_BYTES_A_SECOND)
        caps = child.Caps(self._deadline.left(), self._budget.memory_bytes, file_bytes)
        finished = child.run(command, folder=folder, caps=caps)
        if finished.timed_out:
            raise RefusalError(Reason.OUT_OF_TIME)
        if not finished.ok:
            raise RefusalError(Reason.WOULD_NOT_OPEN)
        return finished

    def _hand_over(self, made: Path) -> Path:
        return made.rename(self._out_dir / made.name)


def _rendition(folder: Path, kind: Kind) -> Path:
    return folder / ("rendition.mp4" if kind == "video" else "rendition.m4a")


def _container_of(path: Path, kind: Kind) -> Container:
    reason = rules.refusal_of_size(path.stat().st_size)
    if reason is not None:
        raise RefusalError(reason)
    with path.open("rb") as file:
        container = recognise(file.read(HEAD_BYTES))
    if container is None or container not in (FOR_VIDEO if kind == "video" else FOR_AUDIO):
        raise RefusalError(Reason.NOT_MEDIA)
    return container
