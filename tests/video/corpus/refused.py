"""What is refused: with a reason that the client can act on, or because it wants to do harm."""

import struct
from pathlib import Path

from chalicelib.media.processing import Reason
from tests.video.corpus.filming import AAC, FAST_H264, ffmpeg, shoot
from tests.video.corpus.kinds import kind
from tests.video.corpus.patching import cut

_TEXT = "Shopping: bread, apples, a new battery for the camera.\n" * 40
_MAKES_NO_SENSE = (Reason.WOULD_NOT_OPEN, Reason.CUT_SHORT, Reason.NO_PICTURE, Reason.NOT_MEDIA)


@kind("empty.mp4", Reason.EMPTY)
def empty(target: Path) -> None:
    """No byte."""
    target.touch()


@kind("text.mp4", Reason.NOT_MEDIA)
def text(target: Path) -> None:
    """A text with another name."""
    target.write_text(_TEXT)


@kind("photo.mp4", Reason.NOT_MEDIA)
def photo(target: Path) -> None:
    """A JPEG with another name."""
    ffmpeg(target, "-f lavfi -i testsrc2=s=320x240 -frames:v 1 -c:v mjpeg -f image2 -update 1")


@kind("photo.heic", Reason.NOT_MEDIA)
def heic(target: Path) -> None:
    """An iPhone's photo lies in the same boxes as its films."""
    target.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0\0\0\x08mdat" * 20)


@kind("one-picture.mp4", Reason.NO_PICTURE)
def one_picture(target: Path) -> None:
    """One picture is a photo, whatever it lies in."""
    ffmpeg(target, f"-f lavfi -i testsrc2=s=320x240 -frames:v 1 {FAST_H264}")


@kind("cut-in-the-middle.mp4", Reason.CUT_SHORT)
def cut_index_first(target: Path) -> None:
    """An upload that ended early: the index, which comes first, tells of more."""
    shoot(target, f"{FAST_H264} {AAC} -movflags +faststart")
    cut(target, 0.6)


@kind("cut-before-its-index.mp4", Reason.CUT_SHORT)
def cut_index_last(target: Path) -> None:
    """A phone whose battery went: the index was never written."""
    shoot(target, f"{FAST_H264} {AAC}")
    cut(target, 0.6)


@kind("cut-in-its-index.mp4", Reason.CUT_SHORT)
def cut_at_once(target: Path) -> None:
    """An upload that ended with the first bytes."""
    shoot(target, f"{FAST_H264} {AAC} -movflags +faststart")
    target.write_bytes(target.read_bytes()[:200])


@kind("gap.mp4", Reason.GAP)
def gap(target: Path) -> None:
    """It stands still for 40 s."""
    plain = target.with_suffix(".plain.mp4")
    shoot(plain, FAST_H264 + " -bf 0", sound=None)
    ffmpeg(target, rf"-i {plain} -c copy -bsf:v setts=ts='TS+gte(N\,45)*40/TB'")


@kind("bomb.mp4", (Reason.GAP, Reason.TOO_LONG))
def bomb(target: Path) -> None:
    """Times that jump by eleven hours: a fixed rate would write a million pictures."""
    plain = target.with_suffix(".plain.mp4")
    shoot(plain, FAST_H264 + " -bf 0", sound=None)
    ffmpeg(target, rf"-i {plain} -c copy -bsf:v setts=ts='TS+gte(N\,45)*40000/TB'")


@kind("bomb.mkv", (Reason.GAP, Reason.TOO_LONG))
def bomb_matroska(target: Path) -> None:
    """The same in Matroska, a year."""
    plain = target.with_suffix(".plain.mkv")
    shoot(plain, FAST_H264 + " -bf 0", sound=None)
    ffmpeg(target, rf"-i {plain} -c copy -bsf:v setts=ts='TS+gte(N\,45)*31536000/TB'")


@kind("21-minutes.mp4", Reason.TOO_LONG)
def too_long(target: Path) -> None:
    """Small, but longer than anything is taken."""
    ffmpeg(target, f"-f lavfi -t 1260 -i color=gray:s=32x32:r=1 {FAST_H264}")


@kind("longer-than-asked.mp4", Reason.TOO_LONG, limit_s=5)
def longer_than_asked(target: Path) -> None:
    """Twelve seconds where five are asked for."""
    ffmpeg(target, f"-f lavfi -t 12 -i color=gray:s=64x64:r=5 {FAST_H264}")


@kind("8k.mp4", Reason.PICTURE_TOO_LARGE)
def eight_k(target: Path) -> None:
    """7680 × 4320."""
    ffmpeg(target, f"-f lavfi -i color=gray:s=7680x4320:r=5 -frames:v 2 {FAST_H264} -bf 0")


@kind("8-pixels.mp4", Reason.PICTURE_TOO_SMALL)
def tiny(target: Path) -> None:
    """8 × 8 pixels."""
    ffmpeg(target, "-f lavfi -t 1 -i testsrc2=s=8x8:r=10 -c:v mpeg4")


def _attack(name: str, words: str, refused: Reason | tuple[Reason, ...] = Reason.NOT_MEDIA) -> None:
    kind(name, refused)(lambda target: target.write_text(words))


_attack("ffconcat.mp4", "ffconcat version 1.0\nfile index-first.mp4\nfile /etc/passwd\n")
_attack("hls.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nfile:index-first.mp4\n#EXT-X-ENDLIST\n")
_attack(
    "dash.mp4",
    '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" mediaPresentationDuration="PT3S"><Period>'
    "<BaseURL>http://127.0.0.1:9/</BaseURL><AdaptationSet mimeType='video/mp4'><Representation id='1' bandwidth='1'>"
    "<BaseURL>index-first.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>",
)
_attack(
    "svg.mp4",
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="320" height="240">'
    '<image xlink:href="file:///etc/passwd"/></svg>',
)
_attack("sdp.mp4", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\n")


@kind("playlist-behind-a-box.mp4", _MAKES_NO_SENSE)
def disguised(target: Path) -> None:
    """The first bytes are those of a film, the rest is a playlist."""
    target.write_bytes(b"\0\0\0\x08wide" + b"ffconcat version 1.0\nfile index-first.mp4\n")


@kind("refers-to-another-file.mov", _MAKES_NO_SENSE)
def refers(target: Path) -> None:
    """QuickTime's way of saying that the packets lie in another file: that file is never opened."""
    shoot(target, f"{FAST_H264} {AAC} -movflags +faststart -f mov")
    content = target.read_bytes()
    path = b"/etc/passwd"
    alias = b"\0" * 4 + b"\0" * 142 + struct.pack(">hH", 2, len(path)) + path + b"\0" + b"\xff\xff\0\0"
    marked = content.replace(b"\0\0\0\x0curl \0\0\0\1", b"\0\0\0\x0calis\0\0\0\0")
    target.write_bytes(marked[: marked.rindex(b"mdat")] + b"free" + alias)


@kind("noise.mp4", _MAKES_NO_SENSE)
def noise(target: Path) -> None:
    """A good beginning, and nothing behind it."""
    target.write_bytes(b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(range(256)) * 40)


@kind("noise.webm", _MAKES_NO_SENSE)
def noise_matroska(target: Path) -> None:
    """The same, as Matroska."""
    target.write_bytes(b"\x1a\x45\xdf\xa3" + bytes(range(256)) * 40)


@kind("noise.avi", _MAKES_NO_SENSE)
def noise_avi(target: Path) -> None:
    """The same, as AVI."""
    target.write_bytes(b"RIFF\0\0\0\0AVI " + bytes(range(256)) * 40)
