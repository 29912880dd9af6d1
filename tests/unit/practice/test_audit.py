"""The audit trail: what is written, how it is chained and sealed, who may read it."""

import json
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ReadTimeoutError
from pynamodb.exceptions import PynamoDBException

from chalicelib import triggers
from chalicelib.foundation import clock, due
from chalicelib.foundation.actor import Role, clockwork
from chalicelib.foundation.audit import note_seen
from chalicelib.foundation.call import Call
from chalicelib.foundation.events import AUDIT
from chalicelib.foundation.ids import PracticeId
from chalicelib.practice.model.chain_check import Checked, check
from chalicelib.practice.service import audit

from ..conftest import NOW, CallAs
from .conftest import PASSWORD, client_of, door
from .gateway import Gateway, Somebody
from .trail import chain_all, images, kept

pytestmark = pytest.mark.usefixtures("stack")


def write(practice_id: PracticeId, *actions: str, at: datetime = NOW) -> None:
    """Do something that leaves entries."""
    write = Call(clockwork(practice_id), at).write()
    for action in actions:
        write.record(action)
    write.commit()


def messages(stack: dict[str, Any], practice_id: PracticeId) -> list[audit.Unlinked]:
    """One message for each entry."""
    return [message for image in images(stack, practice_id) for message in audit.to_be_linked([image])]


def found(stack: dict[str, Any], practice_id: PracticeId, now: datetime = NOW) -> Checked:
    return check(kept(stack, practice_id), now)


# Into the chain


def test_what_comes_twice_late_and_out_of_order_is_chained_once(stack: dict[str, Any], practice_id: PracticeId) -> None:
    write(practice_id, "one", "two", "three")
    first, second, third = messages(stack, practice_id)
    for message in (third, first, third, second, first):
        audit.link(message, NOW)
    chain_all(stack, practice_id, NOW)
    assert found(stack, practice_id) == Checked(3, 0, None, ())
    assert [link.sk for link in sorted(kept(stack, practice_id).links, key=lambda link: link.seq)] == [
        message.entries[0]["sk"]["S"] for message in (third, first, second)
    ]


def test_two_who_chain_at_once_leave_one_chain(
    stack: dict[str, Any], practice_id: PracticeId, meanwhile: dict[str, Callable[[], object]]
) -> None:
    write(practice_id, "one", "two", "three")
    first, second, third = messages(stack, practice_id)
    meanwhile["TransactWriteItems"] = lambda: audit.link(second, NOW)
    audit.link(first, NOW)
    meanwhile["TransactWriteItems"] = lambda: audit.link(third, NOW)
    audit.link(third, NOW)
    assert found(stack, practice_id) == Checked(3, 0, None, ())


@pytest.mark.parametrize("operation", ["BatchGetItem", "TransactWriteItems"])
def test_a_crash_before_a_call_leaves_nothing_half_done_and_coming_again_ends_it(
    stack: dict[str, Any], practice_id: PracticeId, failures: dict[str, Exception], operation: str
) -> None:
    write(practice_id, "one", "two")
    failures[operation] = ReadTimeoutError(endpoint_url="https://aws.test")
    with pytest.raises((PynamoDBException, ReadTimeoutError)):
        chain_all(stack, practice_id, NOW)
    failures.clear()
    assert found(stack, practice_id) == Checked(0, 2, None, ())
    chain_all(stack, practice_id, NOW)
    chain_all(stack, practice_id, NOW)  # as after a crash behind the last call
    assert found(stack, practice_id) == Checked(2, 0, None, ())


def test_an_entry_that_was_changed_before_it_was_chained_is_found(
    stack: dict[str, Any], practice_id: PracticeId
) -> None:
    write(practice_id, "one", "two")
    sent = messages(stack, practice_id)
    first, second = images(stack, practice_id)
    table = os.environ["TABLE"]
    stack["dynamodb"].put_item(TableName=table, Item={**first, "body": {"S": "{}"}})
    stack["dynamodb"].delete_item(TableName=table, Key={"pk": second["pk"], "sk": second["sk"]})
    for message in sent:
        audit.link(message, NOW)
    assert [fault.rpartition(" ")[2] for fault in found(stack, practice_id).faults] == ["changed.", "gone."]


