"""The stack in memory: moto behind the real clients, and calls as different people make them."""

import functools
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID

from chalicelib.foundation.actor import Actor, Role
from chalicelib.foundation.call import Call
from chalicelib.foundation.ids import PersonId, PracticeId, new_id
from chalicelib.foundation.once import Once
from chalicelib.foundation.pace import ASKING, STARTING
from chalicelib.foundation.settings import settings

from .in_memory import Kept, copy_of_rows, hurry

NOW = datetime(2026, 5, 14, 9, 0, tzinfo=UTC)


SERVICES = {"dynamodb": "dynamodb", "s3": "s3", "sqs": "sqs", "ses": "sesv2", "cognitoidp": "cognito-idp"}
"""moto's names of what the functions use, and boto3's."""
QUEUES = {
    "WORK_QUEUE_URL": "work",
    "DOCUMENTS_QUEUE_URL": "documents",
    "UPLOADS_QUEUE_URL": "uploads",
    "UPLOADS_PARKED_URL": "uploads-parked",
}


@pytest.fixture(autouse=True)
def _in_a_new_container() -> None:
    """Nobody has asked for anything yet: people have the same ids in each test."""
    ASKING.forget()
    STARTING.forget()


@pytest.fixture(scope="session")
def clients() -> Iterator[dict[str, Any]]:
    """The AWS clients by service, made once: making them costs more than most tests."""
    make: Any = boto3.client
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        hurry(patch)
        yield {name: make(name) for name in SERVICES.values()}


class Rows:
    """The rows of the table past DynamoDB's doors, for tests that look at all of them again and again."""

    @property
    def _table(self) -> Any:
        return get_backend("dynamodb")[DEFAULT_ACCOUNT_ID]["eu-central-1"].tables[os.environ["TABLE"]]

    def read(self) -> list[dict[str, str]]:
        """Return the rows, each as its attributes, numbers as text."""
        return [
            {name: value.value for name, value in row.attrs.items()}
            for part in self._table.items.values()
            for row in part.values()
        ]

    def keep(self) -> Any:
        """Return the rows as they are now, for `bring_back`."""
        return copy_of_rows(self._table.items)

    def bring_back(self, kept: Any) -> None:
        """Let the table hold what was kept, and nothing else."""
        self._table.items = copy_of_rows(kept)


@pytest.fixture
def rows(stack: dict[str, Any]) -> Rows:  # noqa: ARG001 - what they lie in
    return Rows()


@pytest.fixture
def stack(clients: dict[str, Any]) -> dict[str, Any]:
    """Everything that the functions reach, empty. Returns the AWS clients by service."""
    empty_stack(clients)
    return clients


def empty_stack(clients: dict[str, Any]) -> None:
    """Bring back the empty stack, for fixtures that share one between tests."""
    kept, names = _made(*clients.values())
    kept.bring_back()
    os.environ |= names
    settings.cache_clear()


@functools.cache
def _made(dynamodb: Any, s3: Any, sqs: Any, sesv2: Any, cognito: Any) -> tuple[Kept, dict[str, str]]:
    """An empty stack, and the names of what is in it. Made once: making it takes longer than most tests."""
    _table(dynamodb)
    here = {"LocationConstraint": "eu-central-1"}
    for bucket in ("UPLOADS_BUCKET", "MEDIA_BUCKET"):
        s3.create_bucket(Bucket=os.environ[bucket], CreateBucketConfiguration=here)
    s3.create_bucket(Bucket=os.environ["AUDIT_BUCKET"], CreateBucketConfiguration=here, ObjectLockEnabledForBucket=True)
    s3.put_bucket_versioning(Bucket=os.environ["UPLOADS_BUCKET"], VersioningConfiguration={"Status": "Enabled"})
    names = {name: sqs.create_queue(QueueName=f"meanwhile-test-{queue}")["QueueUrl"] for name, queue in QUEUES.items()}
    names |= _pool(cognito)
    sesv2.create_email_identity(EmailIdentity=os.environ["MAIL_FROM"])
    return Kept(SERVICES), names


def _table(dynamodb: Any) -> None:
    text = {"AttributeType": "S"}
    dynamodb.create_table(
        TableName=os.environ["TABLE"],
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, **text} for name in ("pk", "sk", "due_shard", "due_at")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "due",
                "KeySchema": [
                    {"AttributeName": "due_shard", "KeyType": "HASH"},
                    {"AttributeName": "due_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["kind"]},
            }
        ],
    )


def _pool(cognito: Any) -> dict[str, str]:
    pool = cognito.create_user_pool(
        PoolName="people",
        AliasAttributes=["email"],
        Schema=[
            {"Name": name, "AttributeDataType": "String", "Mutable": True} for name in ("practice_id", "person_id")
        ],
    )["UserPool"]["Id"]
    for role in Role:
        cognito.create_group(UserPoolId=pool, GroupName=role)
    client = cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="site",
        GenerateSecret=True,
        ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH"],
        IdTokenValidity=15,
        TokenValidityUnits={"IdToken": "minutes"},
    )["UserPoolClient"]
    return {
        "USER_POOL_ID": pool,
        "USER_POOL_CLIENT_ID": client["ClientId"],
        "USER_POOL_CLIENT_SECRET": client["ClientSecret"],
    }


@pytest.fixture
def practice_id() -> PracticeId:
    return PracticeId(new_id(NOW))


type CallAs = Callable[..., Call]


@pytest.fixture
def call_as(practice_id: PracticeId) -> CallAs:
    """Make calls: `call_as(Role.THERAPIST, person_id=…, at=…, if_match=…, once="a-key")`."""

    def make(
        *roles: Role,
        person_id: str = "",
        name: str = "Somebody",
        at: datetime = NOW,
        if_match: int | None = None,
        once: str | None = None,
        practice: PracticeId = practice_id,
    ) -> Call:
        person = PersonId(person_id or new_id(NOW))
        actor = Actor(practice_id=practice, person_id=person, name=name, roles=frozenset(roles))
        return Call(actor, at, Once(part=person, name=once) if once else None, if_match)

    return make
