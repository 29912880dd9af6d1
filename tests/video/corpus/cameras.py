"""What older and larger cameras, televisions and editing desks make."""

from pathlib import Path

from tests.video.corpus.filming import AAC, FAST_H264, SD, ffmpeg, shoot
from tests.video.corpus.kinds import kind
from tests.video.corpus.patching import beheaded, scratched, smeared
from tests.video.corpus.phones import HEVC


@kind("interlaced.mp4", size=(1024, 576), copied=(False, True), rate=25)
def interlaced(target: Path) -> None:
    """Half the lines at a time, and pixels that are wider than high (PAL 16:9)."""
    coding = f"{FAST_H264} -flags +ilme+ildct -x264-params tff=1 {AAC}"
    shoot(target, coding, size=(720, 576), rate=25, stored="setsar=64/45,setfield=tff")


@kind("wide-pixels.mp4", size=(854, 480), copied=(False, True))
def wide_pixels(target: Path) -> None:
    """NTSC 16:9."""
    shoot(target, f"{FAST_H264} {AAC}", size=(720, 480), stored="setsar=32/27")


@kind("high-pixels.mp4", size=(720, 640), copied=(False, True))
def high_pixels(target: Path) -> None:
    """Pixels that are higher than wide."""
    shoot(target, f"{FAST_H264} {AAC}", size=(720, 480), stored="setsar=3/4")


@kind("camera-mjpeg.avi", size=(640, 480), copied=(False, False))
def mjpeg(target: Path) -> None:
    """A compact camera's: Motion JPEG and plain samples in AVI."""
    shoot(
        target,
        "-c:v mjpeg -q:v 5 -pix_fmt yuvj420p -c:a pcm_s16le -metadata ISFT='CanonMVI06'",
        size=(640, 480),
        look="out_color_matrix=bt601:out_range=pc,format=yuvj420p",
    )


@kind("mpeg4.avi", size=(640, 360), copied=(False, False))
def mpeg4(target: Path) -> None:
    """MPEG-4 and MP3 in AVI."""
    shoot(target, "-c:v mpeg4 -q:v 4 -c:a libmp3lame -b:a 96k", look=SD)


@kind("h264.avi", size=(640, 360), copied=(False, False))
def h264_in_avi(target: Path) -> None:
    """H.264 in a container that has no times for pictures: never copied."""
    shoot(target, f"{FAST_H264} -bf 0 -c:a libmp3lame -b:a 96k")


@kind("prores.mov", size=(1280, 720), copied=(False, False))
def prores(target: Path) -> None:
    """ProRes and plain samples."""
    coding = "-c:v prores -profile:v 0 -pix_fmt yuv422p10le -c:a pcm_s16le -timecode 10:00:00:00"
    shoot(target, coding, size=(1280, 720))


@kind("too-many-bits.mp4", size=(640, 360), copied=(False, True), seconds=1, rate=0, beeps=False)
def too_many_bits(target: Path) -> None:
    """Noise: everything complies but the bits a second."""
    noise = "-f lavfi -t 1 -i color=gray:s=640x360:r=30,noise=alls=60:allf=t"
    ffmpeg(target, f"{noise} -f lavfi -t 1 -i anullsrc=r=48000 {FAST_H264} -b:v 6M {AAC}")


@kind("smeared.mp4", size=(640, 360), copied=(False, False), damaged=True)
def smeared_h264(target: Path) -> None:
    """It plays, with smears. All that can be told without decoding is in order: it is copied, and then made anew."""
    shoot(target, f"{FAST_H264} {AAC}")
    smeared(target)


@kind("bad-sectors-hevc.mov", size=(640, 360), damaged=True)
def bad_sectors_hevc(target: Path) -> None:
    """A card with bad sectors, in a coding that is not copied: pictures and sound are hit."""
    shoot(target, f"{HEVC} {AAC}")
    scratched(target, 0.25, 0.5)


@kind("lost-pictures-hevc.mov", size=(640, 360), damaged=True, rate=0, beeps=False)
def lost_pictures_hevc(target: Path) -> None:
    """Half a second is missing in a coding whose decoder drops what it cannot read, and counts no error."""
    shoot(target, f"{HEVC} {AAC}")
    beheaded(target, 40, 55)


@kind("bad-sectors.mp4", size=(640, 360), damaged=True)
def bad_sectors(target: Path) -> None:
    """A card with bad sectors. The index comes last, so what is hit are pictures and sound."""
    shoot(target, f"{FAST_H264} {AAC}")
    scratched(target, 0.25, 0.5)


@kind("short.mp4", size=(640, 360), copied=(True, True), seconds=0.5, beeps=False)
def short(target: Path) -> None:
    """Half a second."""
    shoot(target, f"{FAST_H264} {AAC}", seconds=0.5)


@kind("one-picture-a-second.mp4", size=(640, 360), rate=1, seconds=3, beeps=False)
def slow(target: Path) -> None:
    """Three pictures."""
    shoot(target, f"{FAST_H264} -bf 0 {AAC}", rate=1, seconds=3)


@kind("still-for-25-s.mp4", size=(640, 360), seconds=27, rate=0, beeps=False, sound=False)
def still(target: Path) -> None:
    """A clock that jumps, but not so far that nobody would believe it."""
    plain = target.with_suffix(".plain.mp4")
    shoot(plain, FAST_H264 + " -bf 0", sound=None)
    ffmpeg(target, rf"-i {plain} -c copy -bsf:v setts=ts='TS+gte(N\,45)*25/TB'")


@kind("pan-of-a-cinema.mp4", size=(1280, 536), copied=(False, True))
def cinema(target: Path) -> None:
    """2.39 : 1."""
    shoot(target, f"{FAST_H264} {AAC}", size=(1920, 804))


@kind("action-camera.mp4", size=(1280, 720), copied=(False, True))
def action_camera(target: Path) -> None:
    """Hung upside down, with a timecode that the picture's track refers to."""
    plain = target.with_suffix(".plain.mp4")
    shoot(plain, f"{FAST_H264} {AAC} -timecode 10:00:00:00", size=(1920, 1080), stored="hflip,vflip")
    ffmpeg(target, f"-display_rotation:v:0 180 -i {plain} -map 0:v -map 0:a -c copy -timecode 10:00:00:00")
