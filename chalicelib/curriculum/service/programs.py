"""Programs as they are written: their words, their order, their lessons."""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from chalicelib.curriculum.model import MOST_LESSONS, Lesson, Program, check
from chalicelib.curriculum.service.lengths import check_lengths
from chalicelib.curriculum.shapes import (
    LessonChange,
    LessonDraft,
    LessonTexts,
    NewLesson,
    NewProgram,
    ProgramChange,
    ProgramLine,
    Programs,
    ProgramTexts,
    ProgramView,
    ResourceUse,
)
from chalicelib.curriculum.store import CurriculumStore, Page
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import Conflict, Invalid, NotFound, StaleWrite
from chalicelib.foundation.ids import LessonId, ProgramId, ResourceId, new_id
from chalicelib.foundation.insisting import insist
from chalicelib.foundation.once import Repeated
from chalicelib.media import service as media
from chalicelib.media.model import Recording


def programs(call: Call) -> Programs:
    """List the programs of the practice, in the order in which they were begun."""
    return Programs(
        programs=tuple(
            ProgramLine(
                program_id=one.program_id,
                title=one.title,
                summary=one.summary,
                lessons=len(one.lessons),
                version=one.published[-1].version if one.published else 0,
                changed_since_publication=one.changed_since_publication,
                changed_at=one.changed_at,
            )
            for one in CurriculumStore(call.table).programs()
        )
    )


def create_program(call: Call, new: NewProgram) -> ProgramView:
    """Begin a program without lessons."""
    program_id = ProgramId(new_id(call.now))
    begun = Program(program_id=program_id, title=new.title, summary=new.summary, changed_at=call.now)
    write = call.write()
    CurriculumStore.add_program(write, begun)
    return write.commit(_view(begun, (), {}))


def program(call: Call, program_id: ProgramId) -> ProgramView:
    """Show a program with its lessons as they are being written."""
    return view(found(CurriculumStore(call.table).page(program_id)))


def change_program(call: Call, program_id: ProgramId, change: ProgramChange) -> ProgramView:
    """Change a program's words and the order of its lessons; a lesson that is left out is removed.

    Raise StaleWrite with both states where somebody else has changed them since.
    """
    if len(set(change.lessons)) < len(change.lessons):
        message = "A lesson can stand in a program once. Nothing was changed."
        raise Invalid(message)

    def attempt() -> ProgramView:
        page = found(CurriculumStore(call.table).page(program_id))
        header = page.header.value
        if (header.title, header.summary, header.lessons) == (change.title, change.summary, change.lessons):
            return view(page)  # Nothing to do; also what a request finds whose first answer got lost.
        if header.revision != call.version:
            raise StaleWrite(current=_texts(header, header.revision), yours=_texts(change, call.version))
        if set(change.lessons) - page.lessons.keys():
            message = "One of these lessons is not part of the program. Nothing was changed."
            raise Invalid(message)
        changed = msgspec.structs.replace(
            header,
            title=change.title,
            summary=change.summary,
            lessons=change.lessons,
            revision=header.revision + 1,
            changed_at=call.now,
            changed_since_publication=True,
        )
        write = call.write()
        write.replace(page.header, changed)
        for lesson_id in page.lessons.keys() - set(change.lessons):
            write.remove(page.lessons[lesson_id])
        write.commit()
        drafts = (
            _draft(page.lessons[lesson_id].value, page.lessons[lesson_id].version) for lesson_id in change.lessons
        )
        return _view(changed, drafts, page.files, page.captioned)

    return insisting(attempt)


def add_lesson(call: Call, program_id: ProgramId, new: NewLesson) -> ProgramView:
    """Add an empty lesson at the end of a program."""

    def attempt() -> ProgramView:
        page = found(CurriculumStore(call.table).page(program_id, call.once))
        if repeated(call, page):
            return view(page)
        header = page.header.value
        if len(header.lessons) == MOST_LESSONS:
            message = f"A program has at most {MOST_LESSONS} lessons. Nothing was changed; a second program can follow."
            raise Conflict(message, type="program-full")
        lesson = Lesson(lesson_id=LessonId(new_id(call.now)), title=new.title, minutes=new.minutes)
        changed = msgspec.structs.replace(
            header,
            lessons=(*header.lessons, lesson.lesson_id),
            revision=header.revision + 1,
            changed_at=call.now,
            changed_since_publication=True,
        )
        write = call.write()
        write.replace(page.header, changed)
        CurriculumStore.add_draft(write, program_id, lesson)
        write.commit()
        drafts = [_draft(stored.value, stored.version) for stored in page.lessons.values()]
        return _view(changed, [*drafts, _draft(lesson, 1)], page.files, page.captioned)

    return insisting(attempt)


