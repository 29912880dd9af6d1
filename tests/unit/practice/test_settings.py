"""The practice's settings."""

from typing import Any

import pytest

from chalicelib.foundation.actor import Role

from .gateway import Gateway, Reply, Somebody

SETTINGS = {
    "name": "Praxis Lind & Horn",
    "time_zone": "Europe/Berlin",
    "answer_within_hours": 24,
    "review_links_need_sign_in": True,
}


def _change(gateway: Gateway, by: Somebody, version: int | None = 1, **changes: Any) -> Reply:
    return gateway.call("PUT", "/api/practice", SETTINGS | changes, by=by, if_match=version)


def test_an_owner_changes_the_settings(gateway: Gateway, owner: Somebody) -> None:
    before = gateway.call("GET", "/api/practice", by=owner)
    reply = _change(gateway, owner, before.version)
    assert (reply.status, reply.version) == (200, 2)
    assert SETTINGS.items() <= reply.body["practice"].items()
    assert reply.body["practice"]["currency"] == "EUR"
    after = gateway.call("GET", "/api/practice", by=owner)
    assert (after.body, after.version) == (reply.body, 2)


def test_recordings_may_be_longer_and_who_does_not_know_of_that_leaves_it(gateway: Gateway, owner: Somebody) -> None:
    assert gateway.call("GET", "/api/practice", by=owner).body["practice"]["longest_recording_minutes"] == 20
    assert _change(gateway, owner, longest_recording_minutes=120).status == 200
    after = _change(gateway, owner, 2, name="Praxis Tal")
    assert after.body["practice"]["longest_recording_minutes"] == 120


def test_two_owners_at_once_are_shown_both_texts(gateway: Gateway, owner: Somebody) -> None:
    _change(gateway, owner)
    reply = _change(gateway, owner, name="Praxis Tal")
    assert (reply.status, reply.body["current"]["practice"]["name"]) == (409, "Praxis Lind & Horn")
    assert reply.body["yours"]["name"] == "Praxis Tal"
    assert _change(gateway, owner, None).status == 428


def test_the_same_settings_again_after_a_lost_answer_are_answered(gateway: Gateway, owner: Somebody) -> None:
    first, again = _change(gateway, owner), _change(gateway, owner)
    assert (again.status, again.version, again.body) == (200, 2, first.body)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": " "},
        {"time_zone": "Lisbon"},
        {"answer_within_hours": 0},
        {"answer_within_hours": 337},
        {"answer_within_hours": "48"},
        {"review_links_need_sign_in": "yes"},
        {"longest_recording_minutes": 19},
        {"longest_recording_minutes": 121},
        {"currency": "USD"},
        {"practice_id": "0" * 26},
    ],
)
def test_settings_that_make_no_sense_are_refused(gateway: Gateway, owner: Somebody, changes: dict[str, Any]) -> None:
    assert _change(gateway, owner, **changes).status == 422


def test_staff_see_the_settings_and_owners_change_them(gateway: Gateway, therapist: Somebody) -> None:
    assert gateway.call("GET", "/api/practice", by=therapist).status == 200
    assert _change(gateway, therapist).status == 403
    stranger = Somebody(therapist.practice_id, therapist.person_id, frozenset({Role.CLIENT}))
    assert gateway.call("GET", "/api/practice", by=stranger).status == 403
