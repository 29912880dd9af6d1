"""Growth: what every page costs with 10, 1,000 and 100,000 lessons done, clients, practices; it has to stay flat.

The pages are the GET routes, all of them; one that cannot be opened here is over its limit. The rows that there come
to be more of are those that doing the thing once more has written, whatever their kinds, with new ids and earlier
times; rows that delete themselves are left out. They lie in the table as keys, and become items when they are read.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import NamedTuple

from bench.depot import Depot, Item, Key
from bench.house import House, Person
from bench.loop import Practice, found
from bench.rows import Row
from bench.wire import Wire
from chalicelib.foundation import clock
from chalicelib.foundation.http import ENDPOINTS, Endpoint
from demo.browser import ProblemError
from demo.programs import steady_knee
from demo.steps import write_program

SIZES = (10, 1_000, 100_000)
FLAT = 1.05
APART = timedelta(hours=4)
"""Between one copy and the next."""

_TOKEN = re.compile(
    r"(?<![0-9a-z])(?:[0-9a-hjkmnp-tv-z]{26}|[0-9a-f]{32,64})(?![0-9a-z])"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    r"|(?<![0-9-])\d{4}-\d{6}(?![0-9])"
)
_DUE = frozenset({"due_shard", "due_at"})
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM = (1 << 80) - 1


class Cost(NamedTuple):
    """What a page costs: calls of AWS, and read units."""

    calls: int
    units: float


class Copies:
    """Copies of rows: the same with ids of their own, each four hours before the last."""

    def __init__(self) -> None:
        """Copy nothing yet."""
        self.known: frozenset[str] = frozenset()
        self._texts: list[str] = []

    def once_more(self, depot: Depot, do: Callable[[], object]) -> dict[Key, Item]:
        """Do something once, and return the rows that it added and that stay."""
        before = depot.items()
        self.known = frozenset(token for item in before.values() for token in _TOKEN.findall(json.dumps(item)))
        do()
        after = depot.items()
        return {key: item for key, item in after.items() if key not in before and "expires_at" not in item}

    def rows(self, added: Mapping[Key, Item], numbers: range, *, apart: bool) -> Iterator[tuple[str, str, str, int]]:
        """Go through the copies of those numbers, as a depot keeps them unexpanded.

        Without `apart` those are left out that lie in a partition of their own, where no other's page looks.
        """
        texts = {
            key: json.dumps({name: item[name] for name in item if name not in _DUE}) for key, item in added.items()
        }
        first = len(self._texts)
        self._texts += texts.values()
        split = {key: (self._pieces(key[0]), self._pieces(key[1])) for key in added}
        for number in numbers:
            new: dict[str, str] = {}
            for index, (key, (pk, sk)) in enumerate(split.items(), first):
                place = self._joined(pk, number, new)
                if apart or place == key[0]:
                    yield place, self._joined(sk, number, new), str(index), number

    def expand(self, text: str, number: int) -> str:
        """Make the item of a copy."""
        if number == 0:
            return text
        new: dict[str, str] = {}
        return _TOKEN.sub(lambda found: self._moved(found[0], number, new), self._texts[int(text)])

    def _pieces(self, text: str) -> list[tuple[str, bool]]:
        """Take a key apart: what stays as it is in every copy, and what each copy has of its own."""
        pieces = [piece for piece in re.split(f"({_TOKEN.pattern})", text) if piece]
        return [(piece, bool(_TOKEN.fullmatch(piece)) and piece not in self.known) for piece in pieces]

    def _joined(self, pieces: list[tuple[str, bool]], number: int, new: dict[str, str]) -> str:
        return "".join(self._moved(piece, number, new) if own else piece for piece, own in pieces)

    def _moved(self, token: str, number: int, new: dict[str, str]) -> str:
        if token in new:
            return new[token]
        if token in self.known:
            moved = token
        elif token.endswith("Z"):
            moved = clock.stamp(clock.parse(token) - number * APART)
        elif "-" in token:
            moved = f"{token[:5]}{int(token[5:]) + number:06}"
        elif len(token) == 26:  # noqa: PLR2004 - an id's length
            moved = _earlier(token, number)
        else:
            moved = f"{int(token, 16) ^ number:0{len(token)}x}"
        new[token] = moved
        return moved


def _earlier(old: str, number: int) -> str:
    value = 0
    for letter in old:
        value = value << 5 | _LETTERS.index(letter)
    ago = int(number * APART.total_seconds() * 1000)
    at, rest = value >> 80, value & _RANDOM
    value = ((at - ago) % (1 << 50)) << 80 | (rest ^ number)
    return "".join(_LETTERS[value >> shift & 31] for shift in range(125, -1, -5))


class Setting:
    """A house in which a thing may come to be more of: a client who has done a program and is in another."""

    def __init__(self) -> None:
        """Let them come that far."""
        self.copies = Copies()
        self.house = House(Wire(Depot(self.copies.expand)))
        with self.house.wire.strung():
            self.practice = Practice(self.house)
            self.client = self.practice.client()
            self.client.do_program()
            self.client.time_passes()
            other = write_program(self.practice.therapist, "Steady hip", "", steady_knee(self.practice.film))
            self.enrolment_id = self.client.enrol(other)
            self.submission_id = self.client.do_lesson(self.enrolment_id, 1)
            self.bearer = self.practice.by_link()
            filmed = [one for one in steady_knee(self.practice.film) if "recording" in str(one)]
            self.unsent = self.client.begin_recording(write_program(self.practice.therapist, "Filmed", "", filmed))
            self.unsent_film = self.practice.begin_film()
            self.copy_id = self.client.copy()

    def _new_client(self) -> None:
        client = self.practice.client("Alex Client")
        client.do_lesson(client.enrol(self.practice.program), 1)

    def once_more(self, axis: str) -> tuple[Callable[[], object], int]:
        """Return what makes more of a thing, and how many of it each time."""
        return {
            "lessons done": (self.client.do_program, len(self.practice.program["lessons"])),
            "clients": (self._new_client, 1),
            "practices": (lambda: found(self.house, "Another practice"), 1),
        }[axis]

    def known(self) -> dict[str, str]:
        """What stands for the parts of a page's path."""
        return {
            "client_id": self.client.client_id,
            "enrolment_id": self.enrolment_id,
            "submission_id": self.submission_id,
            "program_id": self.practice.program["program_id"],
            "version": "1",
            "copy_id": self.copy_id,
        }

    def recording(self, path: str) -> str:
        """Which recording a page is about: one that is there, or one of which nothing was sent yet."""
        there, unsent = (
            (self.practice.film, self.unsent_film) if "library" in path else (self.client.recording_id, self.unsent)
        )
        return unsent if path.endswith("/parts") else there


