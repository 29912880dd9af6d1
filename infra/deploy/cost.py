"""What a month costs, roughly: from a table of prices with its date, the template, and a number of clients."""

import collections
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

PRICES = Path(__file__).with_name("prices.toml")
WORTH_A_LINE = 0.05  # dollars


class Standing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands costs that much, after the free ones."""

    a_month: float
    called: str
    free: int = 0


class Used(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a client uses a month, at what price for one, after what is free."""

    called: str
    each: float
    price: float
    free: float = 0.0


class Prices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table."""

    date: date
    source: str
    standing: dict[str, Standing]
    used: list[Used]


def read_prices() -> Prices:
    """The table of this version."""
    return msgspec.toml.decode(PRICES.read_bytes(), type=Prices)


def month(prices: Prices, resources: Mapping[str, Any], clients: int) -> dict[str, float]:
    """US dollars a month for these resources of a template, by what they are for, the largest first."""
    kinds = collections.Counter(resource["Type"] for resource in resources.values())
    stands = {
        one.called: max(0, kinds[kind] - one.free) * one.a_month for kind, one in prices.standing.items() if kinds[kind]
    }
    used = {one.called: max(0.0, one.each * clients - one.free) * one.price for one in prices.used}
    return dict(sorted({**stands, **used}.items(), key=lambda item: -item[1]))


def told(prices: Prices, resources: Mapping[str, Any], clients: int) -> str:
    """The estimate for people to read."""
    costs = month(prices, resources, clients)
    lines = [f"  ${cost:8.2f}  {what}" for what, cost in costs.items() if cost >= WORTH_A_LINE]
    return "\n".join(
        [
            f"Roughly ${sum(costs.values()):.0f} a month with {clients} clients:",
            *lines,
            f"  Prices of {prices.date}: {prices.source}",
        ]
    )
