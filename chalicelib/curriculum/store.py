"""Rows of the library and of programs, drafts and versions.

A program's header lies with those of the others, so that one query lists them; its draft lessons and its
versions lie in a part of their own, so that one query reads the editor's page and one a version.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from chalicelib.curriculum.model import (
    CAPTIONED,
    EDITION,
    LESSON,
    PROGRAM,
    RESOURCE,
    Captioned,
    Edition,
    Lesson,
    Program,
    Resource,
    resources,
)
from chalicelib.foundation import places
from chalicelib.foundation.errors import StaleWrite
from chalicelib.foundation.ids import LessonId, ProgramId, ResourceId
from chalicelib.foundation.once import DONE, Done, Once
from chalicelib.foundation.table import Key, Rows, Stored, Table
from chalicelib.foundation.write import Write
from chalicelib.media.model import RECORDING, Recording

_PROGRAM = "program#"
_DRAFT = "draft#"
_LIBRARY_ROWS = 100
"""Of a page of fifty files: each lies beside its recording."""
_READS = 3


class Page(NamedTuple):
    """What a program's editor shows, read together."""

    header: Stored[Program]
    lessons: dict[LessonId, Stored[Lesson]]
    """In the program's order."""
    files: Mapping[ResourceId, Recording]
    done: Done | None
    """The mark of the request that asks, if it has been here before."""
    captioned: frozenset[ResourceId]


class Shelved(NamedTuple):
    """A resource, the recording that holds its bytes, and the row that says which have captions."""

    resource: Stored[Resource]
    recording: Stored[Recording]
    captioned: Stored[Captioned] | None


class LibraryPage(NamedTuple):
    """A page of the library, each file with the recording that holds its bytes, and the cursor of the next page."""

    shelved: list[tuple[Resource, Recording]]
    after: str | None


