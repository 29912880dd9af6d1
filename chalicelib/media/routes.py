"""Uploads and playback over HTTP: the same calls for a client's recordings and for the practice's library."""

from chalice import Blueprint

from chalicelib.foundation.call import Call
from chalicelib.foundation.http import endpoint
from chalicelib.foundation.ids import ClientId, RecordingId
from chalicelib.media import service
from chalicelib.media.shapes import ArrivedParts, PartUrls, RecordingView, SentParts, WantedParts
from chalicelib.practice.permissions import THERAPISTS, Action, roles_for

ROUTES = Blueprint(__name__)

_OF_CLIENT = "/api/clients/{client_id}/recordings/{recording_id}"
_OF_LIBRARY = "/api/library/{recording_id}"
_SENDERS = roles_for(Action.DO_LESSON)
_VIEWERS = roles_for(Action.SEE_CARE)


@endpoint(ROUTES, "POST", f"{_OF_CLIENT}/parts", takes=WantedParts, answers=PartUrls, roles=_SENDERS)
def sign_recording_parts(call: Call, body: WantedParts, client_id: ClientId, recording_id: RecordingId) -> PartUrls:
    """Say where the next parts of a client's recording are to be sent."""
    return service.sign_parts(call, client_id, recording_id, body.numbers)


@endpoint(ROUTES, "GET", f"{_OF_CLIENT}/parts", answers=ArrivedParts, roles=_SENDERS)
def see_recording_parts(call: Call, client_id: ClientId, recording_id: RecordingId) -> ArrivedParts:
    """Say which parts of a client's recording have arrived."""
    return service.arrived_parts(call, client_id, recording_id)


@endpoint(ROUTES, "POST", f"{_OF_CLIENT}/completion", takes=SentParts, answers=RecordingView, roles=_SENDERS)
def complete_recording(call: Call, body: SentParts, client_id: ClientId, recording_id: RecordingId) -> RecordingView:
    """Put the parts of a client's recording together."""
    return service.complete(call, client_id, recording_id, body.parts)


@endpoint(ROUTES, "GET", _OF_CLIENT, answers=RecordingView, roles=_VIEWERS, sees="a recording")
def see_recording(call: Call, client_id: ClientId, recording_id: RecordingId) -> RecordingView:
    """Show where a client's recording is on its way, and what plays it."""
    return service.see_recording(call, client_id, recording_id)


@endpoint(ROUTES, "POST", f"{_OF_LIBRARY}/parts", takes=WantedParts, answers=PartUrls, roles=THERAPISTS)
def sign_library_parts(call: Call, body: WantedParts, recording_id: RecordingId) -> PartUrls:
    """Say where the next parts of a file of the library are to be sent."""
    return service.sign_parts(call, None, recording_id, body.numbers)


@endpoint(ROUTES, "GET", f"{_OF_LIBRARY}/parts", answers=ArrivedParts, roles=THERAPISTS)
def see_library_parts(call: Call, recording_id: RecordingId) -> ArrivedParts:
    """Say which parts of a file of the library have arrived."""
    return service.arrived_parts(call, None, recording_id)


@endpoint(ROUTES, "POST", f"{_OF_LIBRARY}/completion", takes=SentParts, answers=RecordingView, roles=THERAPISTS)
def complete_library_file(call: Call, body: SentParts, recording_id: RecordingId) -> RecordingView:
    """Put the parts of a file of the library together."""
    return service.complete(call, None, recording_id, body.parts)


@endpoint(ROUTES, "GET", _OF_LIBRARY, answers=RecordingView, roles=THERAPISTS)
def see_library_file(call: Call, recording_id: RecordingId) -> RecordingView:
    """Show where a file of the library is on its way, and what plays it."""
    return service.see_recording(call, None, recording_id)
