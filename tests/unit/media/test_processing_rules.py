"""What is refused, what is copied and how large a rendition is: rules without a file."""

import math
import string
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.media.processing import Kind, Reason, sentence
from chalicelib.media.processing.contents import Contents
from chalicelib.media.processing.packets import Track
from chalicelib.media.processing.render import video_filters
from chalicelib.media.processing.rules import (
    LARGEST_BYTES,
    estimated_cpu_s,
    is_sound_rendition,
    is_too_fast,
    is_uneven,
    may_copy_audio,
    may_copy_video,
    output_size,
    refusal,
    refusal_of_size,
)
from chalicelib.media.processing.streams import Audio, Video

VIDEO = Video(0, "h264", "High", "yuv420p", 1280, 720)
AUDIO = Audio(1, "aac", "LC", 48_000, 2)
TRACK = Track(packets=300, start_s=0, end_s=10, peak_rate=30, payload_bytes=1_000_000, starts_on_key=True)
SOUND = Track(packets=470, start_s=0, end_s=10, peak_rate=47, payload_bytes=160_000, starts_on_key=True)
CONTENTS = Contents(10.0, VIDEO, TRACK, AUDIO, SOUND)

sides = st.integers(16, 4096)
videos = st.builds(
    lambda width, height, shape, turn: replace(VIDEO, width=width, height=height, pixel_shape=shape, rotation=turn),
    sides,
    sides,
    st.sampled_from([Fraction(1), Fraction(4, 3), Fraction(64, 45), Fraction(9, 10), Fraction(10), Fraction(1, 10)]),
    st.sampled_from([None, 90.0, -90.0, 180.0, 12.0, float("nan")]),
)


@given(videos)
def test_every_rendition_is_even_and_within_its_limits(video: Video) -> None:
    width, height = output_size(video)
    assert width % 2 == height % 2 == 0
    assert 2 <= min(width, height) <= 720
    assert max(width, height) <= 1280


@given(videos)
def test_a_rendition_keeps_the_shape_of_its_source(video: Video) -> None:
    shown = Fraction(video.width, video.height) * video.pixel_shape
    if video.sideways:
        shown = 1 / shown
    width, height = output_size(video)
    assume(min(width, height) > 2)
    # One pixel of rounding on each side is all that may come in between.
    assert Fraction(width - 1, height + 1) <= shown <= Fraction(width + 1, height - 1)


@given(videos)
def test_nothing_is_enlarged_beyond_square_pixels(video: Video) -> None:
    width, height = output_size(video)
    stretch = max(video.pixel_shape, 1 / video.pixel_shape)
    assert max(width, height) <= max(video.width, video.height) * stretch + 1


@given(videos)
def test_a_rendition_of_a_rendition_has_the_same_size(video: Video) -> None:
    width, height = output_size(video)
    assert output_size(replace(VIDEO, width=width, height=height)) == (width, height)


@pytest.mark.parametrize(
    ("size", "reason"),
    [(0, Reason.EMPTY), (1, None), (LARGEST_BYTES, None), (LARGEST_BYTES + 1, Reason.TOO_BIG)],
)
def test_empty_and_enormous_files_are_not_opened(size: int, reason: Reason | None) -> None:
    assert refusal_of_size(size) == reason


def lasting(seconds: float) -> Contents:
    return replace(
        CONTENTS,
        declared_s=seconds,
        video_track=replace(TRACK, end_s=seconds),
        audio_track=replace(SOUND, end_s=seconds),
    )


@pytest.mark.parametrize(
    ("contents", "longest_s", "reason"),
    [
        (CONTENTS, None, None),
        (replace(CONTENTS, audio=None, audio_track=Track()), None, None),
        (replace(CONTENTS, video=None), None, Reason.NO_PICTURE),
        (replace(CONTENTS, video_track=replace(TRACK, packets=1)), None, Reason.NO_PICTURE),
        (replace(CONTENTS, video=replace(VIDEO, pixel_format="none")), None, Reason.WOULD_NOT_OPEN),
        (replace(CONTENTS, video=replace(VIDEO, width=4098, height=16)), None, Reason.PICTURE_TOO_LARGE),
        (replace(CONTENTS, video=replace(VIDEO, width=2306, height=2306)), None, Reason.PICTURE_TOO_LARGE),
        (replace(CONTENTS, video=replace(VIDEO, width=2304, height=4096)), None, None),
        (replace(CONTENTS, video=replace(VIDEO, height=14)), None, Reason.PICTURE_TOO_SMALL),
        (lasting(1212), None, None),
        (lasting(1213), None, Reason.TOO_LONG),
        (lasting(7200), 7200, None),
        (lasting(7300), 9000, Reason.TOO_LONG),
        (lasting(61), 60, None),
        (lasting(61.2), 60, Reason.TOO_LONG),
        (lasting(1.5), 1, None),
        (lasting(1.6), 1, Reason.TOO_LONG),
        (replace(CONTENTS, video_track=replace(TRACK, longest_gap_s=31)), None, Reason.GAP),
        (replace(CONTENTS, declared_s=12.0), None, Reason.CUT_SHORT),
        (replace(CONTENTS, declared_s=11.0), None, None),
        (replace(CONTENTS, declared_s=None), None, None),
    ],
)
def test_a_video_is_refused_for_what_is_wrong_with_it(
    contents: Contents, longest_s: int | None, reason: Reason | None
) -> None:
    assert refusal(contents, kind="video", longest_s=longest_s) == reason