def test_a_batch_of_the_stream_is_put_into_messages_by_practice(stack: dict[str, Any], practice_id: PracticeId) -> None:
    other = PracticeId("0" * 26)
    write(practice_id, *(str(number) for number in range(95)))
    write(other, "theirs")
    mixed = [*images(stack, practice_id)[:50], *images(stack, other), *images(stack, practice_id)[50:]]
    found = [(message.practice_id, len(message.entries)) for message in audit.to_be_linked(mixed)]
    assert found == [(practice_id, audit.LINKED_AT_ONCE), (practice_id, 5), (other, 1)]


def test_relay_and_worker_chain_what_the_stream_brings(stack: dict[str, Any], practice_id: PracticeId) -> None:
    write(practice_id, "one", "two")
    stream = {"Records": [{"dynamodb": {"NewImage": image}} for image in images(stack, practice_id)]}
    triggers.relay(stream)
    (message,) = stack["sqs"].receive_message(QueueUrl=os.environ["WORK_QUEUE_URL"])["Messages"]
    triggers.work(message["Body"])
    assert found(stack, practice_id, clock.now()).linked == 2


# Under seal


def tick(now: datetime) -> int:
    """Do what is due; return how much that was."""
    waiting = list(due.found_due(now))
    for one in waiting:
        due.do_due(one, now)
    return len(waiting)


def test_each_day_is_sealed_once_when_it_is_over(stack: dict[str, Any], practice_id: PracticeId) -> None:
    write(practice_id, "one")
    chain_all(stack, practice_id, NOW)
    assert tick(NOW + timedelta(hours=14)) == 0
    midnight = NOW.replace(hour=0) + timedelta(days=1)
    assert (tick(midnight), tick(midnight)) == (1, 0)
    (seal,) = kept(stack, practice_id).seals
    assert (seal.day, seal.seq, seal.sealed_at) == (NOW.date(), 1, midnight)


def test_days_that_were_missed_are_caught_up(stack: dict[str, Any], practice_id: PracticeId) -> None:
    write(practice_id, "one")
    chain_all(stack, practice_id, NOW)
    late = NOW + timedelta(days=40)
    assert [tick(late), tick(late), tick(late)] == [1, 1, 0]
    seals = kept(stack, practice_id).seals
    assert [seal.day for seal in seals] == [NOW.date() + timedelta(days=number) for number in range(40)]
    assert found(stack, practice_id, late).faults == ()


def test_a_seal_stays_as_it_was_set_first(
    stack: dict[str, Any], practice_id: PracticeId, failures: dict[str, Exception]
) -> None:
    write(practice_id, "one")
    chain_all(stack, practice_id, NOW)
    failures["TransactWriteItems"] = ReadTimeoutError(endpoint_url="https://aws.test")
    with pytest.raises(PynamoDBException):
        tick(NOW + timedelta(days=1))
    failures.clear()
    write(practice_id, "two")
    chain_all(stack, practice_id, NOW)
    assert tick(NOW + timedelta(days=1, minutes=10)) == 1
    (seal,) = kept(stack, practice_id).seals
    assert (seal.seq, seal.sealed_at) == (1, NOW + timedelta(days=1))
    versions = stack["s3"].list_object_versions(Bucket=os.environ["AUDIT_BUCKET"])["Versions"]
    assert len(versions) == 1


