"""The ffmpeg command that makes a rendition. It is a list of words; nothing runs here."""

from dataclasses import dataclass
from pathlib import Path

from chalicelib.media.processing.container import Container
from chalicelib.media.processing.packets import Track
from chalicelib.media.processing.probe import Source, open_safely
from chalicelib.media.processing.rules import VIDEO_BITS, is_uneven, kept_rate, output_size
from chalicelib.media.processing.streams import Audio, Video

_CRF = 23
_KEY_EVERY = 60
# With the sound beside it, and half a second's worth held back in the buffer, even a short clip stays below the limit.
_PEAK_BITS = VIDEO_BITS * 22 // 25
_AUDIO_BITS = 128_000
_AUDIO_RATE_HZ = 48_000
# A picture is kept when its turn has come; turns are as far apart as the rate allows. It may be early by a third of
# that, so that the jitter of a phone costs nothing, and of 60 a second every other one is left out, never one in ten.
_SLOWER = (
    "select='if(isnan(prev_selected_t)+gte(t,ld(0)-0.3/{rate}),"
    "1+0*st(0,max(t,if(isnan(prev_selected_t),t,ld(0)))+1/{rate}),0)'"
)
_NARROWER = "zscale=tin=bt709:min=bt709:pin={primaries}:rin=tv:t=bt709:m=bt709:p=bt709:r=tv"
_HD_LONG_SIDE = 1280
# Slices, parameter sets and delimiters. What is none of these may tell of the device, or anything (SEI).
_NEEDED_UNITS = "1-5|7-11"

