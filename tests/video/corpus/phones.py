"""What phones' cameras make."""

from pathlib import Path

from tests.video.corpus.filming import AAC, FAST_H264, SD, SDR, ffmpeg, shoot
from tests.video.corpus.kinds import kind
from tests.video.corpus.patching import refer, replaced

HEVC = "-c:v libx265 -preset ultrafast -tag:v hvc1 -crf 26 -x265-params log-level=error:info=0"
PLACE = "+47.3769+008.5417/"
# White is 203 candela a square metre: 58 % of the signal of PQ, 75 % of HLG's (ITU-R BT.2408, 2023).
TO_HDR = (
    "out_color_matrix=bt709:out_range=tv,format=yuv420p10le,"
    "zscale=tin=bt709:min=bt709:pin=bt709:rin=tv:npl=203:p=bt2020:t={curve}:m=bt2020nc:r=tv,format=yuv420p10le"
)
_APPLE = (
    f"-metadata com.apple.quicktime.location.ISO6709={PLACE} -metadata com.apple.quicktime.make=Apple "
    "-metadata 'com.apple.quicktime.model=iPhone 17 Pro' -metadata com.apple.quicktime.software=26.1 "
    "-metadata com.apple.quicktime.creationdate=2026-03-02T07:30:00+0100 -metadata creation_time=2026-03-02T06:30:00Z "
    "-metadata:s handler_name='Core Media Media' -metadata:s encoder='HEVC Core' -movflags use_metadata_tags -f mov"
)
_WALK = "".join(
    f"{second + 1}\n00:00:0{second},000 --> 00:00:0{second},900\n{PLACE}{second}\n\n" for second in range(2)
)


@kind("iphone-hevc-60-rotated.mov", size=(720, 1280), copied=(False, True), rate=60)
def iphone(target: Path) -> None:
    """HEVC, 60 a second, stored lying; the place in the header, and once a second in a track of its own (`mebx`)."""
    lying, walk = target.with_suffix(".lying.mov"), target.with_suffix(".srt")
    shoot(lying, f"{HEVC} {AAC}", size=(1080, 1920), rate=60, stored="transpose=cclock")
    walk.write_text(_WALK)
    ffmpeg(target, f"-display_rotation:v:0 -90 -i {lying} -i {walk} -map 0 -map 1 -c copy -c:s mov_text {_APPLE}")
    # ffmpeg writes no timed metadata: a track of text becomes one by the names of its handler and its coding.
    replaced(target, {b"mhlrtext": b"mhlrmeta", rb"(stsd.{12})text": rb"\1mebx"})
    refer(target, 3, b"cdsc", 1)


@kind("iphone-hlg.mov", size=(1280, 720), copied=(False, True), hdr=True)
def iphone_hdr(target: Path) -> None:
    """HDR as iPhones film it: HLG, ten bits."""
    shoot(target, f"{HEVC} {AAC} {_APPLE}", size=(1920, 1080), look=TO_HDR.format(curve="arib-std-b67"))


@kind("hdr10.mp4", size=(1280, 720), copied=(False, True), hdr=True)
def hdr10(target: Path) -> None:
    """HDR as many Android phones film it: PQ, ten bits, with notes on the screen that it was mastered for."""
    master = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"
    notes = f":hdr10=1:repeat-headers=1:master-display={master}:max-cll=1000,400"
    coding = f"{HEVC}{notes}:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc {AAC}"
    shoot(target, coding, size=(1920, 1080), look=TO_HDR.format(curve="smpte2084"))


@kind("android-h264-rotated.mp4", size=(720, 1280), copied=(False, True))
def android(target: Path) -> None:
    """H.264, stored lying, with the place and Android's version in the header."""
    lying = target.with_suffix(".lying.mp4")
    shoot(lying, f"{FAST_H264} {AAC}", size=(1080, 1920), stored="transpose=cclock")
    told = (
        f"-metadata location={PLACE} -metadata location-eng={PLACE} -metadata com.android.version=16 "
        "-metadata com.android.manufacturer=Google -metadata 'com.android.model=Pixel 10' "
        "-metadata creation_time=2026-03-02T06:30:00Z"
    )
    ffmpeg(target, f"-display_rotation:v:0 -90 -i {lying} -map 0 -c copy {told} -movflags use_metadata_tags -f mp4")


@kind("android-place-in-the-old-box.mp4", size=(640, 360), copied=(True, True))
def old_android(target: Path) -> None:
    """The place where 3GPP and QuickTime put it (`loci`, `©xyz`), in a file whose streams may be copied."""
    shoot(target, f"{FAST_H264} {AAC} -metadata location={PLACE} -metadata comment='Pixel 10' -f mp4")


