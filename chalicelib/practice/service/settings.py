"""The practice itself: its settings, its staff."""

import msgspec

from chalicelib.foundation.call import Call
from chalicelib.foundation.clock import zone
from chalicelib.foundation.errors import Invalid, NotFound, StaleWrite
from chalicelib.practice.model import STAFF_ROLES, Practice, StaffLine, sort_name
from chalicelib.practice.service.people import named, view
from chalicelib.practice.shapes import PracticeSettings, PracticeView
from chalicelib.practice.store import PracticePage, PracticeStore


def known_zone(name: str) -> str:
    """Return the name of a time zone; raise Invalid where there is none of that name."""
    try:
        return zone(name).key
    except ValueError:
        message = "Please give a time zone by its IANA name, such as Europe/Lisbon. Nothing was changed."
        raise Invalid(message) from None


def see_practice(call: Call) -> tuple[PracticeView, int]:
    """Return the practice with its staff, and the version of its settings. One read."""
    page = _page(call)
    return _view(page.practice.value, page.staff), page.practice.version


def change_practice(call: Call, settings: PracticeSettings) -> tuple[PracticeView, int]:
    """Change the practice's settings. What was promised to clients before stays promised.

    Raise StaleWrite with both where somebody else has changed them since, unless to the very same.
    """
    page = _page(call)
    changed = msgspec.structs.replace(
        page.practice.value,
        name=named(settings.name),
        time_zone=known_zone(settings.time_zone),
        answer_within_hours=settings.answer_within_hours,
        review_links_need_sign_in=settings.review_links_need_sign_in,
        longest_recording_minutes=settings.longest_recording_minutes or page.practice.value.longest_recording_minutes,
    )
    if page.practice.version != call.version:
        if changed == page.practice.value:
            return _view(changed, page.staff), page.practice.version
        raise StaleWrite(current=_view(page.practice.value, page.staff), yours=settings)
    write = call.write()
    write.replace(page.practice, changed, otherwise=lambda: StaleWrite(current=see_practice(call)[0], yours=settings))
    write.record("changed the practice's settings")
    return write.commit(_view(changed, page.staff)), page.practice.version + 1


def _page(call: Call) -> PracticePage:
    page = PracticeStore(call.table).page()
    if page is None:
        raise NotFound
    return page


def _view(practice: Practice, staff: list[StaffLine]) -> PracticeView:
    here = [one for one in staff if STAFF_ROLES.intersection(one.roles)]
    by_name = sorted(here, key=lambda one: (sort_name(one.name), one.person_id))
    return PracticeView(practice=practice, staff=tuple(view(one) for one in by_name))