def test_a_seal_that_cannot_be_set_is_tried_again(
    stack: dict[str, Any], practice_id: PracticeId, refusals: dict[str, tuple[str, str]], failures: dict[str, Exception]
) -> None:
    write(practice_id, "one")
    chain_all(stack, practice_id, NOW)
    refusals["PutObject"] = ("SlowDown", "Please reduce your request rate.")
    with pytest.raises(Exception, match="SlowDown"):
        tick(NOW + timedelta(days=1))
    failures.clear()
    assert tick(NOW + timedelta(days=1, minutes=6)) == 1
    assert found(stack, practice_id, NOW + timedelta(days=1)).sealed == NOW.date()


def test_a_chain_that_was_forged_under_a_seal_is_found(stack: dict[str, Any], practice_id: PracticeId) -> None:
    write(practice_id, "one", "two")
    chain_all(stack, practice_id, NOW)
    tick(NOW + timedelta(days=1))
    for row in stack["dynamodb"].scan(TableName=os.environ["TABLE"])["Items"]:
        if row["kind"]["S"] in {"link", "head", "sealing"}:
            key = {"pk": row["pk"], "sk": row["sk"]}
            stack["dynamodb"].delete_item(TableName=os.environ["TABLE"], Key=key)
    for message in reversed(messages(stack, practice_id)):
        audit.link(message, NOW)
    assert found(stack, practice_id).faults == (
        f"Link 2 is not the one that was sealed on {NOW.date()}: the chain was forged.",
    )


# Looks


def seen(stack: dict[str, Any], practice_id: str) -> list[tuple[str, str]]:
    entries = [msgspec.json.decode(image["body"]["S"], type=AUDIT.shape) for image in images(stack, practice_id)]
    return [(one.person_id, one.action) for one in entries if one.action.startswith("saw")]


def test_a_look_of_staff_at_a_record_is_written_down_once_an_hour(
    stack: dict[str, Any], gateway: Gateway, owner: Somebody, therapist: Somebody
) -> None:
    path = f"/api/clients/{client_of(gateway, therapist)['client_id']}"
    for by in (owner, therapist, therapist):
        for of in (path, f"{path}/today"):
            gateway.call("GET", of, by=by)
    looks = set(seen(stack, owner.practice_id))
    assert looks == {
        (owner.person_id, "saw the card"),
        (therapist.person_id, "saw the card"),
        (therapist.person_id, "saw what is to do"),
    }
    assert len(seen(stack, owner.practice_id)) <= 2 * len(looks)  # an hour may end meanwhile


def test_looks_in_different_hours_are_two(stack: dict[str, Any], call_as: CallAs) -> None:
    for minutes in (0, 59, 60):
        call = call_as(person_id="ines", at=NOW + timedelta(minutes=minutes))
        note_seen(call, "saw the card", client_id="c")
    assert len(images(stack, call.actor.practice_id)) == 2


def test_what_cannot_be_written_down_is_not_shown(
    gateway: Gateway, therapist: Somebody, refusals: dict[str, tuple[str, str]]
) -> None:
    client_id = client_of(gateway, therapist)["client_id"]
    refusals["PutItem"] = ("ProvisionedThroughputExceededException", "Too fast")
    assert gateway.call("GET", f"/api/clients/{client_id}", by=therapist).status == 500


def test_a_client_and_a_guardian_are_entered_with_the_days_on_which_they_were_here(
    stack: dict[str, Any], gateway: Gateway, owner: Somebody, therapist: Somebody
) -> None:
    client = client_of(gateway, therapist)
    own = client["own"]["person_id"]
    opened = {"token": door(owner.practice_id, own), "password": PASSWORD}
    kept = gateway.call("POST", "/api/doors/open", opened).cookie
    assert gateway.call("POST", "/api/session/refresh", cookie=kept).status == 200  # on the same day
    entries = gateway.call("GET", f"/api/clients/{client['client_id']}/audit", by=therapist).body["entries"]
    assert [(one["name"], one["action"]) for one in entries] == [
        ("Jonas Weber", "was signed in"),
        ("Ines Duarte", "added a client"),
    ]
    assert stack


