"""Sound in all its forms: with a picture, and alone."""

from pathlib import Path

from chalicelib.media.processing import Reason
from tests.video.corpus.filming import AAC, BEEPS, FAST_H264, SILENCE, ffmpeg, shoot
from tests.video.corpus.kinds import kind

_ABOUT = "-metadata title='Franklin Street' -metadata artist='Pixel 10' -metadata comment=+47.3769+008.5417/"


@kind("silence.mp4", size=(640, 360), copied=(True, True), beeps=False)
def silence(target: Path) -> None:
    """Sound in which nothing is heard."""
    shoot(target, f"{FAST_H264} {AAC}", sound=SILENCE)


@kind("mute.mp4", size=(640, 360), copied=(True, False), beeps=False, sound=False)
def mute(target: Path) -> None:
    """No sound at all."""
    shoot(target, FAST_H264, sound=None)


@kind("mono.mp4", size=(640, 360), copied=(True, True))
def mono(target: Path) -> None:
    """One channel."""
    shoot(target, f"{FAST_H264} {AAC} -ac 1")


@kind("surround.mp4", size=(640, 360), copied=(True, False))
def surround(target: Path) -> None:
    """Six channels (5.1); the picture may be copied."""
    shoot(target, f"{FAST_H264} {AAC} -ac 6")


@kind("sound-of-8-khz.mp4", size=(640, 360), copied=(True, False))
def narrow(target: Path) -> None:
    """AAC at a rate that not everything plays."""
    shoot(target, f"{FAST_H264} {AAC} -ar 8000 -ac 1")


def _alone(target: Path, words: str, seconds: float = 2) -> None:
    ffmpeg(target, f'-f lavfi -t {seconds} -i "{BEEPS}" {_ABOUT} {words}')


@kind("voice.m4a", asked="audio", copied=(False, True))
def m4a(target: Path) -> None:
    """An iPhone's voice memo."""
    _alone(target, AAC)


@kind("lossless.m4a", asked="audio", copied=(False, False))
def lossless(target: Path) -> None:
    """The same with the better quality chosen (ALAC)."""
    _alone(target, "-c:a alac")


@kind("voice.mp3", asked="audio", copied=(False, False))
def mp3(target: Path) -> None:
    """A dictaphone's."""
    _alone(target, "-c:a libmp3lame -b:a 96k")


@kind("voice.wav", asked="audio", copied=(False, False))
def wav(target: Path) -> None:
    """Not compressed."""
    _alone(target, "-c:a pcm_s16le")


@kind("voice.ogg", asked="audio", copied=(False, False))
def ogg(target: Path) -> None:
    """Opus in Ogg, as messengers send it."""
    _alone(target, "-c:a libopus -b:a 32k")


@kind("voice.webm", asked="audio", copied=(False, False))
def webm(target: Path) -> None:
    """Opus in WebM without duration, as browsers record it."""
    ffmpeg(target, f'-f lavfi -t 2 -i "{BEEPS}" -c:a libopus -b:a 32k -f webm -live 1', live=True)


@kind("half-a-second.m4a", asked="audio", copied=(False, True), seconds=0.5, beeps=False)
def short(target: Path) -> None:
    """A word."""
    _alone(target, AAC, 0.5)


def _with_cover(target: Path) -> None:
    plain, cover = target.with_suffix(".plain.m4a"), target.with_suffix(".jpg")
    _alone(plain, AAC)
    ffmpeg(cover, "-f lavfi -i testsrc2=s=64x64 -frames:v 1 -c:v mjpeg -f image2 -update 1")
    ffmpeg(target, f"-i {plain} -i {cover} -map 0 -map 1 -c copy -disposition:v attached_pic")


@kind("cover.m4a", asked="audio", copied=(False, True))
def cover(target: Path) -> None:
    """Sound with a picture attached: the sound is taken, the picture is not."""
    _with_cover(target)


@kind("cover-for-a-video.m4a", Reason.NO_PICTURE)
def cover_only(target: Path) -> None:
    """The same where a video is asked for: an attached picture is none."""
    _with_cover(target)


@kind("video-for-a-voice.mp4", asked="audio", copied=(False, True))
def filmed_voice(target: Path) -> None:
    """A video where sound is asked for: its picture is left out."""
    shoot(target, f"{FAST_H264} {AAC}")


@kind("voice-for-a-video.m4a", Reason.NO_PICTURE)
def voice_only(target: Path) -> None:
    """Sound where a video is asked for."""
    _alone(target, AAC)


@kind("mp3-for-a-video.mp3", Reason.NOT_MEDIA)
def mp3_only(target: Path) -> None:
    """A container that cannot hold a video."""
    _alone(target, "-c:a libmp3lame -b:a 96k")


@kind("mute-for-a-voice.mp4", Reason.NO_SOUND, asked="audio")
def mute_only(target: Path) -> None:
    """A video without sound where sound is asked for."""
    shoot(target, FAST_H264, sound=None)
