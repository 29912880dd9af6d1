"""What a month costs, roughly: a template and a number of clients, times one table of prices (see docs/cost.md)."""

import collections
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from infra.zips import ROOT

PRICES = ROOT / "bench" / "prices.json"
USAGE = Path(__file__).with_name("usage.toml")
WORTH_A_LINE = 0.05  # dollars


class Prices(msgspec.Struct, frozen=True):
    """The table: US dollars for one of each, when and where they were read."""

    read_on: str
    region: str
    prices: dict[str, float]


class Standing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A resource that costs by being there."""

    price: str
    called: str


class Used(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one client uses in a month."""

    called: str
    each: float
    price: str


class Usage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that is multiplied."""

    standing: dict[str, Standing]
    used: list[Used]


def read_prices() -> Prices:
    """The prices of this version."""
    return msgspec.json.decode(PRICES.read_bytes(), type=Prices)


def month(prices: Prices, resources: Mapping[str, Any], clients: int) -> dict[str, float]:
    """US dollars a month for these resources of a template, by what they are for, the largest first."""
    usage = msgspec.toml.decode(USAGE.read_bytes(), type=Usage)
    kinds: collections.Counter[str] = collections.Counter()
    for resource in resources.values():
        kinds[resource["Type"]] += _counted(resource)
    stands = {one.called: kinds[kind] * prices.prices[one.price] for kind, one in usage.standing.items() if kinds[kind]}
    used = {one.called: one.each * clients * prices.prices[one.price] for one in usage.used}
    return dict(sorted({**stands, **used}.items(), key=lambda item: -item[1]))


def _counted(resource: Mapping[str, Any]) -> int:
    """How often a resource is paid: an alarm for each metric that it looks at, anything else once."""
    looked_at = [one for one in resource.get("Properties", {}).get("Metrics", ()) if "MetricStat" in one]
    return len(looked_at) or 1


def told(prices: Prices, resources: Mapping[str, Any], clients: int) -> str:
    """The estimate for people to read."""
    costs = month(prices, resources, clients)
    return "\n".join(
        [
            f"Roughly ${sum(costs.values()):.0f} a month with {clients} clients:",
            *(f"  ${cost:8.2f}  {what}" for what, cost in costs.items() if cost >= WORTH_A_LINE),
            f"  List prices of {prices.region} on {prices.read_on}, without free tiers. More in docs/cost.md.",
        ]
    )
