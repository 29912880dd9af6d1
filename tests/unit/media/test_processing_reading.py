"""First bytes, ffmpeg's report and its packet list, read into values."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.media.processing.container import Container, recognise
from chalicelib.media.processing.packets import read_tracks
from chalicelib.media.processing.streams import Audio, Video, read_listing


@pytest.mark.parametrize(
    ("head", "container"),
    [
        (b"\0\0\0\x20ftypisom", Container.ISO),
        (b"\0\0\0\x14ftypqt  ", Container.ISO),
        (b"\0\0\0\x08wide\0\0\0\0mdat", Container.ISO),
        (b"\0\0\0\x24ftypheic", None),
        (b"\0\0\0\x20ftypavif", None),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86", Container.EBML),
        (b"RIFF\0\0\0\0AVI LIST", Container.AVI),
        (b"RIFF\0\0\0\0WAVEfmt ", Container.WAV),
        (b"RIFF\0\0\0\0WEBPVP8 ", None),
        (b"OggS\0\2", Container.OGG),
        (b"ID3\4\0", Container.MP3),
        (b"\xff\xfb\x90\x64", Container.MP3),
        (b"\xff\xf1\x50\x80", None),
        (b"ffconcat version 1.0\nfile ../other", None),
        (b"#EXTM3U\n", None),
        (b"<?xml version='1.0'?><MPD>", None),
        (b"", None),
    ],
)
def test_a_file_is_recognised_by_its_first_bytes(head: bytes, container: Container | None) -> None:
    assert recognise(head) == container


@given(st.binary(max_size=64))
def test_any_first_bytes_are_answered(head: bytes) -> None:
    assert recognise(head) is None or recognise(head) in Container


REPORT = """\
Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:a.mov':
  Metadata:
    title           : a
                    :   Stream #0:7: Video: h264, yuv420p, 1x1
  Duration: 00:01:04.50, start: 0.000000, bitrate: 7545 kb/s
  Stream #0:0[0x1](und): Video: hevc (Main 10) (hvc1 / 0x31637668), yuv420p10le(tv, bt2020nc/bt2020/arib-std-b67, \
top first), 1920x1080 [SAR 4:3 DAR 64:27], 7465 kb/s, 30 fps, 30 tbr, 15360 tbn (default)
    Metadata:
      handler_name    : Core Media Video
    Side data:
      Display Matrix: rotation of -90.00 degrees
  Stream #0:1[0x2](eng): Audio: aac (LC) (mp4a / 0x6134706D), 44100 Hz, mono, fltp, 69 kb/s
  Stream #0:2[0x3]: Audio: apac (apac / 0x63617061), 48000 Hz, 4 channels, 100 kb/s (default)
    Side data:
      Display Matrix: rotation of 45.00 degrees
  Stream #0:3[0x4]: Video: mjpeg (Baseline), yuvj420p(pc, bt470bg/unknown/unknown), 300x300, 90k tbr (attached pic)
  Stream #0:4[0x5](und): Data: none (mebx / 0x7862656D)
Stream mapping:
  Stream #0:0 -> #0:0 (copy)
Output #0, framecrc, to 'x':
  Stream #0:9: Video: h264, yuv420p, 640x360
