"""The rules about people."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.foundation.actor import Role
from chalicelib.foundation.ids import ClientId, PersonId
from chalicelib.foundation.table import LONGEST_KEY
from chalicelib.practice.model import (
    DOORS_AN_HOUR,
    OPEN_FOR,
    ActsFor,
    Door,
    DoorLog,
    Person,
    Purpose,
    Relation,
    acting_for,
    another_door,
    email_hint,
    knowing_as,
    no_longer_acting_for,
    opens,
    same_address,
    sort_name,
    tidy,
)

NOW = datetime(2026, 5, 14, 9, tzinfo=UTC)
ADA = Person(person_id=PersonId("a"), name="Ada", email="ada@lind.example", roles=frozenset({Role.OWNER}), since=NOW)
RELATIONS = st.sampled_from([Relation.SELF, Relation.GUARDIAN])
ACTS = st.builds(
    ActsFor,
    client_id=st.sampled_from([ClientId(one) for one in "abc"]),
    name=st.just("Jonas"),
    relation=RELATIONS,
)


@given(st.lists(ACTS), ACTS)
def test_ending_what_was_just_begun_leaves_the_person_as_they_were(before: list[ActsFor], acts: ActsFor) -> None:
    person = ADA
    for one in before:
        person = acting_for(person, one)
    person = no_longer_acting_for(person, acts.client_id)
    assert no_longer_acting_for(acting_for(person, acts), acts.client_id) == person


@given(st.lists(ACTS))
def test_roles_follow_from_the_clients_and_a_staff_role_stays(every: list[ActsFor]) -> None:
    person = ADA
    for one in every:
        person = acting_for(person, one)
    relations = {one.relation for one in person.clients}
    assert (Role.CLIENT in person.roles) == (Relation.SELF in relations)
    assert (Role.GUARDIAN in person.roles) == (Relation.GUARDIAN in relations)
    assert Role.OWNER in person.roles
    assert len({one.client_id for one in person.clients}) == len(person.clients)


def test_a_new_name_of_a_client_is_the_name_of_who_is_that_client_only() -> None:
    child = ActsFor(client_id=ClientId("c"), name="Mia", relation=Relation.GUARDIAN)
    own = ActsFor(client_id=ClientId("o"), name="Ada", relation=Relation.SELF)
    person = acting_for(acting_for(ADA, child), own)
    assert knowing_as(person, ClientId("c"), "Mia Lind").name == "Ada"
    renamed = knowing_as(person, ClientId("o"), "Ada Berg")
    assert (renamed.name, [one.name for one in renamed.clients]) == ("Ada Berg", ["Mia", "Ada Berg"])


@given(st.text())
def test_a_tidy_name_stands_on_one_line_and_stays_tidy(name: str) -> None:
    kept = tidy(name)
    assert kept == tidy(kept)
    assert kept.isprintable()
    assert kept == kept.strip()


def test_names_are_ordered_without_case_and_accents() -> None:
    assert sorted(["Zoe", "émile", "Ärzte", "Bo"], key=sort_name) == ["Ärzte", "Bo", "émile", "Zoe"]


def test_two_spellings_of_an_address_are_one() -> None:
    assert same_address(" Ada@Lind.Example\n") == "ada@lind.example"


@pytest.mark.parametrize(("email", "hint"), [("ines@x.example", "i•••s@x.example"), ("io@x.example", "i•••@x.example")])
def test_a_hint_of_an_address_shows_its_ends(email: str, hint: str) -> None:
    assert email_hint(email) == hint


@given(st.lists(st.integers(0, 200), max_size=30).map(sorted))
def test_nobody_is_sent_more_than_three_doors_of_a_kind_within_an_hour(minutes: list[int]) -> None:
    log = DoorLog()
    made: list[datetime] = []
    for minute in minutes:
        at = NOW + timedelta(minutes=minute)
        more = another_door(log, Purpose.RESET, at)
        if more:
            log = more
            made.append(at)
    for at in made:
        assert sum(at <= other < at + timedelta(hours=1) for other in made) <= DOORS_AN_HOUR
    assert len(log.made) <= DOORS_AN_HOUR


def test_resets_that_a_stranger_asks_for_do_not_use_up_the_invitations() -> None:
    log = DoorLog()
    for _ in range(DOORS_AN_HOUR):
        log = another_door(log, Purpose.RESET, NOW) or log
    assert another_door(log, Purpose.RESET, NOW) is None
    assert another_door(log, Purpose.INVITATION, NOW)


def test_a_door_opens_once_in_time_and_not_after_a_newer_one() -> None:
    made = Door(person_id=ADA.person_id, purpose=Purpose.RESET, made_at=NOW, expires_at=NOW + OPEN_FOR[Purpose.RESET])
    assert opens(made, ADA, NOW)
    assert not opens(made, ADA, made.expires_at)
    assert not opens(msgspec.structs.replace(made, used_at=NOW), ADA, NOW)
    later = msgspec.structs.replace(ADA, opened_at=NOW + timedelta(minutes=1))
    assert not opens(made, later, NOW + timedelta(minutes=2))


@given(st.text(min_size=1, max_size=120) | st.text(alphabet="ﷺ한", min_size=100, max_size=120))
def test_every_name_fits_into_the_key_of_a_list(name: str) -> None:
    assert len(f"client#{sort_name(name)}#{'0' * 26}".encode()) <= LONGEST_KEY
