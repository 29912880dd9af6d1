"""The smallest files of each container, to be spoilt a thousand times."""

from functools import partial
from pathlib import Path

from tests.video.corpus.filming import AAC, BEEPS, FAST_H264, SD, ffmpeg, shoot
from tests.video.corpus.kinds import Kind
from tests.video.corpus.phones import HEVC


def _film(coding: str, target: Path, *, look: str = SD) -> None:
    shoot(target, coding, size=(64, 64), rate=10, seconds=0.5, look=look, live=" -live 1" in coding)


def _voice(coding: str, target: Path) -> None:
    ffmpeg(target, f'-f lavfi -t 0.5 -i "{BEEPS}" {coding}')


_FILMS = {
    "first.mp4": f"{FAST_H264} {AAC} -movflags +faststart",
    "last.mov": f"{HEVC} {AAC}",
    "fragments.mp4": f"{FAST_H264} -bf 0 {AAC} -movflags frag_keyframe+empty_moov",
    "browser.webm": "-c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus -f webm -live 1",
    "browser.mkv": f"{FAST_H264} -bf 0 -c:a libopus -f matroska",
    "camera.avi": "-c:v mpeg4 -c:a pcm_s16le",
}
_VOICES = {
    "voice.m4a": AAC,
    "voice.ogg": "-c:a libopus",
    "voice.wav": "-c:a pcm_s16le",
    "voice.mp3": "-c:a libmp3lame",
}

TINY = [
    *(Kind(name=f"tiny-{name}", make=partial(_film, coding)) for name, coding in _FILMS.items()),
    *(Kind(name=f"tiny-{name}", make=partial(_voice, coding), asked="audio") for name, coding in _VOICES.items()),
]
