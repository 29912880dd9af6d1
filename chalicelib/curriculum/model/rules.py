"""What a lesson asks for, which files it shows, and what keeps it from being saved or published."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from chalicelib.curriculum.model.blocks import (
    AnyBlock,
    BlockId,
    Choice,
    Document,
    Exercise,
    Image,
    LongText,
    Number,
    Recording,
    ResourceKind,
    Scale,
    Several,
    ShortText,
    Video,
)
from chalicelib.curriculum.model.programs import LARGEST_LESSON, Lesson
from chalicelib.foundation.errors import Flaw, Invalid, TooLarge
from chalicelib.foundation.ids import ResourceId
from chalicelib.media.model import RecordingState

type Question = Choice | Several | Scale | ShortText | LongText | Number
"""A block that is answered with a value and nothing else. An exercise is answered too, with what was done."""

_QUESTIONS = (Choice, Several, Scale, ShortText, LongText, Number)


def questions(lesson: Lesson) -> tuple[Question, ...]:
    """Return the blocks that ask a question, in order."""
    return tuple(block for block in lesson.blocks if isinstance(block, _QUESTIONS))


def exercises(lesson: Lesson) -> tuple[Exercise, ...]:
    """Return the exercises, in order."""
    return tuple(block for block in lesson.blocks if isinstance(block, Exercise))


def requests(lesson: Lesson) -> tuple[Recording, ...]:
    """Return the recordings that are asked for, in order."""
    return tuple(block for block in lesson.blocks if isinstance(block, Recording))


def asks(lesson: Lesson) -> str:
    """Say what a lesson asks for: `an exercise, 3 answers and one video`."""
    films = sum(request.media is ResourceKind.VIDEO for request in requests(lesson))
    voices = len(requests(lesson)) - films
    counted = (
        (len(exercises(lesson)), "an exercise", "exercises"),
        (len(questions(lesson)), "one answer", "answers"),
        (films, "one video", "videos"),
        (voices, "one voice recording", "voice recordings"),
    )
    parts = [one if count == 1 else f"{count} {many}" for count, one, many in counted if count]
    if not parts:
        watched = any(isinstance(block, Video) for block in lesson.blocks)
        return "something to watch" if watched else "something to read"
    return " and ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else parts[0]


class Shown(NamedTuple):
    """A file that a block shows: which, of what kind, and what the block calls it."""

    block_id: BlockId
    resource_id: ResourceId
    kind: ResourceKind
    title: str


def shown(lesson: Lesson) -> Iterator[Shown]:
    """Go through the files that a lesson shows, in order."""
    for block in lesson.blocks:
        if isinstance(block, Image):
            yield Shown(block.block_id, block.resource_id, ResourceKind.IMAGE, block.alt)
        elif isinstance(block, Video):
            yield Shown(block.block_id, block.resource_id, ResourceKind.VIDEO, block.title)
        elif isinstance(block, Document):
            yield Shown(block.block_id, block.resource_id, ResourceKind.DOCUMENT, block.title)
        elif isinstance(block, Exercise) and block.resource_id:
            yield Shown(block.block_id, block.resource_id, ResourceKind.VIDEO, block.title)


def resources(lessons: Iterable[Lesson]) -> dict[ResourceId, ResourceKind]:
    """Return the files that lessons show, with the kind that each is shown as."""
    return {file.resource_id: file.kind for lesson in lessons for file in shown(lesson)}


def check(lesson: Lesson) -> None:
    """Raise Invalid or TooLarge for a lesson that cannot even be kept as a draft."""
    twice = [block_id for block_id, count in Counter(block.block_id for block in lesson.blocks).items() if count > 1]
    if twice:
        message = f"Two blocks of this lesson have the id {twice[0]}, so that answers could not tell them apart."
        raise Invalid(message, type="block-id-twice", block_id=twice[0])
    for request in requests(lesson):
        if request.media not in {ResourceKind.VIDEO, ResourceKind.AUDIO}:
            message = f"“{request.prompt}” asks for a recording, which is a video or a voice recording."
            raise Invalid(message, type="not-a-recording", block_id=request.block_id)
    size = len(msgspec.json.encode(lesson))
    if size > LARGEST_LESSON:
        message = (
            f"This lesson is {-(-size // 1000)} KB long; {LARGEST_LESSON // 1000} KB fit into one. "
            "Nothing was changed. Please divide it into two lessons."
        )
        raise TooLarge(message, type="lesson-too-long")


class File(NamedTuple):
    """A file of the library, as far as publishing asks."""

    kind: ResourceKind
    state: RecordingState


def flaws(lessons: Sequence[Lesson], files: Mapping[ResourceId, File]) -> list[Flaw]:
    """Return what keeps a program from being published, in reading order; nothing if it may be."""
    if not lessons:
        return [Flaw(says="The program has no lessons yet.")]
    return [
        Flaw(lesson_id=lesson.lesson_id, block_id=block_id, says=f"{_named(lesson, number)}: {says}")
        for number, lesson in enumerate(lessons, 1)
        for block_id, says in _faults(lesson, shown(lesson), files, "Publishing works after that.")
    ]


def newly_shown(lesson: Lesson, before: Lesson) -> list[Shown]:
    """Return the files that a lesson shows and did not show before, or not as that."""
    then = {(file.resource_id, file.kind) for file in shown(before)}
    return [file for file in shown(lesson) if (file.resource_id, file.kind) not in then]


def unfit(lesson: Lesson, before: Lesson, files: Mapping[ResourceId, File]) -> list[Flaw]:
    """Return what keeps a changed lesson from its client, by the rules of publishing, in reading order.

    `files` holds those that it newly shows: what it has shown all along is not asked about again.
    """
    faults = _faults(lesson, newly_shown(lesson, before), files, "Please try again in a minute.")
    return [Flaw(block_id=block_id, says=f"{says[0].upper()}{says[1:]}") for block_id, says in faults]


def _named(lesson: Lesson, number: int) -> str:
    title = lesson.title.strip()
    return f"Lesson {number}, “{title}”" if title else f"Lesson {number}"


def _faults(
    lesson: Lesson, files_shown: Iterable[Shown], files: Mapping[ResourceId, File], in_a_while: str
) -> Iterator[tuple[BlockId | None, str]]:
    if not lesson.title.strip():
        yield None, "it has no title."
    if not lesson.blocks:
        yield None, "there is nothing in it yet."
    for file in files_shown:
        wrong = _wrong_with(file, files.get(file.resource_id), in_a_while)
        if wrong:
            yield file.block_id, wrong
    for block in lesson.blocks:
        odd = _odd_about(block)
        if odd:
            yield block.block_id, odd


_NAMES = {
    ResourceKind.IMAGE: "the picture",
    ResourceKind.VIDEO: "the video",
    ResourceKind.AUDIO: "the recording",
    ResourceKind.DOCUMENT: "the document",
}


def _wrong_with(file: Shown, found: File | None, in_a_while: str) -> str | None:
    name = f"{_NAMES[file.kind]} “{file.title}”"
    if found is None:
        return f"{name} is not in the library. Please choose another one."
    if found.kind is not file.kind:
        return f"what is chosen for {name} is {_NAMES[found.kind].replace('the', 'a', 1)}. Please choose another one."
    match found.state:
        case RecordingState.READY:
            return None
        case RecordingState.AWAITING_UPLOAD:
            return f"{name} has not been sent completely. Please finish sending it, or choose another one."
        case RecordingState.REJECTED | RecordingState.PARKED:
            return f"{name} could not be made playable. Please choose another one."
        case _:
            return f"{name} is still being prepared, which takes a few minutes. {in_a_while}"


def _odd_about(block: AnyBlock) -> str | None:
    if isinstance(block, Choice | Several):
        options = [option.strip().casefold() for option in block.options]
        if len(set(options)) < len(options):
            return f"two of the answers to “{block.prompt}” are the same."
    if isinstance(block, Number) and block.least is not None and block.most is not None and block.least > block.most:
        return f"no number can be both at least and at most what “{block.prompt}” asks for."
    return None
