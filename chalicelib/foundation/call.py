"""A call of a use case: who, when, and on which request or event."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.foundation.actor import Actor
from chalicelib.foundation.errors import PreconditionMissing
from chalicelib.foundation.once import Once
from chalicelib.foundation.table import Table
from chalicelib.foundation.write import Write


@dataclass(frozen=True, slots=True)
class Call:
    """What every use case takes first.

    `if_match` is the version that an update names; `once` the mark of a request or event that must take
    effect once and is written by the call's first write.
    """

    actor: Actor
    now: datetime
    once: Once | None = None
    if_match: int | None = None
    correlation_id: str = ""

    @property
    def table(self) -> Table:
        """The table as the actor's practice sees it."""
        return Table(self.actor.practice_id)

    def write(self) -> Write:
        """Begin a write that is marked as this call's."""
        return Write(self.table, self.actor, self.now, self.once, self.correlation_id)

    @property
    def version(self) -> int:
        """The version that this update changes; raise PreconditionMissing where none was named."""
        if self.if_match is None:
            raise PreconditionMissing
        return self.if_match
