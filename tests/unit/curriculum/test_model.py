"""What a lesson asks for, and what keeps it from being saved or published."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.curriculum.model import (
    LARGEST_LESSON,
    MOST_LESSONS,
    AnyBlock,
    Blocks,
    Choice,
    Document,
    Exercise,
    File,
    Image,
    Lesson,
    Link,
    LongText,
    Number,
    Recording,
    ResourceKind,
    Scale,
    Several,
    ShortText,
    Text,
    Video,
    asks,
    check,
    exercises,
    flaws,
    questions,
    requests,
    resources,
    shown,
)
from chalicelib.foundation.errors import Invalid, TooLarge
from chalicelib.foundation.ids import LessonId, ResourceId
from chalicelib.media.model import RecordingState

SQUAT = ResourceId("squat")
WORDS = Text(block_id="t", markdown="Hello.")
FILM = Video(block_id="v", resource_id=SQUAT, title="Squat")
PICTURE = Image(block_id="i", resource_id=ResourceId("knee"), alt="A knee from the side")
PAPER = Document(block_id="d", resource_id=ResourceId("paper"), title="Your plan")
LINK = Link(block_id="l", url="https://app.example", label="The app")
BENDS = Exercise(block_id="e", title="Knee bends")
SHOWN_BENDS = Exercise(block_id="es", title="Knee bends", resource_id=SQUAT)
PAIN = Scale(block_id="s", prompt="How much did it hurt?")
SIDE = Choice(block_id="c", prompt="Which side?", options=("Left", "Right"))
DAYS = Several(block_id="m", prompt="Which days?", options=("Monday", "Tuesday"))
LINE = ShortText(block_id="st", prompt="In a word?")
TALE = LongText(block_id="lt", prompt="How was it?")
WEIGHT = Number(block_id="n", prompt="How much?", unit="kg", least=0, most=10)
SHOW = Recording(block_id="r", prompt="Show it")
SAY = Recording(block_id="a", prompt="Say it", media=ResourceKind.AUDIO)
EVERY = (
    WORDS, FILM, PICTURE, PAPER, LINK, BENDS, SHOWN_BENDS, PAIN, SIDE, DAYS, LINE, TALE, WEIGHT, SHOW, SAY,
)  # fmt: skip


def lesson(*blocks: AnyBlock, title: str = "Beginning") -> Lesson:
    return Lesson(lesson_id=LessonId("one"), title=title, blocks=blocks)


@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        ((), "something to read"),
        ((WORDS, LINK, PICTURE), "something to read"),
        ((WORDS, FILM), "something to watch"),
        ((SHOW,), "one video"),
        ((SHOW, SHOW), "2 videos"),
        ((SAY,), "one voice recording"),
        ((PAIN,), "one answer"),
        ((PAIN, SIDE, TALE), "3 answers"),
        ((FILM, BENDS, SHOW), "an exercise and one video"),
        ((BENDS, SHOWN_BENDS, DAYS, LINE, SHOW, SAY), "2 exercises, 2 answers, one video and one voice recording"),
    ],
)
def test_what_a_lesson_asks_for_is_said_in_words(blocks: tuple[AnyBlock, ...], words: str) -> None:
    assert asks(lesson(*blocks)) == words


def test_every_block_asks_shows_or_tells() -> None:
    every = lesson(*EVERY)
    assert questions(every) == (PAIN, SIDE, DAYS, LINE, TALE, WEIGHT)
    assert exercises(every) == (BENDS, SHOWN_BENDS)
    assert requests(every) == (SHOW, SAY)
    assert [file.block_id for file in shown(every)] == ["v", "i", "d", "es"]
    assert resources([every]) == {
        SQUAT: ResourceKind.VIDEO,
        "knee": ResourceKind.IMAGE,
        "paper": ResourceKind.DOCUMENT,
    }


def test_every_kind_of_block_is_the_same_after_a_journey_as_json() -> None:
    assert msgspec.json.decode(msgspec.json.encode(EVERY), type=Blocks) == EVERY


def test_two_blocks_of_one_id_are_refused() -> None:
    with pytest.raises(Invalid, match="id t") as refused:
        check(lesson(WORDS, Text(block_id="t", markdown="Again.")))
    assert refused.value.problem_type == "block-id-twice"


@pytest.mark.parametrize("media", [ResourceKind.IMAGE, ResourceKind.DOCUMENT])
def test_only_videos_and_voices_can_be_recorded(media: ResourceKind) -> None:
    with pytest.raises(Invalid, match="Show it"):
        check(lesson(Recording(block_id="r", prompt="Show it", media=media)))


def test_a_lesson_that_is_too_long_says_how_long_it_is() -> None:
    blocks = [Text(block_id=f"t{number}", markdown="x" * 20_000) for number in range(3)]
    check(lesson(*blocks[:2]))
    with pytest.raises(TooLarge, match="61 KB long; 60 KB fit"):
        check(lesson(*blocks))


def test_a_whole_program_fits_into_one_transaction() -> None:
    # Keys, names and the audit line stay below 1 KB a row; a transaction takes 4 MB (DynamoDB, 2026).
    assert (MOST_LESSONS + 4) * (LARGEST_LESSON + 1_000) < 4 * 1024**2


def test_a_program_without_lessons_is_not_published() -> None:
    (flaw,) = flaws([], {})
    assert (flaw.lesson_id, flaw.says) == (None, "The program has no lessons yet.")


def test_an_empty_lesson_is_named_by_number_and_title() -> None:
    (flaw,) = flaws([lesson(WORDS), lesson(title="Hip")], {})
    assert flaw.says == "Lesson 2, “Hip”: there is nothing in it yet."


def test_a_title_of_blanks_is_no_title() -> None:
    (flaw,) = flaws([lesson(WORDS, title="  ")], {})
    assert flaw.says == "Lesson 1: it has no title."


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (None, "the video “Squat” is not in the library"),
        (File(ResourceKind.IMAGE, RecordingState.READY), "what is chosen for the video “Squat” is a picture"),
        (File(ResourceKind.VIDEO, RecordingState.AWAITING_UPLOAD), "has not been sent completely"),
        (File(ResourceKind.VIDEO, RecordingState.UPLOADED), "is still being prepared"),
        (File(ResourceKind.VIDEO, RecordingState.PROCESSING), "is still being prepared"),
        (File(ResourceKind.VIDEO, RecordingState.REJECTED), "could not be made playable"),
    ],
)
def test_a_file_that_is_not_ready_is_named_with_its_block(file: File | None, says: str) -> None:
    for block in (FILM, Exercise(block_id="v", title="Squat", resource_id=SQUAT)):
        (flaw,) = flaws([lesson(block)], {SQUAT: file} if file else {})
        assert flaw.block_id == "v"
        assert flaw.says.startswith("Lesson 1, “Beginning”: ")
        assert says in flaw.says


def test_a_file_that_is_ready_is_no_flaw() -> None:
    assert flaws([lesson(FILM)], {SQUAT: File(ResourceKind.VIDEO, RecordingState.READY)}) == []


@pytest.mark.parametrize(
    ("block", "says"),
    [
        (Choice(block_id="c", prompt="Which?", options=("Left", " left")), "two of the answers to “Which?”"),
        (Number(block_id="n", prompt="How much?", least=2, most=1), "at least and at most"),
    ],
)
def test_a_question_that_cannot_be_answered_is_a_flaw(block: AnyBlock, says: str) -> None:
    (flaw,) = flaws([lesson(block)], {})
    assert says in flaw.says


def test_a_lesson_of_everything_may_be_kept_and_published() -> None:
    every = lesson(*EVERY)
    check(every)
    files = {one: File(kind, RecordingState.READY) for one, kind in resources([every]).items()}
    assert flaws([every], files) == []


def test_a_number_may_be_open_at_either_end() -> None:
    ends: list[dict[str, Any]] = [{}, {"least": 1.0}, {"most": 1.0}, {"least": 1.0, "most": 1.0}]
    blocks = [Number(block_id=f"n{at}", prompt="How much?", **end) for at, end in enumerate(ends)]
    assert flaws([lesson(*blocks)], {}) == []


@given(st.lists(st.sampled_from(EVERY), max_size=30))
def test_whatever_is_in_a_lesson_it_can_be_said_what_it_asks_for(blocks: list[AnyBlock]) -> None:
    words = asks(lesson(*blocks))
    asked = len(questions(lesson(*blocks))) + len(exercises(lesson(*blocks))) + len(requests(lesson(*blocks)))
    assert (words.startswith("something")) is (asked == 0)
    assert "0" not in words.replace("10", "").replace("20", "").replace("30", "")
