"""Captions are written anew from what was understood: times and plain words, whatever the file brings along."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.foundation.errors import Invalid
from chalicelib.media.model import LARGEST_CAPTIONS, Cue, read_captions, write_captions

MOST_MS = 9999 * 3_600_000
words = st.text(min_size=1, max_size=30).map(
    lambda text: " ".join(re.sub(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+", " ", text).split())
)
lines = st.lists(words.filter(bool), min_size=1, max_size=3).map(tuple)


@st.composite
def cues(draw: st.DrawFn) -> Cue:
    begins = draw(st.integers(0, MOST_MS - 2))
    return Cue(begins, draw(st.integers(begins + 1, MOST_MS - 1)), draw(lines))


@given(st.lists(cues(), min_size=1, max_size=8))
def test_what_was_written_is_read_as_it_was(said: list[Cue]) -> None:
    assert read_captions(write_captions(tuple(said))) == tuple(sorted(said))


PIECES = (
    "WEBVTT|STYLE|NOTE|1|\n|\n\n|00:01.000 --> 00:02.000| line:0|::cue{}|<script>"
    "|<|>|<<b>c>|&lt;|&amp;|-->|Up.|\r|\x00|\u2028"
)


@given(st.lists(st.sampled_from(PIECES.split("|")), max_size=14))
def test_nothing_but_times_and_text_survives(parts: list[str]) -> None:
    try:
        written = write_captions(read_captions("".join(parts)))
    except Invalid:
        return
    assert read_captions(written)
    head, *blocks = written.rstrip("\n").split("\n\n")
    assert head == "WEBVTT"
    for block in blocks:
        times, *texts = block.split("\n")
        assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3} --> \d\d:\d\d:\d\d\.\d{3}", times)
        assert texts
        assert not re.search(r"[<>\x00-\x1f]", "".join(texts))


def test_styles_notes_places_and_tags_go_and_who_speaks_stays() -> None:
    file = (
        "\ufeffWEBVTT Knee\r\nKind: captions\r\n\r\nSTYLE\r\n::cue { background: url(https://a.example) }\r\n\r\n"
        "NOTE made at home\r\n\r\nfirst\r\n00:01.000 --> 00:02.500 line:0 align:start\r\n"
        "<v Ruth><c.loud>Slowly &amp; <b>down</b></c>\r\nand up.\r\n\r\n01:00:00.000 --> 01:00:01.000"
        "\r\n&lt;script&gt;\r\n"
    )
    assert write_captions(read_captions(file)) == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nRuth: Slowly &amp; down\nand up.\n\n"
        "01:00:00.000 --> 01:00:01.000\n&lt;script&gt;\n"
    )


def test_a_file_of_subrip_is_taken_as_well() -> None:
    assert read_captions("1\n00:00:01,000 --> 00:00:02,000\nUp.\n\n2\n00:00:03,000 --> 00:00:04,000\nDown.\n") == (
        Cue(1000, 2000, ("Up.",)),
        Cue(3000, 4000, ("Down.",)),
    )


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("", "There are no captions"),
        ("WEBVTT\n\nNOTE nothing yet\n", "There are no captions"),
        ("Dear diary,\n\ntoday", "Line 1 "),
        ("WEBVTT\n\nfirst\n00:01 --> 00:02\nUp.", "Line 4 "),
        ("WEBVTT\n\n00:01 to 00:02\nUp.", "Line 3 "),
        ("WEBVTT\n\n00:02.000 --> 00:02.000\nUp.", "Line 3 "),
    ],
)
def test_a_file_that_is_not_understood_is_refused_with_its_line(file: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        read_captions(file)


@pytest.mark.parametrize("said", ["<v" + " " * LARGEST_CAPTIONS, "<v." * LARGEST_CAPTIONS, "<" * 50_000 + ">" * 50_000])
def test_a_line_made_to_be_read_for_ever_is_read_at_once(said: str) -> None:
    head = "WEBVTT\n\n00:01.000 --> 00:02.000\nUp. "
    began = time.process_time()
    assert read_captions((head + said)[:LARGEST_CAPTIONS])[0].lines[0].startswith("Up. <")
    assert time.process_time() - began < 2
