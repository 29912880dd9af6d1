"""Clips as phones and browsers make them, to measure processing with: filmed once, and kept in build/bench/clips."""

import hashlib
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from chalicelib.media.processing import Kind, find_ffmpeg
from infra.build import BUILD

_FILMED_S = 2
# A figure that moves, and a sensor's noise: a drawn picture alone is far too easy to encode.
_SCENE = "testsrc2=s={size}:r={rate},noise=alls=6:allf=t"
_VOICE = "aevalsrc='0.3*sin(2*PI*(150*t+12*sin(t)))+0.1*sin(2*PI*450*t)':s=48000"
_H264 = "-c:v libx264 -preset superfast -g 60"
_HEVC = "-c:v libx265 -preset ultrafast -tag:v hvc1 -x265-params log-level=error:info=0"
_TO_PQ = "zscale=tin=bt709:min=bt709:pin=bt709:rin=tv:npl=203:p=bt2020:t=smpte2084:m=bt2020nc:r=tv,format=yuv420p10le"
_709 = "-color_primaries bt709 -color_trc bt709 -colorspace bt709"


@dataclass(frozen=True)
class Clip:
    """What is measured: how it is coded, and how many seconds it is long."""

    name: str
    coding: str
    suffix: str = ".mp4"
    size: str = "1920x1080"
    rate: int = 30
    seconds: int = 10
    look: str = "format=yuv420p"
    turned: bool = False
    kind: Kind = "video"

    def film(self) -> Path:
        """Where it lies; it is filmed for two seconds, and goes round."""
        key = hashlib.sha256(f"{self}{_SCENE}{_VOICE}{find_ffmpeg().name}".encode()).hexdigest()[:16]
        path = BUILD / "bench" / "clips" / f"{key}{self.suffix}"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            once, making = path.with_suffix(f".once{self.suffix}"), path.with_suffix(f".making{self.suffix}")
            sound = f'-f lavfi -t {_FILMED_S} -i "{_VOICE}"'
            scene = _SCENE.format(size=self.size, rate=self.rate)
            seen = f'-f lavfi -t {_FILMED_S} -i "{scene}" -vf "{self.look}"' if self.kind == "video" else ""
            _ffmpeg(f"{sound} {seen} {self.coding}", once)
            mark = "-display_rotation:v:0 -90" if self.turned else ""
            _ffmpeg(f"{mark} -stream_loop {self.seconds // _FILMED_S - 1} -i {once} -map 0 -c copy", making)
            once.unlink()
            making.rename(path)
        return path


def _ffmpeg(words: str, target: Path) -> None:
    command = [str(find_ffmpeg()), "-nostdin", "-v", "error", "-y", *shlex.split(words), str(target)]
    subprocess.run(command, check=True)


CLIPS = (
    Clip("1080p30 H.264, an Android phone", f"{_H264} -b:v 12M {_709} -c:a aac"),
    Clip("1080p60 HEVC, upright, an iPhone", f"{_HEVC} -b:v 12M {_709} -c:a aac", ".mov", rate=60, turned=True),
    Clip("4K HEVC", f"{_HEVC} -b:v 30M {_709} -c:a aac", size="3840x2160"),
    Clip("1080p30 HDR10", f"{_HEVC} -b:v 12M -c:a aac", look=f"format=yuv420p,{_TO_PQ}"),
    Clip(
        "720p30 VP8, a browser",
        "-c:v libvpx -deadline realtime -cpu-used 8 -b:v 2500k -c:a libopus",
        ".webm",
        size="1280x720",
    ),
    Clip("a voice, Opus", "-c:a libopus", ".webm", seconds=300, kind="audio"),
)
COMPLIANT = Clip(
    "720p30 H.264 as a rendition is",
    f"{_H264} -b:v 2M -maxrate 2M -bufsize 1M {_709} -c:a aac",
    size="1280x720",
    seconds=60,
)
