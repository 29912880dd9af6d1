"""A row of the bench: a ratio or a count, what it stands beside, and the most that it may be."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table. `at_most` None: shown, not held to anything."""

    name: str
    value: float
    beside: str
    at_most: float | None
    unit: str

    @property
    def is_over(self) -> bool:
        """Whether it is more than it may be."""
        return self.at_most is not None and self.value > self.at_most


def table(rows: Iterable[Row]) -> str:
    """Write rows as a table for a terminal; what is over its limit is marked."""
    cells = [("", "what", "value", "at most", "unit", "beside")]
    for row in rows:
        most = "–" if row.at_most is None else f"{row.at_most:g}"
        cells.append(("!" if row.is_over else "", row.name, f"{row.value:g}", most, row.unit, row.beside))
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    right = {2, 3}
    return "\n".join(
        "  ".join(
            text.rjust(width) if column in right else text.ljust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    )


def keep(rows: Sequence[Row], file: Path) -> None:
    """Write rows as JSON."""
    file.write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=1) + b"\n")