class CurriculumStore:
    """The library and the programs of one practice."""

    def __init__(self, table: Table) -> None:
        """Read in the table as the practice sees it."""
        self._table = table

    def library(self, after: str | None) -> LibraryPage:
        """Read a page of the library, newest first."""
        rows = self._table.under(places.LIBRARY, places.RESOURCE, newest_first=True, limit=_LIBRARY_ROWS, after=after)
        found = [row.value for row in rows.all(RESOURCE)]
        recordings = _by_resource(rows)
        # A page may end between a file and its recording: one that was taken out has left its recording alone.
        recordings |= self.files(one.resource_id for one in found if one.resource_id not in recordings)
        # A file that is being given up in this moment may have lost its recording already.
        shelved = [(one, recordings[one.resource_id]) for one in found if one.resource_id in recordings]
        return LibraryPage(shelved, rows.after)

    def shelved(self, resource_id: ResourceId) -> Shelved | None:
        """Read one resource with what its captions are written down in."""
        rows = self._table.get_many(
            [_resource(resource_id), places.library_recording(resource_id), places.CAPTIONED],
        )
        resource, recording = rows.one(RESOURCE), rows.one(RECORDING)
        return Shelved(resource, recording, rows.one(CAPTIONED)) if resource and recording else None

    def captioned(self) -> frozenset[ResourceId]:
        """Read which videos have captions."""
        row = self._table.get(CAPTIONED, places.CAPTIONED)
        return row.value.resources if row else frozenset()

    def programs(self) -> list[Program]:
        """Read the headers of all programs, in the order in which they were begun."""
        found: list[Program] = []
        after = None
        while True:
            rows = self._table.under(places.PROGRAMS, _PROGRAM, after=after)
            found += [row.value for row in rows.all(PROGRAM)]
            after = rows.after
            if not after:
                return found

    def header(self, program_id: ProgramId) -> Stored[Program] | None:
        """Read a program's header."""
        return self._table.get(PROGRAM, _header(program_id))

    def page(self, program_id: ProgramId, once: Once | None = None) -> Page | None:
        """Read a program with its draft lessons and the state of the files that they show."""
        page = self._page(program_id, once)
        for _ in range(_READS - 1):
            # A lesson that came between the two queries is in the header only: read again.
            if page is None or len(page.lessons) == len(page.header.value.lessons):
                break
            page = self._page(program_id, once)
        return page

    def _page(self, program_id: ProgramId, once: Once | None) -> Page | None:
        drafts = self._drafts(program_id)
        files = [places.library_recording(one) for one in resources(draft.value for draft in drafts.values())]
        rows = self._table.get_many([_header(program_id), *([once.key] if once else []), places.CAPTIONED, *files])
        header, done = rows.one(PROGRAM), rows.one(DONE)
        if header is None:
            return None
        return Page(
            header,
            {lesson_id: drafts[lesson_id] for lesson_id in header.value.lessons if lesson_id in drafts},
            _by_resource(rows),
            done.value if done else None,
            captioned_in(rows),
        )

    def files(self, resource_ids: Iterable[ResourceId]) -> dict[ResourceId, Recording]:
        """Read what holds the bytes of files of the library; one that is not there is left out."""
        rows = self._table.get_many([places.library_recording(one) for one in resource_ids])
        return _by_resource(rows)

    def draft(self, program_id: ProgramId, lesson_id: LessonId) -> tuple[Stored[Program], Stored[Lesson]] | None:
        """Read a lesson as it is being written, and its program's header."""
        rows = self._table.get_many([_header(program_id), _draft(program_id, lesson_id)])
        header, lesson = rows.one(PROGRAM), rows.one(LESSON)
        return (header, lesson) if header and lesson else None

    def edition(self, program_id: ProgramId, version: int) -> tuple[Edition, list[Lesson]] | None:
        """Read a published version whole."""
        rows = self._table.under(_part(program_id), _version(version))
        edition = rows.one(EDITION)
        return (edition.value, [row.value for row in rows.all(LESSON)]) if edition else None

    def _drafts(self, program_id: ProgramId) -> dict[LessonId, Stored[Lesson]]:
        rows = self._table.under(_part(program_id), _DRAFT)
        return {row.value.lesson_id: row for row in rows.all(LESSON)}

    @staticmethod
    def add_resource(write: Write, resource: Resource) -> None:
        """Add a resource; its recording is added by media."""
        write.add(RESOURCE, _resource(resource.resource_id), resource)

    @staticmethod
    def note_captions(write: Write, row: Stored[Captioned] | None, captioned: Captioned) -> None:
        """Write down which videos have captions; somebody who was faster makes it a StaleWrite."""
        if row:
            write.replace(row, captioned)
        else:
            write.add(CAPTIONED, places.CAPTIONED, captioned, otherwise=StaleWrite)

    @staticmethod
    def add_program(write: Write, program: Program) -> None:
        """Add a program's header."""
        write.add(PROGRAM, _header(program.program_id), program)

    @staticmethod
    def add_draft(write: Write, program_id: ProgramId, lesson: Lesson) -> None:
        """Add a lesson to be written."""
        write.add(LESSON, _draft(program_id, lesson.lesson_id), lesson)

    @staticmethod
    def add_edition(write: Write, edition: Edition, lessons: Sequence[Lesson]) -> None:
        """Add a version that stays."""
        part = _part(edition.program_id)
        write.add(EDITION, Key(part, _version(edition.version)), edition)
        for number, lesson in enumerate(lessons, 1):
            write.add(LESSON, Key(part, f"{_version(edition.version)}#{number:02}"), lesson)


def _by_resource(rows: Rows) -> dict[ResourceId, Recording]:
    return {ResourceId(row.value.recording_id): row.value for row in rows.all(RECORDING)}


def captioned_in(rows: Rows) -> frozenset[ResourceId]:
    """Tell which videos have captions, from what was read with `places.CAPTIONED` in it."""
    row = rows.one(CAPTIONED)
    return row.value.resources if row else frozenset()


def _resource(resource_id: ResourceId) -> Key:
    return Key(places.LIBRARY, f"{places.RESOURCE}{resource_id}")


def _header(program_id: ProgramId) -> Key:
    return Key(places.PROGRAMS, f"{_PROGRAM}{program_id}")


def _part(program_id: ProgramId) -> str:
    return f"{_PROGRAM}{program_id}"


def _draft(program_id: ProgramId, lesson_id: LessonId) -> Key:
    return Key(_part(program_id), f"{_DRAFT}{lesson_id}")


def _version(version: int) -> str:
    return f"version#{version:03}"
