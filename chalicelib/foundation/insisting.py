"""Trying again where two people wrote at once and neither is in the other's way."""

from collections.abc import Callable

from chalicelib.foundation.errors import StaleWrite

TRIES = 5
"""More devices than write to one row at the same moment."""


def insist[T](act: Callable[[], T]) -> T:
    """Do something that reads and then writes, again if what it had read was changed before it wrote.

    A StaleWrite that says what was changed is the caller's answer and is not tried again.
    """
    for _ in range(TRIES - 1):
        try:
            return act()
        except StaleWrite as error:
            if error.extra:
                raise
    return act()
