"""What goes over HTTP about the library and the programs."""

from datetime import datetime
from typing import Annotated

import msgspec

from chalicelib.curriculum.model import MOST_LESSONS, Blocks, Lesson, Line, Minutes, Published, ResourceKind, Title
from chalicelib.foundation.ids import LessonId, ProgramId, ResourceId
from chalicelib.media.model import LARGEST, LARGEST_CAPTIONS, RecordingState
from chalicelib.media.shapes import Ticket


class NewResource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file that is about to be uploaded into the library; `size` is in bytes."""

    kind: ResourceKind
    title: Title
    alt: Annotated[str, msgspec.Meta(max_length=500)] = ""
    content_type: Annotated[str, msgspec.Meta(max_length=120)]
    size: Annotated[int, msgspec.Meta(ge=1, le=LARGEST)]
    file_name: Annotated[str, msgspec.Meta(max_length=255)] = ""


class ResourceView(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the library. `reason` is a sentence, `duration_s` in seconds; the addresses open for 15 minutes."""

    resource_id: ResourceId
    kind: ResourceKind
    title: str
    alt: str
    state: RecordingState
    reason: str | None = None
    play_url: str | None = None
    poster_url: str | None = None
    sprite_url: str | None = None
    timeline_url: str | None = None
    captions_url: str | None = None
    duration_s: float | None = None
    at: datetime


class NewCaptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said in a video, as WebVTT or SubRip."""

    text: Annotated[str, msgspec.Meta(max_length=LARGEST_CAPTIONS)]


class ResourceOpened(msgspec.Struct, frozen=True, kw_only=True):
    """A new file of the library, and leave to upload it by /api/library/{resource_id}."""

    resource: ResourceView
    ticket: Ticket


class Library(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the library, newest first."""

    resources: tuple[ResourceView, ...]
    after: str | None = None


class ProgramLine(msgspec.Struct, frozen=True, kw_only=True):
    """A program in the list; `version` is the latest published one, 0 where there is none."""

    program_id: ProgramId
    title: str
    summary: str
    lessons: int
    version: int
    changed_since_publication: bool
    changed_at: datetime


class Programs(msgspec.Struct, frozen=True, kw_only=True):
    programs: tuple[ProgramLine, ...]


class NewProgram(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: Title
    summary: Line = ""


class ProgramChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A program's words, and its lessons in their order. A lesson that is left out is removed."""

    title: Title
    summary: Line = ""
    lessons: Annotated[tuple[LessonId, ...], msgspec.Meta(max_length=MOST_LESSONS)]


class NewLesson(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: Title
    minutes: Minutes = 10


class LessonChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of a lesson as it is to be."""

    title: Title
    minutes: Minutes
    blocks: Blocks


class LessonDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A lesson as it is being written; `version` is what If-Match names when it is saved."""

    lesson_id: LessonId
    title: Title
    minutes: Minutes
    blocks: Blocks
    version: int


class ResourceUse(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a lesson shows, with the addresses that open it for 15 minutes once it is ready."""

    state: RecordingState
    play_url: str | None = None
    poster_url: str | None = None
    sprite_url: str | None = None
    timeline_url: str | None = None
    captions_url: str | None = None


class ProgramView(msgspec.Struct, frozen=True, kw_only=True):
    """A program as its editor shows it.

    `revision` is what If-Match names when title or order change; saving a lesson leaves it as it is.
    """

    program_id: ProgramId
    title: Title
    summary: Line
    lessons: tuple[LessonDraft, ...]
    published: tuple[Published, ...]
    changed_at: datetime
    changed_since_publication: bool
    revision: int
    media: dict[ResourceId, ResourceUse]


class NewVersion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be said of a version, for the team."""

    note: Line = ""


class EditionView(msgspec.Struct, frozen=True, kw_only=True):
    """A published version, as it stays."""

    program_id: ProgramId
    title: Title
    summary: Line
    version: int
    lessons: tuple[Lesson, ...]
    media: dict[ResourceId, ResourceUse]


class LessonTexts(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two texts of a stale save, with the version that it has or was made from."""

    title: Title
    minutes: Minutes
    blocks: Blocks
    version: int


class ProgramTexts(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two states of a program that was changed twice at once."""

    title: Title
    summary: Line
    lessons: tuple[LessonId, ...]
    revision: int
