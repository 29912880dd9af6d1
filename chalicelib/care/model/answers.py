"""What a client answers, and whether it fits the block that asked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import msgspec

from chalicelib.curriculum.model import (
    AnyBlock,
    Asking,
    Choice,
    Exercise,
    Lesson,
    LongText,
    Number,
    Recording,
    Scale,
    Several,
    ShortText,
)
from chalicelib.foundation.errors import Invalid
from chalicelib.foundation.ids import PersonId
from chalicelib.practice.model import Relation

LONGEST_TEXT = 20_000
"""Characters of one written answer."""
_MOST_DIGITS = 15
"""Of a number: up to there a float holds every whole one (IEEE 754, 2019)."""
TOP_OF_SCALE = 10
"""The numeric rating scale runs from 0 to 10, in whole numbers (Jensen and Karoly, 1992)."""


class Did(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was done of an exercise, and how much it hurt (0–10), if that was said."""

    sets: Annotated[int, msgspec.Meta(ge=0, le=999)] = 0
    reps: Annotated[int, msgspec.Meta(ge=0, le=999)] = 0
    pain: Annotated[int, msgspec.Meta(ge=0, le=TOP_OF_SCALE)] | None = None
    note: Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)] = ""


type Value = Did | tuple[int, ...] | str | int | float | None
"""An exercise's log; the numbers of the options chosen, counted from 0; words; the number of an option, a
point on a scale; a number. None takes an answer back."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to one block. Its version counts the times that it was given."""

    value: Value
    version: int
    at: datetime
    by: PersonId
    by_name: str
    relation: Relation


def checked(block: AnyBlock, value: Value) -> Value:
    """Return the value as it is kept; raise Invalid, saying what would fit, where it does not fit the block."""
    fault = None if value is None and asks(block) else _fault(block, value)
    if fault:
        message = f"{fault} What you answered before is kept."
        raise Invalid(message, type="answer-does-not-fit", block_id=block.block_id)
    if isinstance(block, Several) and isinstance(value, tuple):
        return tuple(sorted(set(value)))
    if isinstance(block, Number) and isinstance(value, int):
        return float(value)
    return value


def asks(block: AnyBlock) -> bool:
    """Tell whether a block takes an answer of its own; a recording is sent in another way."""
    return isinstance(block, Asking | Exercise) and not isinstance(block, Recording)


def _fault(block: AnyBlock, value: Value) -> str | None:  # noqa: PLR0911 - one way out for each kind of block
    match block:
        case Exercise():
            return None if isinstance(value, Did) else "An exercise is answered with sets, reps, pain and a note."
        case Choice():
            chosen = _whole(value) and value in range(len(block.options))
            return None if chosen else "Choose one of the answers that are listed."
        case Several():
            options = range(len(block.options))
            chosen = isinstance(value, tuple) and all(one in options for one in value)
            return None if chosen else "Choose from the answers that are listed."
        case Scale():
            on_scale = _whole(value) and value in range(TOP_OF_SCALE + 1)
            return None if on_scale else "Choose a whole number from 0 to 10."
        case ShortText() | LongText():
            if not isinstance(value, str):
                return "This question is answered in words."
            return None if len(value) <= LONGEST_TEXT else "An answer holds up to 20,000 characters. Please shorten it."
        case Number():
            return _number_fault(block, value)
        case Recording():
            return "This asks for a recording. Record it, or choose a file."
        case _:
            return "This part of the lesson asks nothing."


def _whole(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number_fault(block: Number, value: Value) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "This question is answered with a number."
    if abs(value) >= 10**_MOST_DIGITS:
        return f"Enter a number of at most {_MOST_DIGITS} digits."
    if block.least is not None and value < block.least:
        return f"Enter a number of at least {block.least:g}."
    if block.most is not None and value > block.most:
        return f"Enter a number of at most {block.most:g}."
    return None


def fits(block: AnyBlock, value: Value) -> bool:
    """Tell whether a value is one that the block takes, and is not an answer taken back."""
    return value is not None and asks(block) and _fault(block, value) is None


def fitting(lesson: Lesson, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """Return the answers that belong to the lesson as it is now, in its order.

    A lesson may change while it is being done: what was answered to a block that is gone, or that asks
    something else now, stays with the client and is neither shown nor sent.
    """
    return {
        block.block_id: answers[block.block_id]
        for block in lesson.blocks
        if block.block_id in answers and fits(block, answers[block.block_id].value)
    }


def missing(lesson: Lesson, answers: Mapping[str, Answer], recorded: frozenset[str]) -> list[str]:
    """Return the ids of the blocks without which the lesson cannot be sent, in its order.

    `recorded` holds the blocks whose recording is there or on its way.
    """
    return [block.block_id for block in lesson.blocks if not _complete(block, answers.get(block.block_id), recorded)]


def _complete(block: AnyBlock, answer: Answer | None, recorded: frozenset[str]) -> bool:
    value = answer.value if answer else None
    match block:
        case Recording():
            return block.block_id in recorded or not block.required
        case Exercise():
            return not block.ask_pain or (
                isinstance(value, Did) and (value.pain is not None or _left_out(block, value))
            )
        case ShortText() | LongText():
            return not block.required or (isinstance(value, str) and bool(value.strip()))
        case Several():
            return not block.required or bool(value)
        case Asking():
            return not block.required or value is not None
        case _:
            return True


def _left_out(block: Exercise, did: Did) -> bool:
    """An exercise that was not done can be sent without a word on pain."""
    return bool(block.sets or block.reps) and not (did.sets or did.reps)


def said_something(answer: Answer) -> bool:
    """Tell whether there is something in an answer for a therapist to read."""
    return answer.value is not None and answer.value not in ("", ())
