"""Everything that comes out, held against what is promised, by a look of its own at the bytes.

Whatever has to hold for every kind of file is held here and nowhere else; the edges of a rule, with a source made for
each, are in tests/unit/media/test_processing_*.py.
"""

import re
import struct
import subprocess
from itertools import accumulate, pairwise

import pytest

from chalicelib.media.processing import find_ffmpeg

from . import boxes, looking
from .conftest import Made, Outcome
from .corpus import KINDS
from .corpus.filming import BLUE, GREEN, GREY, HIDDEN, RED, SKIN, YELLOW, Colour

VIDEOS = [name for name, kind in KINDS.items() if kind.accepted and kind.asked == "video"]
SOUNDS = [name for name, kind in KINDS.items() if kind.accepted and kind.asked == "audio"]
FILMS = [name for name in VIDEOS if KINDS[name].rate and not KINDS[name].damaged]
TRIMMED = [name for name in VIDEOS if KINDS[name].hidden]
BITS = 2_500_000
# Longitude and latitude as 3GPP writes them: 16 bits before the point and 16 behind (TS 26.244, 2024, `loci`).
_BINARY_PLACE = struct.pack(">ii", int(8.5417 * 65536), int(47.3769 * 65536))
# What the files carry about place, device and people, and what encoders like to write about themselves.
TRACES = (
    *(b"47.37", b"8.54", b"Apple", b"apple", b"iPhone", b"Pixel", b"android", b"Google", b"Canon", b"Core Media"),
    *(b"HEVC Core", b"Franklin", b"2026", b"Lavf", b"Lavc", b"Lav", b"x264", b"x265", b"libvpx", b"Opus", b"LAME"),
    *(b"QuickTime", _BINARY_PLACE),
)


@pytest.mark.parametrize("name", VIDEOS)
def test_a_rendition_is_what_every_phone_and_browser_plays(made: Made, name: str) -> None:
    outcome = made(name)
    film = boxes.read(outcome.rendition)
    assert film.names.index("moov") < film.names.index("mdat")
    assert [track.sort for track in film.tracks] == (["vide", "soun"] if outcome.kind.sound else ["vide"])
    picture = film.picture
    assert picture is not None
    assert picture.coding == "avc1"
    setup = picture.setup[picture.setup.index(b"avcC") + 4 :]
    assert setup[1] in {66, 77, 100}
    assert setup[3] <= 40
    assert (picture.width, picture.height) == outcome.kind.size
    assert max(outcome.kind.size) <= 1280
    assert min(outcome.kind.size) <= 720
    assert picture.upright
    length = picture.ends - picture.times[0]
    assert len(picture.times) / length <= 31
    assert sum(map(len, picture.samples)) * 8 <= BITS * (length + 1)
    said = subprocess.run(
        [str(find_ffmpeg()), "-hide_banner", "-i", str(outcome.rendition)], capture_output=True, text=True, check=False
    ).stderr
    [line] = re.findall(r"Video: h264 \(.*", said)
    assert re.search(r"yuv420p\(tv, bt709(, progressive)?\)|yuv420p\(progressive\)|yuv420p,", line), line
    if not outcome.told.said["copied_video"]:
        assert "bt709" in line
        assert "High" in line
    assert "SAR" not in line or "SAR 1:1" in line
    if film.sound:
        _is_plain_aac(film.sound)


@pytest.mark.parametrize("name", SOUNDS)
def test_a_voice_is_sound_alone_that_every_phone_and_browser_plays(made: Made, name: str) -> None:
    outcome = made(name)
    film = boxes.read(outcome.rendition)
    assert film.names.index("moov") < film.names.index("mdat")
    assert [track.sort for track in film.tracks] == ["soun"]
    assert film.sound is not None
    _is_plain_aac(film.sound)


def _is_plain_aac(sound: boxes.Track) -> None:
    assert sound.coding == "mp4a"
    # A decoder's setup (ISO/IEC 14496-3): five bits of kind, where 2 is AAC-LC; four of rate; four of channels.
    kind, channels = _aac(sound.setup)
    assert kind == 2
    assert channels in {1, 2}


