"""Pictures are written anew: the pixels, upright, and nothing else."""

import struct
import subprocess
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.media.model import sniff
from chalicelib.media.processing import Budget, Reason, Rejected, find_ffmpeg
from chalicelib.media.processing.picture import LONGEST_SIDE, Picture, write_anew

from .test_processing_child import fake_ffmpeg

RED, BLUE = (255, 0, 0), (0, 0, 255)
SECRETS = (b"Hidden camera", b"52.5200N 13.4050E", b"hidden comment", b"hidden xmp")
TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif"}


def draw(folder: Path, name: str, source: str, *words: str) -> Path:
    made = folder / name
    ffmpeg = [str(find_ffmpeg()), "-loglevel", "error", "-nostdin", "-f", "lavfi", "-i", source, *words]
    subprocess.run([*ffmpeg, "-y", str(made)], check=True)
    return made


def left_red_right_blue(folder: Path, name: str) -> Path:
    return draw(folder, name, "color=red:s=40x30,pad=80:30:0:0:blue,format=rgb24", "-frames:v", "1")


def size_and_first_pixel(picture: Path) -> tuple[int, int, tuple[int, ...]]:
    """Width, height, and the colour a little inside the upper left corner."""
    ffmpeg = [str(find_ffmpeg()), "-loglevel", "error", "-nostdin", "-i", str(picture), "-frames:v", "1"]
    ppm = subprocess.run([*ffmpeg, "-f", "image2pipe", "-c:v", "ppm", "-"], check=True, capture_output=True).stdout
    _, size, _, pixels = ppm.split(b"\n", 3)
    width, height = map(int, size.split())
    at = (3 * width + 3) * 3
    return width, height, tuple(pixels[at : at + 3])


def is_near(colour: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(colour, other, strict=True))


def exif(orientation: int) -> bytes:
    """A TIFF block (Exif 2.32, 2019) with a camera, an orientation and a place in words."""
    camera, place = SECRETS[0] + b"\0", SECRETS[1] + b"\0"
    texts = 8 + 2 + 3 * 12 + 4
    return (
        struct.pack(">2sHIH", b"MM", 42, 8, 3)
        + struct.pack(">HHII", 0x010E, 2, len(place), texts)
        + struct.pack(">HHII", 0x010F, 2, len(camera), texts + len(place))
        + struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
        + struct.pack(">I", 0)
        + place
        + camera
    )


def with_secrets(picture: Path, orientation: int = 6) -> Path:
    """Write into a picture what a phone writes beside the pixels."""
    content, tiff = picture.read_bytes(), exif(orientation)
    if picture.suffix == ".jpg":
        segments = [
            (0xE1, b"Exif\0\0" + tiff),
            (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRETS[3]),
            (0xFE, SECRETS[2]),
        ]
        beside = b"".join(struct.pack(">BBH", 0xFF, mark, len(body) + 2) + body for mark, body in segments)
        picture.write_bytes(content[:2] + beside + content[2:] + SECRETS[2])
    elif picture.suffix == ".png":
        after_header = 8 + 25
        chunks = [(b"eXIf", tiff), (b"tEXt", b"Comment\0" + SECRETS[2]), (b"iTXt", b"XML\0\0\0\0\0" + SECRETS[3])]
        beside = b"".join(
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
            for name, body in chunks
        )
        picture.write_bytes(content[:after_header] + beside + content[after_header:])
    else:
        flags = struct.pack("<II", 10, 0x08 | 0x04) + (79).to_bytes(3, "little") + (29).to_bytes(3, "little")
        beside = b"".join(
            name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
            for name, body in ((b"EXIF", tiff), (b"XMP ", SECRETS[3]))
        )
        whole = b"WEBPVP8X" + flags + content[12:] + beside
        picture.write_bytes(b"RIFF" + struct.pack("<I", len(whole)) + whole)
    return picture


