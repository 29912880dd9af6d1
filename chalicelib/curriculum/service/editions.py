"""Versions: a program as it was published, which stays as it is."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from chalicelib.curriculum.model import (
    MOST_VERSIONS,
    Edition,
    File,
    Lesson,
    Published,
    ResourceKind,
    flaws,
    newly_shown,
    resources,
    unfit,
)
from chalicelib.curriculum.service.programs import found, insisting, repeated, view
from chalicelib.curriculum.shapes import EditionView, NewVersion, ProgramView, ResourceUse
from chalicelib.curriculum.store import CurriculumStore, Page
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import Conflict, Flaw, Invalid, NotFound, StaleWrite
from chalicelib.foundation.ids import PracticeId, ProgramId, ResourceId
from chalicelib.media import service as media
from chalicelib.media.model import MediaKind, Recording, RecordingState
from chalicelib.media.shapes import MediaUrls

_SAID_AT_ONCE = 3
_MOST_DIGITS = 3


def publish_program(call: Call, program_id: ProgramId, new: NewVersion) -> ProgramView:
    """Publish a program as it is now, as the next version.

    Raise Conflict where nothing has changed since the last one, Invalid with `problems` where a lesson is not fit.
    """

    def attempt() -> ProgramView:
        page = _steady_page(call, program_id)
        if repeated(call, page):
            return view(page)
        header = page.header.value
        version = header.published[-1].version + 1 if header.published else 1
        _allow(page, version)
        lessons = [stored.value for stored in page.lessons.values()]
        edition = Edition(
            program_id=program_id,
            title=header.title,
            summary=header.summary,
            version=version,
            lessons=header.lessons,
        )
        published = Published(
            version=version,
            at=call.now,
            by=call.actor.person_id,
            by_name=call.actor.name,
            lessons=len(lessons),
            note=new.note,
        )
        changed = msgspec.structs.replace(
            header, published=(*header.published, published), changed_since_publication=False
        )
        write = call.write()
        write.replace(page.header, changed)
        CurriculumStore.add_edition(write, edition, lessons)
        write.record("published a program", program_id=program_id, version=str(version))
        write.commit()
        return view(page._replace(header=page.header._replace(value=changed)))

    return insisting(attempt)


def edition(call: Call, program_id: ProgramId, version: int) -> tuple[Edition, list[Lesson]]:
    """Read a published version with its lessons in order; raise NotFound where there is none."""
    read = CurriculumStore(call.table).edition(program_id, version) if 0 < version <= MOST_VERSIONS else None
    if read is None:
        raise NotFound
    return read


def see_edition(call: Call, program_id: ProgramId, version: str) -> EditionView:
    """Show a published version. What it shows was ready when it was published, and stays."""
    known = version.isdecimal() and len(version) <= _MOST_DIGITS
    head, lessons = edition(call, program_id, int(version) if known else 0)
    urls = media_urls(call.actor.practice_id, lessons, CurriculumStore(call.table).captioned())
    return EditionView(
        program_id=head.program_id,
        title=head.title,
        summary=head.summary,
        version=head.version,
        lessons=tuple(lessons),
        media={
            resource_id: ResourceUse(
                state=RecordingState.READY,
                play_url=one.play_url,
                poster_url=one.poster_url,
                sprite_url=one.sprite_url,
                timeline_url=one.timeline_url,
                captions_url=one.captions_url,
            )
            for resource_id, one in urls.items()
        },
    )


def media_urls(
    practice_id: PracticeId, lessons: Iterable[Lesson], captioned: frozenset[ResourceId] = frozenset()
) -> dict[ResourceId, MediaUrls]:
    """Sign what opens the files of published lessons for 15 minutes. Nothing is read, `captioned` was."""
    return {
        resource_id: media.library_urls(practice_id, resource_id, MediaKind(kind), captioned=resource_id in captioned)
        for resource_id, kind in resources(lessons).items()
    }


def check_change(call: Call, lesson: Lesson, before: Lesson) -> None:
    """Ask of a client's changed lesson what publishing asks of all; one read if it shows files that it did not before.

    Raise Invalid with `problems` where a file is not in the library, not ready, or not of the kind that is shown, and
    where a question cannot be answered.
    """
    files = CurriculumStore(call.table).files(file.resource_id for file in newly_shown(lesson, before))
    found_flaws = unfit(lesson, before, _files(files))
    if found_flaws:
        message = f"{_said(found_flaws)} The client's lesson is unchanged."
        raise Invalid(message, type="not-ready-to-show", problems=found_flaws)


def _files(recordings: Mapping[ResourceId, Recording]) -> dict[ResourceId, File]:
    return {
        resource_id: File(ResourceKind(recording.kind), recording.state)
        for resource_id, recording in recordings.items()
    }


def _said(found_flaws: Sequence[Flaw]) -> str:
    says = " ".join(flaw.says for flaw in found_flaws[:_SAID_AT_ONCE])
    more = len(found_flaws) - _SAID_AT_ONCE
    rest = f" There are {more} more." if more > 1 else " There is one more." if more == 1 else ""
    return f"{says}{rest}"


def _steady_page(call: Call, program_id: ProgramId) -> Page:
    """Read a program so that its header's version vouches for the lessons too.

    Every change of a lesson writes the header as well: one that is the same before and after the lessons were
    read, and is then replaced under that version, leaves no room for a change that would be missed.
    """
    store = CurriculumStore(call.table)
    before = store.header(program_id)
    page = found(store.page(program_id, call.once))
    if before is None or before.version != page.header.version:
        raise StaleWrite
    return page


def _allow(page: Page, version: int) -> None:
    header = page.header.value
    if header.published and not header.changed_since_publication:
        message = f"Nothing has changed since version {version - 1} was published. That version stays as it is."
        raise Conflict(message, type="nothing-changed")
    if version > MOST_VERSIONS:
        message = f"A program has at most {MOST_VERSIONS} versions. All of them are kept; a new program can follow."
        raise Conflict(message, type="no-more-versions")
    found_flaws = flaws([stored.value for stored in page.lessons.values()], _files(page.files))
    if found_flaws:
        message = f"{_said(found_flaws)} Nothing was published; the draft is kept."
        raise Invalid(message, type="not-ready-to-publish", problems=found_flaws)
