"""Keeping, copies and erasure over HTTP."""

from chalice import Blueprint

from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import NotFound
from chalicelib.foundation.http import Answer, endpoint
from chalicelib.foundation.ids import ClientId
from chalicelib.practice.permissions import OWNERS, Action, roles_for
from chalicelib.privacy import service
from chalicelib.privacy.shapes import (
    CopyUrl,
    CopyView,
    DataPage,
    EraseClient,
    ErasureBegun,
    ErasurePreview,
    KeepingChange,
    KeepingView,
    RetentionChange,
    RetentionView,
)

ROUTES = Blueprint(__name__)

_CLIENT = "/api/clients/{client_id}"
_COPIERS = roles_for(Action.TAKE_COPY)
_KEEPERS = roles_for(Action.KEEP_OR_ERASE)


@endpoint(ROUTES, "GET", f"{_CLIENT}/data", answers=DataPage, roles=_COPIERS, sees="how long the record is kept")
def see_data(call: Call, client_id: ClientId) -> DataPage:
    """Show how long what is kept about a client stays, and the copies that the caller asked for."""
    return service.see_data(call, client_id)


@endpoint(ROUTES, "POST", f"{_CLIENT}/copies", answers=CopyView, roles=_COPIERS, status=201, creates=True, starts=True)
def ask_for_copy(call: Call, client_id: ClientId) -> CopyView:
    """Ask for a copy of everything that is kept about a client."""
    return service.ask_for_copy(call, client_id)


@endpoint(
    ROUTES,
    "GET",
    f"{_CLIENT}/copies/{{copy_id}}/files/{{number}}",
    answers=CopyUrl,
    roles=_COPIERS,
    sees="a copy of everything",
)
def take_copy(call: Call, client_id: ClientId, copy_id: str, number: str) -> CopyUrl:
    """Give an address that saves one file of a copy."""
    if not number.isdecimal():
        raise NotFound
    return service.copy_url(call, client_id, copy_id, int(number))


@endpoint(ROUTES, "GET", f"{_CLIENT}/keeping", answers=KeepingView, roles=_KEEPERS, sees="how long the record is kept")
def see_keeping(call: Call, client_id: ClientId) -> Answer:
    """Show when care ended and whether the record is on hold."""
    keeping, version = service.see_keeping(call, client_id)
    return Answer(keeping, version=version)


@endpoint(ROUTES, "PUT", f"{_CLIENT}/keeping", takes=KeepingChange, answers=KeepingView, roles=_KEEPERS, updates=True)
def change_keeping(call: Call, change: KeepingChange, client_id: ClientId) -> Answer:
    """Say when care ended, put the record on hold, or lift the hold."""
    keeping, version = service.change_keeping(call, client_id, change)
    return Answer(keeping, version=version)


@endpoint(ROUTES, "GET", f"{_CLIENT}/erasure", answers=ErasurePreview, roles=_KEEPERS, sees="what an erasure removes")
def see_erasure(call: Call, client_id: ClientId) -> ErasurePreview:
    """Show what erasing a client would remove, and what stays."""
    return service.see_erasure(call, client_id)


@endpoint(
    ROUTES,
    "POST",
    f"{_CLIENT}/erasure",
    takes=EraseClient,
    answers=ErasureBegun,
    roles=_KEEPERS,
    status=202,
    creates=True,
)
def erase_client(call: Call, body: EraseClient, client_id: ClientId) -> ErasureBegun:
    """Erase a client, whose name is typed to be sure."""
    return service.erase_client(call, client_id, body.name)


@endpoint(ROUTES, "GET", "/api/retention", answers=RetentionView, roles=OWNERS)
def see_retention(call: Call) -> Answer:
    """Show for how long the practice keeps."""
    retention, revision = service.see_retention(call)
    return Answer(retention, version=revision)


@endpoint(ROUTES, "PUT", "/api/retention", takes=RetentionChange, answers=RetentionView, roles=OWNERS, updates=True)
def change_retention(call: Call, change: RetentionChange) -> Answer:
    """Settle for how long the practice keeps."""
    retention, revision = service.change_retention(call, change)
    return Answer(retention, version=revision)
