"""The library and the programs over HTTP. All therapists of a practice share both."""

from chalice import Blueprint

from chalicelib.curriculum import service
from chalicelib.curriculum.shapes import (
    EditionView,
    LessonChange,
    LessonDraft,
    Library,
    NewCaptions,
    NewLesson,
    NewProgram,
    NewResource,
    NewVersion,
    ProgramChange,
    Programs,
    ProgramView,
    ResourceOpened,
    ResourceView,
)
from chalicelib.foundation.call import Call
from chalicelib.foundation.http import Answer, Nothing, endpoint
from chalicelib.foundation.ids import LessonId, ProgramId, RecordingId, ResourceId
from chalicelib.practice.permissions import THERAPISTS

ROUTES = Blueprint(__name__)

_PROGRAM = "/api/programs/{program_id}"


@endpoint(ROUTES, "GET", "/api/resources", answers=Library, roles=THERAPISTS, query=("after",))
def see_library(call: Call, after: str | None) -> Library:
    """Show a page of the library, newest first."""
    return service.library(call, after)


@endpoint(
    ROUTES,
    "POST",
    "/api/resources",
    takes=NewResource,
    answers=ResourceOpened,
    roles=THERAPISTS,
    status=201,
    creates=True,
    starts=True,
)
def open_resource(call: Call, body: NewResource) -> ResourceOpened:
    """Enter a file into the library, and give leave to upload it."""
    return service.open_resource(call, body)


@endpoint(ROUTES, "DELETE", "/api/library/{recording_id}", answers=Nothing, roles=THERAPISTS)
def give_up_resource(call: Call, recording_id: RecordingId) -> Nothing:
    """Take a file out of the library, or give up sending it."""
    service.give_up_resource(call, ResourceId(recording_id))
    return Nothing()


@endpoint(
    ROUTES,
    "PUT",
    "/api/library/{recording_id}/captions",
    takes=NewCaptions,
    answers=ResourceView,
    roles=THERAPISTS,
)
def put_captions(call: Call, body: NewCaptions, recording_id: RecordingId) -> ResourceView:
    """Give a video of the library captions, in the place of those that it had."""
    return service.put_captions(call, ResourceId(recording_id), body)


@endpoint(ROUTES, "DELETE", "/api/library/{recording_id}/captions", answers=ResourceView, roles=THERAPISTS)
def take_out_captions(call: Call, recording_id: RecordingId) -> ResourceView:
    """Take the captions of a video out."""
    return service.take_out_captions(call, ResourceId(recording_id))


@endpoint(ROUTES, "GET", "/api/programs", answers=Programs, roles=THERAPISTS)
def see_programs(call: Call) -> Programs:
    """List the programs of the practice."""
    return service.programs(call)


@endpoint(
    ROUTES,
    "POST",
    "/api/programs",
    takes=NewProgram,
    answers=ProgramView,
    roles=THERAPISTS,
    status=201,
    creates=True,
)
def create_program(call: Call, body: NewProgram) -> Answer:
    """Begin a program."""
    return _with_revision(service.create_program(call, body))


@endpoint(ROUTES, "GET", _PROGRAM, answers=ProgramView, roles=THERAPISTS)
def see_draft_program(call: Call, program_id: ProgramId) -> Answer:
    """Show a program with its lessons as they are being written."""
    return _with_revision(service.program(call, program_id))


@endpoint(ROUTES, "PUT", _PROGRAM, takes=ProgramChange, answers=ProgramView, roles=THERAPISTS, updates=True)
def change_program(call: Call, body: ProgramChange, program_id: ProgramId) -> Answer:
    """Rename a program, or change the order of its lessons; one that is left out is removed."""
    return _with_revision(service.change_program(call, program_id, body))


@endpoint(
    ROUTES,
    "POST",
    f"{_PROGRAM}/lessons",
    takes=NewLesson,
    answers=ProgramView,
    roles=THERAPISTS,
    status=201,
    creates=True,
)
def add_lesson(call: Call, body: NewLesson, program_id: ProgramId) -> Answer:
    """Add an empty lesson at the end of a program."""
    return _with_revision(service.add_lesson(call, program_id, body))


@endpoint(
    ROUTES,
    "PUT",
    f"{_PROGRAM}/lessons/{{lesson_id}}",
    takes=LessonChange,
    answers=LessonDraft,
    roles=THERAPISTS,
    updates=True,
)
def save_lesson(call: Call, body: LessonChange, program_id: ProgramId, lesson_id: LessonId) -> Answer:
    """Save a lesson as it is being written."""
    draft = service.save_lesson(call, program_id, lesson_id, body)
    return Answer(draft, version=draft.version)


@endpoint(
    ROUTES,
    "POST",
    f"{_PROGRAM}/versions",
    takes=NewVersion,
    answers=ProgramView,
    roles=THERAPISTS,
    status=201,
    creates=True,
)
def publish_program(call: Call, body: NewVersion, program_id: ProgramId) -> Answer:
    """Publish a program as it is now, as a version that stays."""
    return _with_revision(service.publish_program(call, program_id, body))


@endpoint(ROUTES, "GET", f"{_PROGRAM}/versions/{{version}}", answers=EditionView, roles=THERAPISTS)
def see_version(call: Call, program_id: ProgramId, version: str) -> EditionView:
    """Show a published version."""
    return service.see_edition(call, program_id, version)


def _with_revision(view: ProgramView) -> Answer:
    return Answer(view, version=view.revision)
