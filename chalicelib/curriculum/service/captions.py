"""Captions of the library's videos, for those who cannot hear what is said (WCAG 2.2, 1.2.2, 2023)."""

import hashlib

import msgspec

from chalicelib.curriculum.model import MOST_CAPTIONED, Captioned, ResourceKind
from chalicelib.curriculum.service.library import view
from chalicelib.curriculum.shapes import NewCaptions, ResourceView
from chalicelib.curriculum.store import CurriculumStore, Shelved
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import Conflict, Invalid, NotFound
from chalicelib.foundation.ids import ResourceId
from chalicelib.foundation.insisting import insist
from chalicelib.media import service as media
from chalicelib.media.model import RecordingState, read_captions, write_captions

_NOTHING_SAID = write_captions(())


def put_captions(call: Call, resource_id: ResourceId, new: NewCaptions) -> ResourceView:
    """Give a video captions, in the place of those that it had; every lesson that shows it has them at once.

    Raise NotFound, Conflict where it is not a video that plays, Invalid for a file that is not understood.
    """

    def attempt() -> ResourceView:
        film = _film(call, resource_id)
        text = write_captions(read_captions(new.text))
        if film.resource.value.kind is not ResourceKind.VIDEO:
            message = "Captions belong to a video, and this file is none. Nothing was changed."
            raise Invalid(message, type="not-a-video")
        if film.recording.value.state is not RecordingState.READY:
            message = "This video is not ready yet. Please add its captions once it plays; nothing was changed."
            raise Conflict(message, type="not-ready-yet")
        # Before the row, and even where the row says so already: of two who write at once, the later one is kept.
        media.keep_captions(film.recording.value, text)
        return _settle(call, film, hashlib.sha256(text.encode()).hexdigest()[:16])

    return insist(attempt)


def take_out_captions(call: Call, resource_id: ResourceId) -> ResourceView:
    """Take a video's captions out; where there are none, they are out already. Raise NotFound."""

    def attempt() -> ResourceView:
        film = _film(call, resource_id)
        if film.resource.value.captions:
            media.keep_captions(film.recording.value, _NOTHING_SAID)
        return _settle(call, film, "")

    return insist(attempt)


def _film(call: Call, resource_id: ResourceId) -> Shelved:
    film = CurriculumStore(call.table).shelved(resource_id)
    if film is None:
        raise NotFound
    return film


def _settle(call: Call, film: Shelved, captions: str) -> ResourceView:
    before = film.resource.value
    resource = msgspec.structs.replace(before, captions=captions)
    if before == resource:
        return view(resource, film.recording.value)
    write = call.write()
    write.replace(film.resource, resource)
    if bool(before.captions) is not bool(captions):
        had = film.captioned.value.resources if film.captioned else frozenset()
        one = {resource.resource_id}
        have = had | one if captions else had - one
        if len(have) > MOST_CAPTIONED:
            message = f"{MOST_CAPTIONED} videos have captions, the most there is room for. Nothing was changed."
            raise Conflict(message, type="captions-full")
        CurriculumStore.note_captions(write, film.captioned, Captioned(resources=have))
    what = "gave a video captions" if captions else "took out a video’s captions"
    write.record(what, resource_id=resource.resource_id)
    return write.commit(view(resource, film.recording.value))