def made_of(picture: Path) -> Picture:
    out = picture.parent / "out"
    out.mkdir(exist_ok=True)
    made = write_anew(picture, out, TYPES[picture.suffix[1:]])
    assert isinstance(made, Picture)
    assert [path.name for path in out.iterdir()] == [made.path.name]
    assert sniff(made.path.read_bytes()[:1024]) == made.content_type
    return made


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
def test_nothing_that_a_camera_wrote_is_left_in_a_picture(tmp_path: Path, suffix: str) -> None:
    picture = with_secrets(left_red_right_blue(tmp_path, f"a.{suffix}"))
    before = picture.read_bytes()
    assert SECRETS[0] in before
    after = made_of(picture).path.read_bytes()
    assert not [secret for secret in SECRETS if secret in after]
    assert not [word for word in (b"Exif", b"EXIF", b"eXIf", b"xap", b"XMP", b"Lavc", b"iCCP", b"ICC") if word in after]
    assert picture.read_bytes() == before


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
def test_a_picture_that_a_mark_turns_is_turned_for_good(tmp_path: Path, suffix: str) -> None:
    lying = left_red_right_blue(tmp_path, f"a.{suffix}")
    assert size_and_first_pixel(lying)[:2] == (80, 30)
    width, height, colour = size_and_first_pixel(made_of(with_secrets(lying, orientation=8)).path)
    assert (width, height) == (30, 80)
    assert is_near(colour, BLUE)
    width, height, colour = size_and_first_pixel(made_of(left_red_right_blue(tmp_path, f"b.{suffix}")).path)
    assert (width, height) == (80, 30)
    assert is_near(colour, RED)


@pytest.mark.parametrize(("given_size", "size"), [((4000, 1000), (2560, 640)), ((1000, 3000), (853, 2560))])
def test_a_large_picture_is_made_smaller_in_its_shape(
    tmp_path: Path, given_size: tuple[int, int], size: tuple[int, int]
) -> None:
    large = draw(tmp_path, "a.jpg", "color=red:s={}x{}".format(*given_size), "-frames:v", "1")
    assert max(size) == LONGEST_SIDE
    assert size_and_first_pixel(made_of(large).path)[:2] == size


def test_what_is_transparent_stays_so(tmp_path: Path) -> None:
    made = made_of(draw(tmp_path, "a.png", "color=red@0.5:s=80x30,format=rgba", "-frames:v", "1"))
    assert made.path.read_bytes()[25] == 6  # colour with alpha (ISO/IEC 15948:2004, table 11.1)


@pytest.mark.parametrize(("name", "words"), [("a.gif", ()), ("a.webp", ("-c:v", "libwebp_anim"))])
def test_what_moves_goes_on_moving(tmp_path: Path, name: str, words: tuple[str, ...]) -> None:
    made = made_of(draw(tmp_path, name, "testsrc2=s=80x30:r=5:d=1", *words))
    assert made.content_type == "image/webp"
    assert made.path.read_bytes().count(b"ANMF") == 5


def test_more_pixels_than_can_be_opened_are_refused_before_they_are(tmp_path: Path) -> None:
    huge = left_red_right_blue(tmp_path, "a.png")
    content = bytearray(huge.read_bytes())
    # Its header says so, with the sum behind it (ISO/IEC 15948:2004, 11.2.2).
    struct.pack_into(">II", content, 16, 9000, 7000)
    struct.pack_into(">I", content, 29, zlib.crc32(content[12:29]))
    huge.write_bytes(content)
    assert write_anew(huge, tmp_path, "image/png") == Rejected(Reason.STILL_TOO_LARGE)


def test_a_picture_that_is_another_format_than_its_first_bytes_say_is_refused(tmp_path: Path) -> None:
    picture = left_red_right_blue(tmp_path, "a.png")
    assert write_anew(picture, tmp_path, "image/jpeg") == Rejected(Reason.WOULD_NOT_OPEN)


def test_a_picture_that_takes_too_long_is_given_up_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    made = write_anew(
        left_red_right_blue(tmp_path, "a.png"),
        tmp_path / "out",
        "image/png",
        budget=Budget(seconds=0.3),
        ffmpeg=fake_ffmpeg(tmp_path, "sleep 600"),
    )
    assert made == Rejected(Reason.OUT_OF_TIME)
    assert list((tmp_path / "out").iterdir()) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(TYPES)), st.integers(0, 400), st.binary(min_size=1, max_size=40))
def test_a_spoiled_picture_is_refused_or_written_anew_and_never_raises(
    tmp_path: Path, suffix: str, at: int, garbage: bytes
) -> None:
    whole = tmp_path / f"whole.{suffix}"
    if not whole.exists():
        left_red_right_blue(tmp_path, whole.name)
    content = bytearray(whole.read_bytes())
    content[at : at + len(garbage)] = garbage
    spoiled = tmp_path / "spoiled"
    spoiled.write_bytes(content)
    made = write_anew(spoiled, tmp_path, TYPES[suffix])
    assert isinstance(made, Rejected) or sniff(made.path.read_bytes()[:1024]) == made.content_type
