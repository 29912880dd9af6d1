"""An erased client is gone: at once for everybody, within minutes from everywhere, and nothing brings them back."""

import contextlib

import pytest

from chalicelib.foundation import due, places
from chalicelib.foundation.ids import PersonId
from chalicelib.foundation.kinds import KINDS, Erase
from chalicelib.foundation.table import Key
from chalicelib.media.intake import process_upload
from chalicelib.media.model import RECORDING
from chalicelib.practice import accounts

from ..media.faults import BadDay, Lost
from .life import WORDS, Life, film


def _left(life: Life) -> dict[str, str]:
    """What is left of Mia in the table, by place, but for messages, which hold ids for a month."""
    return {f"{row.pk} {row.sk}": row.kind for row in life.of_mia() if row.kind != "outbox"}


def _remove_kinds() -> set[str]:
    return {name for name, kind in KINDS.items() if kind.handling.erase is Erase.REMOVE}


def test_whatever_breaks_and_however_late_it_comes_nothing_of_the_client_is_left(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, reminder = life.events(), life.reminder_due()
    late = [life.stranded, life.upload(life.record(1), complete=True)]
    half = life.record(1)
    life.erase()

    # At once: nobody opens the record, and what was in the middle of something is turned away.
    for by in (life.ana, life.ines, life.jonas, life.mia_herself):
        for path in ("", "/data", "/invoices"):
            assert life.try_("GET", f"/api/clients/{{mia}}{path}", by).status in {403, 404}
    lesson = f"/api/clients/{{mia}}/enrolments/{life.enrolment}/lessons/1"
    assert life.try_("PUT", f"{lesson}/answers/ease", life.jonas, {"value": 1}, if_match=0).status == 404
    assert life.try_("POST", f"{lesson}/submission", life.jonas, {"comment": "", "revision": 1}).status == 404
    assert life.try_("POST", "/api/review-link", None, {"token": life.token}).status == 410
    names = [line["name"] for line in life.ask("GET", "/api/clients", life.ana)["clients"]]
    assert names == ["Leo"]

    # Whichever call breaks, the next run goes on; what comes in between changes nothing.
    bad_day = BadDay(monkeypatch)
    for number in range(200):
        broke = False
        for applied in (False, True):
            bad_day.fail(number, applied=applied)
            with contextlib.suppress(Lost):
                _run(life)
            broke = broke or bad_day.calls > number
            bad_day.over()
        if number % 12 == 0:
            process_upload(late[0], life.now, work=film)
            life.deliver_once(before[number % len(before)])
        if not broke:
            break
    assert number > 15, "a run makes more calls than that"
    life.to_the_end()

    # Late, and once more: uploads, events, a reminder's message.
    for event in late:
        process_upload(event, life.now, work=film)
    for told in before:
        life.deliver_once(told)
    due.do_due(reminder, life.now)
    life.deliver()
    with contextlib.suppress(life.stack["s3"].exceptions.ClientError, ValueError):
        life.upload(half, complete=True)

    left = _left(life)
    assert not set(left.values()) & _remove_kinds(), left
    assert set(left.values()) == {"audit", "tombstone", "erasure", "invoice", "invoice_line"}
    assert [key for key in life.files() if "/invoices/" not in key] == []
    assert accounts.find(WORDS["own"]) is None
    assert not [row.sk for row in life.rows() if life.mia_herself.person_id in f"{row.pk} {row.sk}"]

    # Jonas stays, for Leo; the invoice stays, for the law; the owner can still open it.
    assert accounts.find("jonas@home.example")
    me = life.ask("GET", f"/api/clients/{life.leo}", life.jonas)
    assert me["guardians"] == [{"person_id": life.jonas.person_id, "name": "Jonas Weber"}]
    assert life.ask("GET", "/api/invoices", life.ana)["invoices"][0]["client_name"] == WORDS["name"]
    assert life.ask("GET", "/api/clients/{mia}/invoices/2026-0001/pdf", life.ana)["url"]
    assert life.audit().count("erased the client") == life.audit().count("erased the last of the client") == 1


def _run(life: Life) -> None:
    """Deliver the tick's message again, as the queue does."""
    message = due.Due(pk=f"{life.practice_id}#erasures", sk=life.mia, kind="erasure", at=life.now)
    due.do_due(message, life.now)


def test_an_account_that_is_brought_up_to_date_late_is_removed_again(practice: Life) -> None:
    practice.erase()
    person_id = PersonId(practice.mia_herself.person_id)
    practice.deliver()
    assert accounts.find(WORDS["own"]) is None
    for event in practice.events():
        if event.ids.get("person_id") == person_id:
            practice.deliver_once(event)
    assert accounts.find(WORDS["own"]) is None


def test_what_goes_and_what_stays_is_shown_first_and_the_name_is_asked_for(practice: Life) -> None:
    shown = practice.ask("GET", "/api/clients/{mia}/erasure", practice.ana)
    assert shown["client_name"] == WORDS["name"]
    assert shown["held"] is None
    assert any("tax law" in line for line in shown["stays"])
    refused = practice.try_("POST", "/api/clients/{mia}/erasure", practice.ana, {"name": "Mia"})
    assert (refused.status, refused.body["type"]) == (422, "other-name")
    assert practice.try_("POST", "/api/clients/{mia}/erasure", practice.ines, {"name": WORDS["name"]}).status == 403


def test_what_is_very_many_is_not_counted_to_its_end(life: Life) -> None:
    page, table = "/api/clients/{mia}/erasure", life.call().table
    there = table.under(places.client(life.mia), places.RECORDING).all(RECORDING)
    assert any(line.startswith(f"{len(there)} recording") for line in life.ask("GET", page, life.ana)["goes"])
    stored = there[0]
    for start in range(0, 100, 25):
        write = life.call().write()
        for number in range(start, start + 25):
            write.put(RECORDING, Key(stored.key.part, f"{places.RECORDING}{number:03}"), stored.value)
        write.commit()
    assert any(line.startswith("At least 100 recordings") for line in life.ask("GET", page, life.ana)["goes"])


def test_a_hold_keeps_the_record_from_being_erased_until_it_is_lifted(practice: Life) -> None:
    held = {"ended_on": None, "hold_reason": "A court asked for the record."}
    practice.ask("PUT", "/api/clients/{mia}/keeping", practice.ana, held, if_match=0)
    refused = practice.try_("POST", "/api/clients/{mia}/erasure", practice.ana, {"name": WORDS["name"]})
    assert (refused.status, refused.body["type"]) == (409, "on-hold")
    assert "A court asked" in practice.ask("GET", "/api/clients/{mia}/erasure", practice.ana)["held"]
    lifted = {"ended_on": None, "hold_reason": None}
    practice.ask("PUT", "/api/clients/{mia}/keeping", practice.ana, lifted, if_match=1)
    practice.erase()
    assert {"put the record on hold", "lifted the hold", "erased the client"} <= set(practice.audit())
