"""Recordings as they are seen and played."""

from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import NotFound
from chalicelib.foundation.ids import ClientId, PracticeId, RecordingId, ResourceId
from chalicelib.foundation.table import Stored
from chalicelib.media.model import Home, MediaKind, Recording, RecordingState
from chalicelib.media.shapes import MediaUrls, RecordingView
from chalicelib.media.store import files
from chalicelib.media.store.recordings import RecordingStore
from chalicelib.practice.permissions import Action, permit


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
    urls = MediaUrls()
    if made and with_urls:
        poster = files.play_url(made.poster_key, files.POSTER.content_type) if made.poster_key else None
        urls = MediaUrls(play_url=files.play_url(made.key, files.MADE[recording.kind].content_type), poster_url=poster)
    rejected = recording.state is RecordingState.REJECTED
    return RecordingView(
        recording_id=recording.recording_id,
        kind=recording.kind,
        state=recording.state,
        reason=recording.says if rejected else None,
        size=recording.size,
        duration_s=made.duration_s or None if made else None,
        width=made.width or None if made else None,
        height=made.height or None if made else None,
        play_url=urls.play_url,
        poster_url=urls.poster_url,
    )


def library_urls(practice_id: PracticeId, resource_id: ResourceId, kind: MediaKind) -> MediaUrls:
    """Sign what opens a file of the library that is ready. Nothing is read: its keys follow from its id."""
    made = files.MADE[kind]
    poster = None if kind is MediaKind.IMAGE else library_picture(practice_id, resource_id, kind)
    return MediaUrls(
        play_url=files.play_url(f"{_below(practice_id, resource_id)}/{made.name}", made.content_type), poster_url=poster
    )


def library_picture(practice_id: PracticeId, resource_id: ResourceId, kind: MediaKind) -> str | None:
    """Sign the picture that stands for a file of the library: an image itself, a video's poster; sound has none."""
    made = {MediaKind.IMAGE: files.MADE[MediaKind.IMAGE], MediaKind.VIDEO: files.POSTER}.get(kind)
    if made is None:
        return None
    return files.play_url(f"{_below(practice_id, resource_id)}/{made.name}", made.content_type)


def _below(practice_id: PracticeId, resource_id: ResourceId) -> str:
    return files.upload_key(practice_id, Home(), RecordingId(resource_id))