def _aac(setup: bytes) -> tuple[int, int]:
    at = setup.index(b"esds") + 4 + 4
    while setup[at] != 5:  # the tag of what is for the decoder itself; those around it have fields of their own
        tag, at = setup[at], at + 1
        while setup[at] & 0x80:
            at += 1
        at += 1 + {3: 3, 4: 13}[tag]
    at += 1
    while setup[at] & 0x80:
        at += 1
    word = int.from_bytes(setup[at + 1 : at + 3], "big")
    return word >> 11, word >> 3 & 15


@pytest.mark.parametrize("name", [*VIDEOS, *SOUNDS])
def test_nothing_of_place_device_person_or_tool_is_in_any_byte(made: Made, name: str) -> None:
    outcome = made(name)
    for path in outcome.files():
        content = path.read_bytes()
        assert [trace for trace in TRACES if trace in content] == [], path.name
    film = boxes.read(outcome.rendition)
    assert not any(film.dates)
    assert not any(date for track in film.tracks for date in track.dates)
    assert {track.handler for track in film.tracks} <= {"VideoHandler", "SoundHandler", ""}
    assert not {box.path[-1] for box in film.boxes} & {"uuid", "tref", "gmhd", "gmin", "tmcd"}
    assert {path for path in film.names if "udta" in path} <= {"moov/udta", "moov/udta/meta"}
    # What programs note in `udta` is a list (`ilst`); one is written, and it is empty.
    assert all(box.content.endswith(b"\0\0\0\x08ilst") for box in film.boxes if box.path[-1] in {"udta", "meta"})
    assert not any(box.content.strip(b"\0") for box in film.boxes if box.path[-1] in {"free", "skip"})
    if film.picture:
        assert 6 not in set(film.picture.units()), "a picture carries notes of its encoder or of a caption (SEI)"


def test_the_files_carry_what_must_not_be_left(made: Made) -> None:
    for name, traces in {
        "iphone-hevc-60-rotated.mov": (b"+47.3769+008.5417/0", b"com.apple", b"iPhone", b"mebx", b"Core Media"),
        "android-h264-rotated.mp4": (b"+47.3769", b"com.android.version", b"Pixel"),
        "android-place-in-the-old-box.mp4": (b"loci", _BINARY_PLACE, b"x264", b"Pixel"),
        "captions-and-chapters.mp4": (b"Franklin",),
    }.items():
        content = made(name).source.read_bytes()
        assert all(trace in content for trace in traces), name


@pytest.mark.parametrize("name", FILMS)
def test_it_stands_upright_in_its_own_colours(made: Made, name: str) -> None:
    outcome = made(name)
    seen = looking.pictures(outcome.rendition)[1]
    corners = {(0, 0): RED, (0, 7): GREEN, (8, 0): BLUE, (8, 7): YELLOW, (0, 3): GREY, (2, 3): SKIN}
    for (row, column), colour in corners.items():
        assert _far(seen.at(row, column), colour) <= (60 if outcome.kind.hdr else 14), (row, column, seen.cells)


@pytest.mark.parametrize("name", [name for name in FILMS if KINDS[name].hdr])
def test_hdr_is_neither_dark_nor_washed_out(made: Made, name: str) -> None:
    seen = looking.pictures(made(name).rendition)
    flashing = next(picture for picture in seen if picture.flashes)
    grey, skin, white, black = (_luma(flashing.at(*cell)) for cell in ((0, 3), (2, 3), (5, 3), (3, 0)))
    # Grey card and skin where television wants them when HDR is shown on an ordinary screen (ITU-R BT.2408, 2023,
    # annexes on skin and on conversion), on 0 to 255, and contrast from black to white.
    assert 90 <= grey <= 140
    assert 120 <= skin <= 185
    assert white >= 200
    assert black <= 16


def _luma(colour: Colour) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def _far(one: Colour, other: Colour) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("name", [name for name in FILMS if KINDS[name].beeps])
def test_pictures_keep_their_own_times(made: Made, name: str) -> None:
    outcome = made(name)
    for number, time in _numbered(outcome):
        assert time == pytest.approx((number - outcome.kind.hidden) / outcome.kind.rate, abs=0.04)


