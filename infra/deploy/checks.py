"""What has to be so before a stage is deployed: looked at one by one, each with what to do where it is not."""

import enum
import fnmatch
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.aws_calls import Account
from infra.deploy.conditions import number
from infra.deploy.refusals import is_denied, sentence
from infra.deploy.stages import Settings, Stage
from infra.steps import Trouble, said

CERTIFICATES = "us-east-1"  # CloudFront's region for certificates
LEFT_UNRESERVED = 100  # of Lambda's concurrent executions: AWS lets a function reserve only what is beyond these
MAILS_A_CLIENT_AND_DAY = 2  # a lesson's reminder and an answer, on a full day
VALID_FOR = 30  # days that a certificate should at least have left: ACM renews 60 days before the end


class Mark(enum.StrEnum):
    """How a line is meant."""

    OK = "ok"
    NOTE = "note"
    STOP = "STOP"


@dataclass(frozen=True)
class Line:
    """One thing that was looked at, and what to do about it."""

    mark: Mark
    text: str


type Check = Callable[[], Iterable[Line]]


def ok(text: str) -> Line:
    """Nothing to do."""
    return Line(Mark.OK, text)


def note(text: str) -> Line:
    """Worth knowing; the deployment goes on."""
    return Line(Mark.NOTE, text)


def stop(text: str) -> Line:
    """Has to be mended first."""
    return Line(Mark.STOP, text)


def lines_of(checks: Iterable[Check]) -> Iterator[Line]:
    """What the checks say. A check that may not look says so and stops nothing."""
    for check in checks:
        try:
            yield from check()
        except ClientError as error:
            if not (is_denied(error) or error.response["ResponseMetadata"].get("HTTPStatusCode") == 501):  # noqa: PLR2004
                raise
            yield note(f"not looked at: {sentence(error).splitlines()[0]}")


def show(lines: Iterable[Line]) -> list[Line]:
    """Print each line as it comes; the lines."""
    shown = []
    for line in lines:
        said(f"{line.mark:>4}  {line.text}")
        shown.append(line)
    return shown


def check_place(stage: Stage) -> None:
    """Show where the credentials lead; raise Trouble where that is not where the stage belongs."""
    _stop_at(show(_place(stage)))


def check_first(stage: Stage, template: Mapping[str, Any], standing: Mapping[str, str]) -> None:
    """Show every check of a stage; raise Trouble where something has to be mended before it can be deployed.

    `standing` is what the stack was last deployed with, empty where there is none.
    """
    account, settings = stage.account, stage.settings
    shown = show(
        lines_of(
            [
                lambda: _names(settings, template),
                lambda: _concurrency(account, reserved(template, settings), bool(standing)),
                lambda: mail(account, settings),
                lambda: certificate(account, settings),
            ]
        )
    )
    _stop_at(shown)


def _stop_at(shown: Iterable[Line]) -> None:
    if any(line.mark is Mark.STOP for line in shown):
        raise Trouble("Mend what is marked STOP, then do this again. Nothing was changed.")


def _place(stage: Stage) -> Iterator[Line]:
    settings = stage.settings
    if settings.region not in boto3.Session().get_available_regions("cognito-idp"):
        yield stop(f"{settings.region} is no region that this version of boto3 knows Cognito in.")
        return
    number = stage.account.client("sts").get_caller_identity()["Account"]
    if settings.account and settings.account != number:
        yield stop(f"These credentials are of account {number}; the stage {stage.name} belongs in {settings.account}.")
    else:
        where = f", embedded at {stage.account.endpoint}" if stage.account.endpoint else ""
        yield ok(f"account {number}, region {settings.region}, stack {stage.stack}{where}")


def _names(settings: Settings, template: Mapping[str, Any]) -> Iterator[Line]:
    unknown = sorted(set(settings.parameters) - set(template["Parameters"]))
    if unknown:
        known = ", ".join(sorted(template["Parameters"]))
        yield stop(f"[parameters] names what the template does not ask: {', '.join(unknown)}. It asks: {known}.")
    address = parseaddr(settings.mail_from)[1]
    domain = address.rpartition("@")[2]
    if not address or not f".{domain}".endswith(f".{settings.mail_domain}"):
        yield stop(f"mail_from has to be an address in mail_domain, {settings.mail_domain}.")
    if bool(settings.domain) != bool(settings.certificate):
        yield stop("domain and certificate go together: give both, or leave both out.")


def reserved(template: Mapping[str, Any], settings: Settings) -> int:
    """How many concurrent executions the template's functions reserve."""
    return sum(
        number(one.get("Properties", {}).get("ReservedConcurrentExecutions"), template, settings.parameters)
        for one in template["Resources"].values()
    )


