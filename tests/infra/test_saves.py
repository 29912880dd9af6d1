"""A save is whole or is not taken; what is damaged is kept and said."""

import json
from pathlib import Path

import pytest

from infra.emulator.saves import NewerStateError, Saves


@pytest.fixture
def saves(tmp_path: Path) -> Saves:
    kept = Saves(tmp_path / "state", "1.5.33")
    kept.check_version()
    return kept


def restored(saves: Saves) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in (saves.folder / "aws").glob("*.json")}


def newest(saves: Saves) -> Path:
    return max((saves.folder / "saves").iterdir(), key=lambda path: int(path.name))


def test_what_was_saved_last_is_what_is_restored(saves: Saves) -> None:
    saves.write({"s3": b"1", "sqs": b"a"})
    saves.write({"s3": b"2", "sqs": b"a"})
    assert saves.restore() is None
    assert restored(saves) == {"s3": b"2", "sqs": b"a"}


def test_a_new_folder_restores_to_nothing_and_says_nothing(saves: Saves) -> None:
    assert saves.restore() is None
    assert restored(saves) == {}


def test_a_save_that_was_cut_short_is_not_taken(saves: Saves) -> None:
    saves.write({"s3": b"1"})
    (saves.folder / "saves" / "2.making").mkdir()
    assert saves.restore() is None
    assert restored(saves) == {"s3": b"1"}


@pytest.mark.parametrize("damage", [b"", b"{", None])
def test_a_damaged_save_is_set_aside_and_said_and_the_one_before_is_taken(saves: Saves, damage: bytes | None) -> None:
    saves.write({"s3": b"1"})
    saves.write({"s3": b"2"})
    hurt = newest(saves) / "s3.json"
    hurt.unlink()
    if damage is not None:
        hurt.write_bytes(damage)
    said = saves.restore()
    assert said is not None
    (aside,) = saves.folder.glob("damaged-*")
    assert str(aside) in said
    assert (aside / "2").is_dir()
    assert restored(saves) == {"s3": b"1"}


def test_when_every_save_is_damaged_the_last_good_start_is_taken(saves: Saves) -> None:
    saves.write({"s3": b"1"})
    saves.remember_start()
    for content in (b"2", b"3", b"4", b"5"):
        saves.write({"s3": content})
    for save in (saves.folder / "saves").iterdir():
        (save / "complete.json").unlink()
    assert saves.restore() is not None
    assert restored(saves) == {"s3": b"1"}


def test_when_nothing_is_whole_it_is_said_that_this_is_a_new_start(saves: Saves) -> None:
    saves.write({"s3": b"1"})
    (newest(saves) / "s3.json").write_bytes(b"?")
    said = saves.restore()
    assert said is not None
    assert "new start" in said
    assert restored(saves) == {}
    assert list(saves.folder.glob("damaged-*/1/s3.json"))


def test_old_saves_go_and_what_did_not_change_is_not_written_again(saves: Saves) -> None:
    for number in range(6):
        saves.write({"s3": str(number).encode(), "lambda": b"same"})
    kept = sorted((saves.folder / "saves").iterdir())
    assert len(kept) == 3
    assert len({(save / "lambda.json").stat().st_ino for save in kept}) == 1


def test_saving_the_same_twice_makes_no_second_save(saves: Saves) -> None:
    saves.write({"s3": b"1"})
    saves.write({"s3": b"1"})
    assert len(list((saves.folder / "saves").iterdir())) == 1


@pytest.mark.parametrize("newer", [{"format": 2, "emulator": "1.5.33"}, {"format": 1, "emulator": "1.10.0"}])
def test_a_folder_of_a_newer_version_is_left_as_it_is(saves: Saves, newer: dict[str, object]) -> None:
    file = saves.folder / "state.json"
    file.write_text(json.dumps(newer))
    with pytest.raises(NewerStateError):
        saves.check_version()
    assert json.loads(file.read_text()) == newer