"""


def test_the_report_on_a_phones_file_is_read() -> None:
    listing = read_listing(REPORT)
    phone, cover = listing.videos
    assert phone == Video(
        index=0,
        codec="hevc",
        profile="Main 10",
        pixel_format="yuv420p10le",
        width=1920,
        height=1080,
        pixel_shape=Fraction(4, 3),
        interlaced=True,
        matrix="bt2020nc",
        primaries="bt2020",
        curve="arib-std-b67",
        rotation=-90.0,
        preferred=True,
    )
    assert phone.hdr
    assert phone.sideways
    assert cover.still
    assert cover.full_range
    assert listing.declared_s == 64.5
    assert listing.picture() == phone
    assert listing.audios[0] == Audio(1, "aac", "LC", 44_100, 1)


def test_sound_that_can_be_decoded_comes_before_sound_that_the_file_prefers() -> None:
    sound = read_listing(REPORT).sound()
    assert sound is not None
    assert sound.codec == "aac"


def test_a_browsers_file_declares_no_duration() -> None:
    listing = read_listing(
        "  Duration: N/A, start: 0.000000, bitrate: N/A\n"
        "  Stream #0:0: Video: av1 (libdav1d) (Main), yuv420p(tv, bt709), 640x480, SAR 1:1 DAR 4:3, 30 fps, 1k tbn\n"
        "  Stream #0:1: Audio: opus, 48000 Hz, 5.1, fltp\n"
    )
    assert listing.declared_s is None
    video = listing.videos[0]
    assert (video.codec, video.profile, video.width, video.curve) == ("av1", "Main", 640, "bt709")
    assert listing.audios[0].channels == 8


def test_a_mad_pixel_shape_and_an_unknown_size_are_left_alone() -> None:
    listing = read_listing(
        "  Stream #0:0: Video: h264, yuv420p, 640x480 [SAR 1:65535 DAR 1:1]\n"
        "  Stream #0:1: Video: h264 (avc1 / 0x31637661), none(progressive), 640x480 [SAR 0:1 DAR 0:1]\n"
        "  Stream #0:2: Video: ?\n"
        "  Stream #0:3: Audio: aac\n"
    )
    assert [video.lens_shape for video in listing.videos] == [1, 1, 1]
    assert listing.videos[0].pixel_shape == Fraction(1, 65535)
    assert [video.pixel_format for video in listing.videos] == ["yuv420p", "none", "none"]
    assert listing.sound() is None


@given(st.text() | st.lists(st.sampled_from(REPORT.splitlines())).map("\n".join))
def test_any_report_is_read_without_an_error(said: str) -> None:
    read_listing(said)


PACKETS = """\
#extradata 0:       38, 0xe5740ae3
#software: Lavf63.1.102
#tb 0: 1/1000
#media_type 0: video
#tb 1: 1/48000
0,        -40,        -40,       40,     1000, 0xea44782a, F=0x5
1,      -1024,      -1024,     1024,      256, 0xea44782a, F=0x5, S=1, Skip Samples,       10, 0x00240004
0,          0,         40,       40,     1000, 0x77095984, F=0x1
1,          0,          0,     1024,      300, 0xb8847714
0,         40,          0,       40,     3000, 0x77095984
0,         80,       2080,        0,     1000, 0x77095984, F=0x0, S=1, New Extradata,       10, 0x00240004
"""


def test_packets_are_measured_in_the_order_in_which_they_are_shown() -> None:
    tracks = read_tracks(PACKETS.splitlines())
    video = tracks[0]
    assert video.packets == 3
    assert (video.start_s, video.longest_gap_s) == (0.0, 2.04)
    assert video.end_s == pytest.approx(3.12)
    assert (video.hidden_packets, video.hidden_s) == (1, 0.04)
    assert video.payload_bytes == 5000
    assert video.peak_rate == 2
    assert video.starts_on_key
    assert not video.one_setup
    assert tracks[1].hidden_s == pytest.approx(1024 / 48_000)


GROUPED = """\
Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:a.mov':
  Metadata:
    Stream #0:7[0x1]: Video: vp8, yuv420p, 16x16, 30 fps: said by the file of itself
  Duration: 00:00:03.00, start: 0.000000, bitrate: 230 kb/s
  Stream group #0:0[0x3]: Track Reference:
    Stream #0:0[0x1](und): Video: h264 (Main) (avc1 / 0x31637661), yuv420p(tv, bt709), 1920x1080, 30 fps (default)
      Metadata:
        timecode        : 10:00:00:00
      Side data:
        Display Matrix: rotation of -180.00 degrees
    Stream #0:2[0x3](eng): Data: none (tmcd / 0x64636D74), 0 kb/s
  Stream #0:1[0x2](und): Audio: aac (LC) (mp4a / 0x6134706D), 48000 Hz, mono, fltp, 18 kb/s (default)
"""


def test_streams_that_belong_together_are_read_and_what_a_file_says_of_itself_is_not() -> None:
    listing = read_listing(GROUPED)
    assert [(video.index, video.width, video.rotation) for video in listing.videos] == [(0, 1920, -180.0)]
    assert [audio.index for audio in listing.audios] == [1]


def test_a_track_of_hidden_packets_alone_has_no_length() -> None:
    track = read_tracks(["#tb 0: 1/1000", "0, 0, 0, 40, 1000, 0x1, F=0x5"])[0]
    assert (track.packets, track.duration_s, track.mean_rate, track.bits_per_second) == (0, 0, 0, 0)


@given(
    st.lists(
        st.text()
        | st.tuples(st.integers(0, 2), st.integers(), st.integers(), st.integers(), st.integers()).map(
            lambda numbers: ", ".join(map(str, numbers)) + ", 0x0, F=0x1"
        )
        | st.sampled_from(["#tb 0: 1/1000", "#tb 1: 0/0", "#tb 2: 5/1", "#tb x: 1/2", *PACKETS.splitlines()])
    )
)
def test_any_packet_list_is_read_without_an_error_and_never_backwards(lines: list[str]) -> None:
    for track in read_tracks(lines).values():
        assert track.end_s >= track.start_s
        assert track.longest_gap_s >= 0
        assert track.peak_rate <= track.packets
