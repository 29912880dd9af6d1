"""Lessons, made of blocks, and the programs that put them into an order."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from chalicelib.foundation.ids import LessonId, PersonId, ProgramId, ResourceId
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind

BlockId = Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{1,32}$")]
Line = Annotated[str, msgspec.Meta(max_length=200)]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Prose = Annotated[str, msgspec.Meta(max_length=20_000)]
WebAddress = Annotated[str, msgspec.Meta(pattern=r"^https://[^\s]+$", max_length=2_000)]
Count = Annotated[int, msgspec.Meta(ge=0, le=999)]
Minutes = Annotated[int, msgspec.Meta(ge=1, le=240)]
Options = Annotated[tuple[Title, ...], msgspec.Meta(min_length=2, max_length=20)]

MOST_LESSONS = 60
"""Lessons of a program: a version is one transaction of at most 100 rows."""
LARGEST_LESSON = 60_000
"""Bytes of a lesson as JSON: sixty of them fit into one transaction of 4 MB (DynamoDB, 2026)."""
MOST_VERSIONS = 999


class ResourceKind(StrEnum):
    """What kind of file a resource is."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"


class Block(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """A part of a lesson. Its id stays when it is moved or changed, so that answers find it again."""

    block_id: BlockId


class Text(Block, kw_only=True, tag="text"):
    """Words, in Markdown."""

    title: Line = ""
    markdown: Prose


class Image(Block, kw_only=True, tag="image"):
    """A picture from the library. `alt` says what is to be seen, for those who cannot."""

    resource_id: ResourceId
    alt: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    caption: Line = ""


class Video(Block, kw_only=True, tag="video"):
    """A video of the therapist's own, from the library."""

    resource_id: ResourceId
    title: Title


class Document(Block, kw_only=True, tag="document"):
    """A document to open or print, from the library."""

    resource_id: ResourceId
    title: Title


class Link(Block, kw_only=True, tag="link"):
    """A link to an app or a page elsewhere."""

    url: WebAddress
    label: Title
    note: Line = ""


class Exercise(Block, kw_only=True, tag="exercise"):
    """An exercise with its dose, and how much it hurt (0–10, numeric rating scale) if that is asked."""

    title: Title
    instructions: Prose = ""
    sets: Count = 0
    reps: Count = 0
    hold_s: Count = 0
    load: Line = ""
    resource_id: ResourceId | None = None
    """A video of how it is done."""
    ask_pain: bool = True
    pain_of: Line = ""
    """What may hurt, as in "How much did your knee hurt?"."""
    stop_above: Annotated[int, msgspec.Meta(ge=0, le=10)] | None = None


class Asking(Block, kw_only=True):
    """A block that asks a question."""

    prompt: Title
    hint: Line = ""
    required: bool = True


class Choice(Asking, kw_only=True, tag="choice"):
    """One of several answers."""

    options: Options


class Several(Asking, kw_only=True, tag="several"):
    """Any of several answers."""

    options: Options


class Scale(Asking, kw_only=True, tag="scale"):
    """A whole number from 0 to 10 whose ends are put into words."""

    low: Line = "none"
    high: Line = ""


class ShortText(Asking, kw_only=True, tag="short_text"):
    """An answer of one line."""


class LongText(Asking, kw_only=True, tag="long_text"):
    """An answer of some lines."""


class Number(Asking, kw_only=True, tag="number"):
    """A number with its unit."""

    unit: Line = ""
    least: float | None = None
    most: float | None = None


class Recording(Asking, kw_only=True, tag="recording"):
    """A request for a video or a voice recording: `prompt` is its title, `show` what to show or say."""

    media: ResourceKind = ResourceKind.VIDEO
    show: Prose = ""
    longest_s: Annotated[int, msgspec.Meta(ge=5, le=1_200)] = 120


AnyBlock = (
    Text
    | Image
    | Video
    | Document
    | Link
    | Exercise
    | Choice
    | Several
    | Scale
    | ShortText
    | LongText
    | Number
    | Recording
)
Blocks = Annotated[tuple[AnyBlock, ...], msgspec.Meta(max_length=60)]


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """A lesson: its blocks in order, and about how long it takes."""

    lesson_id: LessonId
    title: Title
    minutes: Minutes = 10
    blocks: Blocks = ()


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """A version that stays as it is."""

    version: int
    at: datetime
    by: PersonId
    by_name: str
    lessons: int
    note: Line = ""


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """A program's draft: its lessons' ids in order, and the versions that were published from it."""

    program_id: ProgramId
    title: Title
    summary: Line = ""
    lessons: tuple[LessonId, ...] = ()
    published: tuple[Published, ...] = ()
    changed_at: datetime
    changed_since_publication: bool = True
    revision: int = 1
    """Counts changes of the words and the order only, so that saving a lesson makes nobody's copy of them stale."""


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """A published version's head. Its lessons are rows beside it."""

    program_id: ProgramId
    title: Title
    summary: Line
    version: int
    lessons: tuple[LessonId, ...]


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """A file in the practice's library. Its bytes are the recording of the same id in `media`."""

    resource_id: ResourceId
    kind: ResourceKind
    title: Title
    alt: Annotated[str, msgspec.Meta(max_length=500)] = ""
    by: PersonId
    at: datetime


_OURS = Handling(Export.NEVER, Erase.NOTHING, keep_days=None)
PROGRAM = Kind("program", Program, _OURS)
LESSON = Kind("lesson", Lesson, _OURS)
EDITION = Kind("edition", Edition, _OURS)
RESOURCE = Kind("resource", Resource, _OURS)