def _numbered(outcome: Outcome) -> list[tuple[int, float]]:
    """The pictures' numbers in the film, beyond 255 too, with their times."""
    times, rounds, before = _times(outcome), 0, -1
    numbered = []
    for seen, time in zip(looking.pictures(outcome.rendition), times, strict=True):
        rounds += 256 if seen.number + rounds < before else 0
        before = seen.number + rounds
        numbered.append((before, time))
    assert all(later[0] > earlier[0] for earlier, later in pairwise(numbered))
    return numbered


def _times(outcome: Outcome) -> tuple[float, ...]:
    picture = boxes.read(outcome.rendition).picture
    assert picture is not None
    return picture.times


@pytest.mark.parametrize("name", [name for name in FILMS if KINDS[name].beeps and KINDS[name].sound])
def test_lips_and_words_stay_together(made: Made, name: str) -> None:
    outcome = made(name)
    seen = looking.flashes(looking.pictures(outcome.rendition), _times(outcome))
    heard = looking.beeps(outcome.rendition)
    assert len(heard) >= 2
    assert len(seen) >= len(heard)
    apart = [round(1000 * min((flash - beep for flash in seen), key=abs)) for beep in heard]
    assert max(map(abs, apart)) <= 40, f"{apart} ms"


@pytest.mark.parametrize("name", TRIMMED)
def test_what_was_trimmed_away_is_nowhere(made: Made, name: str) -> None:
    outcome = made(name)
    before = looking.pictures(outcome.source, "-ignore_editlist", "1")
    assert sum(picture.hides() for picture in before) >= 10, f"nothing but {HIDDEN} would be missed"
    after = looking.pictures(outcome.rendition, "-ignore_editlist", "1")
    assert [place for place, picture in enumerate(after) if picture.hides()] == []
    poster, tiles = outcome.folder / "poster.jpg", outcome.timeline.tiles
    assert tiles is not None
    assert not any(picture.hides() for picture in looking.pictures(poster))
    assert not any(picture.hides() for picture in looking.tiles(outcome.folder / "sprite.jpg", tiles))


@pytest.mark.parametrize("name", VIDEOS)
def test_the_timeline_knows_each_pictures_moment(made: Made, name: str) -> None:
    outcome = made(name)
    told, times = outcome.timeline, _times(outcome)
    assert list(accumulate(told.frame_ms)) == pytest.approx([time * 1000 for time in times], abs=1.01)
    assert told.duration_ms / 1000 == pytest.approx(outcome.told.said["duration_s"], abs=0.05)


@pytest.mark.parametrize("name", VIDEOS)
def test_each_tile_shows_the_picture_of_its_moment(made: Made, name: str) -> None:
    outcome = made(name)
    layout, sprite = outcome.timeline.tiles, outcome.folder / "sprite.jpg"
    assert layout is not None
    times_ms = [time * 1000 for time in _times(outcome)]
    nearest = [min(times_ms, key=lambda time: abs(time - tile)) for tile in layout.times_ms]
    assert list(layout.times_ms) == pytest.approx(nearest, abs=1.01)
    if name in FILMS:
        number_at = dict(zip(times_ms, [seen.number for seen in looking.pictures(outcome.rendition)], strict=True))
        assert [seen.number for seen in looking.tiles(sprite, layout)] == [number_at[time] for time in nearest]


@pytest.mark.parametrize("name", [name for name in (*VIDEOS, *SOUNDS) if KINDS[name].sound])
def test_the_peaks_are_where_something_is_heard(made: Made, name: str) -> None:
    outcome = made(name)
    peaks, kind = outcome.timeline.peaks, outcome.kind
    if outcome.kind.beeps:
        heard = [place / len(peaks) * kind.seconds for place, peak in enumerate(peaks) if peak > 20]
        assert heard
        offset = kind.hidden / kind.rate if kind.rate else 0
        assert all(0.4 <= (when + offset) % 1 <= 0.7 for when in heard), heard
    else:
        assert all(0 <= peak <= 100 for peak in peaks)


@pytest.mark.parametrize("name", VIDEOS)
def test_the_poster_is_a_picture_of_the_rendition(made: Made, name: str) -> None:
    outcome = made(name)
    poster = outcome.folder / "poster.jpg"
    assert poster.read_bytes().startswith(b"\xff\xd8\xff")
    if name in FILMS:
        numbers = {seen.number for seen in looking.pictures(outcome.rendition)}
        assert looking.pictures(poster)[0].number in numbers
