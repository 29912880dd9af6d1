"""A stage: one deployment of Meanwhile in an account, with a file of settings and names made from its own."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from infra.aws_calls import Account
from infra.packages import CLOUD, LOCAL, Target
from infra.steps import Trouble
from infra.zips import ROOT

STAGES = ROOT / "infra" / "stages"
EXAMPLE = STAGES / "example.toml"
# The stack needs the site's address before there is a distribution to ask; it is put right at once after.
UNKNOWN_ORIGIN = "https://not-deployed-yet.invalid"
NAME = re.compile(r"[a-z][a-z0-9-]{0,19}")


class Owner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The practice to found and who owns it: what the operator's command needs."""

    practice: str
    name: str
    email: str
    time_zone: str
    currency: str


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a stage's file says. `parameters` are any others of the template, by the template's own names."""

    region: str
    mail_from: str
    mail_domain: str
    account: str = ""
    domain: str = ""
    certificate: str = ""
    passkeys: bool = False
    clients: int = 20
    owner: Owner | None = None
    parameters: dict[str, str] = {}


@dataclass(frozen=True)
class Stage:
    """Where to deploy what: its stack's name is made from the stage's, everything else from the stack's."""

    name: str
    settings: Settings
    account: Account

    @property
    def stack(self) -> str:
        """The name of its CloudFormation stack."""
        return f"meanwhile-{self.name}"

    @property
    def target(self) -> Target:
        """What to build for it: the embedded AWS runs on this machine."""
        return LOCAL if self.account.endpoint else CLOUD

    def parameters(self, origin: str | None) -> dict[str, str]:
        """The template's parameters, but for what only the account says. `origin`: where the site is known to be."""
        settings = self.settings
        own = f"https://{settings.domain}" if settings.domain else None
        given = {
            "MailFrom": settings.mail_from,
            "MailDomain": settings.mail_domain,
            "SiteDomain": settings.domain,
            "SiteCertificate": settings.certificate,
            "SiteOrigin": own or origin or UNKNOWN_ORIGIN,
            "Passkeys": "on" if settings.passkeys else "off",
        }
        if self.account.endpoint:
            port = urlsplit(self.account.endpoint).port or 80
            given |= {
                "Stage": "local",
                "LocalPort": str(port),
                "SiteOrigin": f"http://localhost:{port}",
                "Architecture": LOCAL.architecture,
            }
        return {**given, **settings.parameters}


def read_stage(name: str, folder: Path = STAGES) -> Stage:
    """The stage of that name. AWS_ENDPOINT_URL leads to an embedded AWS in place of the real one.

    Raise Trouble for a name or a file that cannot be used.
    """
    if not NAME.fullmatch(name):
        raise Trouble(
            "Say which stage, as in: make plan STAGE=prod. A name is of small letters, digits and hyphens, 20 at most."
        )
    file = folder / f"{name}.toml"
    if not file.exists():
        raise Trouble(
            f"The stage {name} has no settings yet. "
            f"Copy infra/stages/{EXAMPLE.name} to infra/stages/{file.name} and fill it in."
        )
    try:
        settings = msgspec.toml.decode(file.read_bytes(), type=Settings)
    except msgspec.DecodeError as wrong:
        raise Trouble(f"infra/stages/{file.name} cannot be used: {wrong}") from wrong
    if settings.passkeys and not settings.domain:
        raise Trouble(
            f"infra/stages/{file.name} asks for passkeys, which belong to a domain of your own: give `domain` too, or "
            "leave passkeys out. Nothing was changed."
        )
    account = Account(region=settings.region, endpoint=os.environ.get("AWS_ENDPOINT_URL") or None)
    return Stage(name, settings, account)
