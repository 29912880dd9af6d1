"""The blocks that a lesson is made of."""

from enum import StrEnum
from typing import Annotated

import msgspec

from chalicelib.foundation.ids import NO_LONGER_THAN_AN_ID, ResourceId

BlockId = Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{1,32}$")]
Line = Annotated[str, msgspec.Meta(max_length=200)]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Prose = Annotated[str, msgspec.Meta(max_length=20_000)]
WebAddress = Annotated[str, msgspec.Meta(pattern=r"^https://[^\s]+$", max_length=2_000)]
FileId = Annotated[ResourceId, NO_LONGER_THAN_AN_ID]
Count = Annotated[int, msgspec.Meta(ge=0, le=999)]
Options = Annotated[tuple[Title, ...], msgspec.Meta(min_length=2, max_length=20)]


class ResourceKind(StrEnum):
    """What kind of file a resource is."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"


class Block(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """A part of a lesson. Its id stays when it is moved or changed, so that answers find it again."""

    block_id: BlockId


class Text(Block, frozen=True, kw_only=True, tag="text"):
    """Words, in Markdown."""

    title: Line = ""
    markdown: Prose


class Image(Block, frozen=True, kw_only=True, tag="image"):
    """A picture from the library. `alt` says what is to be seen, for those who cannot."""

    resource_id: FileId
    alt: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    caption: Line = ""


class Video(Block, frozen=True, kw_only=True, tag="video"):
    """A video of the therapist's own, from the library."""

    resource_id: FileId
    title: Title


class Document(Block, frozen=True, kw_only=True, tag="document"):
    """A document to open or print, from the library."""

    resource_id: FileId
    title: Title


class Link(Block, frozen=True, kw_only=True, tag="link"):
    """A link to an app or a page elsewhere."""

    url: WebAddress
    label: Title
    note: Line = ""


class Exercise(Block, frozen=True, kw_only=True, tag="exercise"):
    """An exercise with its dose, and how much it hurt (0–10, numeric rating scale) if that is asked."""

    title: Title
    instructions: Prose = ""
    sets: Count = 0
    reps: Count = 0
    hold_s: Count = 0
    load: Line = ""
    resource_id: FileId | None = None
    """A video of how it is done."""
    ask_pain: bool = True
    pain_of: Line = ""
    """What may hurt, as in "How much did your knee hurt?"."""
    stop_above: Annotated[int, msgspec.Meta(ge=0, le=10)] | None = None


class Asking(Block, frozen=True, kw_only=True):
    """A block that asks a question."""

    prompt: Title
    hint: Line = ""
    required: bool = True


class Choice(Asking, frozen=True, kw_only=True, tag="choice"):
    """One of several answers."""

    options: Options


class Several(Asking, frozen=True, kw_only=True, tag="several"):
    """Any of several answers."""

    options: Options


class Scale(Asking, frozen=True, kw_only=True, tag="scale"):
    """A whole number from 0 to 10 whose ends are put into words."""

    low: Line = "none"
    high: Line = ""


class ShortText(Asking, frozen=True, kw_only=True, tag="short_text"):
    """An answer of one line."""


class LongText(Asking, frozen=True, kw_only=True, tag="long_text"):
    """An answer of some lines."""


class Number(Asking, frozen=True, kw_only=True, tag="number"):
    """A number with its unit."""

    unit: Line = ""
    least: float | None = None
    most: float | None = None


class Recording(Asking, frozen=True, kw_only=True, tag="recording"):
    """A request for a video or a voice recording: `prompt` is its title, `show` what to show or say."""

    media: ResourceKind = ResourceKind.VIDEO
    show: Prose = ""
    longest_s: Annotated[int, msgspec.Meta(ge=5, le=7_200)] = 120


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
