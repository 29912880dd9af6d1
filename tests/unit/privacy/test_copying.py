"""A copy of everything holds everything, for the one who asked, for seven days."""

import contextlib
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.foundation.kinds import KINDS, Erase, Export
from chalicelib.foundation.settings import settings
from chalicelib.foundation.table import LARGEST_BODY
from chalicelib.privacy import model
from chalicelib.privacy.model import FileEntry, volumes
from chalicelib.privacy.service import packing
from chalicelib.privacy.store import archive

from ..media.faults import BadDay, Lost
from .life import DAY, HOUR, WORDS, Life

OF_TESTS = "test "
ELSEWHERE = {
    # Kinds that an erasure removes with a person who goes: tests/unit/practice makes these, and here they are walked.
    "door",
    "door_log",
    "email",
    "passkey",
    "person",
    "signed_in",
    "sign_in_step",
    "used_codes",
}


def _archive(life: Life, copy_id: str, number: int = 1) -> zipfile.ZipFile:
    key = f"copies/{life.practice_id}/{life.mia}/{copy_id}/{number}.zip"
    body = life.stack["s3"].get_object(Bucket=settings().media_bucket, Key=key)["Body"].read()
    return zipfile.ZipFile(io.BytesIO(body))


def _records(packed: zipfile.ZipFile) -> dict[str, Any]:
    names = [name for name in packed.namelist() if name.startswith("records/")]
    return {Path(name).stem: json.loads(packed.read(name)) for name in names}


def test_every_kind_is_in_the_copy_or_is_declared_never_to_be(shared_life: Life) -> None:
    packed = _archive(shared_life, shared_life.copy)
    records = _records(packed)
    there = {row.kind for row in shared_life.of_mia()}
    wanted = {name for name, kind in KINDS.items() if kind.handling.export is Export.CLIENT}
    theirs = {name for name, kind in KINDS.items() if kind.handling.erase is Erase.REMOVE}
    named = {name for name in theirs | wanted if not name.startswith(OF_TESTS)}
    assert named - there - ELSEWHERE == set(), "let Mia's life (life.py) have one of each kind"
    assert set(records) - {"person"} == {name for name in wanted & named if name != "tombstone"}
    text = json.dumps(records)
    assert [word for name, word in WORDS.items() if word not in text and name != "note"] == []
    assert packed.testzip() is None


def test_the_copy_holds_the_files_and_says_what_is_in_it(shared_life: Life) -> None:
    packed = _archive(shared_life, shared_life.copy)
    recordings = [name for name in packed.namelist() if name.startswith("recordings/")]
    assert len(recordings) == 4 - 1  # one was opened and never sent
    assert {packed.read(name) for name in recordings} == {b"a video, sent"}
    assert [name for name in packed.namelist() if name.startswith("invoices/")] == ["invoices/2026-0001.pdf"]
    assert packed.read("invoices/2026-0001.pdf").startswith(b"%PDF")
    assert WORDS["name"] in packed.read("ABOUT.txt").decode()


def test_a_copy_tells_nobody_the_address_of_another(shared_life: Life) -> None:
    records = _records(_archive(shared_life, shared_life.copy))
    assert [one["email"] for one in records["person"]] == [WORDS["own"]]
    assert "jonas@home.example" not in json.dumps(records)


def test_only_who_asked_can_take_the_copy_and_the_letter_says_nothing_of_what_is_in_it(shared_life: Life) -> None:
    path = f"/api/clients/{{mia}}/copies/{shared_life.copy}/files/1"
    url = shared_life.ask("GET", path, shared_life.ana)["url"]
    assert "X-Amz-Expires=300" in url
    for by in (shared_life.jonas, shared_life.mia_herself):
        assert shared_life.try_("GET", path, by).status == 404
    assert shared_life.try_("GET", path, shared_life.ines).status == 403
    assert shared_life.try_("GET", path[:-1] + "2", shared_life.ana).status == 404
    (letter,) = [text for text in shared_life.letters if "Save the copy" in text]
    assert "ana@lind.example" in letter
    assert not any(word in letter for word in WORDS.values())


def test_a_copy_is_kept_for_seven_days(practice: Life) -> None:
    copy_id = practice.ask("POST", "/api/clients/{mia}/copies", practice.jonas)["copy_id"]
    (making,) = practice.ask("GET", "/api/clients/{mia}/data", practice.jonas)["copies"]
    assert making["state"] == "making"
    assert practice.ask("POST", "/api/clients/{mia}/copies", practice.jonas)["copy_id"] == copy_id
    assert practice.try_("GET", f"/api/clients/{{mia}}/copies/{copy_id}/files/1", practice.jonas).status == 404
    practice.deliver()
    (ready,) = practice.ask("GET", "/api/clients/{mia}/data", practice.jonas)["copies"]
    assert (ready["state"], ready["expires_at"]) == ("ready", "2026-05-21T09:00:00Z")
    assert practice.ask("GET", "/api/clients/{mia}/data", practice.ana)["copies"] == []
    practice.now += 7 * DAY
    over = practice.try_("GET", f"/api/clients/{{mia}}/copies/{copy_id}/files/1", practice.jonas)
    assert (over.status, over.body["type"]) == (410, "copy-over")
    practice.tick()
    assert practice.ask("GET", "/api/clients/{mia}/data", practice.jonas)["copies"] == []
    assert [key for key in practice.files() if key.startswith("copies/")] == []
    assert not [row.sk for row in practice.rows() if row.kind in {"copy_part", "data_copy"}]


