"""What is refused before decoding, what a rendition may be, and when a stream is copied as it is. All pure."""

from fractions import Fraction

from chalicelib.media.processing.contents import Contents
from chalicelib.media.processing.outcome import Kind, Reason, longest_allowed_s
from chalicelib.media.processing.packets import Track
from chalicelib.media.processing.streams import Audio, Video

LARGEST_BYTES = 2 * 1024**3
LONG_SIDE = 1280
SHORT_SIDE = 720
FASTEST = 31
"""Pictures a second, at most."""
VIDEO_BITS = 2_500_000
"""Bits a second of the picture, at most."""
HIGHEST_LEVEL = 40
"""H.264 level 4.0, which every phone and browser of the last ten years decodes."""

_LONGEST_SIDE_IN = 4096
_LONGEST_SHORT_SIDE_IN = 2304
_SMALLEST_SIDE_IN = 16
_GRACE_S = 0.5
_GRACE = 0.01
_LONGEST_GAP_S = 30.0
_WHOLE = 0.9
_ROUNDING_S = 0.5
_DRIFT = 0.05
# Clocks of phones jitter: a second of a recording at 30 a second may hold a few pictures more.
_JITTER = 2
_MARGIN = 0.9
# Of fewer, sometimes one and sometimes two follow each other.
_EVENLY_THINNED = 1.4
# Pictures are stored up to two of them later than they are shown: a longer pause than that is taken for the next ones.
_OUT_OF_STEP = 2.0
_ONE_MORE = 1.3
_SLOWEST = 10
# Encoders begin sound with some milliseconds that are never heard; more than this was cut off by someone.
_PRIMING_S = 0.25
_AUDIO_RATES_HZ = (44_100, 48_000)
_MOST_CHANNELS = 2
_PROFILES = frozenset({"Constrained Baseline", "Baseline", "Main", "High", "Constrained High", "Progressive High"})
_PLAIN_COLOUR = frozenset({"bt709", "unknown"})

# Nanoseconds of CPU time for a pixel that is decoded, and for one that is encoded; seconds for starting programs,
# and for a second of sound.
_READING_NS = {"hevc": 4, "vp8": 5, "vp9": 5}
_READING_OTHERS_NS = 6
_WEAVING_NS = 5
_WRITING_NS = 26
_TONES_NS = 12
_START_S = 0.4
_SOUND = 0.015


def refusal_of_size(size_bytes: int) -> Reason | None:
    """Why a file of this size is not even opened."""
    if size_bytes == 0:
        return Reason.EMPTY
    return Reason.TOO_BIG if size_bytes > LARGEST_BYTES else None


def refusal(contents: Contents, *, kind: Kind, longest_s: int | None) -> Reason | None:
    """Why this recording is not taken for a request of that kind and length (seconds); None: it is."""
    if kind == "video":
        reason = _refusal_of_picture(contents.video, contents.video_track)
        main = contents.video_track
    else:
        reason = None if contents.audio and contents.audio_track.packets else Reason.NO_SOUND
        main = contents.audio_track
    if reason is not None:
        return reason
    longest = longest_allowed_s(longest_s)
    # Nobody stops a recording to the frame, and sound ends a little after the picture.
    if contents.duration_s > longest + _GRACE_S + longest * _GRACE:
        return Reason.TOO_LONG
    if main.longest_gap_s > _LONGEST_GAP_S:
        return Reason.GAP
    return Reason.CUT_SHORT if _is_cut_short(contents) else None


def _refusal_of_picture(video: Video | None, track: Track) -> Reason | None:
    if video is None:
        return Reason.NO_PICTURE
    short, long = sorted((video.width, video.height))
    if long > _LONGEST_SIDE_IN or short > _LONGEST_SHORT_SIDE_IN:
        return Reason.PICTURE_TOO_LARGE
    if video.pixel_format == "none" or long == 0:
        return Reason.WOULD_NOT_OPEN
    if short < _SMALLEST_SIDE_IN:
        return Reason.PICTURE_TOO_SMALL
    # One picture alone is a photo, whatever the container.
    return Reason.NO_PICTURE if track.packets < 2 else None  # noqa: PLR2004


def _is_cut_short(contents: Contents) -> bool:
    if contents.declared_s is None:
        return False
    # Some writers count from zero, others from where the first picture is.
    reached_s = max(contents.duration_s, contents.end_s)
    missing_s = contents.declared_s - reached_s
    return missing_s > _ROUNDING_S and reached_s < contents.declared_s * _WHOLE


def output_size(video: Video) -> tuple[int, int]:
    """Width and height of the upright rendition with square pixels: even, within 1280 × 720 or 720 × 1280.

    The shape is the source's, to within the rounding to even numbers; nothing is enlarged.
    """
    width, height = Fraction(video.width), Fraction(video.height)
    if video.lens_shape > 1:
        width *= video.lens_shape
    else:
        height /= video.lens_shape
    if video.sideways:
        width, height = height, width
    scale = min(Fraction(1), LONG_SIDE / max(width, height), SHORT_SIDE / min(width, height))
    return _even(width * scale), _even(height * scale)


