"""What the practice has settled to keep no longer goes by itself, unless a hold keeps it."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.foundation.erased import is_erased
from chalicelib.foundation.settings import settings
from chalicelib.media import service as media
from chalicelib.privacy.model import ended_by, kept_until
from chalicelib.privacy.service import retaining
from chalicelib.privacy.store.rows import PrivacyStore

from .life import DAY, HOUR, Life

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
YEARS = st.integers(1, 50)


@given(DAYS, YEARS)
def test_a_record_is_kept_for_all_its_years_and_not_a_day_longer(ended_on: date, years: int) -> None:
    until = kept_until(ended_on, years)
    assert ended_on <= ended_by(until, years)
    assert ended_on > ended_by(until - timedelta(days=1), years)


def _settle(practice: Life, if_match: int = 0, **given: Any) -> Any:
    wanted = {"records_years": None, "originals_days": None} | given
    return practice.ask("PUT", "/api/retention", practice.ana, wanted, if_match=if_match)


def _keep(practice: Life, if_match: int = 0, **given: Any) -> Any:
    wanted = {"ended_on": None, "hold_reason": None} | given
    return practice.ask("PUT", "/api/clients/{mia}/keeping", practice.ana, wanted, if_match=if_match)


def _days(practice: Life, number: int) -> None:
    for _ in range(number):
        practice.now += DAY
        while practice.tick():
            practice.deliver()


def test_a_record_goes_so_many_years_after_care_has_ended(practice: Life) -> None:
    _settle(practice, records_years=1)
    kept = _keep(practice, ended_on="2026-05-01")
    assert kept["removed_on"] == "2027-05-01"
    practice.now += timedelta(days=350)
    _days(practice, 1)
    assert not is_erased(practice.call().table, practice.mia)
    practice.now += timedelta(days=2)
    _days(practice, 3)
    assert is_erased(practice.call().table, practice.mia)
    assert not is_erased(practice.call().table, practice.leo)
    assert "erased the last of the client" in practice.audit()
    assert [row.sk for row in practice.rows() if row.kind == "ended"] == []


def test_a_hold_outlives_the_years_and_that_is_noted_once(practice: Life) -> None:
    _settle(practice, records_years=1)
    _keep(practice, ended_on="2026-05-01", hold_reason="A court asked for the record.")
    practice.now += timedelta(days=400)
    _days(practice, 3)
    kept = practice.ask("GET", "/api/clients/{mia}/keeping", practice.ana)
    assert (kept["held_back_on"], kept["removed_on"]) == ("2027-06-19", None)
    assert practice.audit().count("kept the record past its time, because it is on hold") == 1
    _keep(practice, if_match=2, ended_on="2026-05-01")
    _days(practice, 2)
    assert is_erased(practice.call().table, practice.mia)


def test_without_a_setting_nothing_is_ever_removed(practice: Life) -> None:
    _settle(practice, records_years=1)
    _keep(practice, ended_on="2026-05-01")
    assert _settle(practice, 1) == {"records_years": None, "originals_days": None}
    practice.now += timedelta(days=4000)
    assert practice.tick() == 0


def test_care_cannot_end_in_the_future_and_two_changes_do_not_overwrite_each_other(practice: Life) -> None:
    later = {"ended_on": "2026-05-15", "hold_reason": None}
    assert practice.try_("PUT", "/api/clients/{mia}/keeping", practice.ana, later, if_match=0).status == 422
    _keep(practice, ended_on="2026-05-02")
    _keep(practice, if_match=1, ended_on="2026-05-03")
    (line,) = [row for row in practice.rows() if row.kind == "ended"]
    assert line.sk.startswith("2026-05-03")
    stale = practice.try_("PUT", "/api/clients/{mia}/keeping", practice.ana, {**later, "ended_on": None}, if_match=1)
    assert stale.body["current"]["ended_on"] == "2026-05-03"
    twice = {"records_years": 3, "originals_days": None}
    _settle(practice)
    assert practice.try_("PUT", "/api/retention", practice.ana, twice, if_match=0).status == 409


def test_the_same_words_again_after_a_lost_answer_are_answered_and_noted_once(practice: Life) -> None:
    settled = {"records_years": 3, "originals_days": 30}
    kept = {"ended_on": "2026-05-02", "hold_reason": " A court asked for the record. "}
    for path, words in (("/api/retention", settled), ("/api/clients/{mia}/keeping", kept)):
        first, again = (practice.try_("PUT", path, practice.ana, words, if_match=0) for _ in range(2))
        assert (again.status, again.version, again.body) == (200, 1, first.body)
    assert practice.audit().count("put the record on hold") == 1


def test_original_files_go_after_their_days_and_what_plays_stays(
    practice: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retaining, "_AT_ONCE", 2)
    s3 = practice.stack["s3"]
    uploads, made = settings().uploads_bucket, settings().media_bucket
    for client_id in (practice.mia, practice.leo):
        for number in range(3):
            key = f"{practice.practice_id}/client/{client_id}/{'0' * 26}/{'0' * 25}{number}"
            s3.put_object(Bucket=uploads, Key=key, Body=b"1")
            s3.put_object(Bucket=uploads, Key=key, Body=b"2")  # a second version
            s3.put_object(Bucket=made, Key=f"{key}/play.mp4", Body=b"3")
    _keep(practice, hold_reason="A court asked for the record.")
    _settle(practice, originals_days=30)
    _settle(practice, 1, originals_days=30)
    # moto writes the machine's own time on objects: months after the practice's.
    practice.now += timedelta(days=36_500)
    while practice.tick():
        practice.now += HOUR
        retention = PrivacyStore(practice.call().table).retention()
        if retention and not retention.value.looked_to:
            break
    versions = s3.list_object_versions(Bucket=uploads).get("Versions", ())
    left = {one["Key"].split("/")[2] for one in versions}
    assert left == {practice.mia}
    kept = {entry.recording_id[-1] for entry in media.client_files(practice.practice_id, practice.leo)}
    assert kept == {"0", "1", "2"}