def test_a_clip_of_a_second_may_miss_half_of_it_to_rounding() -> None:
    short = replace(CONTENTS, declared_s=1.0, video_track=replace(TRACK, end_s=0.6), audio=None, audio_track=Track())
    assert refusal(short, kind="video", longest_s=None) is None


def test_a_recording_without_sound_is_refused_where_sound_is_asked_for() -> None:
    assert refusal(replace(CONTENTS, audio=None), kind="audio", longest_s=None) is Reason.NO_SOUND
    assert refusal(replace(CONTENTS, audio_track=Track()), kind="audio", longest_s=None) is Reason.NO_SOUND
    assert refusal(CONTENTS, kind="audio", longest_s=None) is None


def test_sound_alone_forgets_a_length_that_was_declared_for_the_picture_too() -> None:
    assert CONTENTS.sound_alone() == Contents(None, None, Track(), AUDIO, SOUND)
    assert replace(CONTENTS, video=None).sound_alone().declared_s == 10.0


def test_a_compliant_picture_is_copied() -> None:
    assert may_copy_video(VIDEO, TRACK)


@pytest.mark.parametrize(
    "video",
    [
        replace(VIDEO, codec="hevc"),
        replace(VIDEO, profile="High 10"),
        replace(VIDEO, pixel_format="yuv422p"),
        replace(VIDEO, full_range=True),
        replace(VIDEO, interlaced=True),
        replace(VIDEO, matrix="smpte170m"),
        replace(VIDEO, curve="arib-std-b67"),
        replace(VIDEO, rotation=180.0),
        replace(VIDEO, pixel_shape=Fraction(4, 3)),
        replace(VIDEO, width=1920, height=1080),
        replace(VIDEO, width=641),
    ],
)
def test_a_picture_that_does_not_play_everywhere_is_not_copied(video: Video) -> None:
    assert not may_copy_video(video, TRACK)


@pytest.mark.parametrize(
    "track",
    [
        replace(TRACK, hidden_packets=1),
        replace(TRACK, one_setup=False),
        replace(TRACK, starts_on_key=False),
        replace(TRACK, packets=600),
        replace(TRACK, peak_rate=60),
        replace(TRACK, payload_bytes=4_000_000),
        # Calm for a minute, and ten seconds that no phone's line carries.
        replace(TRACK, packets=1800, end_s=60, peak_bytes=4_000_000),
    ],
)
def test_a_picture_with_trimmed_hasty_or_heavy_packets_is_not_copied(track: Track) -> None:
    assert not may_copy_video(VIDEO, track)


def test_the_jitter_of_a_phone_is_not_taken_for_speed() -> None:
    assert not is_too_fast(replace(TRACK, peak_rate=33))
    assert is_too_fast(replace(TRACK, peak_rate=34))
    assert is_too_fast(replace(TRACK, packets=320))


def test_sound_is_copied_only_when_it_plays_everywhere_and_hides_nothing() -> None:
    assert may_copy_audio(AUDIO, SOUND)
    assert may_copy_audio(AUDIO, replace(SOUND, hidden_packets=2, hidden_s=0.05))
    for other in (replace(AUDIO, codec="opus"), replace(AUDIO, profile="HE-AAC"), replace(AUDIO, channels=8)):
        assert not may_copy_audio(other, SOUND)
    assert not may_copy_audio(replace(AUDIO, rate_hz=96_000), SOUND)
    assert not may_copy_audio(AUDIO, replace(SOUND, hidden_s=2))


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (lasting(11), "video"),
        (replace(CONTENTS, video=replace(VIDEO, codec="hevc")), "video"),
        (replace(CONTENTS, video_track=replace(TRACK, packets=1)), "video"),
        (replace(CONTENTS, video=replace(VIDEO, pixel_shape=Fraction(1, 50))), "video"),
        (replace(CONTENTS, audio=replace(AUDIO, profile="HE-AAC")), "video"),
        (replace(CONTENTS, video=replace(VIDEO, width=1920)), "video"),
        (replace(CONTENTS, audio=replace(AUDIO, codec="opus")), "video"),
        (replace(CONTENTS, video=None), "video"),
        (CONTENTS, "audio"),
    ],
)
def test_a_rendition_that_is_not_what_was_promised_is_found_out(made: Contents, kind: Kind) -> None:
    assert is_sound_rendition(CONTENTS, of_s=10.3, kind="video")
    assert not is_sound_rendition(made, of_s=10, kind=kind)


