"""The blueprint of the loop, and how parts of its paths are read."""

from chalice import Blueprint

from chalicelib.foundation.errors import NotFound

ROUTES = Blueprint(__name__)
_MOST_DIGITS = 3


def lesson_number(part: str) -> int:
    """Read a lesson's number, counted from 1; raise NotFound for what cannot be one."""
    if not (part.isascii() and part.isdigit() and len(part) <= _MOST_DIGITS):
        raise NotFound
    return int(part)
