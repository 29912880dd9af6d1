"""What a step of the loop asks of AWS, exactly: calls for each request, units beside what the items themselves cost."""

from collections.abc import Sequence

from bench.depot import Key, read_units, write_units
from bench.house import House, Step
from bench.loop import Practice
from bench.rows import Row

CALLS = {"today": 1, "lesson": 1, "submit": 2, "review": 2, "feedback": 2}
"""AWS calls that a request may make; signing an address makes none."""
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
    names = list(dict.fromkeys(step.name for step in steps))
    calls = {name: max(len(step.request) for step in steps if step.name == name) for name in names}
    single = {
        name for name in names if any(step.invocations.get("APIHandler") == 1 for step in steps if step.name == name)
    }
    rows = [
        Row(
            name=f"AWS calls: {name}",
            value=calls[name],
            beside="–",
            at_most=CALLS.get(name, ANY_CALLS),
            unit="calls",
        )
        for name in names
        if name in single
    ]
    for name in dict.fromkeys(step.name for step in steps if not step.shared):
        spent, own = max((_units(step) for step in steps if step.name == name), key=lambda pair: pair[0] / pair[1])
        rows.append(
            Row(
                name=f"units: {name}, with what follows",
                value=round(spent / own, 3),
                beside=f"each item looked for once and written once a run: {own:g} units",
                at_most=UNITS,
                unit="ratio of units",
            )
        )
        spent, sizes = max(
            ((_units(step)[0], _sizes(step)) for step in steps if step.name == name), key=lambda pair: pair[0] / pair[1]
        )
        rows.append(
            Row(
                name=f"units: {name}, beside the sizes alone",
                value=round(spent / sizes, 3),
                beside=f"each item once a step, by 4 KB read and 1 KB written: {sizes:g} units",
                at_most=None,
                unit="ratio of units",
            )
        )
    return rows


def _sizes(step: Step) -> float:
    """Units of the items of a step by their sizes alone."""
    bills = [asked.bill for asked in (*step.request, *step.after) if asked.bill]
    touched = [touch for bill in bills for touch in bill.touched]
    sizes = {
        (touch.key, touch.wrote): max(
            other.size for other in touched if (other.key, other.wrote) == (touch.key, touch.wrote)
        )
        for touch in touched
    }
    return sum(write_units(size) if wrote else read_units(size, consistent=True) for (_, wrote), size in sizes.items())


def _units(step: Step) -> tuple[float, float]:
    """Units that a step spent, and those of its items: in each run of a function, each item looked for once and
    written once."""
    bills = [(asked.run, asked.bill) for asked in (*step.request, *step.after) if asked.bill]
    spent = sum(bill.reads + bill.writes for _, bill in bills)
    own: dict[tuple[int, Key, bool], float] = {}
    for run, bill in bills:
        for touch in bill.touched:
            place = run, touch.key, touch.wrote
            own[place] = max(own.get(place, 0), touch.units)
    return spent, sum(own.values())