# Which pictures of a phone in the dark or under load are missing: some, and a quarter of a second at once.
_DROPPED = r"select='gt(mod(n\,11)\,1)*not(between(n\,34\,41))+between(mod(n\,30)\,15\,17)'"


@kind("vfr-dropped.mp4", size=(640, 360), copied=(True, True))
def vfr_copied(target: Path) -> None:
    """Pictures are missing; all the rest is as a rendition wants it."""
    shoot(target, f"{FAST_H264} {AAC} -fps_mode vfr", stored=_DROPPED)


@kind("vfr-dropped-1080.mp4", size=(1280, 720), copied=(False, True))
def vfr(target: Path) -> None:
    """The same, too large to be copied."""
    shoot(target, f"{FAST_H264} {AAC} -fps_mode vfr", size=(1920, 1080), stored=_DROPPED)


@kind("60-a-second.mp4", size=(1280, 720), copied=(False, True), rate=60)
def fast(target: Path) -> None:
    """Twice as many pictures as anybody needs."""
    shoot(target, f"{FAST_H264} {AAC}", size=(1280, 720), rate=60)


@kind("120-a-second.mp4", size=(640, 360), copied=(False, True), rate=120)
def very_fast(target: Path) -> None:
    """Slow motion as it is filmed; the film's number goes round after 256 pictures."""
    shoot(target, f"{FAST_H264} {AAC}", rate=120)


@kind("25-a-second.mp4", size=(640, 360), copied=(True, True), rate=25)
def european(target: Path) -> None:
    """As cameras in Europe do."""
    shoot(target, f"{FAST_H264} {AAC}", rate=25)


@kind("4k.mp4", size=(1280, 720), copied=(False, True))
def four_k(target: Path) -> None:
    """3840 × 2160."""
    shoot(target, f"{FAST_H264} -crf 30 {AAC}", size=(3840, 2160))


@kind("10-bit-h264.mp4", size=(640, 360), copied=(False, True))
def ten_bits(target: Path) -> None:
    """High 10, which no browser plays."""
    shoot(
        target, f"{FAST_H264} -pix_fmt yuv420p10le -profile:v high10 {AAC}", look=SDR.replace("yuv420p", "yuv420p10le")
    )


@kind("full-range.mp4", size=(640, 360), copied=(False, True))
def full_range(target: Path) -> None:
    """Android's own: 0 to 255 where others write 16 to 235."""
    look = SDR.replace("=tv", "=pc")
    shoot(target, f"{FAST_H264} {AAC} -color_range pc", look=look)


def _turned(target: Path, marks: str, stored: str) -> None:
    plain = target.with_suffix(".plain.mp4")
    shoot(plain, f"{FAST_H264} {AAC}", stored=stored)
    ffmpeg(target, f"{marks} -i {plain} -map 0 -c copy")


@kind("mirrored.mp4", size=(640, 360), copied=(False, True))
def mirrored(target: Path) -> None:
    """A front camera's: stored as others see it, with a mark that it is to be shown as in a mirror."""
    _turned(target, "-display_hflip:v:0", "hflip")


@kind("rotated-90.mp4", size=(360, 640), copied=(False, True))
def turned_90(target: Path) -> None:
    """A quarter turn; upright it is as high as it was wide."""
    plain = target.with_suffix(".plain.mp4")
    shoot(plain, f"{FAST_H264} {AAC}", size=(360, 640), stored="transpose=clock")
    ffmpeg(target, f"-display_rotation:v:0 90 -i {plain} -map 0 -c copy")


@kind("rotated-180.mp4", size=(640, 360), copied=(False, True))
def turned_180(target: Path) -> None:
    """A phone held the other way round."""
    _turned(target, "-display_rotation:v:0 180", "hflip,vflip")


@kind("rotated-270.mp4", size=(360, 640), copied=(False, True))
def turned_270(target: Path) -> None:
    """A quarter turn to the other side, mirrored as well."""
    plain = target.with_suffix(".plain.mp4")
    shoot(plain, f"{FAST_H264} {AAC}", size=(360, 640), stored="transpose=cclock")
    ffmpeg(target, f"-display_rotation:v:0 270 -i {plain} -map 0 -c copy")


@kind("old-phone.3gp", size=(192, 144), copied=(False, False), rate=15)
def old_phone(target: Path) -> None:
    """H.263, whose pixels are a little wide, and AMR."""
    shoot(
        target,
        "-c:v h263 -b:v 300k -ac 1 -ar 8000 -c:a libopencore_amrnb -b:a 12.2k",
        size=(176, 144),
        rate=15,
        look=SD,
    )
