"""What a client costs in a month at list price, from what the loop asks of AWS, one price table and what is assumed.

`python -m bench.cost` writes the tables of docs/cost.md anew.
"""

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from bench.counts import loop_steps
from bench.depot import size_of
from bench.house import Step
from bench.rows import Row
from infra.template import INFRA, load
from infra.zips import ROOT

SIZES = (20, 200, 2_000, 1_000_000)
DOC = ROOT / "docs" / "cost.md"
_TABLE = json.loads((ROOT / "bench" / "prices.json").read_text())
PRICES: Mapping[str, float] = _TABLE["prices"]
ASSUMED: Mapping[str, Any] = _TABLE["assumed"]
READ_ON, REGION = _TABLE["read_on"], _TABLE["region"]
_GB = 10**9
_MONTH_MINUTES = 43_800
_OF_A_LESSON = 4
"""Lessons in the bench's program."""
_ONCE = {"add a client", "choose reminders", "set a fee", "reminders", "reminders off", "invoices"}
"""Steps that a client takes once, or so rarely that a month shows none of them."""
_PUTS = {"CreateMultipartUpload", "CompleteMultipartUpload", "PutObject", "UploadPart", "ListParts"}


def rows(steps: Sequence[Step]) -> list[Row]:
    """Return what a client costs in a month, by service; the storage of videos apart."""
    month = per_client(steps)
    shown = sorted(month.items(), key=lambda pair: -pair[1])
    total = Row(name="a client's month, all but the storage of video", value=round(sum(month.values()), 4), **_told())
    each = [Row(name=f"a client's month: {service}", value=round(dollars, 5), **_told()) for service, dollars in shown]
    stored = Row(name="a client's month: video kept from one month, apart", value=round(video_kept(), 5), **_told())
    return [total, *each, stored]


def _told() -> dict[str, Any]:
    return {"beside": f"list price, {REGION}, {READ_ON}", "at_most": None, "unit": "USD"}


def per_client(steps: Sequence[Step]) -> dict[str, float]:
    """Return US dollars a month for one more client, by service."""
    runs: defaultdict[str, float] = defaultdict(float)
    spent: defaultdict[str, float] = defaultdict(float)
    for step in steps:
        times = _times(step)
        for function, count in step.invocations.items():
            runs[function] += times * count
        for asked in (*step.request, *step.after):
            if asked.bill:
                spent["reads"] += times * asked.bill.reads
                spent["writes"] += times * asked.bill.writes
            else:
                spent[asked.service if asked.service != "s3" else _s3(asked.operation)] += times
    more = ASSUMED["visits_a_month"] * ASSUMED["pages_a_visit"]
    runs["APIHandler"] += more
    spent["reads"] += more * 2
    recordings = _recordings(steps)
    played = recordings * ASSUMED["recording_s"] * ASSUMED["rendition_bytes_a_second"] * ASSUMED["plays_of_a_recording"]
    stored = sum(size_of(item) for step in steps for item in step.added) / _GB
    users = 1 + 1 / ASSUMED["clients_a_therapist"] + 1 / ASSUMED["clients_a_practice"]
    shown = runs["APIHandler"] * ASSUMED["answer_bytes"] + ASSUMED["visits_a_month"] * ASSUMED["site_bytes_a_visit"]
    price = PRICES
    return {
        "Cognito": users * price["cognito_user_essentials"],
        "DynamoDB": spent["reads"] * price["dynamodb_read"]
        + spent["writes"] * price["dynamodb_write"]
        + stored * (price["dynamodb_gb_month"] + price["dynamodb_backup_gb_month"]),
        "Lambda, video": recordings * _video_run(),
        "Lambda, all else": sum(count * _run(function) for function, count in runs.items() if function != "Video"),
        "API Gateway": runs["APIHandler"] * price["api_request"],
        "CloudFront": runs["APIHandler"] * price["cloudfront_request"] + shown / _GB * price["cloudfront_gb"],
        "S3, requests and playing": spent["put"] * price["s3_put"]
        + spent["get"] * price["s3_get"]
        + played / _GB * price["transfer_gb"],
        "SES": spent["ses"] * price["ses_mail"],
        "SQS": 3 * (spent["sqs"] + runs["Worker"] + runs["Documents"]) * price["sqs_request"],
        "CloudWatch logs": sum(runs.values()) * ASSUMED["log_bytes_a_run"] / _GB * price["logs_gb"],
        "KMS": sum(runs.values()) * ASSUMED["kms_requests_a_run"] * price["kms_request"],
    }


