"""What kinds of row there are, and how each is treated as personal data.

A context declares its kinds in its `model.py`; the stores read and write them. A kind that does not
say how it is exported, erased, retained and logged cannot be made.
"""

from dataclasses import dataclass
from enum import StrEnum

import msgspec


class Export(StrEnum):
    """Whether a row belongs in the export of a client's everything."""

    CLIENT = "with the client"
    PERSON = "with the person"
    NEVER = "never: it holds nothing of theirs, or only what another kind holds"


class Erase(StrEnum):
    """What erasing a client does to a row."""

    REMOVE = "remove"
    KEEP = "keep: the law asks for it"
    NOTHING = "nothing: it holds nothing of theirs"


@dataclass(frozen=True)
class Handling:
    """How rows of a kind are exported, erased and kept, and which fields a log may show."""

    export: Export
    erase: Erase
    keep_days: int | None
    """Days until the row deletes itself; None for as long as the practice keeps its records."""
    log: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Kind[T: msgspec.Struct]:
    """A kind of row: its name in the table, the shape of its body, its handling."""

    name: str
    shape: type[T]
    handling: Handling

    def __post_init__(self) -> None:
        """Enter the kind in the register; two of one name is a mistake of ours."""
        if self.name in KINDS:
            message = f"Two kinds are called {self.name!r}."
            raise ValueError(message)
        KINDS[self.name] = self


KINDS: dict[str, Kind[msgspec.Struct]] = {}
