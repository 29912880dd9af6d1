"""The stack in memory: moto behind the real clients, and calls as different people make them."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.backends import get_backend

from chalicelib.foundation.actor import Actor, Role
from chalicelib.foundation.call import Call
from chalicelib.foundation.ids import PersonId, PracticeId, new_id
from chalicelib.foundation.once import Once
from chalicelib.foundation.settings import settings

NOW = datetime(2026, 5, 14, 9, 0, tzinfo=UTC)


SERVICES = {"dynamodb": "dynamodb", "s3": "s3", "sqs": "sqs", "ses": "sesv2", "cognitoidp": "cognito-idp"}
"""moto's names of what the functions use, and boto3's."""


@pytest.fixture(scope="session")
def clients() -> Iterator[dict[str, Any]]:
    """The AWS clients by service, made once: making them costs more than most tests."""
    make: Any = boto3.client
    with mock_aws():
        yield {name: make(name) for name in SERVICES.values()}


@pytest.fixture
def stack(clients: dict[str, Any]) -> dict[str, Any]:
    """Everything that the functions reach, empty. Returns the AWS clients by service."""
    empty_stack(clients)
    return clients


def empty_stack(clients: dict[str, Any]) -> None:
    """Make the stack anew, for fixtures that share one between tests."""
    for service in SERVICES:
        get_backend(service).reset()
    _table(clients["dynamodb"])
    for bucket in ("UPLOADS_BUCKET", "MEDIA_BUCKET"):
        clients["s3"].create_bucket(
            Bucket=os.environ[bucket], CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
    clients["s3"].put_bucket_versioning(
        Bucket=os.environ["UPLOADS_BUCKET"], VersioningConfiguration={"Status": "Enabled"}
    )
    for queue in ("work", "documents", "uploads"):
        url = clients["sqs"].create_queue(QueueName=f"meanwhile-test-{queue}")["QueueUrl"]
        os.environ[f"{queue.upper()}_QUEUE_URL"] = url
    _pool(clients["cognito-idp"])
    clients["sesv2"].create_email_identity(EmailIdentity=os.environ["MAIL_FROM"])
    settings.cache_clear()


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


def _pool(cognito: Any) -> None:
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
        ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]["ClientId"]
    os.environ["USER_POOL_ID"], os.environ["USER_POOL_CLIENT_ID"] = pool, client


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
