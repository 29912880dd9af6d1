"""doctor: is what is deployed healthy? One line for each thing, and what to do where it is not."""

import io
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from infra.deploy import releases
from infra.deploy.artifacts import Artifacts
from infra.deploy.checks import CERTIFICATES, VALID_FOR, Line, Mark, certificate, lines_of, mail, note, ok, show, stop
from infra.deploy.stacks import STANDS, StackInAccount
from infra.deploy.stages import Stage
from infra.parked import QUEUES

TICK_LATE = timedelta(minutes=10)
ANSWERS_WITHIN = 30  # seconds
ANSWERS = {"/": "text/html", "/api/review-link/review": "application/problem+json"}


def doctor(stage: Stage) -> int:
    """Look at everything and say it; 1 where something has to be mended."""
    stack = StackInAccount(stage.account, stage.stack)
    status = stack.status()
    if status is None:
        show([stop(f"{stage.stack} does not stand. To deploy it: make deploy STAGE={stage.name}")])
        return 1
    found = stack.outputs()
    looked = show(
        lines_of(
            [
                lambda: _status(stage, status),
                lambda: _site_files(stage, found),
                lambda: _answers(found),
                lambda: _parked(stage, found),
                lambda: _alarms(stage, stack),
                lambda: _tick(stage, found, datetime.now(UTC)),
                lambda: mail(stage.account, stage.settings),
                lambda: certificate(stage.account, stage.settings),
                lambda: _certificate_ends(stage),
            ]
        )
    )
    return int(any(line.mark is Mark.STOP for line in looked))


def _status(stage: Stage, status: str) -> Iterator[Line]:
    if status in STANDS:
        yield ok(f"{stage.stack} is {status}")
    elif status == "UPDATE_ROLLBACK_COMPLETE":
        yield note(f"The last change of {stage.stack} failed and was taken back: what was before stands and works.")
    else:
        yield stop(f"{stage.stack} is {status}: docs/deploy/doctor.md says what each status asks for.")


def _site_files(stage: Stage, found: dict[str, str]) -> Iterator[Line]:
    artifacts = Artifacts(stage.account)
    known = releases.history(artifacts, stage.stack)
    release = known.of(known.standing) if known.standing else None
    if release is None:
        yield note("No deployment by `make deploy` is remembered here, so the site's files are not compared.")
        return
    if found.get("Build") != release.stamp:
        yield note(f"The stack is of the build {found.get('Build')}, the last release was {release.stamp}.")
    with zipfile.ZipFile(io.BytesIO(artifacts.read(release.site) or b"")) as archive:
        wanted = {entry.filename: entry.file_size for entry in archive.infolist()}
    pages = stage.account.client("s3").get_paginator("list_objects_v2").paginate(Bucket=found["SiteBucket"])
    there = {one["Key"]: one["Size"] for page in pages for one in page.get("Contents", ())}
    changed = sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))
    if changed:
        shown = ", ".join(changed[:3])
        yield stop(
            f"{len(changed)} of the site's files are not those of its build ({shown}): make deploy STAGE={stage.name}"
        )
    else:
        yield ok(f"the site is the build {release.stamp} of {release.at:%Y-%m-%d %H:%M} UTC")


def _answers(found: dict[str, str]) -> Iterator[Line]:
    """The page has to come, and the API has to refuse a stranger in its own words: then its function runs."""
    for path, wanted in ANSWERS.items():
        url = found["SiteOrigin"] + path
        try:
            status, kind = _asked(url)
        except OSError as error:
            yield stop(f"{url} does not answer ({error}). Is the domain's record in DNS? See `make outputs`.")
            continue
        if status < HTTPStatus.INTERNAL_SERVER_ERROR and kind.startswith(wanted):
            yield ok(f"{url} answers")
        else:
            yield stop(f"{url} answers {status} ({kind}). The log group {found['LogGroup']} may say why.")


def _asked(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=ANSWERS_WITHIN) as answer:  # noqa: S310 # nosec B310 # the stack's own output
            return answer.status, answer.headers["Content-Type"]
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.headers["Content-Type"]


def _parked(stage: Stage, found: dict[str, str]) -> Iterator[Line]:
    sqs, waiting = stage.account.client("sqs"), {}
    for queue in QUEUES:
        told = sqs.get_queue_attributes(
            QueueUrl=found[f"{queue}ParkedUrl"], AttributeNames=["ApproximateNumberOfMessages"]
        )
        if count := int(told["Attributes"]["ApproximateNumberOfMessages"]):
            waiting[queue.lower()] = count
    if waiting:
        which = ", ".join(f"{count} of {queue}" for queue, count in waiting.items())
        yield stop(f"Failed too often and parked: {which}. See them: make parked STAGE={stage.name}; then make replay.")
    else:
        yield ok("nothing is parked")


def _alarms(stage: Stage, stack: StackInAccount) -> Iterator[Line]:
    names = [one["PhysicalResourceId"] for one in stack.resources() if one["ResourceType"] == "AWS::CloudWatch::Alarm"]
    cloudwatch, ringing = stage.account.client("cloudwatch"), []
    for start in range(0, len(names), 100):  # as many as one call takes
        told = cloudwatch.describe_alarms(AlarmNames=names[start : start + 100], StateValue="ALARM")["MetricAlarms"]
        ringing += [f"{alarm['AlarmName']} ({alarm['StateReason']})" for alarm in told]
    if ringing:
        yield stop("In alarm: " + "; ".join(ringing))
    elif names:
        yield ok(f"{len(names)} alarms, none ringing")


def _tick(stage: Stage, found: dict[str, str], now: datetime) -> Iterator[Line]:
    """What falls due is found by the tick. A tick that was missed is caught up by the next, so lateness is all."""
    cloudwatch = stage.account.client("cloudwatch")
    counts = {}
    for metric in ("Invocations", "Errors"):
        told = cloudwatch.get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName=metric,
            Dimensions=[{"Name": "FunctionName", "Value": found["TickName"]}],
            StartTime=now - TICK_LATE,
            EndTime=now,
            Period=int(TICK_LATE.total_seconds()),
            Statistics=["Sum"],
        )["Datapoints"]
        counts[metric] = sum(point["Sum"] for point in told)
    late = f"in the last {TICK_LATE.seconds // 60} minutes"
    if counts["Errors"]:
        yield stop(f"The tick failed {counts['Errors']:.0f} times {late}. The log group {found['LogGroup']} says why.")
    elif not counts["Invocations"] and _is_new(stage, now):
        yield note("The tick has not run yet: it does within a minute or two of a deployment.")
    elif not counts["Invocations"]:
        yield stop(f"The tick did not run {late}: reminders wait. Is the rule of {found['TickName']} switched on?")
    else:
        yield ok(f"the tick ran {late}")


def _is_new(stage: Stage, now: datetime) -> bool:
    releases_known = releases.history(Artifacts(stage.account), stage.stack).releases
    return bool(releases_known) and now - releases_known[-1].at < TICK_LATE


def _certificate_ends(stage: Stage) -> Iterator[Line]:
    if not stage.settings.certificate:
        return
    acm = stage.account.client("acm", CERTIFICATES)
    told = acm.describe_certificate(CertificateArn=stage.settings.certificate)["Certificate"]
    if "NotAfter" in told and told["NotAfter"] - datetime.now(UTC) < timedelta(days=VALID_FOR):
        yield stop(f"The certificate ends on {told['NotAfter']:%Y-%m-%d}: ACM renews it while its record is in DNS.")