def _even(length: Fraction) -> int:
    return max(2, 2 * round(length / 2))


def is_too_fast(track: Track) -> bool:
    """Pictures follow each other faster than a rendition may show them."""
    return track.mean_rate > FASTEST or track.peak_rate > FASTEST + _JITTER


def is_uneven(track: Track) -> bool:
    """Its pictures, or those that are kept of them, do not follow each other at one pace."""
    kept = kept_rate(track)
    if kept and track.mean_rate < FASTEST * _EVENLY_THINNED:
        return True
    if track.packets <= 1 or not track.times_ms:
        return False
    first_ms, last_ms = track.times_ms[0], track.times_ms[-1]
    pace_s = max((last_ms - first_ms) / 1000 / (track.packets - 1), 1 / kept if kept else 0)
    return max(track.longest_gap_s, track.end_s - last_ms / 1000) > pace_s * _OUT_OF_STEP


def kept_rate(track: Track) -> float | None:
    """How many of its pictures a second are kept, where not all of them are.

    Wherever it begins, a second and a bit may hold one picture more than its rate: over a clip of a second that counts.
    """
    if not is_too_fast(track):
        return None
    over = _ONE_MORE / track.duration_s if track.duration_s > 0 else FASTEST
    return max(_SLOWEST, FASTEST - max(_MARGIN, over))


def may_copy_video(video: Video, track: Track) -> bool:
    """The picture is already what a rendition would be; its level is looked at once it is copied.

    A copy keeps what a trimmed clip hides, so that is never copied: it is private.
    """
    return (
        video.codec == "h264"
        and video.profile in _PROFILES
        and video.pixel_format == "yuv420p"
        and not video.full_range
        and not video.interlaced
        and {video.matrix, video.primaries, video.curve} <= _PLAIN_COLOUR
        and video.rotation is None
        and video.pixel_shape == 1
        and output_size(video) == (video.width, video.height)
        and track.starts_on_key
        and track.one_setup
        and track.hidden_packets == 0
        and not is_too_fast(track)
        and track.bits_per_second <= VIDEO_BITS
    )


def may_copy_audio(audio: Audio, track: Track) -> bool:
    """The sound is already AAC-LC in one or two channels at a rate that everything plays, and hides nothing."""
    return audio.profile == "LC" and _is_plain_audio(audio, track)


def _is_plain_audio(audio: Audio, track: Track) -> bool:
    # The profile is seen in the packets alone: of sound that begins very late, it is not known.
    return (
        audio.codec == "aac"
        and audio.profile in {"LC", ""}
        and audio.channels <= _MOST_CHANNELS
        and audio.rate_hz in _AUDIO_RATES_HZ
        and track.one_setup
        and track.hidden_s <= _PRIMING_S
    )


def is_sound_rendition(contents: Contents, *, of_s: float, kind: Kind) -> bool:
    """What came out is what was promised but for its level, and as long as the `of_s` seconds that went in.

    Half a second or 5 % may be between the two.
    """
    if abs(contents.duration_s - of_s) > max(_ROUNDING_S, of_s * _DRIFT):
        return False
    if contents.audio is not None and not _is_plain_audio(contents.audio, contents.audio_track):
        return False
    if kind == "audio":
        return contents.audio is not None and contents.video is None
    video = contents.video
    return video is not None and (
        contents.video_track.packets > 1
        and video.codec == "h264"
        and video.pixel_format == "yuv420p"
        and video.rotation is None
        and video.pixel_shape == 1
        and max(video.width, video.height) <= LONG_SIDE
        and min(video.width, video.height) <= SHORT_SIDE
    )


def asks_little(contents: Contents) -> bool:
    """The rendition's picture, if there is one, asks no more of a decoder than every device has, from start to end."""
    return contents.video is None or (0 < contents.video.level <= HIGHEST_LEVEL and contents.video_track.one_setup)


def estimated_cpu_s(contents: Contents, *, copy_video: bool = False) -> float:
    """Seconds of CPU time, on one core, that making a rendition of `contents` takes.

    Fitted to twelve kinds of clips with grain (H.264, HEVC, VP8, VP9, AV1, ProRes; 360p to 4K60, HDR, interlaced),
    November 2026, ffmpeg 9.0.2, one x86-64 core of a server of 2023: none of them took more than it says, those
    without grain half of it. Another processor is faster or slower by what it is.
    """
    seconds = _START_S + contents.duration_s * _SOUND
    video, track = contents.video, contents.video_track
    if video is None or copy_video:
        return seconds
    width, height = output_size(video)
    read = track.packets * video.width * video.height
    written = min(track.packets, track.duration_s * FASTEST) * width * height
    reading_ns = _READING_NS.get(video.codec, _READING_OTHERS_NS) + (_WEAVING_NS if video.interlaced else 0)
    writing_ns = _WRITING_NS + (_TONES_NS if video.hdr or video.wide else 0)
    return seconds + (read * reading_ns + written * writing_ns) / 1e9