def save_lesson(call: Call, program_id: ProgramId, lesson_id: LessonId, change: LessonChange) -> LessonDraft:
    """Save a lesson. Raise StaleWrite with both texts where somebody else has saved it since."""
    lesson = Lesson(lesson_id=lesson_id, title=change.title, minutes=change.minutes, blocks=change.blocks)
    check(lesson)
    check_lengths(call, lesson)

    def attempt() -> LessonDraft:
        read = CurriculumStore(call.table).draft(program_id, lesson_id)
        if read is None:
            raise NotFound
        header, stored = read
        if stored.value == lesson:
            return _draft(lesson, stored.version)
        if stored.version != call.version:
            raise StaleWrite(
                current=_lesson_texts(stored.value, stored.version), yours=_lesson_texts(lesson, call.version)
            )
        write = call.write()
        write.replace(stored, lesson)
        write.replace(
            header,
            msgspec.structs.replace(header.value, changed_at=call.now, changed_since_publication=True),
        )
        write.commit()
        return _draft(lesson, stored.version + 1)

    return insisting(attempt)


def found(page: Page | None) -> Page:
    """Return what was read; raise NotFound where there is no such program."""
    if page is None:
        raise NotFound
    return page


def repeated(call: Call, page: Page) -> bool:
    """Tell whether this very request has taken effect before; raise Repeated where another one had its key.

    The answer to it is the program as it is now: an answer of the size of a program is not kept with the mark.
    """
    if page.done is None or call.once is None:
        return False
    if page.done.fingerprint != call.once.fingerprint:
        raise Repeated(page.done)
    return True


def insisting[T](attempt: Callable[[], T]) -> T:
    """Try again where a write met another one that takes nothing away from it.

    A request whose double was a moment faster finds its mark at the next try, and with it the program.
    """
    try:
        return insist(attempt)
    except Repeated:
        return attempt()


def view(page: Page) -> ProgramView:
    """Render what was read of a program."""
    drafts = (_draft(stored.value, stored.version) for stored in page.lessons.values())
    return _view(page.header.value, drafts, page.files, page.captioned)


def _view(
    header: Program,
    lessons: Iterable[LessonDraft],
    files: Mapping[ResourceId, Recording],
    captioned: frozenset[ResourceId] = frozenset(),
) -> ProgramView:
    return ProgramView(
        program_id=header.program_id,
        title=header.title,
        summary=header.summary,
        lessons=tuple(lessons),
        published=header.published,
        changed_at=header.changed_at,
        changed_since_publication=header.changed_since_publication,
        revision=header.revision,
        media={
            resource_id: _use(recording, captioned=resource_id in captioned) for resource_id, recording in files.items()
        },
    )


def _use(recording: Recording, *, captioned: bool) -> ResourceUse:
    seen = media.view(recording, with_urls=True)
    return ResourceUse(
        state=seen.state,
        play_url=seen.play_url,
        poster_url=seen.poster_url,
        sprite_url=seen.sprite_url,
        timeline_url=seen.timeline_url,
        captions_url=media.captions_url(recording) if captioned else None,
    )


def _draft(lesson: Lesson, version: int) -> LessonDraft:
    return LessonDraft(
        lesson_id=lesson.lesson_id,
        title=lesson.title,
        minutes=lesson.minutes,
        blocks=lesson.blocks,
        version=version,
    )


def _lesson_texts(lesson: Lesson, version: int) -> LessonTexts:
    return LessonTexts(title=lesson.title, minutes=lesson.minutes, blocks=lesson.blocks, version=version)


def _texts(of: Program | ProgramChange, revision: int) -> ProgramTexts:
    return ProgramTexts(title=of.title, summary=of.summary, lessons=of.lessons, revision=revision)