def test_a_copy_that_was_never_made_says_so(practice: Life) -> None:
    practice.ask("POST", "/api/clients/{mia}/copies", practice.jonas)
    practice.now += DAY + HOUR
    practice.tick()
    (failed,) = practice.ask("GET", "/api/clients/{mia}/data", practice.jonas)["copies"]
    assert failed["state"] == "failed"


def test_a_large_record_comes_in_several_files_however_often_each_is_made(
    practice: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "VOLUME", 20)
    monkeypatch.setattr(archive, "_PART", 5 * 1024**2)
    s3, bucket = practice.stack["s3"], settings().media_bucket
    clip = b"x" * (6 * 1024**2)
    for number in (1, 2):
        s3.put_object(Bucket=bucket, Key=f"{practice.practice_id}/invoices/{practice.mia}/{number}.pdf", Body=clip)
    below = f"{practice.practice_id}/invoices/{practice.mia}"
    files = [FileEntry(f"{number}.bin", bucket, f"{below}/{number}.pdf", 15) for number in (1, 2)]
    monkeypatch.setattr(packing, "_files", lambda *_: [*files, FileEntry("gone.bin", bucket, "nowhere", 2)])
    copy_id = practice.ask("POST", "/api/clients/{mia}/copies", practice.jonas)["copy_id"]
    practice.deliver()
    for event in practice.events():
        practice.deliver_once(event)
    (ready,) = practice.ask("GET", "/api/clients/{mia}/data", practice.jonas)["copies"]
    assert (ready["state"], ready["sizes"]) == ("ready", [15, 17])
    assert _archive(practice, copy_id).read("1.bin") == clip
    second = _archive(practice, copy_id, 2)
    assert second.namelist() == ["2.bin", "gone.bin.txt"]
    assert len([text for text in practice.letters if "Save the copy" in text]) == 1


SIZES = st.lists(st.integers(0, 3 * model.VOLUME))


@given(SIZES)
def test_volumes_hold_every_file_in_order_and_only_a_single_one_is_larger_than_the_limit(sizes: list[int]) -> None:
    files = [FileEntry(str(number), "b", "k", size) for number, size in enumerate(sizes)]
    cut = volumes(files)
    assert [file for volume in cut for file in volume] == files
    assert len(cut) >= 1
    most = max(model.VOLUME, sum(sizes) // 20)
    assert all(len(volume) == 1 or sum(file.size for file in volume) <= most for volume in cut)
    assert all(volume for volume in cut[1:])
    assert len(cut) <= 41


def test_a_volume_names_no_more_files_than_its_row_can_hold() -> None:
    files = [FileEntry("p" * 60, "b" * 63, "k" * 140, 1)] * 2500
    assert [len(volume) for volume in volumes(files)] == [1000, 1000, 500]
    part = model.CopyPart(files=tuple(files[:1000]))
    assert len(msgspec.json.encode(part)) < LARGEST_BODY


def test_a_copy_is_made_within_its_days() -> None:
    assert model.COPY_MADE_WITHIN < model.COPY_KEPT == timedelta(days=7)


def test_whichever_call_breaks_the_copy_is_made_all_the_same(practice: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    bad_day = BadDay(monkeypatch)
    for number in range(1, 60, 5):  # each fifth: they are the same few calls for each kind of message
        practice.now += HOUR
        copy_id = practice.ask("POST", "/api/clients/{mia}/copies", practice.jonas)["copy_id"]
        calls = 0
        while waiting := [event for event in practice.events() if event.event_id not in practice.delivered]:
            for event in waiting:
                bad_day.fail(number - calls, applied=bool(number % 2))
                with contextlib.suppress(Lost):
                    practice.deliver_once(event)
                    practice.delivered.add(event.event_id)
                calls += bad_day.calls
                bad_day.over()
        (ready, *_) = practice.ask("GET", "/api/clients/{mia}/data", practice.jonas)["copies"]
        assert (ready["copy_id"], ready["state"]) == (copy_id, "ready"), number
        assert _archive(practice, copy_id).testzip() is None
        if calls <= number:
            break
    assert number > 15, "a copy takes more calls than that"
