"""What browsers record (MediaRecorder), screens, and editors give."""

from pathlib import Path

from tests.video.corpus.filming import AAC, FAST_H264, SD, SDR, ffmpeg, shoot
from tests.video.corpus.kinds import kind
from tests.video.corpus.patching import cut

_VP8 = "-c:v libvpx -deadline realtime -cpu-used 8 -b:v 900k"
_VP9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -row-mt 1 -b:v 900k"
_AV1 = "-c:v libaom-av1 -usage realtime -cpu-used 8 -row-mt 1 -b:v 900k"
_OPUS = "-c:a libopus -b:a 48k"
_WEBM = "-f webm -live 1"


@kind("chrome-vp8.webm", size=(640, 360), copied=(False, False))
def vp8(target: Path) -> None:
    """VP8 and Opus, without duration."""
    shoot(target, f"{_VP8} {_OPUS} {_WEBM}", look=SD, live=True)


@kind("chrome-vp9.webm", size=(1280, 720), copied=(False, False))
def vp9(target: Path) -> None:
    """VP9 and Opus, without duration."""
    shoot(target, f"{_VP9} {_OPUS} {_WEBM}", size=(1280, 720), live=True)


@kind("chrome-vfr.webm", size=(640, 360), copied=(False, False), seconds=3)
def webm_vfr(target: Path) -> None:
    """A tab that was busy: pictures are missing, here and there and for half a second."""
    stored = r"select='gt(mod(n\,7)\,0)*not(between(n\,65\,74))+between(mod(n\,30)\,15\,17)'"
    shoot(target, f"{_VP8} {_OPUS} -fps_mode vfr {_WEBM}", seconds=3, look=SD, stored=stored, live=True)


@kind("chrome-frozen.webm", size=(320, 180), copied=(False, False), seconds=6, beeps=False)
def frozen(target: Path) -> None:
    """A tab that was hidden for two seconds, shortly before the end. Somebody looks for the last moment before that."""
    stored = r"select='not(between(n\,60\,119))*lt(n\,179)'"
    shoot(
        target, f"{_VP8} {_OPUS} -fps_mode vfr {_WEBM}", size=(320, 180), seconds=6, look=SD, stored=stored, live=True
    )


@kind("chrome-h264.mkv", size=(640, 360), copied=(True, False))
def h264_in_matroska(target: Path) -> None:
    """H.264 and Opus in Matroska, without duration: what Chrome makes where the machine encodes H.264."""
    shoot(target, f"{FAST_H264} -bf 0 {_OPUS} -f matroska -live 1", live=True)


@kind("safari-fragmented.mp4", size=(640, 360))
def fragmented(target: Path) -> None:
    """MP4 in fragments, as Safari and newer Chromes record: its header knows no packet."""
    shoot(target, f"{FAST_H264} -bf 0 {AAC} -movflags frag_keyframe+empty_moov+default_base_moof -f mp4", live=True)


@kind("cut-off.webm", size=(640, 360), copied=(False, False), seconds=1.2, beeps=False, damaged=True)
def cut_off(target: Path) -> None:
    """A tab that was closed while it recorded: nothing tells of more, but it ends within a picture."""
    shoot(target, f"{_VP8} {_OPUS} {_WEBM}", look=SD, live=True)
    cut(target, 0.6)


@kind("firefox-av1.webm", size=(640, 360), copied=(False, False))
def av1(target: Path) -> None:
    """AV1 and Opus."""
    whole = target.with_suffix(".whole.mkv")
    shoot(whole, f"{_AV1} {_OPUS}")
    ffmpeg(target, f"-i {whole} -map 0 -c copy {_WEBM}", live=True)


@kind("av1.mp4", size=(640, 360), copied=(False, True))
def av1_in_mp4(target: Path) -> None:
    """AV1 and AAC, as newer phones' screen recorders do."""
    shoot(target, f"{_AV1} {AAC}")


@kind("odd.webm", size=(320, 240), copied=(False, False))
def odd(target: Path) -> None:
    """321 × 239: a piece of a screen. The rendition's sides are even."""
    shoot(target, f"{_VP9} {_OPUS} {_WEBM}", size=(321, 239), live=True)


@kind("odd.mp4", size=(320, 240), copied=(False, True))
def odd_mp4(target: Path) -> None:
    """The same in H.264 with all its colours (4:4:4)."""
    shoot(target, f"{FAST_H264} -pix_fmt yuv444p {AAC}", size=(321, 239), look=SDR.replace("yuv420p", "yuv444p"))


@kind("index-last.mp4", size=(1280, 720), copied=(True, True))
def index_last(target: Path) -> None:
    """Just what a rendition is, but for the place of its index."""
    shoot(target, f"{FAST_H264} {AAC}", size=(1280, 720))


@kind("index-first.mp4", size=(1280, 720), copied=(True, True))
def index_first(target: Path) -> None:
    """Just what a rendition is."""
    shoot(target, f"{FAST_H264} {AAC} -movflags +faststart", size=(1280, 720))


@kind("trimmed.mp4", size=(640, 360), copied=(False, False), seconds=2.5, hidden=15)
def trimmed(target: Path) -> None:
    """Trimmed on the phone: an edit list hides the first half second, whose pictures are still in the file."""
    _trim(target)


@kind("trimmed-late-sound.mov", size=(640, 360), seconds=2.5, hidden=15)
def trimmed_mov(target: Path) -> None:
    """The same as QuickTime keeps it, with sound that begins after the cut."""
    _trim(target, late_s=0.7)


def _trim(target: Path, late_s: float = 0) -> None:
    whole = target.with_suffix(f".whole{target.suffix}")
    shoot(whole, f"{FAST_H264} -g 90 {AAC}", seconds=3, hidden=15, late_s=late_s)
    ffmpeg(target, f"-ss 0.5 -i {whole} -map 0 -c copy")


@kind("late-sound.mp4", size=(640, 360), copied=(True, True))
def late_sound(target: Path) -> None:
    """The microphone was ready 0.4 s after the camera: an empty edit says so."""
    shoot(target, f"{FAST_H264} {AAC}", late_s=0.4)


@kind("late-picture.webm", size=(640, 360), copied=(False, False))
def late_picture(target: Path) -> None:
    """The camera was ready 0.4 s after the microphone."""
    shoot(target, f"{_VP8} {_OPUS} {_WEBM}", look=SD, stored=r"select='gte(n\,12)'", live=True)


@kind("captions-and-chapters.mp4", size=(640, 360), copied=(True, True))
def captions(target: Path) -> None:
    """Captions, and chapters whose titles tell a name and a place."""
    whole, words, marks = (target.with_suffix(end) for end in (".whole.mp4", ".srt", ".ffmeta"))
    shoot(whole, f"{FAST_H264} {AAC}")
    words.write_text("1\n00:00:00,200 --> 00:00:01,500\nFranklin Street 12, +47.3769+008.5417/\n")
    marks.write_text(
        ";FFMETADATA1\ntitle=Franklin Street\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1500\ntitle=Franklin Street\n"
    )
    given = f"-i {whole} -i {words} -i {marks}"
    ffmpeg(
        target,
        f"{given} -map 0 -map 1 -map_metadata 2 -map_chapters 2 -c copy -c:s mov_text -movflags use_metadata_tags",
    )