def _times(step: Step) -> float:
    if step.shared or step.name in _ONCE:
        return 0
    if step.name in {"a reminder", "an invoice"}:
        return float({"a reminder": ASSUMED["reminders_a_month"], "an invoice": 1}[step.name])
    return float(ASSUMED["lessons_a_month"]) / _OF_A_LESSON


def _recordings(steps: Sequence[Step]) -> float:
    return sum(_times(step) for step in steps if step.name == "open a recording")


def _s3(operation: str) -> str:
    return "put" if operation in _PUTS else "get"


def memory(function: str) -> float:
    """Return the memory of a function of the template, in GB."""
    resources = load(INFRA / "resources" / "functions.yaml")["Resources"]
    return float(resources[function]["Properties"]["MemorySize"]) / 1024


def _run(function: str) -> float:
    seconds = ASSUMED["run_ms"].get(function, 200) / 1000
    return float(PRICES["lambda_request"] + seconds * memory(function) * PRICES["lambda_gb_s"])


def _video_run() -> float:
    seconds = float(ASSUMED["recording_s"] * ASSUMED["video_s_a_second"])
    disk = ASSUMED["lambda_disk_gb"] * PRICES["lambda_disk_gb_s"]
    return float(PRICES["lambda_request"] + seconds * (memory("Video") * PRICES["lambda_gb_s"] + disk))


def video_kept() -> float:
    """Return US dollars for keeping one month's recordings of a client for one month, uploads and renditions."""
    a_second = ASSUMED["upload_bytes_a_second"] + ASSUMED["rendition_bytes_a_second"]
    recordings = ASSUMED["lessons_a_month"] / 2
    return float(recordings * ASSUMED["recording_s"] * a_second / _GB * PRICES["s3_gb_month"])


def fixed() -> dict[str, float]:
    """Return US dollars a month for a deployment in which nobody does anything, by what could be turned off."""
    watched = load(INFRA / "resources" / "watch.yaml")["Resources"].values()
    metrics = sum(max(1, len(one["Properties"].get("Metrics", [1]))) for one in watched if "Alarm" in one["Type"])
    price = PRICES
    return {
        "the clock, once a minute": _MONTH_MINUTES * (_run("Tick") + 4 * price["dynamodb_read"]),
        "Lambda's looking at three queues": ASSUMED["polled_queues"]
        * ASSUMED["empty_polls_a_queue_month"]
        * price["sqs_request"],
        "the key": price["kms_key_month"] + ASSUMED["kms_requests_a_month"] * price["kms_request"],
        f"alarms ({metrics} metrics)": metrics * price["alarm_metric_month"],
        "the dashboard": price["dashboard_month"],
    }


def _tables(steps: Sequence[Step]) -> str:
    month, still = per_client(steps), fixed()
    lines = ["| | " + " | ".join(f"{size:,} clients" for size in SIZES) + " |", "|---" * (len(SIZES) + 1) + "|"]
    for service, dollars in sorted(month.items(), key=lambda pair: -pair[1]):
        lines.append(f"| {service} | " + " | ".join(_dollars(size * dollars) for size in SIZES) + " |")
    base = sum(still.values())
    lines.append("| a deployment in which nobody does anything | " + " | ".join([_dollars(base)] * len(SIZES)) + " |")
    totals = [size * sum(month.values()) + base for size in SIZES]
    lines.append("| **a month** | " + " | ".join(f"**{_dollars(total)}**" for total in totals) + " |")
    each = " | ".join(f"{total / size:.3f}" for total, size in zip(totals, SIZES, strict=True))
    lines.append(f"| a client and month | {each} |")
    kept = " | ".join(_dollars(size * video_kept() * 12) for size in SIZES)
    lines += [
        f"| video kept, after a year, apart | {kept} |",
        "",
        "| nobody does anything | USD a month |",
        "|---|---|",
    ]
    lines += [f"| {what} | {dollars:.2f} |" for what, dollars in still.items()]
    return "\n".join(lines)


def _dollars(amount: float) -> str:
    return f"{amount:,.2f}" if amount < 100 else f"{amount:,.0f}"  # noqa: PLR2004 - cents matter below a hundred


def written(text: str, steps: Sequence[Step]) -> str:
    """Return docs/cost.md with its tables made anew."""
    made = f"<!-- python -m bench.cost -->\n{_tables(steps)}\n<!-- to here -->"
    return re.sub(r"<!-- python -m bench\.cost -->.*<!-- to here -->", lambda _: made, text, flags=re.DOTALL)


if __name__ == "__main__":
    DOC.write_text(written(DOC.read_text(), loop_steps()))
