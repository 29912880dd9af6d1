"""Real recordings for the demo, the tour and the tests: `python -m demo.clips OUT_DIR`.

A figure raises its arms while a counter shows the seconds. Every picture is drawn here, so that no font,
no download and nobody's face is needed.
"""

import math
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chalicelib.media.processing import find_ffmpeg
from demo.drawing import Canvas, Point

PHONE_S = 8
ROTATED_S = 4
BROWSER_S = 6
VOICE_S = 6
_RATE = 30

_SAND = (0xFB, 0xF8, 0xF3)
_FLOOR = (0xEF, 0xE5, 0xD5)
_SUN = (0xFA, 0xEC, 0xE4)
_SKIN = (0xD9, 0x8B, 0x62)
_SHIRT = (0x25, 0x63, 0x5A)
_LEGS = (0x5F, 0x91, 0x84)
_COUNTER = (0x5C, 0x6B, 0x69)

# A bell on every second, so that sound and counter can be compared by ear.
_BELL = "0.3*sin(2*PI*523.25*t)*exp(-7*mod(t,1))+0.15*sin(2*PI*784*t)*exp(-9*mod(t,1))"
# Something like a held "aah": a gliding tone with overtones and a little vibrato.
_TONE = "(150*t+12*t*t+0.6*sin(2*PI*5*t))"
_VOICE = f"0.25*sin(2*PI*{_TONE})+0.15*sin(4*PI*{_TONE})+0.1*sin(6*PI*{_TONE})"

_QUIET = ("-hide_banner", "-nostdin", "-loglevel", "error", "-y")
_SAME_BYTES = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact")
_PLACE = "+47.3769+008.5417/"
_TO_BT709 = (
    "flags=bicubic:out_color_matrix=bt709:out_range=tv,format=yuv420p,"
    "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
)


@dataclass(frozen=True, slots=True)
class Clips:
    """The files that `make_clips` wrote.

    `phone` is H.264 and AAC, upright, with a place and a device in its metadata, the index at the end.
    `rotated` is HEVC, stored lying and turned upright by its display matrix. `browser` and `voice` are
    what MediaRecorder gives: WebM without duration. `broken` ends in the middle; `text` is no video.
    """

    phone: Path
    rotated: Path
    browser: Path
    voice: Path
    broken: Path
    text: Path


def clips_in(folder: Path) -> Clips:
    """The clips that `make_clips` has written into `folder`."""
    return Clips(
        phone=folder / "phone-upright.mp4",
        rotated=folder / "phone-rotated-hevc.mov",
        browser=folder / "browser.webm",
        voice=folder / "voice.webm",
        broken=folder / "broken.mp4",
        text=folder / "text-named.mp4",
    )


