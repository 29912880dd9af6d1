"""Lessons, the programs that put them into an order, and the library that they draw from."""

from datetime import datetime
from typing import Annotated

import msgspec

from chalicelib.curriculum.model.blocks import Blocks, Line, ResourceKind, Title
from chalicelib.foundation.ids import LessonId, PersonId, ProgramId, ResourceId
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind

Minutes = Annotated[int, msgspec.Meta(ge=1, le=240)]

MOST_LESSONS = 60
"""Lessons of a program: a version is one transaction of at most 100 rows."""
LARGEST_LESSON = 60_000
"""Bytes of a lesson as JSON: sixty of them fit into one transaction of 4 MB (DynamoDB, 2026)."""
MOST_VERSIONS = 999
MOST_CAPTIONED = 1_000
"""Videos with captions in one practice: their ids are read with each lesson, 29 kB at most."""


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
    captions: str = ""
    """A digest of the captions that lie beside it; empty where there are none."""


class Captioned(msgspec.Struct, frozen=True, kw_only=True):
    """Which videos of the library have captions, those that lessons still show among them."""

    resources: frozenset[ResourceId] = frozenset()


_OURS = Handling(Export.NEVER, Erase.NOTHING, keep_days=None)
PROGRAM = Kind("program", Program, _OURS)
LESSON = Kind("lesson", Lesson, _OURS)
EDITION = Kind("edition", Edition, _OURS)
RESOURCE = Kind("resource", Resource, _OURS)
CAPTIONED = Kind("captioned", Captioned, _OURS)
