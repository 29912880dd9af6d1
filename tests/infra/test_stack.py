"""The template deploys with signatures and rights checked, and the front lets in only who belongs."""

import json
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError

from infra.parked import parked, replay, table
from infra.stack import Stack
from infra.steps import Trouble
from tests.infra.conftest import PAGE


def ask(url: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
    request = urllib.request.Request(url, method=method, headers=headers)  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, {k.lower(): v for k, v in refused.headers.items()}, refused.read().decode()


@pytest.mark.parametrize("path", ["/", "/lessons/les_123", "/r", "/today"])
def test_a_link_into_the_site_opens_the_page(stack: Stack, path: str) -> None:
    status, headers, body = ask(stack.origin + path)
    assert (status, body) == (200, PAGE)
    assert headers["cache-control"] == "no-cache"
    assert "script-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["permissions-policy"].startswith("camera=(self), microphone=(self)")


def test_a_file_is_a_file_that_never_changes(stack: Stack) -> None:
    status, headers, body = ask(stack.origin + "/assets/app-1a2b.js")
    assert (status, body) == (200, "export {}")
    assert "immutable" in headers["cache-control"]


@pytest.mark.parametrize(
    ("path", "status", "kind"), [("/api/nothing-of-this-name", 404, "not-found"), ("/api/queue", 401, "signed-out")]
)
def test_what_api_gateway_answers_by_itself_is_a_problem_of_ours(
    stack: Stack, path: str, status: int, kind: str
) -> None:
    found, headers, body = ask(stack.origin + path)
    assert (found, headers["content-type"]) == (status, "application/problem+json")
    problem = json.loads(body)
    assert (problem["type"], problem["status"]) == (kind, status)
    assert problem["correlation_id"]
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["origin", "endpoint"])
@pytest.mark.parametrize("door", ["reset", "reset?init=1", "config", "ses/messages", "sqs/messages"])
def test_the_emulators_own_doors_are_closed(stack: Stack, name: str, door: str) -> None:
    for method in ("GET", "POST"):
        assert ask(f"{getattr(stack, name)}/_ministack/{door}", method)[0] == 404


def test_another_web_page_in_the_same_browser_is_not_let_in(stack: Stack) -> None:
    assert ask(stack.endpoint + "/", Origin="http://evil.example")[0] == 403
    assert ask(stack.mail_url, Origin="http://localhost:1")[0] == 403


def test_a_foreign_name_that_was_pointed_at_this_machine_is_not_let_in(stack: Stack) -> None:
    assert ask(stack.origin + "/", Host="evil.example")[0] == 421
    assert ask(stack.mail_url, Host="evil.example")[0] == 421


def test_whoever_writes_another_address_each_time_is_counted_as_one(stack: Stack) -> None:
    guess = json.dumps({"email": "nobody@lind.example", "password": "three calm words"}).encode()
    answers = []
    for number in range(6):
        headers = {"Content-Type": "application/json", "X-Forwarded-For": f"192.0.2.{number}"}
        request = urllib.request.Request(f"{stack.origin}/api/session", guess, headers)  # noqa: S310 - our own address
        with pytest.raises(urllib.error.HTTPError) as refused, urllib.request.urlopen(request, timeout=30):  # noqa: S310
            pass
        with refused.value:
            answers.append(refused.value.code)
    assert answers == [401] * 5 + [429]


def test_mail_can_be_read_as_a_page(stack: Stack) -> None:
    mailed = {
        "FromEmailAddress": stack.environment()["MAIL_FROM"],
        "Destination": {"ToAddresses": ["anna@example.org"]},
        "Content": {
            "Simple": {
                "Subject": {"Data": "<b>Your</b> lesson"},
                "Body": {"Text": {"Data": f"Open {stack.origin}/r#abc. Not <script>this</script>."}},
            }
        },
    }
    stack.account.client("sesv2").send_email(**mailed)
    last = stack.mail()[-1]
    assert (last["to"], last["subject"]) == (["anna@example.org"], "<b>Your</b> lesson")
    _, _, page = ask(stack.mail_url)
    assert f'<a href="{stack.origin}/r#abc" rel="noreferrer">' in page
    assert "&lt;script&gt;this" in page
    assert "<script>" not in page


def test_what_a_function_wrote_to_its_log_before_it_answered_is_there_by_then(stack: Stack) -> None:
    logs = stack.account.client("logs")
    for minute in range(10):
        at = f"2026-12-01T08:0{minute}:00"
        stack.tick(f"{at}Z")
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=stack.outputs["LogGroup"])
        written = [event["message"] for page in pages for event in page["events"]]
        assert [line for line in written if '"tick"' in line and at in line], written[-3:]


def test_time_to_live_is_on_though_the_emulators_cloudformation_forgets_it(stack: Stack) -> None:
    told = stack.account.client("dynamodb").describe_time_to_live(TableName=stack.outputs["Table"])
    assert told["TimeToLiveDescription"]["AttributeName"] == "expires_at"


def test_what_is_parked_is_shown_without_what_is_in_it_and_goes_back_when_asked(stack: Stack) -> None:
    body = {"type": "invoice_issued", "event_id": "evt_1", "client": "Anna Muster"}
    url = stack.outputs["DocumentsParkedUrl"]
    stack.account.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(body))
    shown = table(parked(stack.account, stack.outputs))
    assert "documents" in shown
    assert "evt_1" in shown
    assert "invoice_issued" in shown
    assert "Anna" not in shown
    assert [(one.queue, one.id) for one in replay(stack.account, stack.outputs)] == [("Documents", "evt_1")]
    assert parked(stack.account, stack.outputs) == []


