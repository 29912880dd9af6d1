"""The chain over the audit trail: what anybody does to a row of it is found."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.foundation.clock import stamp
from chalicelib.foundation.events import Entry
from chalicelib.foundation.ids import ClientId, PersonId, PracticeId, new_id
from chalicelib.foundation.places import audit
from chalicelib.practice.model.chain import Head, Image, Link, Seal, follow, link_hash
from chalicelib.practice.model.chain_check import ON_ITS_WAY, Checked, Trail, check

from ..conftest import NOW

PRACTICE = PracticeId("p" * 26)
BEGAN = NOW - timedelta(days=4)
replace = msgspec.structs.replace


def entry(number: int, at: datetime | None = None, **ids: str) -> Image:
    """A row as the stream gives it."""
    at = at or BEGAN + timedelta(hours=number)
    part = audit(ClientId(f"c{number % 2}") if number % 3 else None)
    body = Entry(at=at, person_id=PersonId("ines"), action="saw the card", ids=ids)
    return {
        "pk": {"S": f"{PRACTICE}#{part}"},
        "sk": {"S": f"{stamp(at)}#{new_id(at)}"},
        "kind": {"S": "audit"},
        "version": {"N": "1"},
        "body": {"S": msgspec.json.encode(body).decode()},
    }


def seal_of(link: Link, day: int) -> Seal:
    at = BEGAN + timedelta(days=day)
    return Seal(practice_id=PRACTICE, day=at.date(), seq=link.seq, hash=link.hash, sealed_at=at)


def trail(size: int, sealed_at: tuple[int, ...]) -> Trail:
    """A trail of that many entries, with a seal after each of these numbers of them."""
    entries = [entry(number) for number in range(size)]
    links = follow(PRACTICE, Head(), entries, BEGAN)
    seals = [seal_of(links[number - 1], day) for day, number in enumerate(sealed_at)]
    return Trail(PRACTICE, entries, links, Head(seq=size, hash=links[-1].hash), seals)


@st.composite
def trails(draw: st.DrawFn) -> Trail:
    size = draw(st.integers(4, 12))
    sealed = draw(st.lists(st.integers(1, size), min_size=2, max_size=2))
    return trail(size, tuple(sorted(sealed)))


def faults(of: Trail) -> tuple[str, ...]:
    return check(of, NOW).faults


@given(trails())
def test_a_trail_that_nobody_touched_has_no_faults(of: Trail) -> None:
    assert faults(of) == ()


# What somebody with every right over the table may do to the entries.


@given(trails(), st.data())
def test_an_attribute_that_was_changed_is_found(of: Trail, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(of.entries) - 1))
    name = data.draw(st.sampled_from(["kind", "version", "body", "expires_at"]))
    before: Any = of.entries[number].get(name, {"S": ""})
    ((how, text),) = before.items()
    entries = [dict(one) for one in of.entries]
    entries[number][name] = {how: text + data.draw(st.text("0123456789", min_size=1))}
    (found,) = faults(of._replace(entries=entries))
    assert found.endswith("was changed.")


@given(trails(), st.sampled_from(["at", "person_id", "action", "ids"]), st.data())
def test_a_field_that_was_changed_is_found(of: Trail, name: str, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(of.entries) - 1))
    entries = [dict(one) for one in of.entries]
    body = msgspec.json.decode(entries[number]["body"]["S"])
    body[name] = {"client_id": "another"} if name == "ids" else f"{body[name]}x"
    entries[number]["body"] = {"S": msgspec.json.encode(body).decode()}
    assert len(faults(of._replace(entries=entries))) == 1


@given(trails(), st.data())
def test_entries_that_were_dropped_are_found(of: Trail, data: st.DataObject) -> None:
    left = data.draw(st.sets(st.integers(0, len(of.entries) - 1), max_size=len(of.entries) - 1))
    found = faults(of._replace(entries=[of.entries[number] for number in sorted(left)]))
    assert len(found) == len(of.entries) - len(left)
    assert all("is gone" in one for one in found)


@given(trails(), st.data())
def test_entries_whose_words_were_swapped_are_found(of: Trail, data: st.DataObject) -> None:
    one, other = data.draw(st.lists(st.integers(0, len(of.entries) - 1), min_size=2, max_size=2, unique=True))
    entries = [dict(row) for row in of.entries]
    entries[one]["body"], entries[other]["body"] = entries[other]["body"], entries[one]["body"]
    assert len(faults(of._replace(entries=entries))) == 2


@given(trails(), st.integers(0, 90))
def test_an_entry_that_was_put_in_is_found(of: Trail, hours: int) -> None:
    forged = entry(1, at=BEGAN + timedelta(hours=hours))
    (found,) = faults(of._replace(entries=[*of.entries, forged]))
    assert found.endswith("is not in the chain.")


def test_an_entry_is_waited_for_as_long_as_its_way_takes_and_no_longer() -> None:
    of = trail(4, (2, 4))
    on_its_way = of._replace(entries=[*of.entries, entry(1, at=NOW - ON_ITS_WAY / 2)])
    assert check(on_its_way, NOW) == Checked(4, 1, of.seals[-1].day, ())
    assert len(check(on_its_way, NOW + ON_ITS_WAY).faults) == 1
    from_the_future = of._replace(entries=[*of.entries, entry(1, at=NOW + timedelta(days=1))])
    assert len(check(from_the_future, NOW).faults) == 1
    unreadable = {**entry(1, at=NOW), "body": {"S": "{"}}
    assert len(check(of._replace(entries=[*of.entries, unreadable]), NOW).faults) == 1


# And to the chain itself.


def forged(of: Trail, links: list[Link]) -> Trail:
    """The trail with other links, and the head that fits them."""
    last = max(links, key=lambda link: link.seq, default=None)
    return of._replace(links=links, head=Head(seq=last.seq, hash=last.hash) if last else None)


def relinked(entries: list[Image]) -> list[Link]:
    return follow(PRACTICE, Head(), entries, BEGAN)


@given(trails(), st.data())
def test_a_link_that_was_changed_is_found_even_with_a_hash_that_fits(of: Trail, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(of.links) - 2))
    change: dict[str, Any] = data.draw(
        st.sampled_from([{"seq": 99}, {"part": "audit#x"}, {"sk": "x"}, {"entry": "x"}, {"previous": "x"}, {"at": NOW}])
    )
    changed = replace(of.links[number], **change)
    links = list(of.links)
    links[number] = changed
    assert faults(of._replace(links=links))
    links[number] = replace(changed, hash=link_hash(PRACTICE, changed))
    assert faults(of._replace(links=links))


@given(trails(), st.data())
def test_a_link_and_its_entry_that_were_dropped_together_are_found(of: Trail, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(of.entries) - 2))
    links = [link for link in of.links if link.seq != number + 1]
    entries = [row for row in of.entries if row is not of.entries[number]]
    assert faults(of._replace(entries=entries, links=links))


@given(trails(), st.data())
def test_two_links_in_each_others_place_are_found(of: Trail, data: st.DataObject) -> None:
    one, other = data.draw(st.lists(st.integers(0, len(of.links) - 1), min_size=2, max_size=2, unique=True))
    links = list(of.links)
    links[one], links[other] = replace(links[one], seq=other + 1), replace(links[other], seq=one + 1)
    assert faults(of._replace(links=links))


@given(trails(), st.data())
def test_an_end_that_was_cut_off_is_found_by_head_and_seal(of: Trail, data: st.DataObject) -> None:
    left = data.draw(st.integers(0, len(of.entries) - 1))
    cut = of._replace(entries=of.entries[:left], links=of.links[:left])
    assert faults(cut)
    with_its_head = forged(cut, list(cut.links))
    sealed = max(seal.seq for seal in of.seals)
    assert bool(faults(with_its_head)) == (left < sealed)


@given(trails(), st.sampled_from(["change", "drop", "swap", "insert"]), st.data())
def test_a_chain_that_was_forged_from_a_sealed_entry_on_is_found_by_the_seal(
    of: Trail, how: str, data: st.DataObject
) -> None:
    sealed = max(seal.seq for seal in of.seals)
    number = data.draw(st.integers(0, sealed - 1))
    entries = list(of.entries)
    if how == "change":
        entries[number] = {**entries[number], "body": {"S": "{}"}}
    elif how == "drop":
        entries.pop(number)
    elif how == "swap":
        other = data.draw(st.integers(0, len(entries) - 1).filter(lambda index: index != number))
        entries[number], entries[other] = entries[other], entries[number]
    else:
        entries.insert(number, entry(number))
    assert faults(forged(of._replace(entries=entries), relinked(entries)))


# And to the seals, where it can at all.


def test_a_seal_of_another_practice_or_out_of_order_is_found() -> None:
    of = trail(6, (3, 6))
    theirs = replace(of.seals[0], practice_id=PracticeId("q" * 26))
    assert faults(of._replace(seals=[theirs, of.seals[1]])) == (f"The seal of {theirs.day} is another practice's.",)
    backwards = [seal_of(of.links[5], 0), seal_of(of.links[2], 1)]
    assert faults(of._replace(seals=backwards)) == (
        f"The chain was longer on {backwards[0].day} than on {backwards[1].day}.",
    )


def test_a_day_without_a_seal_is_found_once_it_should_have_one() -> None:
    of = trail(6, (3, 6))
    first, second = of.seals
    assert faults(of._replace(seals=[second])) == (f"There is no seal for {first.day}.",)
    assert faults(of._replace(seals=[])) == (
        f"There is no seal for {first.day}.",
        f"There is no seal for {second.day}.",
    )


def test_a_practice_in_which_nothing_happened_has_nothing_to_find() -> None:
    assert check(Trail(PRACTICE, [], [], None, []), NOW) == Checked(0, 0, None, ())


@given(st.integers(1, 12), st.integers(0, 12))
def test_a_chain_is_the_same_however_it_was_cut_into_messages(size: int, at: int) -> None:
    entries = [entry(number) for number in range(size)]
    whole = relinked(entries)
    first = follow(PRACTICE, Head(), entries[:at], BEGAN)
    end = Head(seq=first[-1].seq, hash=first[-1].hash) if first else Head()
    assert [*first, *follow(PRACTICE, end, entries[at:], BEGAN)] == whole
