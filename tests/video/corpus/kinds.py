"""Every kind of file that somebody may send, by its name, with what has to become of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chalicelib.media.processing import Kind as Asked
from chalicelib.media.processing import Reason

type Recipe = Callable[[Path], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One file of the corpus and what has to become of it.

    `refused` empty: it is accepted, upright at `size` and `seconds` long. `copied` is for picture and sound; None:
    either way. `rate` is that of the film, whose pictures say their number; 0: it shows something else.
    `lasting` pictures: what is hidden before. `limit_s` is the request's.
    """

    name: str
    make: Recipe
    asked: Asked = "video"
    refused: frozenset[Reason] = frozenset()
    size: tuple[int, int] = (0, 0)
    seconds: float = 2
    copied: tuple[bool, bool] | None = None
    rate: float = 30
    hidden: int = 0
    beeps: bool = True
    sound: bool = True
    damaged: bool = False
    hdr: bool = False
    limit_s: int | None = None

    @property
    def accepted(self) -> bool:
        """Whether a client sees it as sent."""
        return not self.refused


KINDS: dict[str, Kind] = {}


def kind(name: str, refused: Reason | tuple[Reason, ...] = (), **given: object) -> Callable[[Recipe], Recipe]:
    """Put a recipe among the kinds: it is called with the path of the file that it has to write."""
    reasons = frozenset([refused] if isinstance(refused, Reason) else refused)

    def put(make: Recipe) -> Recipe:
        assert name not in KINDS, name
        KINDS[name] = Kind(name=name, make=make, refused=reasons, **given)  # type: ignore[arg-type]
        return make

    return put
