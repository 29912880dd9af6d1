"""What somebody chooses, what the clock does then, and what came of it: for tests of reminders."""

from datetime import UTC, datetime, timedelta

from chalicelib.contact import service
from chalicelib.contact.model import SCHEDULE, ContactLine, Schedule
from chalicelib.contact.shapes import ChangeReminders, Reminders
from chalicelib.contact.store import schedule_key

from ..conftest import NOW
from .house import House, Wire

# NOW is Thursday, 14 May 2026, 09:00 UTC; Dublin is an hour ahead.
THURSDAY = datetime(2026, 5, 14, 16, 30, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
EVERY_DAY = ChangeReminders(on=True, weekdays=tuple(range(7)), at="17:30", time_zone="Europe/Dublin")


def choose(house: House, change: ChangeReminders = EVERY_DAY, at: datetime = NOW) -> Reminders:
    _, revision = service.reminders(house.as_dana(at), house.client_id)
    return service.change_reminders(house.as_dana(at, if_match=revision), house.client_id, change)[0]


def schedule(house: House) -> Schedule:
    stored = house.table.get(SCHEDULE, schedule_key(house.client_id))
    assert stored is not None
    return stored.value


def last(house: House) -> ContactLine:
    return house.log()[-1]


def practise(house: House, at: datetime = NOW) -> None:
    write = house.clockwork(at).write()
    write.tell("lesson.submitted", client_id=house.client_id)
    write.commit()
    house.settle(NOW)


def stop_token(wire: Wire) -> str:
    return wire.texts()[-1].rpartition("/stop#")[2].strip()


def keep_practising(house: House, wire: Wire) -> None:
    """Note practice before every write from now on, so that none of them finds the schedule as it was read."""
    busy = False

    def practise_always(_number: int, operation: str) -> None:
        nonlocal busy
        if operation == "TransactWriteItems" and not busy:
            busy = True
            service.note_practice(house.clockwork(NOW), house.client_id, NOW)
            busy = False

    wire.watch(before=practise_always)
