"""What a step of the loop asks of AWS, exactly: calls for each request, units beside what the items themselves cost."""

from collections.abc import Iterator, Sequence

from bench.depot import Key, read_units, write_units
from bench.house import House, Step
from bench.loop import Practice
from bench.rows import Row

CALLS = {"today": 1, "lesson": 1, "submit": 2, "review": 2, "feedback": 2, "add a client": 5}
"""AWS calls that a request may make; signing an address makes none. Whether an owner is one still is a read more."""
ANY_CALLS = 4
"""The same for any other request."""
UNITS = 1.25
"""Units that a step may consume beside those of its items: each looked for once and written once in a run of a
function, by DynamoDB's rounding, a write in a transaction twice, an entry of an index as the item that it is. What is
over 1 was read or written again. Beside the items' sizes alone, each once in the whole step, in no transaction and no
index, it is shown and held to nothing: that is what transactions, the index and runs apart from each other cost."""


def loop_steps() -> list[Step]:
    """Go round the loop once, in memory."""
    house = House()
    with house.wire.strung():
        practice = Practice(house)
        house.steps.clear()
        client = practice.client()
        client.do_program()
        client.time_passes()
    return house.steps


def counts(steps: Sequence[Step]) -> list[Row]:
    """Hold every step to its calls and units, each at its worst time around."""
    times: dict[str, list[Step]] = {}
    for step in steps:
        times.setdefault(step.name, []).append(step)
    calls = [
        Row(
            name=f"AWS calls: {name}",
            value=max(len(step.request) for step in taken),
            beside="–",
            at_most=CALLS.get(name, ANY_CALLS),
            unit="calls",
        )
        for name, taken in times.items()
        if any(step.invocations.get("APIHandler") == 1 for step in taken)
    ]
    units = [row for name, taken in times.items() if not taken[0].shared for row in _units_rows(name, taken)]
    return calls + units


def _units_rows(name: str, taken: Sequence[Step]) -> Iterator[Row]:
    for beside, told, own, at_most in (
        ("with what follows", "each item looked for once and written once a run", _own, UNITS),
        ("beside the sizes alone", "each item once a step, by 4 KB read and 1 KB written", _sizes, None),
    ):
        worst = max(taken, key=lambda step, own=own: _spent(step) / own(step))  # type: ignore[misc] # own is of this turn
        yield Row(
            name=f"units: {name}, {beside}",
            value=round(_spent(worst) / own(worst), 3),
            beside=f"{told}: {own(worst):g} units",
            at_most=at_most,
            unit="ratio of units",
        )


def _spent(step: Step) -> float:
    """Units that a step spent."""
    return sum(asked.bill.reads + asked.bill.writes for asked in (*step.request, *step.after) if asked.bill)


def _sizes(step: Step) -> float:
    """Units of the items of a step by their sizes alone: each looked for once and written once in all of it."""
    sizes: dict[tuple[Key, bool], int] = {}
    for asked in (*step.request, *step.after):
        for touch in asked.bill.touched if asked.bill else ():
            place = touch.key, touch.wrote
            sizes[place] = max(sizes.get(place, 0), touch.size)
    return sum(write_units(size) if wrote else read_units(size, consistent=True) for (_, wrote), size in sizes.items())


def _own(step: Step) -> float:
    """Units of the items of a step: in each run of a function, each item looked for once and written once."""
    own: dict[tuple[int, Key, bool], float] = {}
    for asked in (*step.request, *step.after):
        for touch in asked.bill.touched if asked.bill else ():
            place = asked.run, touch.key, touch.wrote
            own[place] = max(own.get(place, 0), touch.units)
    return sum(own.values())
