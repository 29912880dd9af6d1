"""The embedded AWS keeps what it was given through kill -9, and starts only where it can."""

import json
import os
import signal
import socket
from pathlib import Path
from typing import Any

import pytest

from infra.aws_calls import Account
from infra.stack import check_place, emulator, free_port
from infra.steps import Trouble
from tests.infra.conftest import eventually


def newest_save(state: Path) -> int:
    return max((int(path.name) for path in (state / "saves").glob("*") if path.name.isdecimal()), default=0)


def emulators_pid(port: int) -> int:
    """Of the one process here whose command line says that it serves this port."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"infra.emulator" in words and str(port).encode() in words:
            return int(folder.name)
    raise LookupError(port)


def put_row(account: Account, name: str) -> None:
    account.client("dynamodb").put_item(TableName="kept", Item={"id": {"S": name}})


def rows(account: Account) -> set[str]:
    found = account.client("dynamodb").scan(TableName="kept")["Items"]
    return {row["id"]["S"] for row in found}


def fill(account: Account) -> None:
    account.client("dynamodb").create_table(
        TableName="kept",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    put_row(account, "first")
    account.client("s3").create_bucket(
        Bucket="recordings", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    account.client("s3").put_object(Bucket="recordings", Key="one.mp4", Body=b"moving pictures")
    account.client("sesv2").create_email_identity(EmailIdentity="meanwhile.example")
    account.client("sesv2").send_email(
        FromEmailAddress="hello@meanwhile.example",
        Destination={"ToAddresses": ["anna@example.org"]},
        Content={"Simple": {"Subject": {"Data": "A lesson waits"}, "Body": {"Text": {"Data": "Open it."}}}},
    )


def stream_records(account: Account) -> list[Any]:
    streams = account.client("dynamodbstreams")
    (stream,) = streams.list_streams(TableName="kept")["Streams"]
    (shard,) = streams.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]["Shards"]
    place = streams.get_shard_iterator(
        StreamArn=stream["StreamArn"], ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )
    return list(streams.get_records(ShardIterator=place["ShardIterator"])["Records"])


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Path]:
    """A state folder whose emulator was killed after it was filled."""
    port, state = free_port(), tmp_path_factory.mktemp("practice") / "state"
    with emulator(port, state) as (account, _):
        fill(account)
        eventually(lambda: newest_save(state) > 0 and (state / "mail.jsonl").exists())
        put_row(account, "last")
        before = newest_save(state)
        eventually(lambda: newest_save(state) > before)
        os.kill(emulators_pid(port), signal.SIGKILL)
    return port, state


def test_everything_is_there_after_kill_9(killed: tuple[int, Path]) -> None:
    port, state = killed
    with emulator(port, state) as (account, _):
        assert rows(account) == {"first", "last"}
        body = account.client("s3").get_object(Bucket="recordings", Key="one.mp4")["Body"].read()
        assert body == b"moving pictures"
        assert len(stream_records(account)) == 2
    mail = [json.loads(line) for line in (state / "mail.jsonl").read_text().splitlines()]
    assert [message["subject"] for message in mail] == ["A lesson waits"]


def test_a_damaged_state_is_said_and_kept(killed: tuple[int, Path], capsys: pytest.CaptureFixture[str]) -> None:
    port, state = killed
    newest = state / "saves" / str(newest_save(state))
    file = newest / "dynamodb.json"
    file.write_bytes(file.read_bytes()[:100])
    with emulator(port, state) as (account, _):
        assert "first" in rows(account)
    assert "The last save was damaged. It is kept in" in capsys.readouterr().out
    assert list(state.glob("damaged-*/*/dynamodb.json"))


def test_a_state_of_a_newer_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text(json.dumps({"format": 99, "emulator": "1.5.33"}))
    with pytest.raises(Trouble, match=r"kept by a newer version") as refused:
        check_place(free_port(), tmp_path)
    assert "Nothing was changed" in str(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_a_taken_port_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Trouble, match=r"taken.*make run PORT="):
            check_place(taken.getsockname()[1], tmp_path / "state")
    assert not (tmp_path / "state").exists()


def test_the_credentials_are_nobodys_guess(tmp_path: Path) -> None:
    with emulator(free_port(), tmp_path / "state") as (account, _):
        for well_known in ("test", "000000000000", "AKIAIOSFODNN7EXAMPLE"):
            guessed = Account(account.region, account.endpoint, well_known, "test").client("dynamodb")
            with pytest.raises(guessed.exceptions.ClientError):
                guessed.list_tables()
        assert account.client("dynamodb").list_tables()["TableNames"] == []
    assert (tmp_path / "state" / "credentials.json").stat().st_mode & 0o077 == 0