def _concurrency(account: Account, wanted: int, stands: bool) -> Iterator[Line]:  # noqa: FBT001
    limits = account.client("lambda").get_account_settings()["AccountLimit"]
    most, free = limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"]
    free += wanted if stands else 0  # what stands has reserved its own already
    how = "Ask for 1000: Service Quotas, AWS Lambda, “Concurrent executions” (L-B99A9384). It is free"
    if wanted and free - wanted < LEFT_UNRESERVED:
        yield stop(
            f"This account may run {most} functions at once, {free} of them unreserved; {wanted} are to be reserved, "
            f'and AWS wants {LEFT_UNRESERVED} left. {how}. Until then: VideoConcurrency = "0" under [parameters].'
        )
    elif most < LEFT_UNRESERVED:
        yield note(f"This account may run only {most} functions at once: enough to try, too few for a day. {how}.")
    else:
        yield ok(f"{most} functions may run at once")


def mail(account: Account, settings: Settings) -> Iterator[Line]:
    """Whether SES sends for this account, as much as these clients need, from this domain."""
    ses = account.client("sesv2")
    told = ses.get_account()
    if not told.get("SendingEnabled", True):
        yield note("SES has paused sending for this account: see Account dashboard in SES's console. No mail goes out.")
    if told.get("ProductionAccessEnabled"):
        most, needed = told["SendQuota"]["Max24HourSend"], settings.clients * MAILS_A_CLIENT_AND_DAY
        if 0 <= most < needed:
            yield note(
                f"SES sends {most:.0f} mails a day; {settings.clients} clients can need {needed}. Ask SES for more."
            )
        else:
            yield ok("SES sends to everybody")
    else:
        yield note(
            "SES is in its sandbox: mail reaches verified addresses only. "
            "Request production access in SES's console (docs/deploy/README.md, step 3)."
        )
    identity = identity_of(account, settings.mail_domain)
    if identity is None:
        yield note(
            f"SES does not know {settings.mail_domain} yet: the stack makes it, and `make outputs` says which records "
            "to add to its DNS."
        )
    elif identity["VerifiedForSendingStatus"]:
        yield ok(f"SES may send from {settings.mail_domain}")
    else:
        yield note(f"{settings.mail_domain} is not verified yet: add the records that `make outputs` shows to its DNS.")


def identity_of(account: Account, name: str) -> dict[str, Any] | None:
    """What SES knows of a domain or an address; None where it does not know it."""
    try:
        return dict(account.client("sesv2").get_email_identity(EmailIdentity=name))
    except ClientError as error:
        if error.response["Error"]["Code"] == "NotFoundException":
            return None
        raise


def can_mail(account: Account, settings: Settings, address: str) -> bool:
    """Whether a mail to this address would leave."""
    domain = identity_of(account, settings.mail_domain)
    if domain is None or not domain["VerifiedForSendingStatus"]:
        return False
    if account.client("sesv2").get_account().get("ProductionAccessEnabled"):
        return True
    known = identity_of(account, address) or identity_of(account, address.rpartition("@")[2])
    return bool(known and known["VerifiedForSendingStatus"])


def certificate(account: Account, settings: Settings) -> Iterator[Line]:
    """Whether the domain's certificate is there, where CloudFront looks for it, and is for it."""
    if not settings.certificate:
        return
    if f":acm:{CERTIFICATES}:" not in settings.certificate:
        yield stop(f"The certificate has to be in {CERTIFICATES}, where CloudFront looks for it. Request one there.")
        return
    try:
        found = account.client("acm", CERTIFICATES).describe_certificate(CertificateArn=settings.certificate)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"ResourceNotFoundException", "ValidationException"}:
            raise
        yield stop(f"There is no certificate {settings.certificate} in this account.")
        return
    told = found["Certificate"]
    names = {told["DomainName"], *told.get("SubjectAlternativeNames", ())}
    if not any(covers(name, settings.domain) for name in names):
        yield stop(f"The certificate is for {', '.join(sorted(names))}, not for {settings.domain}.")
    elif told["Status"] != "ISSUED":
        yield stop(f"The certificate is {told['Status']}: add the record that ACM's console shows to the domain's DNS.")
    else:
        until = f", until {told['NotAfter']:%Y-%m-%d}" if "NotAfter" in told else ""
        yield ok(f"certificate for {settings.domain}{until}")


def covers(name: str, domain: str) -> bool:
    """Whether a certificate's name is the domain, or its wildcard (which stands for one label: RFC 6125, 2011)."""
    return fnmatch.fnmatch(domain, name) and name.count(".") == domain.count(".")
