"""What is filmed: a picture that says its own number, which way is up, and when it beeps.

Eight cells by nine, whatever the size and shape of the picture: a colour in each corner, grey, a patch of skin, the
picture's number in eight cells that are black or white, and a patch that flashes while the sound beeps.
"""

import shlex
import subprocess
from pathlib import Path

from chalicelib.media.processing import find_ffmpeg

COLUMNS, ROWS = 8, 9
FLASH_FROM, FLASH_TO = 0.5, 0.6
"""Of every second."""

RED, GREEN, BLUE, YELLOW = (208, 32, 32), (32, 176, 32), (32, 32, 208), (208, 208, 32)
GREY, SKIN, BLACK, WHITE = (118, 118, 118), (217, 139, 98), (0, 0, 0), (255, 255, 255)
HIDDEN = (255, 0, 255)
"""What a trimmed clip hides is painted in: nothing else has this colour."""

BEEPS = "aevalsrc='0.5*sin(2*PI*1000*t)*between(mod(t,1),0.5,0.6)':s=48000"
SILENCE = "anullsrc=r=48000:cl=stereo"
SDR = (
    "out_color_matrix=bt709:out_range=tv,format=yuv420p,"
    "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
)
SD = "out_color_matrix=bt601:out_range=tv,format=yuv420p"
"""Older codings say nothing of their colours, and all take them for those of television before HD."""
FAST_H264 = "-c:v libx264 -preset ultrafast -g 30 -bf 2 -crf 20 -pix_fmt yuv420p"
# A phone's encoder does not write its name into the sound, as ffmpeg's does.
AAC = "-c:a aac -b:a 96k -flags:a +bitexact"

type Colour = tuple[int, int, int]


def film(pictures: int, rate: float, hidden: int = 0) -> bytes:
    """RGB pictures of 8 × 9 pixels; the first `hidden` of them show nothing but the colour of what is hidden."""
    return bytes(HIDDEN) * (COLUMNS * ROWS * hidden) + b"".join(
        _picture(number, flashes=FLASH_FROM - 1e-6 <= (number / rate) % 1 < FLASH_TO - 1e-6)
        for number in range(hidden, pictures)
    )


def _picture(number: int, *, flashes: bool) -> bytes:
    bits = [WHITE if number >> place & 1 else BLACK for place in reversed(range(COLUMNS))]
    top = [RED, RED, GREY, GREY, GREY, GREY, GREEN, GREEN]
    skin = [GREY, GREY, SKIN, SKIN, SKIN, SKIN, GREY, GREY]
    flash = [GREY, GREY, *[WHITE if flashes else BLACK] * 4, GREY, GREY]
    bottom = [BLUE, BLUE, GREY, GREY, GREY, GREY, YELLOW, YELLOW]
    rows = [top, top, skin, bits, bits, flash, flash, bottom, bottom]
    return bytes(value for row in rows for cell in row for value in cell)


def shoot(
    target: Path,
    coding: str,
    *,
    size: tuple[int, int] = (640, 360),
    rate: float = 30,
    seconds: float = 2,
    sound: str | None = BEEPS,
    look: str = SDR,
    stored: str = "",
    hidden: int = 0,
    late_s: float = 0,
    live: bool = False,
) -> Path:
    """Film for some seconds, as a program with these `coding` words would keep it.

    `stored` are filters after scaling, as a camera that lies on its side. The sound begins `late_s` after
    the picture. `live`: written through a pipe, so that
    nothing can go back and note the duration. Raises what ffmpeg says when it cannot.
    """
    filters = f"scale={size[0]}:{size[1]}:flags=neighbor:{look}" + (f",{stored}" if stored else "")
    words = f"-f rawvideo -pix_fmt rgb24 -s {COLUMNS}x{ROWS} -r {rate} -i pipe:0"
    if sound:
        heard = sound.replace("mod(t,", f"mod(t+{late_s},")
        words += f" -itsoffset {late_s} -f lavfi -t {seconds - late_s} -i {shlex.quote(heard)}"
    words += f" -vf {shlex.quote(filters)} {coding}"
    return ffmpeg(target, words, film(round(seconds * rate), rate, hidden), live=live)


def ffmpeg(target: Path, words: str, given: bytes = b"", *, live: bool = False) -> Path:
    """Run ffmpeg with words as for a shell."""
    command = [str(find_ffmpeg()), "-hide_banner", "-loglevel", "error", "-y", *shlex.split(words)]
    command += ["pipe:1"] if live else [f"file:{target}"]
    done = subprocess.run(command, input=given, capture_output=True, check=False, cwd=target.parent)
    if done.returncode:
        said = f"{target.name}: {done.stderr.decode()}"
        raise RuntimeError(said)
    if live:
        target.write_bytes(done.stdout)
    return target
