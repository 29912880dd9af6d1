"""The library: files that lessons draw from, shared by all therapists of a practice."""

from chalicelib.curriculum.model import Resource
from chalicelib.curriculum.service.lengths import longest_s
from chalicelib.curriculum.shapes import Library, NewResource, ResourceOpened, ResourceView
from chalicelib.curriculum.store import CurriculumStore
from chalicelib.foundation.call import Call
from chalicelib.foundation.ids import RecordingId, ResourceId, new_id
from chalicelib.media import service as media
from chalicelib.media.model import Home, MediaKind, Recording, RecordingState


def library(call: Call, after: str | None) -> Library:
    """Show a page of the library, newest first."""
    page = CurriculumStore(call.table).library(after)
    return Library(resources=tuple(view(*one) for one in page.shelved), after=page.after)


def open_resource(call: Call, new: NewResource) -> ResourceOpened:
    """Enter a file into the library, and give leave to upload it. Raise Invalid or TooLarge for what is not taken."""
    resource = Resource(
        resource_id=ResourceId(new_id(call.now)),
        kind=new.kind,
        title=new.title,
        alt=new.alt,
        by=call.actor.person_id,
        at=call.now,
    )
    write = call.write()
    ticket = media.open_recording(
        call,
        write,
        recording_id=RecordingId(resource.resource_id),
        home=Home(),
        kind=MediaKind(new.kind),
        content_type=new.content_type,
        size=new.size,
        longest_s=longest_s(call),
    )
    CurriculumStore.add_resource(write, resource)
    write.record("added a file to the library", resource_id=resource.resource_id)
    view = ResourceView(
        resource_id=resource.resource_id,
        kind=resource.kind,
        title=resource.title,
        alt=resource.alt,
        state=RecordingState.AWAITING_UPLOAD,
        at=resource.at,
    )
    return write.commit(ResourceOpened(resource=view, ticket=ticket))


def give_up_resource(call: Call, resource_id: ResourceId) -> None:
    """Take a file out of the library, or give up sending it; one that is not there is out already.

    Lessons that show a file that is ready go on showing it: its bytes stay. Raise Conflict while it is looked at.
    """
    found = CurriculumStore(call.table).shelved(resource_id)
    if found is None:
        return
    write = call.write()
    if found.recording.value.state is not RecordingState.READY:
        media.abandon(write, found.recording)
    write.remove(found.resource)
    write.record("gave up a file of the library", resource_id=resource_id)
    write.commit()


def view(resource: Resource, recording: Recording) -> ResourceView:
    """Render a file of the library."""
    seen = media.view(recording, with_urls=True)
    return ResourceView(
        resource_id=resource.resource_id,
        kind=resource.kind,
        title=resource.title,
        alt=resource.alt,
        state=seen.state,
        reason=seen.reason,
        play_url=seen.play_url,
        poster_url=seen.poster_url,
        sprite_url=seen.sprite_url,
        timeline_url=seen.timeline_url,
        captions_url=media.captions_url(recording) if resource.captions else None,
        duration_s=seen.duration_s,
        at=resource.at,
    )