def test_clients_reading_their_own_record_make_no_call_more(
    stack: dict[str, Any], gateway: Gateway, therapist: Somebody
) -> None:
    client = client_of(gateway, therapist)
    theirs = Somebody(therapist.practice_id, client["own"]["person_id"], frozenset({Role.CLIENT}))
    assert gateway.call("GET", f"/api/clients/{client['client_id']}", by=theirs).status == 200
    assert seen(stack, therapist.practice_id) == []


# Reading it


def test_who_saw_and_changed_a_record_is_shown_with_names_newest_first(
    stack: dict[str, Any], gateway: Gateway, owner: Somebody, therapist: Somebody
) -> None:
    client = client_of(gateway, therapist)
    path = f"/api/clients/{client['client_id']}"
    gateway.call("GET", path, by=owner)
    page = gateway.call("GET", f"{path}/audit", by=therapist).body
    told = [(one["name"], one["action"], one["client_name"]) for one in page["entries"]]
    assert told == [("Ada Lind", "saw the card", "Jonas Weber"), ("Ines Duarte", "added a client", "Jonas Weber")]
    again = gateway.call("GET", f"{path}/audit", by=owner).body["entries"]
    assert (again[0]["name"], again[0]["action"]) == ("Ines Duarte", "saw who had seen the record")
    assert page["after"] is None
    assert stack


def test_what_happened_in_the_practice_is_shown_to_its_owner_once_it_is_chained(
    stack: dict[str, Any], gateway: Gateway, owner: Somebody, therapist: Somebody
) -> None:
    client_of(gateway, therapist)
    assert gateway.call("GET", "/api/audit", by=owner).body == {"entries": [], "after": None}
    chain_all(stack, owner.practice_id, NOW)
    entries = gateway.call("GET", "/api/audit", by=owner).body["entries"]
    assert [(one["name"], one["action"], one["client_name"]) for one in entries] == [
        ("Ines Duarte", "added a client", "Jonas Weber"),
        ("Ada Lind", "invited to the staff", None),
        ("Operator", "founded the practice", None),
    ]
    assert gateway.call("GET", "/api/audit", by=therapist).status == 403


def test_a_trail_has_pages_and_a_beginning_and_an_end(stack: dict[str, Any], gateway: Gateway, owner: Somebody) -> None:
    practice = PracticeId(owner.practice_id)
    for hour in range(3):
        write(practice, *(f"{hour}-{number}" for number in range(40)), at=NOW + timedelta(hours=hour))
    chain_all(stack, practice, NOW)
    span = f"since={clock.stamp(NOW + timedelta(hours=1))}&until={clock.stamp(NOW + timedelta(hours=3))}"
    actions: list[str] = []
    after = ""
    while after is not None:
        page = gateway.call("GET", f"/api/audit?{span}{after and f'&after={after}'}", by=owner).body
        actions += [one["action"] for one in page["entries"]]
        after = page["after"]
    assert len(actions) == 80
    assert {action.partition("-")[0] for action in actions[:40]} == {"2"}


@pytest.mark.parametrize(
    "query",
    [
        "since=2026",
        "until=yesterday",
        "since=2026-05-14T00:00:00",
        "after=zzz",
        "until=9999-12-31T23:59:59-14:00",
        "since=0001-01-01T00:00:00+14:00",
    ],
)
def test_a_page_that_makes_no_sense_is_refused(gateway: Gateway, owner: Somebody, query: str) -> None:
    assert gateway.call("GET", f"/api/audit?{query}", by=owner).status == 422


def test_a_seal_says_nothing_but_how_far_the_chain_went(stack: dict[str, Any], practice_id: PracticeId) -> None:
    write(practice_id, "one")
    chain_all(stack, practice_id, NOW)
    tick(NOW + timedelta(days=1))
    bucket = os.environ["AUDIT_BUCKET"]
    body = stack["s3"].get_object(Bucket=bucket, Key=f"{practice_id}/{NOW.date()}.json")["Body"].read()
    assert json.loads(body).keys() == {"practice_id", "day", "seq", "hash", "sealed_at"}
