"""Recordings as they are seen and played."""

from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import NotFound
from chalicelib.foundation.ids import ClientId, PracticeId, RecordingId, ResourceId
from chalicelib.foundation.table import Stored
from chalicelib.media.model import Home, MediaKind, Recording, RecordingState, Rendition
from chalicelib.media.shapes import MediaUrls, RecordingView
from chalicelib.media.store import files
from chalicelib.media.store.recordings import RecordingStore
from chalicelib.practice.permissions import Action, permit

_SAYS_WHY = frozenset({RecordingState.REJECTED, RecordingState.PARKED})


def find(call: Call, client_id: ClientId | None, recording_id: RecordingId, action: Action) -> Stored[Recording] | None:
    """Read a recording that the actor may do this to, if it is there; raise NotFound for strangers.

    Without a client it is a file of the library, which the routes open to therapists only.
    """
    store = RecordingStore(call.table)
    if client_id is None:
        return store.get(None, recording_id)
    found = store.with_card(client_id, recording_id)
    permit(call.actor, action, found.card)
    return found.recording


def see_recording(call: Call, client_id: ClientId | None, recording_id: RecordingId) -> RecordingView:
    """Show a recording to who may see it, with what plays it."""
    found = find(call, client_id, recording_id, Action.SEE_CARE)
    if found is None:
        raise NotFound
    return view(found.value, with_urls=True)


def recording(call: Call, home: Home, recording_id: RecordingId) -> Recording:
    """Read a recording for another use case, which has asked for permission; raise NotFound where there is none."""
    found = RecordingStore(call.table).get(home.client_id, recording_id)
    if found is None:
        raise NotFound
    return found.value


def view(recording: Recording, *, with_urls: bool) -> RecordingView:
    """Render a recording; addresses are only given where something plays, and cost no call of AWS."""
    made = recording.rendition
    urls = _urls(recording.kind, made) if made and with_urls else MediaUrls()
    return RecordingView(
        recording_id=recording.recording_id,
        kind=recording.kind,
        state=recording.state,
        reason=recording.says if recording.state in _SAYS_WHY else None,
        size=recording.size,
        duration_s=made.duration_s or None if made else None,
        width=made.width or None if made else None,
        height=made.height or None if made else None,
        loudness_lufs=made.loudness_lufs if made else None,
        damaged=made is not None and made.damaged,
        play_url=urls.play_url,
        poster_url=urls.poster_url,
        sprite_url=urls.sprite_url,
        timeline_url=urls.timeline_url,
    )


def _urls(kind: MediaKind, made: Rendition) -> MediaUrls:
    return MediaUrls(
        play_url=files.play_url(made.key, files.MADE[kind].content_type),
        poster_url=files.play_url(made.poster_key, files.POSTER.content_type) if made.poster_key else None,
        sprite_url=files.play_url(made.sprite_key, files.SPRITE.content_type) if made.sprite_key else None,
        timeline_url=files.play_url(made.timeline_key, files.TIMELINE.content_type) if made.timeline_key else None,
    )


def library_urls(
    practice_id: PracticeId, resource_id: ResourceId, kind: MediaKind, *, captioned: bool = False
) -> MediaUrls:
    """Sign what opens a file of the library that is ready. Nothing is read: its keys follow from its id."""
    below = _below(practice_id, resource_id)

    def at(made: files.Made) -> str:
        return files.play_url(f"{below}/{made.name}", made.content_type)

    plays, shows = kind in {MediaKind.VIDEO, MediaKind.AUDIO}, kind is MediaKind.VIDEO
    return MediaUrls(
        play_url=at(files.MADE[kind]),
        poster_url=at(files.POSTER) if shows else None,
        sprite_url=at(files.SPRITE) if shows else None,
        timeline_url=at(files.TIMELINE) if plays else None,
        captions_url=at(files.CAPTIONS) if captioned else None,
    )


def captions_url(film: Recording) -> str:
    """Sign the captions of a video of the library, which has some."""
    return files.play_url(f"{film.key}/{files.CAPTIONS.name}", files.CAPTIONS.content_type)


def keep_captions(film: Recording, text: str) -> None:
    """Write the captions of a video of the library, a WebVTT file, in the place of those that it had."""
    files.write_beside(film.key, files.CAPTIONS, text)


def library_picture(practice_id: PracticeId, resource_id: ResourceId, kind: MediaKind) -> str | None:
    """Sign the picture that stands for a file of the library: an image itself, a video's poster; sound has none."""
    made = {MediaKind.IMAGE: files.MADE[MediaKind.IMAGE], MediaKind.VIDEO: files.POSTER}.get(kind)
    if made is None:
        return None
    return files.play_url(f"{_below(practice_id, resource_id)}/{made.name}", made.content_type)


def _below(practice_id: PracticeId, resource_id: ResourceId) -> str:
    return files.upload_key(practice_id, Home(), RecordingId(resource_id))