AXES = ("lessons done", "clients", "practices")


def growth(sizes: tuple[int, ...] = SIZES) -> list[Row]:
    """Measure every page along every axis; the worst of them counts."""
    measured: dict[str, dict[str, list[Cost | str]]] = {}
    for axis in AXES:
        setting = Setting()
        with setting.house.wire.strung():
            once_more, each = setting.once_more(axis)
            added = setting.copies.once_more(setting.house.wire.depot, once_more)
            there = 1
            for size in sizes:
                copies = max(1, size // each)
                setting.house.wire.depot.fill(
                    setting.copies.rows(added, range(there, copies), apart=axis == "practices")
                )
                there = copies
                for name, cost in _pages(setting):
                    measured.setdefault(name, {}).setdefault(axis, []).append(cost)
    return [_row(name, by_axis) for name, by_axis in measured.items()]


def _row(name: str, by_axis: Mapping[str, list[Cost | str]]) -> Row:
    refused = [cost for costs in by_axis.values() for cost in costs if isinstance(cost, str)]
    if refused:
        return Row(name=f"growth: {name}", value=1, beside=f"not opened: {refused[0]}", at_most=0, unit="page")
    grows = {axis: [cost for cost in costs if isinstance(cost, Cost)] for axis, costs in by_axis.items()}
    worst = max(grows, key=lambda axis: _ratio(grows[axis]))
    told = "; ".join(f"{cost.calls} calls {cost.units:g} units" for cost in grows[worst])
    return Row(
        name=f"growth: {name}",
        value=round(_ratio(grows[worst]), 3),
        beside=f"{worst}: {told}",
        at_most=FLAT,
        unit="ratio of calls or units",
    )


def _ratio(costs: list[Cost]) -> float:
    calls = max(cost.calls for cost in costs) / max(1, costs[0].calls)
    # A list is a page long from some number of rows on; until then it may grow.
    return max(calls, costs[-1].units / max(costs[-2].units, 0.5))


def _pages(setting: Setting) -> Iterator[tuple[str, Cost | str]]:
    """Open every page there is, as whoever may."""
    people = {
        "client": setting.client.self,
        "therapist": setting.practice.therapist,
        "owner": setting.practice.owner,
    }
    for spec in sorted(ENDPOINTS, key=lambda one: one.path):
        if spec.method != "GET":
            continue
        name = f"GET {spec.path}"
        person = next((one for role, one in people.items() if spec.roles and role in spec.roles), None)
        yield name, _cost(setting, person or setting.bearer, spec)


def _cost(setting: Setting, person: Person, spec: Endpoint) -> Cost | str:
    number = setting.client.invoice_number if "invoices" in spec.path else "1"
    try:
        path = spec.path.format_map({**setting.known(), "number": number, "recording_id": setting.recording(spec.path)})
    except KeyError as error:
        return f"the bench knows no {error.args[0]}"
    wire = setting.house.wire
    wire.take()
    try:
        person.get(path)
    except ProblemError as problem:
        return f"{problem.status} {problem.type}"
    asked = wire.take()
    return Cost(len(asked), sum(one.bill.reads for one in asked if one.bill))