@given(videos, st.floats(1, 1200), st.integers(1, 240))
def test_a_copy_is_hardly_any_work_and_more_of_a_picture_is_more(video: Video, seconds: float, rate: int) -> None:
    contents = replace(
        CONTENTS,
        video=video,
        video_track=replace(TRACK, end_s=seconds, packets=math.ceil(rate * seconds)),
        audio_track=replace(SOUND, end_s=seconds),
    )
    copied = estimated_cpu_s(contents, copy_video=True)
    encoded = estimated_cpu_s(contents)
    assert copied < 1 + seconds * 0.02
    assert copied < encoded
    assert encoded <= estimated_cpu_s(replace(contents, video=replace(video, interlaced=True)))
    assert encoded < estimated_cpu_s(replace(contents, video=replace(video, curve="smpte2084")))
    twice = replace(contents, video_track=replace(contents.video_track, packets=contents.video_track.packets * 2))
    assert encoded < estimated_cpu_s(twice)


def test_the_estimate_holds_for_what_was_measured() -> None:
    # Seconds of CPU time, measured in November 2026 on four seconds of each.
    measured = {
        ("h264", 1280, 720, 30): 3.54,
        ("h264", 1920, 1080, 30): 4.30,
        ("hevc", 1920, 1080, 60): 2.92,
        ("av1", 1920, 1080, 30): 3.73,
        ("vp9", 1280, 720, 30): 2.49,
        ("vp8", 640, 360, 30): 0.89,
    }
    for (codec, width, height, rate), took_s in measured.items():
        video = replace(VIDEO, codec=codec, width=width, height=height)
        contents = replace(lasting(4), video=video, video_track=replace(TRACK, end_s=4, packets=4 * rate))
        assert took_s <= estimated_cpu_s(contents) <= 2.2 * took_s


@pytest.mark.parametrize(
    ("times_ms", "end_s", "uneven"),
    [
        (range(0, 3000, 33), 3.0, False),
        (range(0, 3000, 17), 3.0, False),
        # The jitter of a phone.
        ([*range(0, 1000, 33), *range(1045, 3000, 33)], 3.0, False),
        ([*range(0, 1000, 17), *range(1028, 3000, 17)], 3.0, False),
        (range(0, 3000, 27), 3.0, True),
        ([*range(0, 1000, 33), *range(3000, 4000, 33)], 4.0, True),
        (range(0, 3000, 33), 9.0, True),
        ([0], 1.0, False),
    ],
)
def test_pictures_that_do_not_follow_at_one_pace_are_found(
    times_ms: Sequence[int], end_s: float, *, uneven: bool
) -> None:
    times = tuple(times_ms)
    gap_s = max((later - earlier for earlier, later in pairwise(times)), default=0) / 1000
    peak = sum(time < 1000 for time in times)
    track = replace(TRACK, packets=len(times), times_ms=times, end_s=end_s, longest_gap_s=gap_s, peak_rate=peak)
    assert is_uneven(track) is uneven


def test_only_an_hdr_picture_is_tone_mapped_and_only_an_interlaced_one_woven() -> None:
    plain = ",".join(video_filters(VIDEO, rate=None))
    assert "tonemap" not in plain
    assert "bwdif" not in plain
    assert "select" not in plain
    other = ",".join(video_filters(replace(VIDEO, curve="smpte2084", interlaced=True), rate=30))
    assert "tonemap" in other
    assert "bwdif" in other
    assert "select" in other


@given(st.sampled_from(Reason), st.sampled_from(["video", "audio"]), st.none() | st.integers(1, 9999), st.booleans())
def test_every_reason_says_what_happened_what_is_safe_and_what_to_do(
    reason: Reason,
    kind: Kind,
    longest_s: int | None,
    recorded_here: bool,  # noqa: FBT001 - Hypothesis gives it
) -> None:
    said = sentence(reason, kind=kind, longest_s=longest_s, recorded_here=recorded_here)
    assert "answers are kept" in said
    assert ("still on your phone" in said) is not recorded_here
    assert said.count(". ") >= 2
    assert said.endswith(".")
    assert not set(said) & set("!{}")
    assert set(said) <= set(string.ascii_letters + string.digits + " .,:-")


def test_the_words_for_a_long_recording_name_its_limit() -> None:
    assert "the 1 minute 30 seconds asked" in sentence(Reason.TOO_LONG, kind="video", longest_s=90)
    assert "the 45 seconds asked" in sentence(Reason.TOO_LONG, kind="video", longest_s=45)
    assert "The recording is longer than the 20 minutes" in sentence(Reason.TOO_LONG, kind="audio")