def make_clips(folder: Path) -> Clips:
    """Write all the clips into `folder`, which is made when missing. Takes some seconds; raises when ffmpeg does."""
    folder.mkdir(parents=True, exist_ok=True)
    clips = clips_in(folder)
    _make_phone(clips.phone)
    _make_rotated(clips.rotated, folder)
    _make_browser(clips.browser)
    _make_voice(clips.voice)
    whole = clips.phone.read_bytes()
    clips.broken.write_bytes(whole[: len(whole) * 3 // 5])
    clips.text.write_text("Shopping: bread, apples, a new battery for the camera.\n" * 40, encoding="utf-8")
    return clips


def _make_phone(target: Path) -> None:
    words = [
        *_pictures(360, 640),
        *_sound(_BELL, PHONE_S),
        *("-vf", f"scale=720:1280:{_TO_BT709}"),
        *("-c:v", "libx264", "-preset", "superfast", "-profile:v", "high", "-crf", "24", "-threads:v", "2"),
        *("-c:a", "aac", "-b:a", "96k"),
        *("-metadata", f"location={_PLACE}", "-metadata", "make=Meanwhile", "-metadata", "model=Demo phone"),
        *("-metadata", "creation_time=2026-03-02T07:30:00Z", "-movflags", "use_metadata_tags"),
        *(*_SAME_BYTES, "-f", "mp4", f"file:{target}"),
    ]
    _ffmpeg(words, frames(360, 640, PHONE_S))


def _make_rotated(target: Path, folder: Path) -> None:
    lying = folder / "lying.mov"
    words = [
        *_pictures(360, 640),
        *_sound(_BELL, ROTATED_S),
        # A quarter turn here, and the opposite one in the matrix: that is how a phone held upright stores it.
        *("-vf", f"transpose=cclock,scale=1920:1080:{_TO_BT709}"),
        *("-c:v", "libx265", "-preset", "ultrafast", "-tag:v", "hvc1", "-crf", "28"),
        *("-x265-params", "log-level=error:info=0:pools=2:frame-threads=1"),
        *("-c:a", "aac", "-b:a", "96k", *_SAME_BYTES, "-f", "mov", f"file:{lying}"),
    ]
    _ffmpeg(words, frames(360, 640, ROTATED_S))
    _ffmpeg(
        [
            *("-display_rotation:v:0", "-90", "-i", f"file:{lying}", "-map", "0", "-c", "copy"),
            *("-metadata", f"com.apple.quicktime.location.ISO6709={_PLACE}"),
            *("-metadata", "com.apple.quicktime.make=Meanwhile", "-movflags", "use_metadata_tags"),
            *(*_SAME_BYTES, "-f", "mov", f"file:{target}"),
        ]
    )
    lying.unlink()


def _make_browser(target: Path) -> None:
    words = [
        *_pictures(640, 360),
        *_sound(_BELL, BROWSER_S),
        *("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "900k", "-threads:v", "1"),
        *("-c:a", "libopus", "-b:a", "48k", *_SAME_BYTES, "-f", "webm", "-live", "1", "pipe:1"),
    ]
    _ffmpeg(words, frames(640, 360, BROWSER_S), target)


def _make_voice(target: Path) -> None:
    words = [
        *("-f", "lavfi", "-i", f"aevalsrc='{_VOICE}':s=48000:d={VOICE_S}"),
        *("-c:a", "libopus", "-b:a", "48k", *_SAME_BYTES, "-f", "webm", "-live", "1", "pipe:1"),
    ]
    _ffmpeg(words, onto=target)


def _pictures(width: int, height: int) -> list[str]:
    return ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(_RATE), "-i", "pipe:0"]


def _sound(expression: str, seconds: int) -> list[str]:
    return ["-f", "lavfi", "-i", f"aevalsrc='{expression}':s=48000:d={seconds}"]


def _ffmpeg(words: list[str], pictures: Iterator[bytes] | None = None, onto: Path | None = None) -> None:
    """Run ffmpeg; its output goes through a pipe when `onto` is given, so that nothing can go back and complete it."""
    quiet = [word for word in _QUIET if word != "-nostdin" or pictures is None]
    made = subprocess.run(
        [str(find_ffmpeg()), *quiet, *words],
        input=b"".join(pictures) if pictures is not None else b"",
        stdout=subprocess.PIPE,
        check=True,
    )
    if onto is not None:
        onto.write_bytes(made.stdout)


def frames(width: int, height: int, seconds: int) -> Iterator[bytes]:
    """RGB pictures, 30 a second, of somebody who raises and lowers both arms once in two seconds."""
    scale = min(width, height) / 360
    middle, ground = width / 2, height * 0.86
    backdrop = Canvas(width, height, _SAND)
    backdrop.disc((middle, height * 0.45), min(width, height) * 0.44, _SUN)
    backdrop.bar((-width, ground + 60 * scale), (2 * width, ground + 60 * scale), 60 * scale, _FLOOR)
    for number in range(seconds * _RATE):
        picture = backdrop.copy()
        lift = (1 - math.cos(number / _RATE * math.pi)) / 2
        _draw_figure(picture, (middle, ground), scale * (1.15 if height > width else 0.8), lift)
        _draw_number(picture, (16 * scale, 16 * scale), 22 * scale, number // _RATE)
        yield picture.to_bytes()


def _draw_figure(picture: Canvas, feet: Point, size: float, lift: float) -> None:
    x, ground = feet
    hip, shoulder = ground - 150 * size, ground - 270 * size
    for side in (-1, 1):
        picture.bar((x + side * 14 * size, hip), (x + side * 34 * size, ground), 15 * size, _LEGS)
    picture.bar((x, hip), (x, shoulder + 12 * size), 32 * size, _SHIRT)
    picture.disc((x, shoulder - 58 * size), 32 * size, _SKIN)
    for side in (-1, 1):
        angle = math.radians(75 - 140 * lift)
        reach = (side * math.cos(angle) * 105 * size, math.sin(angle) * 105 * size)
        joint = (x + side * 30 * size, shoulder)
        hand = (joint[0] + reach[0], joint[1] + reach[1])
        picture.bar(joint, hand, 12 * size, _SKIN)


# Seven segments as on a clock, by the corners that they join: 0 1 on top, 2 3 in the middle, 4 5 below.
_SEGMENTS = ((0, 1), (1, 3), (3, 5), (4, 5), (2, 4), (0, 2), (2, 3))
_LIT = ("012345", "12", "01346", "01236", "1256", "02356", "023456", "012", "0123456", "012356")


def _draw_number(picture: Canvas, corner: Point, size: float, number: int) -> None:
    for place, digit in enumerate(f"{number:02d}"):
        left, top = corner[0] + place * size * 1.7 + size / 5, corner[1] + size / 5
        corners = [(left + column * size, top + row * size) for row in range(3) for column in range(2)]
        for segment in _LIT[int(digit)]:
            start, end = _SEGMENTS[int(segment)]
            picture.bar(corners[start], corners[end], size / 7, _COUNTER)


def main(arguments: list[str]) -> int:
    """Write the clips into the folder that is named, and say what they weigh."""
    if len(arguments) != 1:
        sys.stderr.write("Use: python -m demo.clips OUT_DIR\n")
        return 2
    clips = make_clips(Path(arguments[0]))
    for path in (clips.phone, clips.rotated, clips.browser, clips.voice, clips.broken, clips.text):
        sys.stdout.write(f"{path}  {path.stat().st_size // 1024} KB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
