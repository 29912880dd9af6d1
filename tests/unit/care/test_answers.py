"""Which answers fit which blocks, and what a lesson still needs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.care.model.answers import (
    LONGEST_TEXT,
    Answer,
    Did,
    Value,
    asks,
    checked,
    fits,
    fitting,
    missing,
    said_something,
)
from chalicelib.curriculum.model import AnyBlock, Choice, Exercise, Lesson, Number, Several, ShortText
from chalicelib.foundation.errors import Invalid
from chalicelib.foundation.ids import LessonId, PersonId
from chalicelib.practice.model import Relation

from ..conftest import NOW
from .house import ALL, EASE, HOW, INTRO, MOVE, SHOW, WALK, WORDS

CHOICE = Choice(block_id="choice", prompt="Which?", options=("left", "right", "both"))
SEVERAL = Several(block_id="several", prompt="Which ones?", options=("a", "b", "c"))
SHORT = ShortText(block_id="short", prompt="In a word?")
COUNT = Number(block_id="count", prompt="How many?")
EVERY: tuple[AnyBlock, ...] = (*ALL, CHOICE, SEVERAL, SHORT, COUNT)

values: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.integers() | st.just(10**400),
    st.floats(allow_nan=False),
    st.text(max_size=50),
    st.lists(st.integers(-5, 5), max_size=5).map(tuple),
    st.builds(Did, sets=st.integers(0, 999), reps=st.integers(0, 999), pain=st.none() | st.integers(0, 10)),
)


def _answer(value: Value) -> Answer:
    return Answer(value=value, version=1, at=NOW, by=PersonId("p"), by_name="Dana", relation=Relation.GUARDIAN)


def _lesson(*blocks: AnyBlock) -> Lesson:
    return Lesson(lesson_id=LessonId("l"), title="L", blocks=blocks)


@given(st.sampled_from(EVERY), values)
def test_a_value_is_kept_exactly_where_it_fits_or_takes_an_answer_back(block: AnyBlock, value: Value) -> None:
    if fits(block, value) or (value is None and asks(block)):
        kept = checked(block, value)
        assert kept is None or fits(block, kept)
        assert checked(block, kept) == kept
    else:
        with pytest.raises(Invalid, match="What you answered before is kept"):
            checked(block, value)


@given(values)
def test_what_only_tells_takes_no_answer(value: Value) -> None:
    for block in (INTRO, HOW, SHOW):
        with pytest.raises(Invalid):
            checked(block, value)


@pytest.mark.parametrize(
    ("block", "value"),
    [
        (MOVE, Did(sets=2, reps=5, pain=10)),
        (EASE, 0),
        (EASE, 10),
        (CHOICE, 2),
        (SEVERAL, ()),
        (SEVERAL, (0, 2)),
        (SHORT, "x" * LONGEST_TEXT),
        (WORDS, ""),
        (WALK, 0.5),
        (WALK, 500),
    ],
)
def test_these_fit(block: AnyBlock, value: Value) -> None:
    assert fits(block, value)


@pytest.mark.parametrize(
    ("block", "value", "says"),
    [
        (MOVE, 3, "sets"),
        (EASE, 11, "from 0 to 10"),
        (EASE, -1, "from 0 to 10"),
        (EASE, 1.5, "from 0 to 10"),
        (EASE, True, "from 0 to 10"),
        (CHOICE, 3, "one of the answers"),
        (CHOICE, (1,), "one of the answers"),
        (SEVERAL, 1, "from the answers"),
        (SEVERAL, (0, 3), "from the answers"),
        (SHORT, 5, "in words"),
        (WORDS, "x" * (LONGEST_TEXT + 1), "20,000"),
        (WALK, "far", "with a number"),
        (WALK, -1, "at least 0"),
        (WALK, 501, "at most 500"),
        (COUNT, 10**400, "at most 15 digits"),
        (SHOW, "a film", "recording"),
        (INTRO, "hello", "asks nothing"),
    ],
)
def test_these_do_not_and_the_sentence_says_what_would(block: AnyBlock, value: Value, says: str) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        checked(block, value)
    assert refused.value.extra["block_id"] == block.block_id


def test_choices_are_kept_once_each_and_in_order() -> None:
    assert checked(SEVERAL, (2, 0, 2)) == (0, 2)


def test_a_number_is_kept_as_one() -> None:
    kept = checked(WALK, 12)
    assert (kept, type(kept)) == (12.0, float)


def test_answers_to_what_is_gone_or_asks_something_else_are_left_out() -> None:
    given_answers = {"ease": _answer(4), "gone": _answer("x"), "move": _answer("words"), "walk": _answer(None)}
    assert set(fitting(_lesson(*ALL), given_answers)) == {"ease"}


@pytest.mark.parametrize(
    ("block", "enough", "too_little"),
    [
        (EASE, 0, None),
        (CHOICE, 0, None),
        (SEVERAL, (0,), ()),
        (SHORT, "yes", "  "),
        (MOVE, Did(sets=2, reps=5, pain=0), Did(sets=2, reps=5)),
        (MOVE, Did(), Did(sets=1)),
    ],
)
def test_a_required_block_needs_something(block: AnyBlock, enough: Value, too_little: Value) -> None:
    lesson = _lesson(block)
    assert missing(lesson, {}, frozenset()) == [block.block_id]
    assert missing(lesson, {block.block_id: _answer(too_little)}, frozenset()) == [block.block_id]
    assert missing(lesson, {block.block_id: _answer(enough)}, frozenset()) == []


def test_what_is_not_required_and_what_only_tells_may_stay_empty() -> None:
    silent = Exercise(block_id="silent", title="Breathe", ask_pain=False)
    held = Exercise(block_id="held", title="Hold", hold_s=30)
    optional = Number(block_id="n", prompt="Steps", required=False)
    lesson = _lesson(INTRO, HOW, silent, optional, WORDS)
    assert missing(lesson, {}, frozenset()) == []
    assert missing(_lesson(held), {"held": _answer(Did())}, frozenset()) == ["held"]


def test_a_recording_counts_when_it_is_there_or_on_its_way() -> None:
    assert missing(_lesson(SHOW), {}, frozenset()) == ["show"]
    assert missing(_lesson(SHOW), {}, frozenset({"show"})) == []


def test_an_empty_answer_gives_a_therapist_nothing_to_read() -> None:
    assert [said_something(_answer(value)) for value in (None, "", (), 0, "x", Did())] == [
        False, False, False, True, True, True,
    ]  # fmt: skip
