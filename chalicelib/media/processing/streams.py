"""What ffmpeg says about a file when it opens it, read into values.

There is no ffprobe in the video zip: it weighs 48 MB, and a second program with demuxers of its own may
see another file than the one that is then rendered. What is read here steers only which way a file takes;
the rendition is looked at again afterwards, by the same code, before anyone gets it.
"""

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction

_STREAM = re.compile(
    r"  (?:  )?Stream #0:(\d+)(?:\[0x[0-9a-f]+\])?(?:\([^)]*\))?: (Video|Audio|Subtitle|Data|Attachment): (.*)"
)
_GROUP = "  Stream group #0:"
_DURATION = re.compile(r"  Duration: (\d+):(\d\d):(\d\d\.\d+),")
_CODEC = re.compile(r"(\w+)((?: \([^)]*\))*)")
_PICTURE = re.compile(r", (\w+)(?:\(([^)]*)\))?, (\d{1,6})x(\d{1,6})")
_PIXEL_SHAPE = re.compile(r"SAR (\d{1,9}):(\d{1,9})")
_SOUND = re.compile(r", (\d{1,7}) Hz, ([^,]+)")
_MATRIX = re.compile(r"      (?:  )?display ?matrix: rotation of (-?[\d.]+|-?nan) degrees", re.IGNORECASE)

_CHANNELS = {"mono": 1, "stereo": 2, "1 channels": 1, "2 channels": 2, "downmix": 2}
_SOUND_CODECS = frozenset({"aac", "opus", "vorbis", "mp3", "flac", "alac", "ac3", "eac3", "amr_nb", "amr_wb"})
_MANY_CHANNELS = 8
_FIELD_ORDERS = ("top first", "bottom first", "top coded first (swapped)", "bottom coded first (swapped)")
_HDR_CURVES = frozenset({"smpte2084", "arib-std-b67"})
_WIDE_COLOURS = frozenset({"bt2020", "smpte431", "smpte432"})
_UNKNOWN_COLOUR = ("unknown", "unknown", "unknown")
_COLOUR_PARTS = 3
_STILL_MARKS = ("(attached pic)", "(still image)", "(timed thumbnails)")
_OBLONGEST_PIXEL = 10


@dataclass(frozen=True, slots=True)
class Video:
    """One stream of pictures, as the file describes it: sizes are in stored pixels, before turning.

    `level` is what H.264 asks of a decoder, times ten; 0 where it was not read.
    """

    index: int
    codec: str
    profile: str
    pixel_format: str
    width: int
    height: int
    pixel_shape: Fraction = Fraction(1)
    full_range: bool = False
    interlaced: bool = False
    matrix: str = "unknown"
    primaries: str = "unknown"
    curve: str = "unknown"
    rotation: float | None = None
    still: bool = False
    preferred: bool = False
    level: int = 0

    @property
    def hdr(self) -> bool:
        """Its light is coded for an HDR screen (PQ or HLG) and looks washed out on any other."""
        return self.curve in _HDR_CURVES

    @property
    def wide(self) -> bool:
        """Its colours reach further than an ordinary screen's: as they are, they look faded there."""
        return self.primaries in _WIDE_COLOURS

    @property
    def lens_shape(self) -> Fraction:
        """How wide its pixels are, to their height; 1 where the file says something beyond any lens."""
        is_likely = Fraction(1, _OBLONGEST_PIXEL) <= self.pixel_shape <= _OBLONGEST_PIXEL
        return self.pixel_shape if is_likely else Fraction(1)

    @property
    def sideways(self) -> bool:
        """Shown upright, width and height change places."""
        return self.rotation is not None and 45 < abs(self.rotation) % 180 < 135  # noqa: PLR2004 - degrees


