"""The tombstone: what lies where an erased client's card lay, so that nothing of theirs comes back.

Whoever reads the card finds none, and whoever would add to the record is refused by `Write`, which asks for the
card in the same transaction. What was on its way when the client was erased ends here, however late it comes.
"""

from datetime import datetime

import msgspec

from chalicelib.foundation import places
from chalicelib.foundation.errors import NotFound
from chalicelib.foundation.ids import ClientId, PersonId
from chalicelib.foundation.kinds import Erase, Export, Handling, Kind
from chalicelib.foundation.table import Key, Table


class Tombstone(msgspec.Struct, frozen=True, kw_only=True):
    """That there was a client, when they were erased and by whom; nothing else of them."""

    at: datetime
    by: PersonId


TOMBSTONE = Kind("tombstone", Tombstone, Handling(Export.NEVER, Erase.NOTHING, keep_days=None))


class ClientErased(NotFound):
    """The write would have added to the record of a client who is not there any more."""


def is_erased(table: Table, client_id: ClientId | None) -> bool:
    """Tell whether a client was erased. One read, and none where there is no client."""
    return client_id is not None and table.get(TOMBSTONE, places.card(client_id)) is not None


def whose(kind: Kind[msgspec.Struct], key: Key, value: msgspec.Struct) -> ClientId | None:
    """Return the client whose erasure removes a row; None where no client's does."""
    if kind.handling.erase is not Erase.REMOVE:
        return None
    return places.client_in(key.part) or getattr(value, "client_id", None) or None