def test_what_the_relay_could_not_pass_on_is_read_from_the_stream_again(stack: Stack) -> None:
    dynamodb, streams = stack.account.client("dynamodb"), stack.account.client("dynamodbstreams")
    event = {"event_id": "evt_2", "type": "nobody_listens", "practice_id": "p", "at": "2026-12-01T08:00:00Z", "ids": {}}
    row = {"pk": {"S": "p"}, "sk": {"S": "outbox#evt_2"}, "kind": {"S": "outbox"}, "body": {"S": json.dumps(event)}}
    dynamodb.put_item(TableName=stack.outputs["Table"], Item=row)
    (shard,) = streams.describe_stream(StreamArn=stack.outputs["StreamArn"])["StreamDescription"]["Shards"]
    place = streams.get_shard_iterator(
        StreamArn=stack.outputs["StreamArn"], ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )
    last = streams.get_records(ShardIterator=place["ShardIterator"])["Records"][-1]["dynamodb"]["SequenceNumber"]
    failure = {
        "DDBStreamBatchInfo": {
            "streamArn": stack.outputs["StreamArn"],
            "shardId": shard["ShardId"],
            "startSequenceNumber": last,
            "endSequenceNumber": last,
            "batchSize": 1,
        }
    }
    sqs, url = stack.account.client("sqs"), stack.outputs["RelayParkedUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(failure))
    assert "new rows × 1" in table(parked(stack.account, stack.outputs))
    assert [one.queue for one in replay(stack.account, stack.outputs)] == ["Relay"]
    assert parked(stack.account, stack.outputs) == []


def failure_after_a_day(stack: Stack, written_at: str) -> str:
    """What the relay parks, once the stream has forgotten what it was about."""
    (shard,) = stack.account.client("dynamodbstreams").describe_stream(StreamArn=stack.outputs["StreamArn"])[
        "StreamDescription"
    ]["Shards"]
    place = {
        "streamArn": stack.outputs["StreamArn"],
        "shardId": shard["ShardId"],
        "startSequenceNumber": "1".zfill(21),
        "endSequenceNumber": "1".zfill(21),
        "approximateArrivalOfFirstRecord": written_at,
        "approximateArrivalOfLastRecord": written_at,
        "batchSize": 1,
    }
    return json.dumps({"DDBStreamBatchInfo": place})


def test_what_the_stream_has_forgotten_is_read_from_the_outbox(stack: Stack) -> None:
    event = {"event_id": "evt_3", "type": "nobody_listens", "practice_id": "p", "at": "2026-10-01T08:00:00Z", "ids": {}}
    row = {"pk": {"S": "p"}, "sk": {"S": "outbox#evt_3"}, "kind": {"S": "outbox"}, "body": {"S": json.dumps(event)}}
    stack.account.client("dynamodb").put_item(TableName=stack.outputs["Table"], Item=row)
    sqs, url = stack.account.client("sqs"), stack.outputs["RelayParkedUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=failure_after_a_day(stack, "2026-10-01T08:00:20Z"))
    assert [one.queue for one in replay(stack.account, stack.outputs)] == ["Relay"]
    assert parked(stack.account, stack.outputs) == []


def test_what_is_nowhere_any_more_stays_parked_and_a_sentence_says_so(stack: Stack) -> None:
    sqs, url = stack.account.client("sqs"), stack.outputs["RelayParkedUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=failure_after_a_day(stack, "2026-08-01T08:00:00Z"))
    with pytest.raises(Trouble, match="Nothing was deleted"):
        replay(stack.account, stack.outputs)
    sqs.purge_queue(QueueUrl=url)


def test_a_sealed_head_of_an_audit_trail_can_be_neither_deleted_nor_replaced(stack: Stack) -> None:
    s3, bucket = stack.account.client("s3"), stack.outputs["AuditBucket"]
    sealed = s3.put_object(Bucket=bucket, Key="practice/2026-12-01", Body=b"head")["VersionId"]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=bucket, Key="practice/2026-12-01", VersionId=sealed)
    s3.put_object(Bucket=bucket, Key="practice/2026-12-01", Body=b"another")
    first = s3.get_object(Bucket=bucket, Key="practice/2026-12-01", VersionId=sealed)["Body"].read()
    assert first == b"head"


def test_what_is_published_is_not_replaced_and_a_deleted_thing_may_come_again(stack: Stack) -> None:
    s3, bucket = stack.account.client("s3"), stack.outputs["MediaBucket"]
    published = {"Bucket": bucket, "Key": "practice/client/c/s/r/v1/play.mp4", "IfNoneMatch": "*"}
    s3.put_object(**published, Body=b"first")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(**published, Body=b"second")
    assert s3.get_object(Bucket=bucket, Key=published["Key"])["Body"].read() == b"first"
    s3.delete_object(Bucket=bucket, Key=published["Key"])
    s3.put_object(**published, Body=b"third")
    assert s3.get_object(Bucket=bucket, Key=published["Key"])["Body"].read() == b"third"
    s3.delete_object(Bucket=bucket, Key=published["Key"])
