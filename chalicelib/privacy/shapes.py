"""What goes over HTTP about keeping, copying and erasing."""

from datetime import date, datetime
from typing import Annotated

import msgspec

from chalicelib.foundation.ids import ClientId
from chalicelib.privacy.model import CopyState, Days, Reason, Years


class CopyView(msgspec.Struct, frozen=True, kw_only=True):
    copy_id: str
    at: datetime
    state: CopyState
    sizes: tuple[int, ...]
    """Bytes of each of its files."""
    expires_at: datetime | None


class DataPage(msgspec.Struct, frozen=True, kw_only=True):
    client_name: str
    practice_name: str
    records_years: int | None
    """Years after the end of care; None is for as long as nobody erases it."""
    originals_days: int | None
    copies: tuple[CopyView, ...]
    """Those that the caller asked for, newest first."""


class CopyUrl(msgspec.Struct, frozen=True, kw_only=True):
    url: str
    """Opens for five minutes; whoever holds it needs no sign-in."""


class HoldView(msgspec.Struct, frozen=True, kw_only=True):
    reason: str
    since: datetime


class KeepingView(msgspec.Struct, frozen=True, kw_only=True):
    ended_on: date | None
    hold: HoldView | None
    held_back_on: date | None
    removed_on: date | None
    """The day from which the record is removed by itself; None where it is not."""


class KeepingChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    ended_on: date | None
    hold_reason: Reason | None
    """Why nothing may be removed; None lifts the hold."""


class RetentionView(msgspec.Struct, frozen=True, kw_only=True):
    records_years: int | None
    originals_days: int | None


class RetentionChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    records_years: Years | None
    originals_days: Days | None


class ErasurePreview(msgspec.Struct, frozen=True, kw_only=True):
    client_name: str
    goes: tuple[str, ...]
    stays: tuple[str, ...]
    held: str | None
    """Why nothing can be erased now, as a sentence."""


class EraseClient(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(max_length=200)]
    """The client's name, typed by who erases."""


class ErasureBegun(msgspec.Struct, frozen=True, kw_only=True):
    client_id: ClientId
    at: datetime