@dataclass(frozen=True, slots=True)
class Audio:
    """One stream of sound. `channels` is exact for one and two, and 8 for anything with more."""

    index: int
    codec: str
    profile: str
    rate_hz: int
    channels: int
    preferred: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """The streams of a file and the duration that it declares, in seconds (None: it declares none)."""

    declared_s: float | None = None
    videos: list[Video] = field(default_factory=list)
    audios: list[Audio] = field(default_factory=list)

    def picture(self) -> Video | None:
        """The stream to show: the one that the file prefers, else its first; never an attached still."""
        moving = [video for video in self.videos if not video.still]
        return next((video for video in moving if video.preferred), moving[0] if moving else None)

    def sound(self) -> Audio | None:
        """The stream to hear: one that can be decoded if there is one, the preferred one if it is among them."""
        known = [audio for audio in self.audios if audio.rate_hz]
        # Some phones add a second track of sound in a coding of their own.
        heard = [audio for audio in known if audio.codec in _SOUND_CODECS or audio.codec.startswith("pcm_")] or known
        return next((audio for audio in heard if audio.preferred), heard[0] if heard else None)


def read_listing(said: str) -> Listing:
    """The first input in ffmpeg's report `said`. Never raises: what cannot be read is not listed."""
    declared_s: float | None = None
    videos: list[Video] = []
    audios: list[Audio] = []
    latest_is_video = grouped = False
    # Not `splitlines`: a title may hold any other sign that ends a line, and would be taken for a stream.
    for line in said.split("\n"):
        # What follows describes the output, with the same words.
        if line.startswith(("Stream mapping:", "Output #")):
            break
        if declared := _DURATION.match(line):
            hours, minutes, seconds = declared.groups()
            declared_s = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
        elif line.startswith(_GROUP):
            # A timecode that belongs to the picture, say: the streams of a group stand two columns further in, where
            # without a group only what the file says of itself stands.
            grouped = True
        elif (stream := _STREAM.match(line)) and (grouped or not line.startswith("    ")):
            index, sort, rest = int(stream[1]), stream[2], stream[3]
            latest_is_video = sort == "Video"
            if latest_is_video:
                videos.append(_read_video(index, rest))
            elif sort == "Audio":
                audios.append(_read_audio(index, rest))
        elif latest_is_video and (turned := _MATRIX.fullmatch(line)):
            videos[-1] = replace(videos[-1], rotation=float(turned[1]))
    return Listing(declared_s, videos, audios)


def _read_video(index: int, rest: str) -> Video:
    codec, profile = _read_codec(rest)
    video = Video(
        index,
        codec,
        profile,
        "none",
        0,
        0,
        still=any(mark in rest for mark in _STILL_MARKS),
        preferred="(default)" in rest,
    )
    picture = _PICTURE.search(rest)
    if picture is None:
        return video
    traits = (picture[2] or "").split(", ")
    colour = next((trait.split("/") for trait in traits if _is_colour(trait)), list(_UNKNOWN_COLOUR))
    # One word stands for all three when they agree.
    matrix, primaries, curve = colour * _COLOUR_PARTS if len(colour) == 1 else colour
    return replace(
        video,
        pixel_format=picture[1],
        width=int(picture[3]),
        height=int(picture[4]),
        pixel_shape=_read_pixel_shape(rest),
        full_range="pc" in traits,
        interlaced=any(trait in _FIELD_ORDERS for trait in traits),
        matrix=matrix,
        primaries=primaries,
        curve=curve,
    )


def _is_colour(trait: str) -> bool:
    if trait.count("/") == _COLOUR_PARTS - 1:
        return True
    return trait.startswith(("bt", "smpte", "fcc", "gbr", "ycgco", "film"))


def _read_pixel_shape(rest: str) -> Fraction:
    found = _PIXEL_SHAPE.search(rest)
    if found is None or not int(found[1]) or not int(found[2]):
        return Fraction(1)
    return Fraction(int(found[1]), int(found[2]))


def _read_audio(index: int, rest: str) -> Audio:
    codec, profile = _read_codec(rest)
    sound = _SOUND.search(rest)
    rate, layout = (int(sound[1]), sound[2].strip()) if sound else (0, "")
    channels = _CHANNELS.get(layout, _MANY_CHANNELS)
    return Audio(index, codec, profile, rate, channels, preferred="(default)" in rest)


def _read_codec(rest: str) -> tuple[str, str]:
    found = _CODEC.match(rest)
    if found is None:
        return "none", ""
    # In brackets: the decoder if it is called otherwise, the profile, then the file's own tag with a slash.
    notes = [note.strip(" ()") for note in found[2].split(") (")]
    return found[1], next((note for note in reversed(notes) if note and "/" not in note), "")