# Level and colour are written down because a decoder believes what it reads, not what it sees.
_ENCODE_VIDEO = (
    *("-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-level:v", "4.0"),
    *("-crf", str(_CRF), "-maxrate", str(_PEAK_BITS), "-bufsize", str(_PEAK_BITS // 2), "-g", str(_KEY_EVERY)),
    *("-rc_init_occupancy", str(_PEAK_BITS // 4)),
    *("-pix_fmt", "yuv420p", "-color_range", "tv", "-colorspace", "bt709"),
    *("-color_primaries", "bt709", "-color_trc", "bt709"),
    # Pictures keep their own times: a fixed rate would drift, and hang on a file that lies about its clock.
    *("-fps_mode", "vfr", "-enc_time_base", "1:90000"),
    *("-metadata:s:v:0", "encoder="),
)
# Where pictures do not follow each other at one pace, they are stored as they are shown: otherwise Chromium finds, for
# a moment in which the picture stood still, the key picture behind it, and the end of the last one is not known.
_AS_SHOWN = ("-bf", "0")
_ENCODE_AUDIO = ("-c:a", "aac", "-profile:a", "aac_low", "-b:a", str(_AUDIO_BITS), "-ar", str(_AUDIO_RATE_HZ))
# Place, device, times, chapters and captions go; so does what the encoder writes about itself (SEI).
_FORGET = (
    *("-map_metadata", "-1", "-map_chapters", "-1", "-dn", "-sn"),
    *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"),
)
# What a decoder could not read is said in the last lines at this level (`damage`).
_TELLING = ("-hide_banner", "-nostdin", "-nostats", "-loglevel", "repeat+verbose")


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of each chosen stream of `source`; a stream that is None is left out."""

    source: Source
    video: Video | None
    video_track: Track
    audio: Audio | None
    copy_video: bool
    copy_audio: bool


def rendition_command(ffmpeg: Path, plan: Plan, target: Path) -> list[str]:
    """Makes the MP4 (with a picture) or the M4A (without) at `target`."""
    words = [str(ffmpeg), *_TELLING, *open_safely(plan.source)]
    if plan.video is not None:
        words += ["-map", f"0:{plan.video.index}", *_video_words(plan, plan.video)]
    if plan.audio is not None:
        words += ["-map", f"0:{plan.audio.index}", *_audio_words(plan, plan.audio)]
    muxer = "mp4" if plan.video is not None else "ipod"
    return [*words, *_FORGET, "-movflags", "+faststart", "-f", muxer, "-y", f"file:{target.absolute()}"]


def decode_command(ffmpeg: Path, rendition: Path) -> list[str]:
    """Decodes all pictures of `rendition` and throws them away: what matters is what is said of it."""
    return [
        *(str(ffmpeg), *_TELLING),
        *open_safely(Source(rendition, Container.ISO)),
        *("-map", "0:v", "-f", "null", "-"),
    ]


def _video_words(plan: Plan, video: Video) -> list[str]:
    without_sei = ("-bsf:v", f"filter_units=pass_types={_NEEDED_UNITS}")
    if plan.copy_video:
        return ["-c:v", "copy", *without_sei]
    filters = video_filters(video, rate=kept_rate(plan.video_track))
    order = _AS_SHOWN if is_uneven(plan.video_track) else ()
    return ["-vf", ",".join(filters), *_ENCODE_VIDEO, *order, *without_sei]


def _audio_words(plan: Plan, audio: Audio) -> list[str]:
    if plan.copy_audio:
        return ["-c:a", "copy"]
    # Silence where a recorder lost some sound, so that lips and words stay together.
    words = ["-af", "aresample=async=1", *_ENCODE_AUDIO]
    return words if audio.channels == 1 else [*words, "-ac", "2"]


def video_filters(video: Video, *, rate: float | None) -> list[str]:
    """From any picture to an upright one with square pixels in BT.709; ffmpeg itself turns it upright first.

    `rate`: pictures a second that are kept; None: all of them.
    """
    width, height = output_size(video)
    filters = []
    if video.interlaced:
        filters.append("bwdif=mode=send_frame:deint=interlaced")
    if rate is not None:
        filters.append(_SLOWER.format(rate=rate))
    if video.lens_shape != video.pixel_shape:
        filters.append("setsar=1")
    if video.hdr:
        # What is missing beside the curve, or nothing here can read, is what phones write.
        filters.append("setparams=colorspace=bt2020nc:color_primaries=bt2020")
    filters += _fit(width, height, video)
    if video.hdr:
        filters += _tone_map(video)
    elif video.wide:
        filters.append(_NARROWER.format(primaries=video.primaries))
    filters += ["format=yuv420p", "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"]
    return filters


def _fit(width: int, height: int, video: Video) -> list[str]:
    # A phone that is turned while a browser records changes its picture's shape on the way: what has the
    # shape of the beginning fills the frame, anything else is shown whole, with bars.
    same = f"lt(abs(dar*{height}/{width}-1),0.04)"
    scale = (
        f"scale=w='if({same},{width},2*trunc(min({width},{height}*dar)/2))'"
        f":h='if({same},{height},2*trunc(min({height},{width}/dar)/2))'"
    )
    scale += ":out_range=tv"
    if not video.hdr:
        scale += ":out_color_matrix=bt709"
        if video.matrix == "unknown" and max(video.width, video.height) >= _HD_LONG_SIDE:
            # Players take HD without a note for BT.709, the scaler for BT.601: reds would shift.
            scale += ":in_color_matrix=bt709"
    return [scale, f"pad={width}:{height}:-1:-1", "setsar=1"]


def _tone_map(video: Video) -> list[str]:
    # In linear light, after scaling: the costly part then sees a ninth of the pixels of a 4K phone. White is at 203
    # candela a square metre (ITU-R BT.2408, 2023); what is darker than half of it stays as it is, and what is
    # brighter, up to 1000, moves closer together.
    return [
        f"zscale=tin={video.curve}:min=bt2020nc:pin=bt2020:rin=tv:t=linear:npl=203",
        "format=gbrpf32le",
        "zscale=p=bt709",
        "tonemap=mobius:param=0.5:desat=0:peak=5",
        "zscale=t=bt709:m=bt709:r=tv",
    ]
